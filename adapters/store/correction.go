package store

import (
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/correction"
	"github.com/onestop-gateway/onestop/settlement/fund"
)

// matterDocument is what is proposed. Whose bureau it concerns and what happened
// to it are kept in columns instead.
var matterDocument = document{'b', 1}

// EncodeMatter writes what is proposed.
func EncodeMatter(m *correction.Matter) []byte { return encode(matterDocument, m, matter) }

// DecodeMatter reads what EncodeMatter wrote. Internal: not readable.
func DecodeMatter(text []byte) (correction.Matter, error) {
	var m correction.Matter
	err := decode(matterDocument, text, &m, matter)
	return m, err
}

func matter(c *cursor, v *correction.Matter) {
	text(c, &v.Person)
	change(c, &v.Change)
	optional(c, &v.Posting, posting)
	text(c, &v.File)
	number(c, &v.Held)
}

func posting(c *cursor, v *fund.Posting) {
	text(c, &v.ID)
	text(c, &v.Tenant)
	text(c, &v.Request)
	text(c, &v.Key.Region)
	text(c, &v.Key.Fund)
	number(c, &v.Key.Year)
	text(c, &v.Kind)
	text(c, &v.Level)
	number(c, &v.Amount)
	number(c, &v.Persons)
	text(c, &v.Document)
	number(c, &v.Day)
	text(c, &v.By)
	number(c, &v.At)
}

// NoCorrection is the answer to a look-up of a proposal, or of a request about
// one, that found none.
func NoCorrection(field string, id correction.ID) error {
	return &settlement.Error{Kind: settlement.KindNotFound, Reason: settlement.ReasonCorrectionUnknown, Field: field, Value: string(id)}
}

// SoundCorrection refuses a note as Sound refuses a change; nil is sound.
func SoundCorrection(note *correction.Note) error {
	var c checker
	if note == nil {
		return nil
	}
	column(&c, "id", note.ID)
	column(&c, "region", note.Region)
	column(&c, "tenant", note.Key.Tenant)
	column(&c, "request_id", note.Key.Request)
	column(&c, "operator", note.Event.By)
	column(&c, "cause", note.Event.Cause)
	return c.err
}
