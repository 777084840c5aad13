package lifecycle

import (
	"slices"

	"github.com/onestop-gateway/onestop/settlement"
)

// step is a change of state.
type step struct{ from, to settlement.State }

// steps are the changes of state there are, each with the lines of the audit
// trail that make it.
var steps = map[step][]string{
	{"", settlement.StateReceived}:                         {"settle.open"},
	{"", settlement.StateAborting}:                         {"restore.found", "reconcile.found"},
	{settlement.StateReceived, settlement.StateSettling}:   {"settle.send"},
	{settlement.StateReceived, settlement.StateAborting}:   {"settle.abort", "restore.abort"},
	{settlement.StateReceived, settlement.StateCommitted}:  {"settle.commit"},
	{settlement.StateReceived, settlement.StateAttention}:  {"settlement.attend"},
	{settlement.StateSettling, settlement.StateAborting}:   {"settle.abort", "restore.abort", "settle.applied", "inquire.applied", "inquire.not_found", "inquire.reversed"},
	{settlement.StateSettling, settlement.StateCommitted}:  {"settle.commit"},
	{settlement.StateSettling, settlement.StateAttention}:  {"settlement.attend"},
	{settlement.StateAborting, settlement.StateAborted}:    {"settle.end"},
	{settlement.StateAborting, settlement.StateAttention}:  {"settlement.attend", "reverse.refused"},
	{settlement.StateAttention, settlement.StateAborting}:  {"attention.approve"},
	{settlement.StateAttention, settlement.StateReversing}: {"attention.approve"},
	{settlement.StateAttention, settlement.StateCommitted}: {"attention.approve"},
	{settlement.StateCommitted, settlement.StateReversing}: {"reverse.open", "restore.reverse"},
	{settlement.StateReversing, settlement.StateReversed}:  {"reverse.commit"},
	{settlement.StateReversing, settlement.StateCommitted}: {"reverse.refused"},
	{settlement.StateReversing, settlement.StateAttention}: {"settlement.attend", "reverse.refused"},
}

// moving are the lines that always come with a change of state.
var moving = []string{
	"settle.open", "settle.abort", "settle.commit", "settle.end", "settlement.attend", "attention.approve", "reverse.open", "reverse.commit",
	"restore.found", "reconcile.found", "restore.abort", "restore.reverse",
}

// trail walks the audit trail of one settlement.
type trail struct {
	*Auditor
	of    *settlement.Settlement
	known bool // a line with its state, epoch and seal was seen
	state settlement.State
	epoch int64
	seal  settlement.Seal
}

// trail: I13, epochs only rise; I15, the seals fit, and every change of state
// has exactly one line.
func (a *Auditor) trail(d *Dossier) {
	t := trail{Auditor: a, of: &d.Settlement}
	for i := range d.Events {
		t.line(i, &d.Events[i])
	}
	t.fencing()
	if !t.known { // older than seals, or no trail at all, which is I11
		a.older++
		if t.of.Seal != (settlement.Seal{}) {
			a.found("I15", t.of, "no line of the audit trail has the seal that the record has")
		}
		return
	}
	if t.of.Seal != t.seal {
		a.found("I15", t.of, "the audit trail does not end with the line that the record was sealed with")
	}
	if t.of.State != t.state {
		a.found("I15", t.of, "is %s, and the audit trail ends in %s", t.of.State, t.state)
	}
}

// line checks the nth line against those before it. Lines from before there
// were seals can only come first.
func (t *trail) line(n int, event *Event) {
	if event.Epoch == 0 && !t.known && event.Seal == (settlement.Seal{}) {
		return
	}
	if event.Seal != event.after(t.of.ID, t.seal) {
		t.found("I15", t.of, "line %d of the audit trail (%s) is not as it was sealed", n, event.Action)
	}
	if event.Epoch < t.epoch || n == 0 && event.Epoch != 1 {
		t.found("I13", t.of, "line %d of the audit trail (%s) was written in epoch %d after one in %d", n, event.Action, event.Epoch, t.epoch)
	}
	if t.known || n == 0 {
		t.step(n, event)
	}
	t.known, t.state, t.epoch, t.seal = true, event.State, event.Epoch, event.Seal
}

// step checks that the line makes the change of state it says, if any.
func (t *trail) step(n int, event *Event) {
	made := step{t.state, event.State}
	if made.from == made.to {
		if slices.Contains(moving, event.Action) {
			t.found("I15", t.of, "line %d of the audit trail (%s) changes nothing in %s", n, event.Action, made.to)
		}
		return
	}
	if !slices.Contains(steps[made], event.Action) {
		t.found("I15", t.of, "line %d of the audit trail (%s) goes from %q to %q", n, event.Action, made.from, made.to)
	}
}

// fencing: I13, what the record says of epochs agrees with its journal. The
// epoch rises by one with each change of owner, which is a write of its own,
// and nobody owns what is closed.
func (t *trail) fencing() {
	s := t.of
	if s.Epoch < max(1, t.epoch) || s.Epoch > s.Revision {
		t.found("I13", s, "is in epoch %d at revision %d, and the audit trail in %d", s.Epoch, s.Revision, t.epoch)
	}
	if s.State.Terminal() && s.Owner != "" {
		t.found("I13", s, "is %s and still %s's", s.State, s.Owner)
	}
}
