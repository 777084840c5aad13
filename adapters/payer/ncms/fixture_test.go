package ncms

import (
	"strings"
	"testing"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// at is when every fixed call is made: 2012-07-01 15:04:05 in Shanghai.
var at = time.Date(2012, 7, 1, 7, 4, 5, 0, time.UTC)

// settledBill is the bill of the fixed answers.
var settledBill = settlement.Bill{
	Submitted: 3000_00, SelfFunded: 200_00, OverLimit: 99_95, FirstSelfPay: 100_05, Eligible: 2600_00,
}

const message = "H36082700001201207011504050001"

// callOf is a call the fixed answers answer.
func callOf(operation settlement.Operation) lifecycle.Call {
	call := common
	call.Operation, call.Message, call.At = operation, message, at
	call.Encounter = "E000001"
	call.Claim = settlement.Claim{Mode: settlement.Inpatient, Discharge: settlement.NewDate(2012, 7, 1), Bill: settledBill}
	call.BillStated = true
	if operation == settlement.OpReverse || operation == settlement.OpInquire {
		call.Message, call.Original, call.Reference = "H36082700001201207011504050002", message, "S000001"
	}
	return call
}

// soap puts an XML text into an answer's string, as payers do.
func soap(operation, text string) string {
	text = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(text)
	return `<?xml version="1.0" encoding="UTF-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>` +
		`<ns2:` + operation + `Response xmlns:ns2="http://payer.invalid/"><return>` + text + `</return></ns2:` + operation + `Response></soap:Body></soap:Envelope>`
}

// ticketRecord is a settlement of callOf. All its sums hold: 1,400.00 of
// compensation from the pool and 30.00 from the family's account, 402.00 of
// critical illness, and 1,068.00 in cash.
const ticketRecord = `<inpId>E000001</inpId><redeemId>S000001</redeemId><hisRedeemCode>` + message + `</hisRedeemCode>` +
	`<memberNo>360827010001</memberNo><name>张测试</name><redeemDate>2012-07-01 15:04:06</redeemDate><isCancel>0</isCancel>` +
	`<totalCost>3000.0000</totalCost><insuranceCost>2600.0000</insuranceCost><enableMoney>2600.0000</enableMoney>` +
	`<startMoney>400.00</startMoney><undulatingLine>400.00</undulatingLine><compensateCost>1430.00</compensateCost>` +
	`<generalRedeem>1400.0000</generalRedeem><accRedeem>30.00</accRedeem><accidentRedeem>0</accidentRedeem>` +
	`<calculateMoney>1430.0000</calculateMoney><civilCost>0.00</civilCost><insureCost>402.00</insureCost>` +
	`<CIICalculateMoney>402.0000</CIICalculateMoney><salvaJSCost>5.00</salvaJSCost><salvaYFCost>15.00</salvaYFCost>` +
	`<bottomRedeem>10.00</bottomRedeem><bottomSecondRedeem></bottomSecondRedeem><continentInsurance>20.00</continentInsurance>` +
	`<hospAssumeMoney>50.00</hospAssumeMoney><personalPayMoney>1068.0000</personalPayMoney><isPaul>0</isPaul>`

var ticketAnswer = `<result><state>true</state><message/><data>` + ticketRecord + `</data></result>`

// pipeRecord is the same in the other wire's codes.
const pipeRecord = `<D504_01>E000001</D504_01><D504_02>360827010001</D504_02><D506_01>S000001</D506_01><D506_52>` + message + `</D506_52>` +
	`<D506_25>2012-07-01T15-04-06</D506_25><returned>0</returned><D506_03>3000.0000</D506_03><D506_19>2600.0000</D506_19>` +
	`<D506_24>1400.00</D506_24><D506_58>0</D506_58><D506_104>10.00</D506_104><D506_59>402.00</D506_59><D506_60>20.00</D506_60>` +
	`<D506_103>0</D506_103><D506_105>50.00</D506_105><D506_32>1118.00</D506_32><D506_57>30.00</D506_57>`

var pipeAnswer = `<response xmlns="http://www.section9.org/cms/referral/data"><head><functionNo>B020012</functionNo>` +
	`<stateCode>0000000</stateCode><stateDesc/></head><body><feeInfo>` + pipeRecord + `</feeInfo></body></response>`

// settledPayment is what ticketAnswer says.
func settledPayment() settlement.Payment {
	return settlement.Payment{
		Reference: "S000001", Encounter: "E000001", Bill: settledBill,
		Basic: 1410_00, CriticalIllness: 402_00, PersonalAccount: 30_00,
		Others: []settlement.Share{
			{Source: settlement.HospitalDerate, Amount: 50_00},
			{Source: settlement.SpecialCare, Amount: 20_00},
			{Source: settlement.Commercial, Amount: 20_00},
		},
		At: at.Add(time.Second),
	}
}

// edited is text with each old part, which must be there once, replaced by the
// new one after it.
func edited(t *testing.T, text string, parts ...string) string {
	t.Helper()
	for i := 0; i < len(parts); i += 2 {
		if strings.Count(text, parts[i]) != 1 {
			t.Fatalf("%q stands %d times in the answer", parts[i], strings.Count(text, parts[i]))
		}
		text = strings.Replace(text, parts[i], parts[i+1], 1)
	}
	return text
}

// newPayer is the payer of config at an address where nobody listens.
func newPayer(t *testing.T, shape Shape, change func(*Config)) *Payer {
	t.Helper()
	settings := config("http://payer.invalid", shape)
	if change != nil {
		change(&settings)
	}
	payer, err := New(settings)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(payer.Close)
	return payer
}

// heard is what an answer in the ticket shape says of a call.
func heard(payer *Payer, call lifecycle.Call, text string) lifecycle.PayerAnswer {
	answer, _ := payer.read(call, []byte(soap("request", text)))
	return answer
}

// checkUnpaid: an answer that is not applied says nothing of money.
func checkUnpaid(t *testing.T, name string, answer lifecycle.PayerAnswer, want settlement.Result) {
	t.Helper()
	if answer.Result != want {
		t.Errorf("%s: %s, want %s (%v)", name, answer.Result, want, answer.Cause)
	}
	if (answer.Cause == nil) == (want == settlement.ResultInDoubt || want == settlement.ResultUnsent) {
		t.Errorf("%s: cause %v", name, answer.Cause)
	}
	if answer.Payment.Basic != 0 || answer.Payment.Reference != "" || answer.Conflict != "" || answer.Insured.Number != "" {
		t.Errorf("%s: still says %+v", name, answer.Payment)
	}
}
