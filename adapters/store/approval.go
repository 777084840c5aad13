package store

import (
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/clearance"
)

// NoApproval is the answer to a look-up of an approval, or of a request about
// one, that found none.
func NoApproval(field string, number settlement.ApprovalNumber) error {
	return &settlement.Error{Kind: settlement.KindNotFound, Reason: settlement.ReasonApprovalUnknown, Field: field, Value: string(number)}
}

// SoundNote refuses a note as Sound refuses a change.
func SoundNote(note *clearance.Note) error {
	var c checker
	column(&c, "number", note.Number)
	column(&c, "tenant", note.Key.Tenant)
	column(&c, "request_id", note.Key.Request)
	column(&c, "operator", note.Event.By)
	column(&c, "cause", note.Event.Cause)
	if form := note.Form; form != nil {
		column(&c, "person_id", form.Person)
		column(&c, "facility_id", form.Facility)
		column(&c, "issuer", form.Issuer)
	}
	return c.err
}
