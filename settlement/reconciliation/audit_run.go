package reconciliation

import (
	"slices"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
	"github.com/onestop-gateway/onestop/settlement/reconcile"
)

// auditedRun is a run with our side of it, made anew. What is sure counted while
// the run read the store; what is not moved about that time, or was being
// reversed, and counted or did not.
type auditedRun struct {
	Kept
	sure, maybe           *reconcile.Totals
	sureLines, maybeLines int
	unsure                int // settlements
}

func newAuditedRun(k *Kept) *auditedRun {
	return &auditedRun{Kept: *k, sure: reconcile.NewTotals(k.Scope), maybe: reconcile.NewTotals(k.Scope)}
}

// has reports whether the run ended with a result, taken back or not.
func (r *auditedRun) has() bool { return r.End != nil && r.End.Failed == "" }

// writtenWithin is how far the time of a line of an audit trail may be from the
// moment it was committed, clocks that differ included.
const writtenWithin = 15 * time.Minute

// see adds what a settlement was to the run.
func (r *auditedRun) see(d *lifecycle.Dossier) {
	from, until := r.At.Add(-writtenWithin), r.End.At.Add(writtenWithin)
	state, sure := stateAt(d.Events, from, until)
	early, late := standing(d.Settlement, from), standing(d.Settlement, until)
	most := reconcile.Held(&late, &r.Scope)
	switch {
	case !sure:
		r.moved(&early, most, d.Settlement.Decision == settlement.Commit)
		r.maybeLines += len(most)
	case state == "": // not opened yet
	case state == settlement.StateCommitted:
		for _, l := range most {
			r.sure.Add(reconcile.Ours, l)
		}
		r.sureLines += len(most)
	case state.Terminal():
		r.sureLines += len(reconcile.Held(&d.Settlement, &r.Scope))
	case r.Scope.Share == reconcile.AssistanceShare:
		if d.Settlement.Decision == settlement.Commit && (state == settlement.StateReversing || state == settlement.StateAttention) {
			r.sureLines += len(most)
		}
	default: // each leg may have been sent or not, and have been undone or not
		r.moved(&early, most, state == settlement.StateReversing || state == settlement.StateAttention)
		r.maybeLines += len(most)
	}
}

// moved adds what may have counted: as it stood before, or after what was
// adjusted meanwhile.
func (r *auditedRun) moved(early *settlement.Settlement, most []reconcile.Line, committed bool) {
	r.unsure++
	if !committed {
		return
	}
	for i, l := range reconcile.Held(early, &r.Scope) {
		r.maybe.Add(reconcile.Ours, l)
		if l.Amounts != most[i].Amounts {
			r.maybe.Add(reconcile.Ours, most[i])
		}
	}
}

// stateAt is where a settlement stood between two moments; "" before it was
// opened. Not sure: it moved between them, or the trail is from before it had
// states.
func stateAt(events []lifecycle.Event, from, until time.Time) (state settlement.State, sure bool) {
	sure = true
	for i := range events {
		switch e := &events[i]; {
		case !e.At.After(from):
			state, sure = e.State, e.State != ""
		case !e.At.After(until):
			return state, false
		default:
			return state, sure
		}
	}
	return state, sure
}

// standing is a settlement as it is while it stands, with what was adjusted
// until a moment.
func standing(s settlement.Settlement, at time.Time) settlement.Settlement {
	s.State, s.Legs, s.Adjustments = settlement.StateCommitted, slices.Clone(s.Legs), slices.Clone(s.Adjustments)
	if s.Adjudication != nil {
		s.Decision = settlement.Commit
	}
	for i := range s.Legs {
		s.Legs[i].State = settlement.LegApplied
	}
	s.Adjustments = slices.DeleteFunc(s.Adjustments, func(a settlement.Adjustment) bool { return a.At.After(at) })
	return s
}

// ours: R2, our side of a run is what the settlements were: exactly, or, where
// some moved while it read them, within what these can explain.
func (a *Auditor) ours(run *auditedRun) {
	r := &run.End.Result
	if lines := r.Ours - run.sureLines; run.Input.Form != Live && (lines < 0 || lines > run.maybeLines) {
		a.found("R2", run.name(), "compared %d lines of ours, the settlements had %d then, and %d that moved", r.Ours, run.sureLines, run.maybeLines)
	}
	if run.Scope.Partial {
		return
	}
	type sides struct{ kept, sure, maybe reconcile.Total }
	groups := map[reconcile.Group]sides{}
	for _, g := range r.Groups {
		groups[g.Group] = sides{kept: g.Ours}
	}
	for _, g := range run.sure.Groups() {
		s := groups[g.Group]
		s.sure = g.Ours
		groups[g.Group] = s
	}
	for _, g := range run.maybe.Groups() {
		s := groups[g.Group]
		s.maybe = g.Ours
		groups[g.Group] = s
	}
	for at, s := range groups {
		left := s.kept.Minus(s.sure)
		within := left.Count >= 0 && left.Count <= s.maybe.Count
		for i, amount := range left.Amounts {
			within = within && amount >= 0 && amount <= s.maybe.Amounts[i]
		}
		if !within {
			a.found("R2", run.name(), "has ours of %v as %v, the settlements came to %v, and %v that moved", at, s.kept, s.sure, s.maybe)
		}
	}
}

// ledger: R5, what reconciliation counts as ours of a settlement is what the
// ledger has of each payer and of assistance.
func (a *Auditor) ledger(d *lifecycle.Dossier) {
	s := &d.Settlement
	if !s.State.Terminal() {
		return // its legs and its entries are not one
	}
	shares := []reconcile.Scope{{Share: reconcile.AssistanceShare}}
	for i := range s.Legs {
		if at := slices.IndexFunc(s.Legs, func(l settlement.Leg) bool { return l.Payer == s.Legs[i].Payer }); at == i {
			shares = append(shares, reconcile.Scope{Share: reconcile.InsuranceShare, Payer: s.Legs[i].Payer})
		}
	}
	for i := range shares {
		counted, booked := counted(s, &shares[i]), bookedOf(d.Entries, &shares[i])
		if counted != booked {
			a.found("R5", string(s.ID), "counts %s of %s %s, the ledger has %s", counted, shares[i].Share, shares[i].Payer, booked)
		}
	}
}

// counted is what reconciliation counts of a share, without what a payer said of
// other sources, which have accounts of their own.
func counted(s *settlement.Settlement, scope *reconcile.Scope) (sum settlement.Money) {
	for _, l := range reconcile.Held(s, scope) {
		if l.Status == reconcile.Standing {
			sum += l.Amounts[reconcile.Fund] + l.Amounts[reconcile.Assistance]
		}
	}
	if s.State != settlement.StateCommitted {
		return sum
	}
	for i := range s.Legs {
		if leg := &s.Legs[i]; scope.Payer != "" && leg.Payer == scope.Payer {
			sum += leg.Payment.Basic + leg.Payment.CriticalIllness - leg.Payment.Borne()
		}
	}
	return sum
}

// bookedOf is what the ledger has of a share.
func bookedOf(entries []settlement.Entry, scope *reconcile.Scope) (sum settlement.Money) {
	account := "fund/"
	if scope.Share == reconcile.InsuranceShare {
		account = "payer/" + string(scope.Payer) + "/"
	}
	for _, e := range entries {
		if len(e.Account) > len(account) && e.Account[:len(account)] == account {
			sum += e.Debit - e.Credit
		}
	}
	return sum
}
