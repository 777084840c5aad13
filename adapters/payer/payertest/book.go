package payertest

import (
	"fmt"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// Holding is one settlement in a Fake's book.
type Holding struct {
	Message   settlement.MessageID
	Facility  settlement.FacilityID
	Encounter settlement.EncounterID
	Payment   settlement.Payment
	Reversed  bool
}

// book is what a Fake holds, in the order it was settled.
type book struct {
	records []*Holding
}

// settle adds a settlement and gives it a reference.
func (b *book) settle(call lifecycle.Call, payment settlement.Payment) settlement.Payment {
	payment.Reference = fmt.Sprintf("F%06d", len(b.records)+1)
	b.records = append(b.records, &Holding{
		Message: call.Message, Facility: call.Facility.ID, Encounter: call.Encounter, Payment: payment,
	})
	return payment
}

// reverse undoes the settlement a reversal names, of several the last. Applied
// is done now, Reversed was done before.
func (b *book) reverse(call lifecycle.Call) settlement.Result {
	result := settlement.ResultNotFound
	for i := len(b.records) - 1; i >= 0; i-- {
		record := b.records[i]
		named := record.Message == call.Original
		if call.Reference != "" {
			named = record.Payment.Reference == call.Reference
		}
		switch {
		case named && !record.Reversed:
			record.Reversed = true
			return settlement.ResultApplied
		case named:
			result = settlement.ResultReversed
		}
	}
	return result
}

// find is the settlement of the message an inquiry asks about.
func (b *book) find(call lifecycle.Call) *Holding {
	for _, record := range b.records {
		if record.Message == call.Original && (call.Reference == "" || call.Reference == record.Payment.Reference) {
			return record
		}
	}
	return nil
}

// net is how many settlements of a message stand.
func (b *book) net(message settlement.MessageID) (net int) {
	for _, record := range b.records {
		if record.Message == message && !record.Reversed {
			net++
		}
	}
	return net
}
