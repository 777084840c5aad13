package ncms

import (
	"slices"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// check says what a call lacks, by the name the caller knows it under.
func (p *Payer) check(call lifecycle.Call) error {
	if err := checkMessages(call); err != nil {
		return err
	}
	settles := call.Operation == settlement.OpSettle || call.Operation == settlement.OpQuote
	identifies := call.Operation == settlement.OpIdentify
	total := call.Claim.Bill.Submitted
	for _, need := range []struct {
		field string
		met   bool
	}{
		{"facility_id", plain(string(call.Facility.ID))},
		{"identity_number", !identifies || plain(call.Person.Reveal())},
		{"insured_number", identifies || plain(call.Insured.Reveal())},
		{"encounter_id", identifies || plain(string(call.Encounter))},
		{"scheme", !settles || slices.Contains(p.config.Schemes, call.Scheme)},
		{"mode", !settles || call.Claim.Mode == settlement.Inpatient},
		{"bill.submitted", !settles || total > 0 && total <= settlement.MoneyMax},
		{"bill", !settles || !call.BillStated || call.Claim.Bill.Balanced()},
		{"reference", call.Operation != settlement.OpInquire || call.Reference != "" || p.config.InquireByEncounter},
	} {
		if !need.met {
			return invalid(need.field)
		}
	}
	return nil
}

// checkMessages guards against our own mistakes: ids the gateway makes, and
// operations it does not have.
func checkMessages(call lifecycle.Call) error {
	asksBack := call.Operation == settlement.OpReverse || call.Operation == settlement.OpInquire
	_, known := ticketOperations[call.Operation]
	if !known || !plain(string(call.Message)) || asksBack && !plain(string(call.Original)) {
		return &settlement.Error{
			Kind: settlement.KindInternal, Reason: settlement.ReasonInternal, Object: string(call.Message), Value: string(call.Operation),
		}
	}
	return nil
}
