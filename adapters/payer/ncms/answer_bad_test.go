package ncms

import (
	"strings"
	"testing"

	"github.com/onestop-gateway/onestop/adapters/payer/once"
	"github.com/onestop-gateway/onestop/settlement"
)

// badEnvelopes are whole bodies that are not edits of the fixed answer.
func badEnvelopes() []struct{ name, body string } {
	whole := soap("request", ticketAnswer)
	return []struct{ name, body string }{
		{"nothing", ""},
		{"blanks", " \n"},
		{"a page", "<html><body>bad gateway</body></html>"},
		{"JSON", `{"state":true}`},
		{"half an answer", whole[:len(whole)/2]},
		{"all but the last character", whole[:len(whole)-1]},
		{"garbage after it", whole + "x"},
		{"a second answer after it", whole + whole[strings.Index(whole, "?>")+2:]},
		{"a byte-order mark", "\xef\xbb\xbf" + whole},
		{"a comment before it", "<!-- ok -->" + whole},
		{"a document type", strings.Replace(whole, "<soap:Envelope", "<!DOCTYPE a><soap:Envelope", 1)},
		{"an entity of its own", strings.Replace(whole, "<soap:Envelope", `<!DOCTYPE a [<!ENTITY e "true">]><soap:Envelope`, 1)},
		{"an unknown entity", strings.Replace(whole, "<return>", "<return>&nbsp;", 1)},
		{"an instruction inside", strings.Replace(whole, "<return>", "<?php x?><return>", 1)},
		{"a second declaration", strings.Replace(whole, "<soap:Body>", `<?xml version="1.0"?><soap:Body>`, 1)},
		{"another encoding", strings.Replace(whole, "UTF-8", "GBK", 1)},
		{"bytes that are not UTF-8", strings.Replace(whole, "张测试", "\xd5\xc5", 1)},
		{"a raw NUL", strings.Replace(whole, "张测试", "\x00", 1)},
		{"100,000 deep", strings.Repeat("<a>", 100_000)},
		{"13 deep and closed", strings.Repeat("<a>", 13) + strings.Repeat("</a>", 13)},
		{"more elements than any real one", "<a>" + strings.Repeat("<b/>", nodesMax) + "</a>"},
		{"longer than 1 MiB", whole + strings.Repeat(" ", once.AnswerMax)},
		{"SOAP 1.2", strings.Replace(whole, soapSpace, "http://www.w3.org/2003/05/soap-envelope", 1)},
		{"an envelope of no namespace", strings.Replace(whole, ` xmlns:soap="`+soapSpace+`"`, "", 1)},
		{"a fault", strings.Replace(strings.Replace(whole, "ns2:requestResponse", "soap:Fault", 2), ` xmlns:ns2="http://payer.invalid/"`, "", 1)},
		{"another operation's answer", strings.ReplaceAll(whole, "requestResponse", "nh_pipeResponse")},
		{"no body", strings.NewReplacer("soap:Body", "soap:Header").Replace(whole)},
		{"two bodies", strings.Replace(whole, "</soap:Body>", "</soap:Body><soap:Body/>", 1)},
		{"two answers in a body", strings.Replace(whole, "</soap:Body>", "<x/></soap:Body>", 1)},
		{"two returns", strings.Replace(whole, "</return>", "</return><return/>", 1)},
		{"elements that do not nest", strings.Replace(whole, "</return></ns2:requestResponse>", "</ns2:requestResponse></return>", 1)},
		{"text beside elements", strings.Replace(whole, "<soap:Body>", "<soap:Body>ok", 1)},
		{"return is a record", strings.Replace(whole, "<return>", "<return><state>true</state>", 1)},
		{"an empty return", soap("request", "")},
		{"a return of words", soap("request", "操作成功")},
	}
}

func TestBadEnvelopes(t *testing.T) {
	payer := newPayer(t, Ticket, nil)
	for _, operation := range []settlement.Operation{
		settlement.OpSettle, settlement.OpQuote, settlement.OpInquire, settlement.OpReverse, settlement.OpIdentify,
	} {
		for _, bad := range badEnvelopes() {
			answer, expired := payer.read(callOf(operation), []byte(bad.body))
			checkUnpaid(t, string(operation)+" "+bad.name, answer, settlement.ResultInDoubt)
			if expired {
				t.Errorf("%s: takes the ticket away", bad.name)
			}
		}
	}
}

// badEdits are the fixed answer with one thing wrong. Every one is in doubt.
var badEdits = []struct{ name, old, new string }{
	{"no state", `<state>true</state>`, ``},
	{"state twice", `<state>true</state>`, `<state>true</state><state>true</state>`},
	{"state yes and no", `<state>true</state>`, `<state>false</state><state>true</state>`},
	{"state in capitals", `<state>true</state>`, `<state>TRUE</state>`},
	{"state 1", `<state>true</state>`, `<state>1</state>`},
	{"state with something in it", `<state>true</state>`, `<state><true/></state>`},
	{"state interrupted by a comment", `<state>true</state>`, `<state>fal<!-- -->se</state>`},
	{"a name of other case", `<state>true</state>`, `<State>true</State>`},
	{"data that is a text", `<data>` + ticketRecord, `<data>none`},
	{"data without content", `<data>` + ticketRecord, `<data>`},
	{"data twice", `<message/>`, `<message/><data/>`},
	{"another stay", `<inpId>E000001</inpId>`, `<inpId>E000002</inpId>`},
	{"a stay of other case", `<inpId>E000001</inpId>`, `<inpId>e000001</inpId>`},
	{"no reference", `<redeemId>S000001</redeemId>`, ``},
	{"reference longer than can be sent back", `<redeemId>S000001`, `<redeemId>S000001` + strings.Repeat("S", 30)},
	{"a reference with a blank inside", `<redeemId>S000001`, `<redeemId>S 000001`},
	{"reference twice", `<redeemId>S000001</redeemId>`, `<redeemId>S000001</redeemId><redeemId>S000002</redeemId>`},
	{"no message", `<hisRedeemCode>` + message + `</hisRedeemCode>`, ``},
	{"another message", message, `H36082700001201207011504050009`},
	{"another person", `<memberNo>360827010001`, `<memberNo>360827010002`},
	{"a person behind a direction mark", `<memberNo>3608`, "<memberNo>\u202e3608"},
	{"a day that does not exist", `2012-07-01 15:04:06`, `2012-02-30 15:04:06`},
	{"a time in another form", `2012-07-01 15:04:06`, `2012-07-01T15:04:06`},
	{"neither undone nor not", `<isCancel>0`, `<isCancel>2`},
	{"neither guaranteed nor not", `<isPaul>0`, `<isPaul>yes`},
	{"no total", `<totalCost>3000.0000</totalCost>`, ``},
	{"two totals that differ", `<totalCost>`, `<totalCosts>3000.01</totalCosts><totalCost>`},
	{"no eligible amount", `<insuranceCost>2600.0000</insuranceCost><enableMoney>2600.0000</enableMoney>`, ``},
	{"two eligible amounts that differ", `<enableMoney>2600.0000`, `<enableMoney>2600.0001`},
	{"more eligible than charged", `<insuranceCost>2600.0000</insuranceCost><enableMoney>2600.0000`, `<enableMoney>3000.0001`},
	{"no compensation", `<compensateCost>1430.00</compensateCost>`, ``},
	{"an empty compensation", `<compensateCost>1430.00`, `<compensateCost>`},
	{"an amount twice", `<civilCost>0.00</civilCost>`, `<civilCost>0.00</civilCost><civilCost>0.00</civilCost>`},
	{"an amount that is no number", `<civilCost>0.00`, `<civilCost>NaN`},
	{"an amount with an exponent", `<compensateCost>1430.00`, `<compensateCost>1.43e3`},
	{"an amount with a group separator", `<compensateCost>1430.00`, `<compensateCost>1,430.00`},
	{"an amount with a plus", `<compensateCost>1430.00`, `<compensateCost>+1430.00`},
	{"an amount of five decimals", `<compensateCost>1430.00`, `<compensateCost>1430.00000`},
	{"an amount with a bare point", `<compensateCost>1430.00`, `<compensateCost>1430.`},
	{"an amount without a leading digit", `<civilCost>0.00`, `<civilCost>.00`},
	{"a negative amount", `<hospAssumeMoney>50.00`, `<hospAssumeMoney>-50.00`},
	{"minus nothing", `<civilCost>0.00`, `<civilCost>-0.00`},
	{"an amount of 17 digits", `<compensateCost>1430.00`, `<compensateCost>100000000000000.00`},
	{"an amount beyond any bill", `<salvaJSCost>5.00`, `<salvaJSCost>100000000000.00`},
	{"an amount in full-width digits", `<compensateCost>1430.00`, `<compensateCost>１４３０`},
	{"an amount that is a record", `<civilCost>0.00`, `<civilCost><yuan>0</yuan>`},
	{"no person's part", `<personalPayMoney>1068.0000</personalPayMoney>`, ``},
	{"a person's part too small by a hundredth of a fen", `<personalPayMoney>1068.0000`, `<personalPayMoney>1067.9999`},
	{"a share is missing", `<hospAssumeMoney>50.00</hospAssumeMoney>`, ``},
	{"a compensation that is not its parts", `<generalRedeem>1400.0000`, `<generalRedeem>1399.9999`},
	{"a compensation that is not what was calculated", `<calculateMoney>1430.0000`, `<calculateMoney>1400.0000`},
	{"more from the account than compensated", `<accRedeem>30.00`, `<accRedeem>1430.01`},
	{"critical illness that is not what was calculated", `<CIICalculateMoney>402.0000`, `<CIICalculateMoney>401.99`},
	{"nothing settled", `<totalCost>3000.0000`, `<totalCost>0`},
}

func TestBadAnswersToASettlement(t *testing.T) {
	payer := newPayer(t, Ticket, nil)
	call := callOf(settlement.OpSettle)
	if answer := heard(payer, call, ticketAnswer); answer.Result != settlement.ResultApplied {
		t.Fatalf("the sound answer: %s, %v", answer.Result, answer.Cause)
	}
	for _, bad := range badEdits {
		text := edited(t, ticketAnswer, bad.old, bad.new)
		checkStillXML(t, bad.name, text)
		checkUnpaid(t, bad.name, heard(payer, call, text), settlement.ResultInDoubt)
	}
	if count := len(badEnvelopes()) + len(badEdits) + len(badPipes); count < 60 {
		t.Errorf("only %d bad answers", count)
	}
}

// badPipes are the fixed answer of the other wire with one thing wrong.
var badPipes = []struct{ name, old, new string }{
	{"no state", `<stateCode>0000000</stateCode>`, ``},
	{"a state of one digit more", `<stateCode>0000000`, `<stateCode>00000000`},
	{"two states", `<stateDesc/>`, `<stateDesc/><stateCode>0000000</stateCode>`},
	{"no head", `<head><functionNo>B020012</functionNo><stateCode>0000000</stateCode><stateDesc/></head>`, ``},
	{"two heads", `<body>`, `<head/><body>`},
	{"a fee without content", `<feeInfo>` + pipeRecord, `<feeInfo>`},
	{"two fees", `<body>`, `<body><feeInfo/>`},
	{"another stay", `<D504_01>E000001`, `<D504_01>E000002`},
	{"another person", `<D504_02>360827010001`, `<D504_02>360827010002`},
	{"another invoice", message, `H36082700001201207011504050009`},
	{"no number", `<D506_01>S000001</D506_01>`, ``},
	{"no compensation", `<D506_24>1400.00</D506_24>`, ``},
	{"a fen too much", `<D506_24>1400.00`, `<D506_24>1400.01`},
	{"more from the account than the person pays", `<D506_57>30.00`, `<D506_57>1118.01`},
	{"two eligible amounts that differ", `<D506_19>`, `<D506_13>2599.99</D506_13><D506_19>`},
	{"a mark neither way", `<returned>0`, `<returned>no`},
}

func TestBadAnswersOverThePipe(t *testing.T) {
	payer := newPayer(t, Pipe, nil)
	call := callOf(settlement.OpSettle)
	for _, bad := range badPipes {
		text := strings.Replace(pipeAnswer, bad.old, bad.new, 1)
		if text == pipeAnswer {
			t.Fatalf("%s: changes nothing", bad.name)
		}
		checkStillXML(t, bad.name, text)
		answer, _ := payer.read(call, []byte(soap("nh_pipe", text)))
		checkUnpaid(t, bad.name, answer, settlement.ResultInDoubt)
	}
}

// checkStillXML: an edit is refused for what it says, not for its form.
func checkStillXML(t *testing.T, name, text string) {
	t.Helper()
	if _, err := parse([]byte(text)); err != nil && !strings.Contains(name, "comment") {
		t.Errorf("%s: %v", name, err)
	}
}

// A no is believed only under a code the payer was configured with.
func TestRefusals(t *testing.T) {
	payer := newPayer(t, Ticket, nil)
	settle, undo := settlement.OpSettle, settlement.OpReverse
	for _, test := range []struct {
		name      string
		operation settlement.Operation
		words     string
		want      settlement.Result
	}{
		{"a known refusal", settle, "[P500] 业务校验不通过", settlement.ResultRefused},
		{"a known refusal of a reversal", undo, "[P500] 已跨年,不能撤销", settlement.ResultRefused},
		{"words without a code", settle, "系统繁忙", settlement.ResultInDoubt},
		{"no words", settle, "", settlement.ResultInDoubt},
		{"an unknown code", settle, "[P999] 未知", settlement.ResultInDoubt},
		{"a code behind the words", settle, "失败 [P500]", settlement.ResultInDoubt},
		{"not found, of a settle", settle, "[R404] 未找到", settlement.ResultInDoubt},
		{"not found, of a reversal", undo, "[R404] 未找到", settlement.ResultNotFound},
		{"not found, of an inquiry", settlement.OpInquire, "[R404] 未找到", settlement.ResultNotFound},
		{"done already, of a reversal", undo, "[R409] 已撤销", settlement.ResultReversed},
		{"the ticket, of a settle", settle, "[T401] 票据过期", settlement.ResultRefused},
		{"the ticket, of a quote", settlement.OpQuote, "[T401] 票据过期", settlement.ResultRefused},
		{"the ticket, of a reversal", undo, "[T401] 票据过期", settlement.ResultInDoubt},
		{"the ticket, of an inquiry", settlement.OpInquire, "[T401] 票据过期", settlement.ResultInDoubt},
	} {
		checkUnpaid(t, test.name, heard(payer, callOf(test.operation), "<result><state>false</state><message>"+test.words+"</message></result>"), test.want)
	}
	words := heard(payer, callOf(settle), "<result><state>false</state><message>[P500] 人员 "+insuredNumber+" "+identityNumber+" 不符</message></result>").Message
	if words != "[P500] 人员 *** *** 不符" {
		t.Errorf("the payer's words became %q", words)
	}
}
