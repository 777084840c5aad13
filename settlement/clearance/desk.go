package clearance

import (
	"context"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/approval"
)

// Persons knows who is registered.
type Persons interface {
	// Person finds a person by their pseudonym. NotFound.
	Person(ctx context.Context, id settlement.BeneficiaryID) (settlement.Person, error)
}

// Config is what a Desk is made of. Every field is required.
type Config struct {
	Store   Store
	Persons Persons
	// Known reports whether a facility is one of the directory's.
	Known func(settlement.FacilityID) bool
	Now   func() time.Time
}

// Desk takes forms in and records what is decided on them.
type Desk struct{ Config }

// New makes a Desk.
func New(config Config) *Desk { return &Desk{config} }

// Submission asks to take in a form.
type Submission struct {
	Key  Key
	Form approval.Form
	By   string
}

// Decision asks to approve, refuse or revoke.
type Decision struct {
	Key    Key
	Number settlement.ApprovalNumber
	Act    approval.Act
	By     string
	Cause  string
}

// Outcome is an approval as it stood after the request, the first time. Its use
// is that of now.
type Outcome struct {
	Approval approval.Approval
	Replayed bool
}

// Submit takes a form in, once for each request key. Invalid names the field.
// Blocked: the person (UNKNOWN_PERSON) or the facility (UNKNOWN_FACILITY) is
// not known. Exists: the number is another form's. KeyReused: the key was used
// for something else, Field names what differs.
func (d *Desk) Submit(ctx context.Context, ask Submission) (Outcome, error) {
	form := ask.Form
	return d.write(ctx, Note{Key: ask.Key, Number: form.Number, Form: &form, Event: approval.Event{Act: approval.Submitted, By: ask.By}})
}

// Decide records a decision, once for each request key. NotFound; Invalid and
// Blocked as approval.CheckNext says; KeyReused as in Submit.
func (d *Desk) Decide(ctx context.Context, ask Decision) (Outcome, error) {
	return d.write(ctx, Note{Key: ask.Key, Number: ask.Number, Event: approval.Event{Act: ask.Act, By: ask.By, Cause: ask.Cause}})
}

// Approval reads one. NotFound.
func (d *Desk) Approval(ctx context.Context, number settlement.ApprovalNumber) (approval.Approval, error) {
	return d.Store.Approval(ctx, number)
}

// Approvals reads one page, and the number to go on after, if any.
func (d *Desk) Approvals(ctx context.Context, query Query) ([]approval.Approval, settlement.ApprovalNumber, error) {
	limit := query.Limit
	query.Limit++
	found, err := d.Store.Approvals(ctx, query)
	if err != nil || len(found) <= limit {
		return found, "", err
	}
	return found[:limit], found[limit-1].Number, nil
}

// Today is the day in China, by which approvals expire.
func (d *Desk) Today() settlement.Date {
	return settlement.DayOf(d.Now())
}
