package reconciliation

import (
	"context"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
	"github.com/onestop-gateway/onestop/settlement/reconcile"
)

// Hands are what puts things right: the verbs of the lifecycle, and no others.
type Hands interface {
	// WakeAll has settlements that are in doubt asked again, and waits for them
	// within a bound.
	WakeAll(ctx context.Context, ids []settlement.SettlementID, within time.Duration) error
	// Settlement reads one. NotFound.
	Settlement(ctx context.Context, tenant settlement.TenantID, id settlement.SettlementID) (settlement.Settlement, error)
	// Ask asks a payer about a leg of a settlement at rest. Blocked, Conflict.
	Ask(ctx context.Context, question lifecycle.Question) (settlement.Result, error)
	// TakeBack has a payer reverse what no settlement here has. Blocked.
	TakeBack(ctx context.Context, stray lifecycle.Stray) (settlement.SettlementID, error)
	// Propose is one person's word on a settlement in attention. Blocked,
	// Conflict.
	Propose(ctx context.Context, id settlement.SettlementID, proposal settlement.Proposal) (lifecycle.Matter, error)
	// Approve is another person's, on what was read at that revision. Blocked,
	// Conflict; Forbidden for the same person.
	Approve(ctx context.Context, id settlement.SettlementID, by string, seen int64) (lifecycle.Matter, error)
	// Adjust posts an adjustment, once by its name. Blocked, Conflict.
	Adjust(ctx context.Context, id settlement.SettlementID, adjustment settlement.Adjustment) error
}

// order is a fix that two people agreed on.
type order struct {
	finding  *Finding
	fix      reconcile.Fix
	document string
	cause    string
	proposer string
	approver string
}

// carry carries a fix out and gives what is to be remarked: Done where a later
// run has to prove it, Settled where it needs no proof, Failed with what went
// wrong. The error is the store's: nothing is known, and it is carried out
// again. Every way is safe to go twice.
func (d *Desk) carry(ctx context.Context, o *order) (Act, string, error) {
	act, says, err := Done, "", error(nil)
	switch o.fix {
	case reconcile.AcceptTheirs:
		return Settled, "accepted as the document says", nil
	case reconcile.Requery:
		says, err = d.requery(ctx, o)
	case reconcile.ReverseMessage:
		says, err = d.reverse(ctx, o)
	case reconcile.PostAdjustment:
		says, err = d.adjust(ctx, o)
	}
	switch settlement.KindOf(err) {
	case settlement.KindUnavailable, settlement.KindInDoubt, settlement.KindInternal, settlement.KindConflict:
		if err != nil {
			return "", "", err
		}
	default:
		act, says = Failed, err.Error()
	}
	return act, says, nil
}

// requery has the payer asked about the message: by recovery where it is open,
// anew where people had it, and else by a question of its own.
func (d *Desk) requery(ctx context.Context, o *order) (string, error) {
	s, err := d.Hands.Settlement(ctx, "", o.finding.Settlement)
	if err != nil {
		return "", err
	}
	if s.State.Terminal() {
		return d.ask(ctx, o, settlement.OpInquire)
	}
	return d.moved(ctx, o, &s)
}

// moved carries on a settlement that is not at rest.
func (d *Desk) moved(ctx context.Context, o *order, s *settlement.Settlement) (string, error) {
	if s.State != settlement.StateAttention {
		return "asked again", d.Hands.WakeAll(ctx, []settlement.SettlementID{s.ID}, 0)
	}
	m, err := d.Hands.Propose(ctx, s.ID, settlement.Proposal{By: o.proposer, Resolution: settlement.ResolveRetry, Document: o.document})
	if err == nil {
		_, err = d.Hands.Approve(ctx, s.ID, o.approver, m.Settlement.Revision)
	}
	return "tried again", err
}

// reverse has the payer undo what it books and we do not, by the original
// message.
func (d *Desk) reverse(ctx context.Context, o *order) (string, error) {
	f := o.finding
	if f.Settlement == "" {
		id, err := d.Hands.TakeBack(ctx, lifecycle.Stray{
			Payer: f.Payer, Message: f.Message, Reference: f.Reference, Insured: f.Person, Encounter: f.Encounter, Actor: o.approver,
		})
		return "taken back as settlement " + string(id), err
	}
	s, err := d.Hands.Settlement(ctx, "", f.Settlement)
	if err != nil {
		return "", err
	}
	if !s.State.Terminal() {
		return d.moved(ctx, o, &s)
	}
	return d.ask(ctx, o, settlement.OpReverse)
}

// ask asks the payer once. An answer that says neither yes nor no is no error
// of ours: the fix failed, and may be proposed again.
func (d *Desk) ask(ctx context.Context, o *order, operation settlement.Operation) (string, error) {
	result, err := d.Hands.Ask(ctx, lifecycle.Question{
		Settlement: o.finding.Settlement, Payer: o.finding.Payer, Operation: operation, Actor: o.approver,
	})
	if err != nil {
		return "", err
	}
	switch result {
	case settlement.ResultUnsent, settlement.ResultInDoubt, settlement.ResultRefused:
		return "", &settlement.Error{Kind: settlement.KindRefused, Reason: settlement.ReasonPayerInDoubt, Value: "the payer answers: " + string(result)}
	}
	return "the payer answers: " + string(result), nil
}
