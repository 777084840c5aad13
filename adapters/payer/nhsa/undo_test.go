package nhsa

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// cancelledAnswer answers the cancellation of settledAnswer, with the nulls
// and the other names of a real one.
const cancelledAnswer = `{"infcode":0,"output":{"setlinfo":{"mdtrt_id":"E000001","setl_id":"S000002",` +
	`"psn_no":"36082700000000000000000001","setl_time":"2012-07-01 15:09:00","medfee_sumamt":-3000.00,` +
	`"fulamt_ownpay_amt":-200.00,"overlmt_selfpay":-99.95,"preselfpay_amt":-100.05,"inscp_scp_amt":-2600.00,` +
	`"hifp_pay":-1400.00,"cvlserv_pay":-10.00,"hifes_pay":-11.00,"hifmi_pay":-402.00,"hifob_pay":-9.00,"maf_pay":0.00,` +
	`"hifdm_pay":-20.00,"oth_pay":-10.01,"fund_pay_sumamt":-1862.01,"hosp_part_amt":null,"ownpay_hosp_part":-50.00,` +
	`"psn_part_amt":null,"psn_pay":-1087.99,"acct_pay":-30.00,"cash_payamt":-1057.99,"acct_mulaid_pay":null,` +
	`"medins_setl_id":"H36082700001201207011504050002"},"setldetail":[{"fund_payamt":-1862.01},{"fund_payamt":-80.00}]}}`

func TestUndoDataRoundTrip(t *testing.T) {
	cancel, reversal := encodeCancel(callOf(settlement.OpReverse)), encodeReversal(callOf(settlement.OpReverse))
	checkText(t, cancel, `{"mdtrt_id":"E000001","setl_id":"S000001","psn_no":"36082700000000000000000001"}`)
	checkText(t, reversal, `{"psn_no":"36082700000000000000000001","omsgid":"H36082700001201207011504050001","oinfno":"2304"}`)
}

// checkText: data is written as text and read back as it was.
func checkText[T any](t *testing.T, data T, text string) {
	t.Helper()
	got, err := json.Marshal(data)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != text {
		t.Errorf("got %s\nwant %s", got, text)
	}
	var back T
	if err := json.Unmarshal(got, &back); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(data, back); diff != "" {
		t.Errorf("does not come back:\n%s", diff)
	}
}

func TestReadCancel(t *testing.T) {
	for _, test := range []struct {
		name  string
		parts []string
		want  settlement.Result
	}{
		{"as seen", nil, settlement.ResultReversed},
		{"with the settlement's names", []string{
			`"hosp_part_amt":null,"ownpay_hosp_part":-50.00`, `"hosp_part_amt":-50.00`,
			`"psn_part_amt":null,"psn_pay":-1087.99`, `"psn_part_amt":-1087.99`, `"cash_payamt"`, `"psn_cash_pay"`,
		}, settlement.ResultReversed},
		{"without the person's part", []string{`"psn_part_amt":null,"psn_pay":-1087.99,`, ``}, settlement.ResultReversed},
		{"without the cash", []string{`"cash_payamt":-1057.99,`, ``}, settlement.ResultReversed},
		{"without an echo", []string{`,"medins_setl_id":"H36082700001201207011504050002"`, ``}, settlement.ResultReversed},
		{"of another total than the claim's", []string{
			`"medfee_sumamt":-3000.00`, `"medfee_sumamt":-3100.00`, `"fulamt_ownpay_amt":-200.00`, `"fulamt_ownpay_amt":-300.00`,
			`"psn_pay":-1087.99`, `"psn_pay":-1187.99`, `"cash_payamt":-1057.99`, `"cash_payamt":-1157.99`,
		}, settlement.ResultReversed},
		{"with neither part nor cash", []string{`"psn_part_amt":null,"psn_pay":-1087.99,`, ``, `"cash_payamt":-1057.99,`, ``}, settlement.ResultInDoubt},
		{"with less cash than nothing", []string{`"cash_payamt":-1057.99,`, ``, `"acct_pay":-30.00`, `"acct_pay":-2000.00`, `{"fund_payamt":-80.00}`, `{"fund_payamt":-2050.00}`}, settlement.ResultInDoubt},
		{"one amount not negated", []string{`"hifmi_pay":-402.00`, `"hifmi_pay":402.00`}, settlement.ResultInDoubt},
		{"sums that do not hold", []string{`"hifp_pay":-1400.00`, `"hifp_pay":-1399.00`}, settlement.ResultInDoubt},
		{"details that do not", []string{`{"fund_payamt":-80.00}`, `{"fund_payamt":-79.99}`}, settlement.ResultInDoubt},
		{"another person", []string{`"psn_no":"36082700000000000000000001"`, `"psn_no":"36082700000000000000000002"`}, settlement.ResultInDoubt},
		{"another encounter", []string{`"mdtrt_id":"E000001"`, `"mdtrt_id":"E000002"`}, settlement.ResultInDoubt},
		{"another message", []string{`"medins_setl_id":"H36082700001201207011504050002"`, `"medins_setl_id":"H36082700001201207011504050003"`}, settlement.ResultInDoubt},
	} {
		answer := newPayer(t, nil).read(callOf(settlement.OpReverse), []byte(edited(t, cancelledAnswer, test.parts...)))
		checkUnpaid(t, test.name, answer, test.want)
	}
	paid := newPayer(t, nil).read(callOf(settlement.OpReverse), []byte(edited(t, settledAnswer,
		"H36082700001201207011504050001", "H36082700001201207011504050002")))
	checkUnpaid(t, "a settlement in place of its cancellation", paid, settlement.ResultInDoubt)
	const nothing = `{"infcode":0,"output":{"setlinfo":{"mdtrt_id":"E000001","psn_no":"36082700000000000000000001","medfee_sumamt":0,` +
		`"fulamt_ownpay_amt":0,"overlmt_selfpay":0,"preselfpay_amt":0,"inscp_scp_amt":0,"fund_pay_sumamt":0,"psn_part_amt":0}}}`
	checkUnpaid(t, "nothing taken back", newPayer(t, nil).read(callOf(settlement.OpReverse), []byte(nothing)), settlement.ResultInDoubt)
}

// A successful 2601 has no content; what it proves is the payer's trait.
func TestReadReversal(t *testing.T) {
	call := callOf(settlement.OpReverse)
	call.Reference = ""
	for _, body := range []string{`{"infcode":0}`, `{"infcode":"0","output":null}`, `{"infcode":0,"output":{}}`, `{"infcode":0,"output":""}`} {
		checkUnpaid(t, body, newPayer(t, nil).read(call, []byte(body)), settlement.ResultAccepted)
		sure := newPayer(t, func(c *Config) { c.ReversalConfirms = true })
		checkUnpaid(t, body, sure.read(call, []byte(body)), settlement.ResultReversed)
	}
}

// Marks turn a refusal into what it proves, for reversals and inquiries only,
// and only as configured.
func TestRefusalMarks(t *testing.T) {
	byMessage := callOf(settlement.OpReverse)
	byMessage.Reference = ""
	for _, test := range []struct {
		name  string
		call  lifecycle.Call
		words string
		want  settlement.Result
	}{
		{"cancel, not found", callOf(settlement.OpReverse), "[R404] 未找到", settlement.ResultNotFound},
		{"cancel, done already", callOf(settlement.OpReverse), "【R409】已撤销", settlement.ResultReversed},
		{"reversal, not found", byMessage, "[R404]", settlement.ResultNotFound},
		{"reversal, done already", byMessage, "[R409] x", settlement.ResultReversed},
		{"inquiry, not found", callOf(settlement.OpInquire), "[R404] x", settlement.ResultNotFound},
		{"another mark", byMessage, "[R500] x", settlement.ResultRefused},
		{"a mark not at the head", byMessage, "错误[R404]", settlement.ResultRefused},
		{"a mark of other case", byMessage, "[r404] x", settlement.ResultRefused},
		{"a mark without its end", byMessage, "[R404", settlement.ResultRefused},
		{"an empty mark", byMessage, "[] x", settlement.ResultRefused},
		{"the words without brackets", byMessage, "R404 未找到", settlement.ResultRefused},
		{"a settlement", callOf(settlement.OpSettle), "[R404] x", settlement.ResultRefused},
		{"a quote", callOf(settlement.OpQuote), "[R409] x", settlement.ResultRefused},
		{"an identification", callOf(settlement.OpIdentify), "[R404] x", settlement.ResultRefused},
	} {
		body := `{"infcode":-2,"err_msg":"` + test.words + `"}`
		checkUnpaid(t, test.name, newPayer(t, nil).read(test.call, []byte(body)), test.want)
		plain := newPayer(t, func(c *Config) { c.NotFoundMarks, c.AlreadyReversedMarks = nil, nil })
		checkUnpaid(t, test.name+", no marks configured", plain.read(test.call, []byte(body)), settlement.ResultRefused)
	}
}
