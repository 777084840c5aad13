package store

import (
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/gazette"
)

// NoPublication is the answer to a look-up of a publication, or of a request
// about one, that found none.
func NoPublication(field string, id gazette.PublicationID) error {
	return &settlement.Error{Kind: settlement.KindNotFound, Reason: settlement.ReasonPublicationUnknown, Field: field, Value: string(id)}
}

// SoundPublication refuses a note as Sound refuses a change. The files are
// bytes, which every column holds.
func SoundPublication(note *gazette.Note) error {
	var c checker
	column(&c, "id", note.ID)
	column(&c, "policy_id", note.Policy)
	column(&c, "tenant", note.Key.Tenant)
	column(&c, "request_id", note.Key.Request)
	column(&c, "operator", note.Event.By)
	column(&c, "cause", note.Event.Cause)
	return c.err
}
