package words

import (
	"strings"
	"testing"

	"github.com/onestop-gateway/onestop/settlement"
)

// Every state tells the cashier in whole sentences what to do; while money may
// move, never to settle by hand.
func TestEveryStateSaysWhatToDo(t *testing.T) {
	for name, text := range declared(t, "state.go", "State") {
		s := settlement.Settlement{State: settlement.State(text), Reason: settlement.ReasonPayerInDoubt}
		if s.State == settlement.StateCommitted {
			s.Reason = settlement.ReasonOK
			s.Adjudication = &settlement.Adjudication{Reason: settlement.ReasonOK, PatientPays: 1_010_00}
		}
		got := Standing(&s)
		if wrong := sentence(got); wrong != "" {
			t.Errorf("%s: %s: %v", name, wrong, got)
		}
		undecided := !s.State.Terminal() && s.State != settlement.StateReversing
		if strings.Contains(got.Zh, "请勿手工结算") != undecided || strings.Contains(got.En, "not settle by hand") != undecided {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestStanding(t *testing.T) {
	settled := func(mode settlement.Mode, a settlement.Adjudication) settlement.Settlement {
		return settlement.Settlement{State: settlement.StateCommitted, Claim: settlement.Claim{Mode: mode}, Adjudication: &a}
	}
	refused := settled(settlement.Inpatient, settlement.Adjudication{Reason: settlement.ReasonOK, PatientPays: 1_010_00})
	refused.Reversal = &settlement.Reversal{Refused: settlement.ReasonReversalRefused}
	asked := refused
	asked.Reversal = &settlement.Reversal{}
	for _, c := range []struct {
		s    settlement.Settlement
		want Text
	}{
		{
			settled(settlement.Inpatient, settlement.Adjudication{Reason: settlement.ReasonOK, PatientPays: 1_010_00}),
			Text{"已结算。应向患者收取1010.00元。", "Settled. Collect 1010.00 yuan from the patient."},
		},
		{
			settled(settlement.Inpatient, settlement.Adjudication{Reason: settlement.ReasonCapLimited, PatientPays: 3_600_00}),
			Text{"已结算。应向患者收取3600.00元。救助金额受年度限额限制。", "Settled. Collect 3600.00 yuan from the patient. The assistance was cut to what remains of an annual cap."},
		},
		{
			settled(settlement.Care, settlement.Adjudication{Reason: settlement.ReasonOK, Benefit: 1_000_00}),
			Text{"已结算。关怀救助金1000.00元发给本人，不向患者收费。", "Settled. The care grant of 1000.00 yuan goes to the person; nothing is collected."},
		},
		{
			settled(settlement.Care, settlement.Adjudication{Reason: settlement.ReasonAlreadyGranted}),
			Text{"已结算。不发放关怀救助金，不向患者收费。本年度已发放过关怀救助。", "Settled. No care grant is given and nothing is collected. The care grant of this year was already given."},
		},
		{
			refused,
			Text{"已结算。应向患者收取1010.00元。冲正未成功，原结算仍然有效。支付方拒绝冲正。请按支付方的说明线下处理，并联系运维人员。", "Settled. Collect 1010.00 yuan from the patient. The reversal did not succeed; the settlement stands. The payer refused the reversal. Settle it with the payer by its own procedure, and tell the operator."},
		},
		{asked, Text{"已结算。应向患者收取1010.00元。", "Settled. Collect 1010.00 yuan from the patient."}},
		{
			settlement.Settlement{State: settlement.StateAborted, Reason: settlement.ReasonPayerRefused},
			Text{"未结算，各方均未支付。支付方拒绝，未支付任何款项。请按支付方的说明更正后，用新的请求编号重新结算。", "Not settled; no payer pays anything. The payer refused and paid nothing. Correct what the payer names, then settle again with a new request id."},
		},
	} {
		if got := Standing(&c.s); got != c.want {
			t.Errorf("got  %v\nwant %v", got, c.want)
		}
	}
	quote := Quoted(settlement.Claim{Mode: settlement.Inpatient}, &settlement.Adjudication{Reason: settlement.ReasonOK, PatientPays: 5}, "")
	if want := "预结算结果，未保留任何额度。应向患者收取0.05元。"; quote.Zh != want {
		t.Errorf("got  %s\nwant %s", quote.Zh, want)
	}
	for state, want := range map[settlement.QuoteState]string{
		settlement.QuoteHeld:    "A quote that holds what it promises. Settle by its id while it does. Collect 0.05 yuan from the patient.",
		settlement.QuoteExpired: "The time of this quote is over and it holds nothing. Quote again.",
	} {
		got := Quoted(settlement.Claim{Mode: settlement.Inpatient}, &settlement.Adjudication{Reason: settlement.ReasonOK, PatientPays: 5}, state)
		if got.En != want {
			t.Errorf("got  %s\nwant %s", got.En, want)
		}
	}
}
