package nhsa

import (
	"strings"
	"testing"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// badAnswers are whole answers that are not edits of the fixed one.
var badAnswers = []struct {
	name, body string
	want       settlement.Result
}{
	{"nothing", "", settlement.ResultInDoubt},
	{"blanks", " \n", settlement.ResultInDoubt},
	{"null", "null", settlement.ResultInDoubt},
	{"a list", "[" + settledAnswer + "]", settlement.ResultInDoubt},
	{"a number", "0", settlement.ResultInDoubt},
	{"a page", "<html>bad gateway</html>", settlement.ResultInDoubt},
	{"an empty object", "{}", settlement.ResultInDoubt},
	{"half an answer", settledAnswer[:len(settledAnswer)/2], settlement.ResultInDoubt},
	{"all but the last brace", settledAnswer[:len(settledAnswer)-1], settlement.ResultInDoubt},
	{"garbage after it", settledAnswer + "x", settlement.ResultInDoubt},
	{"a second answer after it", settledAnswer + settledAnswer, settlement.ResultInDoubt},
	{"a byte-order mark", "\xef\xbb\xbf" + settledAnswer, settlement.ResultInDoubt},
	{"a comment", settledAnswer + "// ok", settlement.ResultInDoubt},
	{"nested 100,000 deep", strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000), settlement.ResultInDoubt},
	{"longer than 1 MiB", settledAnswer + strings.Repeat(" ", answerMax), settlement.ResultInDoubt},
	{"a refusal", `{"infcode":-2,"err_msg":"费用总额不一致","output":null}`, settlement.ResultRefused},
	{"a refusal with a textual status", `{"infcode":"-2","err_msg":"费用总额不一致"}`, settlement.ResultRefused},
	{"a refusal without words", `{"infcode":-2}`, settlement.ResultRefused},
	{"a refusal whose words are no text", `{"infcode":-2,"err_msg":{"zh":"不一致"}}`, settlement.ResultInDoubt},
	{"a system error", `{"infcode":-1,"err_msg":"系统异常","output":null}`, settlement.ResultInDoubt},
}

// badEdits are the fixed answer with one thing wrong. Every one is in doubt.
var badEdits = []struct{ name, old, new string }{
	{"bytes that are not UTF-8", "张测试", "\xd5\xc5"},
	{"overlong UTF-8", "张测试", "\xc0\x80"},
	{"a raw NUL", "张测试", "\x00"},
	{"a raw line break in a string", "张测试", "张\n测试"},
	{"a status named twice", `"infcode":0`, `"infcode":-2,"infcode":0`},
	{"an amount named twice", `"hifp_pay":1400.00`, `"hifp_pay":0,"hifp_pay":1400.00`},
	{"a key of other case", `"infcode"`, `"INFCODE"`},
	{"an amount's key of other case", `"hifp_pay"`, `"Hifp_pay"`},
	{"17 levels in a field of no interest", `"balc":0`, `"balc":` + strings.Repeat("[", 17) + strings.Repeat("]", 17)},
	{"too many values in a field of no interest", `"balc":0`, `"balc":[` + strings.Repeat("0,", nodesMax) + `0]`},

	{"no status", `"infcode":0,`, ``},
	{"status null", `"infcode":0`, `"infcode":null`},
	{"status true", `"infcode":0`, `"infcode":true`},
	{"an empty status", `"infcode":0`, `"infcode":""`},
	{"status 00", `"infcode":0`, `"infcode":"00"`},
	{"status 0.0", `"infcode":0`, `"infcode":0.0`},
	{"status -0", `"infcode":0`, `"infcode":-0`},
	{"status 1", `"infcode":0`, `"infcode":1`},
	{"status -1", `"infcode":0`, `"infcode":-1`},
	{"status -1 as text", `"infcode":0`, `"infcode":"-1"`},
	{"status -3", `"infcode":0`, `"infcode":-3`},
	{"status ok", `"infcode":0`, `"infcode":"ok"`},

	{"no output", `"output":`, `"inhalt":`},
	{"no setlinfo", `"setlinfo":`, `"setlinf":`},
	{"setlinfo a list", `"setlinfo":{`, `"setlinfo":[],"x":{`},
	{"setlinfo a string", `"setlinfo":{`, `"setlinfo":"{}","x":{`},
	{"setlinfo null", `"setlinfo":{`, `"setlinfo":null,"x":{`},
	{"details a string", `"setldetail":[`, `"setldetail":"none","x":[`},
	{"details an object", `"setldetail":[`, `"setldetail":{"fund_payamt":1942.01},"x":[`},
	{"a detail without its amount", `"fund_payamt":402.00`, `"betrag":402.00`},
	{"a detail with amount null", `"fund_payamt":402.00`, `"fund_payamt":null`},
	{"a detail that is no object", `{"fund_pay_type":"390201","fund_payamt":402.00}`, `402.00`},
	{"more details than funds", `"setldetail":[`, `"setldetail":[` + strings.Repeat(`{"fund_payamt":0},`, detailsMax)},

	{"an amount that is no number", `"hifp_pay":1400.00`, `"hifp_pay":NaN`},
	{"an amount beyond any float", `"hifp_pay":1400.00`, `"hifp_pay":1e309`},
	{"an amount with an exponent", `"hifp_pay":1400.00`, `"hifp_pay":1.4e3`},
	{"an amount with a group separator", `"hifp_pay":1400.00`, `"hifp_pay":"1,400.00"`},
	{"an empty amount", `"hifp_pay":1400.00`, `"hifp_pay":""`},
	{"an amount of blanks", `"hifp_pay":1400.00`, `"hifp_pay":" 1400.00"`},
	{"an amount with a plus", `"hifp_pay":1400.00`, `"hifp_pay":"+1400.00"`},
	{"an amount finer than a fen", `"hifp_pay":1400.00`, `"hifp_pay":1400.001`},
	{"an amount of three decimals though whole", `"hifp_pay":1400.00`, `"hifp_pay":1400.000`},
	{"half a fen", `"maf_pay":0`, `"maf_pay":0.005`},
	{"an amount of 17 digits", `"hifp_pay":1400.00`, `"hifp_pay":100000000000000.00`},
	{"an amount in hexadecimal", `"hifp_pay":1400.00`, `"hifp_pay":"0x578"`},
	{"an amount in full-width digits", `"hifp_pay":1400.00`, `"hifp_pay":"１４００"`},
	{"an amount without a leading digit", `"hifp_pay":1400.00`, `"hifp_pay":".00"`},
	{"a negative amount", `"oth_pay":10.01`, `"oth_pay":-10.01`},
	{"an amount true", `"maf_pay":0`, `"maf_pay":true`},
	{"an amount that is an object", `"maf_pay":0`, `"maf_pay":{"value":0}`},
	{"no total", `"medfee_sumamt":3000.00,`, ``},
	{"total null", `"medfee_sumamt":3000.00`, `"medfee_sumamt":null`},
	{"eligible null", `"inscp_scp_amt":2600.00`, `"inscp_scp_amt":null`},
	{"fund null", `"fund_pay_sumamt":1862.01`, `"fund_pay_sumamt":null`},
	{"person's part null", `"psn_part_amt":1087.99`, `"psn_part_amt":null`},
	{"cash null", `"psn_cash_pay":1057.99`, `"psn_cash_pay":null`},

	{"I1: the parts do not make the total", `"fulamt_ownpay_amt":200.00`, `"fulamt_ownpay_amt":200.01`},
	{"I2: fund, hospital and person do not make the total", `"hosp_part_amt":50.00`, `"hosp_part_amt":49.99`},
	{"I3: account and cash do not make the person's part", `"acct_pay":30.00`, `"acct_pay":29.99`},
	{"I4: the funds do not make their sum", `"hifp_pay":1400.00`, `"hifp_pay":1400.01`},
	{"I4: a fund is missing", `"hifmi_pay":402.00,`, ``},
	{"I5: the details do not make the payments", `"fund_payamt":402.00`, `"fund_payamt":402.01`},

	{"another person", `"psn_no":"36082700000000000000000001"`, `"psn_no":"36082700000000000000000002"`},
	{"no person", `"psn_no":"36082700000000000000000001",`, ``},
	{"a person as a number", `"psn_no":"36082700000000000000000001"`, `"psn_no":36082700000000000000000001`},
	{"a person behind a direction mark", `"psn_no":"3608`, `"psn_no":"` + "\u202e" + `3608`},
	{"another encounter", `"mdtrt_id":"E000001"`, `"mdtrt_id":"E000002"`},
	{"no encounter", `"mdtrt_id":"E000001",`, ``},
	{"an encounter of other case", `"mdtrt_id":"E000001"`, `"mdtrt_id":"e000001"`},
	{"another message", `"medins_setl_id":"H36082700001201207011504050001"`, `"medins_setl_id":"H36082700001201207011504050009"`},
	{"a message longer than any", `"medins_setl_id":"`, `"medins_setl_id":"H36082700001201207011504050001`},
	{"no reference", `"setl_id":"S000001",`, ``},
	{"reference null", `"setl_id":"S000001"`, `"setl_id":null`},
	{"reference empty", `"setl_id":"S000001"`, `"setl_id":""`},
	{"reference a number", `"setl_id":"S000001"`, `"setl_id":1`},
	{"reference longer than can be sent back", `"setl_id":"S000001"`, `"setl_id":"` + strings.Repeat("S", 31) + `"`},
	{"a day that does not exist", `2012-07-01 15:04:06`, `2012-02-30 15:04:06`},
	{"a time in another form", `2012-07-01 15:04:06`, `2012-07-01T15:04:06+08:00`},
}

func TestBadAnswersToASettlement(t *testing.T) {
	payer := newPayer(t, nil)
	call := callOf(settlement.OpSettle)
	for _, bad := range badAnswers {
		checkUnpaid(t, bad.name, payer.read(call, []byte(bad.body)), bad.want)
	}
	for _, bad := range badEdits {
		checkUnpaid(t, bad.name, payer.read(call, []byte(edited(t, settledAnswer, bad.old, bad.new))), settlement.ResultInDoubt)
	}
	if count := len(badAnswers) + len(badEdits); count < 40 {
		t.Errorf("only %d bad answers", count)
	}
}

// The same bad answers mean no more when they come to a quote, an inquiry or
// a cancellation.
func TestBadAnswersToOtherCalls(t *testing.T) {
	payer := newPayer(t, nil)
	for _, operation := range []settlement.Operation{settlement.OpQuote, settlement.OpInquire, settlement.OpReverse, settlement.OpIdentify} {
		for _, bad := range badAnswers {
			checkUnpaid(t, string(operation)+" "+bad.name, payer.read(callOf(operation), []byte(bad.body)), bad.want)
		}
	}
}

// checkUnpaid: an answer that is not applied says nothing of money.
func checkUnpaid(t *testing.T, name string, answer lifecycle.PayerAnswer, want settlement.Result) {
	t.Helper()
	if answer.Result != want {
		t.Errorf("%s: %s, want %s", name, answer.Result, want)
	}
	if (answer.Cause == nil) == (want == settlement.ResultInDoubt) {
		t.Errorf("%s: cause %v", name, answer.Cause)
	}
	if answer.Payment.Basic != 0 || answer.Payment.Reference != "" || answer.Conflict != "" || answer.Insured.Number != "" {
		t.Errorf("%s: still says %+v", name, answer.Payment)
	}
}
