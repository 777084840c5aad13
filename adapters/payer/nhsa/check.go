package nhsa

import (
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
	_, served := p.account(call.Facility.ID)
	_, settled := p.config.Schemes[call.Scheme]
	for _, need := range []struct {
		field string
		met   bool
	}{
		{"facility_id", served && plain(string(call.Facility.ID)) && plain(string(call.Facility.Region))},
		{"identity_number", !identifies || plain(call.Person.Reveal())},
		{"insured_number", identifies || plain(call.Insured.Reveal())},
		{"encounter_id", identifies || plain(string(call.Encounter))},
		{"region_id", identifies || plain(string(call.Region))},
		{"scheme", !settles || settled},
		{"bill.submitted", !settles || payable(call.Claim.Bill.Submitted)},
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
	if transactionOf(call) == "" || !plain(string(call.Message)) || asksBack && !plain(string(call.Original)) {
		return &settlement.Error{
			Kind: settlement.KindInternal, Reason: settlement.ReasonInternal, Object: string(call.Message), Value: string(call.Operation),
		}
	}
	return nil
}

// plain reports whether id is an identifier the platform can take: 1 to 30
// visible ASCII characters.
func plain(id string) bool {
	for i := range len(id) {
		if id[i] <= ' ' || id[i] > '~' {
			return false
		}
	}
	return id != "" && len(id) <= idMax
}

// payable reports whether m can be settled: more than nothing, and within the
// width of the platform's amounts.
func payable(m settlement.Money) bool { return m > 0 && m <= settlement.MoneyMax }
