package store

import (
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/eligibility"
	"github.com/onestop-gateway/onestop/settlement/registry"
)

// The documents of the register. Who a row is about and its number are kept in
// columns instead.
var (
	changeDocument   = document{'c', 1}
	reviewDocument   = document{'v', 1}
	decisionDocument = document{'d', 1}
	recordDocument   = document{'r', 1}
	progressDocument = document{'i', 1}
)

// EncodeChange writes a row of a history.
func EncodeChange(c *registry.Change) []byte { return encode(changeDocument, c, change) }

// DecodeChange reads what EncodeChange wrote. Internal: not readable.
func DecodeChange(text []byte) (registry.Change, error) {
	var c registry.Change
	err := decode(changeDocument, text, &c, change)
	return c, err
}

// EncodeReview writes a review run with its proposals.
func EncodeReview(r *registry.Review) []byte { return encode(reviewDocument, r, review) }

// DecodeReview reads what EncodeReview wrote. Internal: not readable.
func DecodeReview(text []byte) (registry.Review, error) {
	var r registry.Review
	err := decode(reviewDocument, text, &r, review)
	return r, err
}

// EncodeDecision writes a decision on a proposal.
func EncodeDecision(d *registry.Decision) []byte { return encode(decisionDocument, d, decision) }

// DecodeDecision reads what EncodeDecision wrote. Internal: not readable.
func DecodeDecision(text []byte) (registry.Decision, error) {
	var d registry.Decision
	err := decode(decisionDocument, text, &d, decision)
	return d, err
}

// EncodeRecord writes what is kept under a request key of the register.
func EncodeRecord(r *eligibility.Record) []byte { return encode(recordDocument, r, record) }

// DecodeRecord reads what EncodeRecord wrote. Internal: not readable.
func DecodeRecord(text []byte) (eligibility.Record, error) {
	var r eligibility.Record
	err := decode(recordDocument, text, &r, record)
	return r, err
}

// EncodeProgress writes how far an import has come.
func EncodeProgress(p *eligibility.Progress) []byte { return encode(progressDocument, p, progress) }

// DecodeProgress reads what EncodeProgress wrote. Internal: not readable.
func DecodeProgress(text []byte) (eligibility.Progress, error) {
	var p eligibility.Progress
	err := decode(progressDocument, text, &p, progress)
	return p, err
}

func change(c *cursor, v *registry.Change) {
	number(c, &v.Number)
	number(c, &v.Corrects)
	text(c, &v.Action)
	number(c, &v.Effective)
	instant(c, &v.Recorded)
	text(c, &v.By)
	text(c, &v.Document)
	text(c, &v.Cause)
	text(c, &v.Category)
	number(c, &v.Until)
	facts(c, &v.Facts)
	number(c, &v.Survey.Members)
	number(c, &v.Survey.Income)
}

func facts(c *cursor, v *registry.Facts) {
	private(c, &v.Name)
	private(c, &v.Certificate)
	text(c, &v.Household)
	text(c, &v.Region)
	text(c, &v.Residence)
	text(c, &v.Scheme)
	private(c, &v.Insured)
}

func review(c *cursor, v *registry.Review) {
	text(c, &v.ID)
	text(c, &v.Region)
	number(c, &v.Quarter.Year)
	number(c, &v.Quarter.Number)
	text(c, &v.By)
	instant(c, &v.At)
	number(c, &v.Due)
	number(c, &v.Households)
	number(c, &v.Kept)
	list(c, &v.Proposals, proposed)
}

func proposed(c *cursor, v *registry.Proposal) {
	number(c, &v.Line)
	text(c, &v.Person)
	text(c, &v.Action)
	text(c, &v.Category)
	number(c, &v.Effective)
	text(c, &v.Cause)
}

func decision(c *cursor, v *registry.Decision) {
	text(c, &v.Review)
	number(c, &v.Line)
	boolean(c, &v.Confirmed)
	text(c, &v.By)
	instant(c, &v.At)
}

func record(c *cursor, v *eligibility.Record) {
	text(c, &v.Key.Tenant)
	text(c, &v.Key.Request)
	text(c, &v.Person)
	number(c, &v.First)
	number(c, &v.Last)
	list(c, &v.Touched, text[settlement.SettlementID])
}

func progress(c *cursor, v *eligibility.Progress) {
	text(c, &v.File)
	number(c, &v.Rows)
	number(c, &v.Added)
	number(c, &v.Changed)
	number(c, &v.Unchanged)
	number(c, &v.Rejected)
	number(c, &v.Bytes)
}

// Abandoned is the answer to a batch behind which somebody else wrote: nothing
// of it was written. object names what moved on.
func Abandoned(object string) error {
	return &settlement.Error{Kind: settlement.KindConflict, Reason: settlement.ReasonStaleRecord, Object: object}
}

// Unrecorded is the answer to a look-up of a request key that is new.
func Unrecorded() error {
	return &settlement.Error{Kind: settlement.KindNotFound, Reason: settlement.ReasonUnknownPerson, Field: "request_id"}
}

// Unreviewed is the answer to a look-up of a review that was not run.
func Unreviewed(id registry.ReviewID) error {
	return &settlement.Error{Kind: settlement.KindNotFound, Reason: settlement.ReasonUnknownReview, Object: string(id)}
}

// SoundBatch refuses a batch as Sound refuses a change.
func SoundBatch(b *eligibility.Batch) error {
	var c checker
	for i := range b.Writes {
		column(&c, "person", b.Writes[i].Person.ID)
		column(&c, "id_number", b.Writes[i].Person.Certificate.Reveal())
		column(&c, "region", b.Writes[i].Person.Region)
	}
	if b.Record != nil {
		column(&c, "tenant", b.Record.Key.Tenant)
		column(&c, "request_id", b.Record.Key.Request)
	}
	if b.Review != nil {
		column(&c, "review", b.Review.ID)
	}
	if b.Decision != nil {
		column(&c, "review", b.Decision.Review)
	}
	if b.Imported != nil {
		column(&c, "file", b.Imported.File)
	}
	if c.err == nil {
		c.err = SoundCorrection(b.Approval)
	}
	return c.err
}
