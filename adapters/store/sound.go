package store

import (
	"strings"
	"unicode/utf8"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/chain"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// checker notes the first text that no column may hold.
type checker struct{ err error }

// column refuses a text that not every database keeps unchanged in a column:
// with a NUL or not UTF-8. Everything else, blanks and case included, is kept
// byte for byte.
func column[T ~string](c *checker, field string, text T) {
	if c.err != nil || utf8.ValidString(string(text)) && strings.IndexByte(string(text), 0) < 0 {
		return
	}
	c.err = &settlement.Error{Kind: settlement.KindInvalid, Reason: settlement.ReasonInvalidArgument, Field: field}
}

// Sound refuses a change with a text that no column may hold: Invalid, naming
// the field. Stores ask it before anything is written, so that all of them
// refuse alike.
func Sound(change lifecycle.Change) error {
	var c checker
	s := &change.Settlement
	column(&c, "settlement", s.ID)
	column(&c, "tenant", s.Tenant)
	column(&c, "facility", s.Facility)
	column(&c, "discharge", s.Discharge)
	column(&c, "beneficiary", s.Beneficiary.ID)
	column(&c, "state", s.State)
	column(&c, "decision", s.Decision)
	column(&c, "owner", s.Owner)
	column(&c, "approval", s.Claim.Approval)
	for i := range s.Legs {
		column(&c, "message", s.Legs[i].Message)
		column(&c, "message", s.Legs[i].Undo)
	}
	for bucket := range change.Delta.Used {
		column(&c, "bucket", bucket)
	}
	soundQuotes(&c, change.Quotes)
	soundKeys(&c, change)
	soundJournal(&c, change)
	return c.err
}

func soundKeys(c *checker, change lifecycle.Change) {
	key := func(k lifecycle.RequestKey) {
		column(c, "tenant", k.Tenant)
		column(c, "method", k.Method)
		column(c, "request", k.Request)
	}
	if change.Request != nil {
		key(change.Request.Key)
		column(c, "fingerprint", change.Request.Fingerprint)
	}
	if change.Final != nil {
		key(change.Final.Key)
	}
}

func soundJournal(c *checker, change lifecycle.Change) {
	for i := range change.Attempts {
		attempt := &change.Attempts[i]
		column(c, "message", attempt.Message)
		column(c, "operation", attempt.Operation)
		column(c, "phase", attempt.Phase)
		column(c, "result", attempt.Result)
	}
	for i := range change.Entries {
		column(c, "account", change.Entries[i].Account)
	}
	for i := range change.Events {
		column(c, "actor", change.Events[i].Actor)
		column(c, "action", change.Events[i].Action)
		column(c, "reason", change.Events[i].Reason)
		column(c, "state", change.Events[i].State)
	}
}

// SoundHold refuses a change of holds as Sound refuses a change.
func SoundHold(change lifecycle.HoldChange) error {
	var c checker
	if q := change.Quote; q != nil {
		column(&c, "quote_id", q.ID)
		column(&c, "tenant", q.Tenant)
		column(&c, "request", q.Request)
	}
	soundQuotes(&c, change.Events)
	return c.err
}

func soundQuotes(c *checker, events []settlement.QuoteEvent) {
	for i := range events {
		column(c, "quote_id", events[i].Quote)
		column(c, "actor", events[i].Actor)
		column(c, "settlement", events[i].Settlement)
	}
}

// SoundOwner refuses the name of an owner as Sound refuses a change.
func SoundOwner(owner string) error {
	var c checker
	column(&c, "owner", owner)
	return c.err
}

// SoundNotes refuses notes with a text that no column may hold: Invalid, naming
// the field.
func SoundNotes(notes []chain.Note) error {
	var c checker
	for i := range notes {
		n := &notes[i]
		column(&c, "actor", n.Actor)
		column(&c, "action", n.Action)
		column(&c, "reason", n.Reason)
		column(&c, "object", n.Object)
		column(&c, "instance", n.Instance)
	}
	return c.err
}
