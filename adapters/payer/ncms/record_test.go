package ncms

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// paid is the payment of an answer in the ticket shape.
func paid(t *testing.T, call lifecycle.Call, text string) lifecycle.PayerAnswer {
	t.Helper()
	answer := heard(newPayer(t, Ticket, nil), call, text)
	if answer.Result != settlement.ResultApplied {
		t.Fatalf("%s: %v", answer.Result, answer.Cause)
	}
	return answer
}

func TestBothWiresSayTheSame(t *testing.T) {
	call := callOf(settlement.OpSettle)
	if diff := cmp.Diff(settledPayment(), paid(t, call, ticketAnswer).Payment); diff != "" {
		t.Errorf("ticket shape (-want +got):\n%s", diff)
	}
	answer, _ := newPayer(t, Pipe, nil).read(call, []byte(soap("nh_pipe", pipeAnswer)))
	want := settledPayment()
	want.Others = []settlement.Share{{Source: settlement.HospitalDerate, Amount: 50_00}, {Source: settlement.Commercial, Amount: 20_00}}
	if diff := cmp.Diff(want, answer.Payment); diff != "" {
		t.Errorf("pipe (-want +got):\n%s", diff)
	}
}

// A payer may use the other of two names.
func TestOtherNamesOfAmounts(t *testing.T) {
	text := edited(t, ticketAnswer, "<totalCost>3000.0000</totalCost>", "<totalCosts>3000.00</totalCosts>", "<enableMoney>2600.0000</enableMoney>", "")
	if diff := cmp.Diff(settledPayment(), paid(t, callOf(settlement.OpSettle), text).Payment); diff != "" {
		t.Errorf("payment (-want +got):\n%s", diff)
	}
}

// Where the facility states only the total, what is not eligible is the
// person's own.
func TestBillFromThePayer(t *testing.T) {
	call := callOf(settlement.OpSettle)
	call.BillStated, call.Claim.Bill = false, settlement.Bill{Submitted: 3000_00}
	answer := paid(t, call, ticketAnswer)
	want := settlement.Bill{Submitted: 3000_00, SelfFunded: 400_00, Eligible: 2600_00}
	if answer.Payment.Bill != want || answer.Conflict != "" {
		t.Errorf("bill %+v, conflict %q", answer.Payment.Bill, answer.Conflict)
	}
}

// Neither wire promises to repeat stay and member in every answer; the message
// alone says whose record it is.
func TestAnswersThatRepeatLess(t *testing.T) {
	call := callOf(settlement.OpSettle)
	text := edited(t, ticketAnswer, "<inpId>E000001</inpId>", "", "<memberNo>360827010001</memberNo>", "")
	if diff := cmp.Diff(settledPayment(), paid(t, call, text).Payment); diff != "" {
		t.Errorf("ticket shape (-want +got):\n%s", diff)
	}
	bare := edited(t, pipeAnswer, "<D504_01>E000001</D504_01>", "", "<D504_02>360827010001</D504_02>", "")
	answer, _ := newPayer(t, Pipe, nil).read(call, []byte(soap("nh_pipe", bare)))
	if answer.Result != settlement.ResultApplied {
		t.Errorf("pipe: %s, %v", answer.Result, answer.Cause)
	}
}

func TestConflicts(t *testing.T) {
	for _, test := range []struct {
		name  string
		parts []string
		want  settlement.Reason
	}{
		{"another total", []string{"<totalCost>3000.0000", "<totalCost>3000.0100", "<personalPayMoney>1068.0000", "<personalPayMoney>1068.0100"}, settlement.ReasonBillDiffers},
		{"another eligible part", []string{"<insuranceCost>2600.0000", "<insuranceCost>2599.99", "<enableMoney>2600.0000", "<enableMoney>2599.99"}, settlement.ReasonBillDiffers},
		{"civil-affairs assistance", []string{"<civilCost>0.00", "<civilCost>0.01", "<personalPayMoney>1068.0000", "<personalPayMoney>1067.9900"}, settlement.ReasonPayerAssists},
		{"assistance beside the sum", []string{"<civilCost>0.00</civilCost>", "<CXmedicalAid>5</CXmedicalAid>"}, settlement.ReasonPayerAssists},
		{"targeted assistance beside the sum", []string{"<civilCost>0.00</civilCost>", "<salvaMZCost>5</salvaMZCost>"}, settlement.ReasonPayerAssists},
		{"half a hundredth of a fen", []string{"<totalCost>3000.0000", "<totalCost>3000.0049", "<personalPayMoney>1068.0000", "<personalPayMoney>1068.0049"}, ""},
	} {
		if got := paid(t, callOf(settlement.OpSettle), edited(t, ticketAnswer, test.parts...)).Conflict; got != test.want {
			t.Errorf("%s: conflict %q, want %q", test.name, got, test.want)
		}
	}
}

// The guaranteed minimum lifts the compensation above what was calculated; and
// never below.
func TestGuaranteedMinimum(t *testing.T) {
	call := callOf(settlement.OpSettle)
	lifted := edited(t, ticketAnswer, "<compensateCost>1430.00", "<compensateCost>1500.00", "<personalPayMoney>1068.0000", "<personalPayMoney>998.0000")
	payer := newPayer(t, Ticket, nil)
	checkUnpaid(t, "lifted without the flag", heard(payer, call, lifted), settlement.ResultInDoubt)
	if got := paid(t, call, edited(t, lifted, "<isPaul>0", "<isPaul>1")).Payment.Basic; got != 1480_00 {
		t.Errorf("basic %s, want 1480.00", got)
	}
	lowered := edited(t, ticketAnswer, "<compensateCost>1430.00", "<compensateCost>1429.99", "<personalPayMoney>1068.0000", "<personalPayMoney>1068.0100", "<isPaul>0", "<isPaul>1")
	checkUnpaid(t, "lowered", heard(payer, call, lowered), settlement.ResultInDoubt)
}

// Worked by hand: 1,399.9960 + 10.0000 from the pool and the floor is
// 1,409.9960, as far as 1,410.00; 402.0040 more is 1,812.0000 exactly, 402.00
// more; the special care of 20.0049 brings the running total (with the 50.00 of
// the hospital) to 1,882.0049 and 20.00.
func TestAmountsFinerThanAFen(t *testing.T) {
	text := edited(t, ticketAnswer,
		"<compensateCost>1430.00", "<compensateCost>1429.9960", "<generalRedeem>1400.0000", "<generalRedeem>1399.9960",
		"<calculateMoney>1430.0000", "<calculateMoney>1429.9960", "<insureCost>402.00", "<insureCost>402.0040",
		"<CIICalculateMoney>402.0000", "<CIICalculateMoney>402.0040", "<salvaYFCost>15.00", "<salvaYFCost>15.0049",
		"<personalPayMoney>1068.0000", "<personalPayMoney>1067.9951")
	if diff := cmp.Diff(settledPayment(), paid(t, callOf(settlement.OpSettle), text).Payment); diff != "" {
		t.Errorf("payment (-want +got):\n%s", diff)
	}
}

// However fine the shares, their roundings come to the rounded sum, and each
// stays within a fen of what was stated.
func TestPurseLosesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var p purse
		var sum fine
		var rounded settlement.Money
		for _, share := range rapid.SliceOf(rapid.Int64Range(0, 1<<40)).Draw(t, "shares") {
			sum += fine(share)
			taken := p.take(fine(share))
			rounded += taken
			if off := fine(taken)*perFen - fine(share); off >= perFen || off <= -perFen || share%perFen == 0 && sum%perFen == 0 && off != 0 {
				t.Fatalf("%d became %s", share, taken)
			}
		}
		if rounded != sum.fen() {
			t.Fatalf("%d in all became %s", sum, rounded)
		}
	})
}

func TestParseFine(t *testing.T) {
	for text, want := range map[string]fine{
		"0": 0, "0.0001": 1, "12": 120000, "12.3": 123000, "12.34": 123400, "12.345": 123450, "12.3456": 123456, "007.10": 71000,
		"99999999999.9999": 999999999999999,
	} {
		if got, whole := parseFine(text); !whole || got != want {
			t.Errorf("%s is %d (%v), want %d", text, got, whole, want)
		}
	}
}

// What a critical-illness insurer repeats of the scheme's compensation is not
// its own payment; another figure than the scheme's is a conflict.
func TestCriticalIllnessInsurer(t *testing.T) {
	payer := newPayer(t, Pipe, func(c *Config) { c.Kind = CriticalIllness })
	call := callOf(settlement.OpSettle)
	for told, want := range map[settlement.Money]settlement.Reason{1410_00: "", 1410_01: settlement.ReasonBillDiffers, 0: settlement.ReasonBillDiffers} {
		call.Paid = told
		answer, _ := payer.read(call, []byte(soap("nh_pipe", edited(t, pipeAnswer, "<D506_57>30.00", "<D506_57>0"))))
		if answer.Conflict != want || answer.Payment.Basic != 0 || answer.Payment.CriticalIllness != 402_00 || answer.Payment.PersonalAccount != 0 {
			t.Errorf("told %s: conflict %q, %+v", told, answer.Conflict, answer.Payment)
		}
	}
}
