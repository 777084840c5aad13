package ncms

import (
	"time"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// record is a settlement as a payer states it, whichever wire it came over.
type record struct {
	Reference string // the payer's number of the settlement, "" of a trial
	Message   string // ours, echoed
	Stay      string
	Person    string
	At        time.Time
	Reversed  bool

	Total, Eligible fine
	Basic           fine
	CriticalIllness fine
	Assistance      fine
	Hospital        fine
	SpecialCare     fine
	Commercial      fine
	Account         fine // the family's own account money
	Cash            fine
	AssistsUnder    bool // names assistance that is not part of the sum
}

// checkShares proves that the shares make the total and that what is eligible
// lies within it. No share is negative, so none can exceed the bill.
func (r record) checkShares() error {
	shares := r.Basic + r.CriticalIllness + r.Assistance + r.Hospital + r.SpecialCare + r.Commercial + r.Account + r.Cash
	switch {
	case r.Total <= 0:
		return &breach{"record", "settles nothing"}
	case r.Eligible > r.Total:
		return &breach{"record", "more is eligible than was charged"}
	case shares != r.Total:
		return &breach{"record", "the shares do not make the total"}
	}
	return nil
}

// about refuses a record that does not name the call's message, which is ours
// alone, or names another stay or person. Either may be left out: the wires
// promise neither in every answer.
func (r record) about(call lifecycle.Call, message settlement.MessageID) error {
	switch {
	case r.Stay != "" && r.Stay != string(call.Encounter):
		return &breach{"record.stay", "of another stay"}
	case r.Person != "" && r.Person != call.Insured.Reveal():
		return &breach{"record.person", "of another person"}
	case r.Message != string(message):
		return &breach{"record.message", "of another message"}
	}
	return nil
}

// applied is the answer that r is there, with the conflict if it contradicts
// the call.
func (r record) applied(call lifecycle.Call, kind Kind) lifecycle.PayerAnswer {
	return lifecycle.PayerAnswer{Result: settlement.ResultApplied, Payment: r.payment(call, kind), Conflict: r.conflict(call, kind)}
}

// conflict: the payer settled another bill than ours, counts another payment
// before its own than there was, or already assists a person whose assistance
// is ours to compute. It knows of a bill only the total and what is eligible.
func (r record) conflict(call lifecycle.Call, kind Kind) settlement.Reason {
	bill := call.Claim.Bill
	switch {
	case r.Total.fen() != bill.Submitted, call.BillStated && r.Eligible.fen() != bill.Eligible:
		return settlement.ReasonBillDiffers
	case kind == CriticalIllness && (r.Basic+r.Account).fen() != call.Paid:
		return settlement.ReasonBillDiffers
	case r.Assistance != 0 || r.AssistsUnder:
		return settlement.ReasonPayerAssists
	}
	return ""
}

// payment is r in the words of the domain. What a critical-illness insurer
// states as compensation is the payment of those before it, not its own.
func (r record) payment(call lifecycle.Call, kind Kind) settlement.Payment {
	var p purse
	if kind == CriticalIllness {
		p.take(r.Basic + r.Account)
		r.Basic, r.Account = 0, 0
	}
	payment := settlement.Payment{
		Reference: r.Reference, Encounter: call.Encounter, Bill: r.bill(call),
		Basic:           p.take(r.Basic),
		CriticalIllness: p.take(r.CriticalIllness),
		Assistance:      p.take(r.Assistance),
		At:              r.At,
	}
	for _, share := range []struct {
		source settlement.Source
		amount fine
	}{
		{settlement.HospitalDerate, r.Hospital}, {settlement.SpecialCare, r.SpecialCare}, {settlement.Commercial, r.Commercial},
	} {
		if amount := p.take(share.amount); amount != 0 {
			payment.Others = append(payment.Others, settlement.Share{Source: share.source, Amount: amount})
		}
	}
	payment.PersonalAccount = p.take(r.Account)
	return payment
}

// bill is the facility's own statement where the payer confirms its total and
// its eligible part; otherwise what is not eligible counts as self-funded.
func (r record) bill(call lifecycle.Call) settlement.Bill {
	stated := call.Claim.Bill
	total, eligible := r.Total.fen(), r.Eligible.fen()
	if call.BillStated && stated.Submitted == total && stated.Eligible == eligible {
		return stated
	}
	return settlement.Bill{Submitted: total, SelfFunded: total - eligible, Eligible: eligible}
}
