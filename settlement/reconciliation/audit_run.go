package reconciliation

import (
	"slices"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
	"github.com/onestop-gateway/onestop/settlement/reconcile"
)

// auditedRun is a run with our side of it, made anew: the least and the most that
// it can have come to while the run read the store. Apart are they by what moved
// about that time, was being reversed and counted or did not, or was adjusted.
type auditedRun struct {
	Kept
	least, most           *reconcile.Totals
	leastLines, mostLines int
	unsure                int // settlements
}

func newAuditedRun(k *Kept) *auditedRun {
	return &auditedRun{Kept: *k, least: reconcile.NewTotals(k.Scope), most: reconcile.NewTotals(k.Scope)}
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
	least, most := between(d.Settlement, &r.Scope, from, until)
	switch {
	case !sure:
		r.may(most, d.Settlement.Decision == settlement.Commit)
	case state == "": // not opened yet
	case state == settlement.StateCommitted:
		r.must(len(most))
		add(r.least, least)
		add(r.most, most)
		if !slices.Equal(least, most) {
			r.unsure++
		}
	case state.Terminal():
		r.must(len(reconcile.Held(&d.Settlement, &r.Scope)))
	case r.Scope.Share == reconcile.AssistanceShare:
		if d.Settlement.Decision == settlement.Commit && (state == settlement.StateReversing || state == settlement.StateAttention) {
			r.must(len(most))
		}
	default: // each leg may have been sent or not, and have been undone or not
		r.may(most, state == settlement.StateReversing || state == settlement.StateAttention)
	}
}

// must counts lines that were compared.
func (r *auditedRun) must(lines int) {
	r.leastLines += lines
	r.mostLines += lines
}

// may adds lines that were compared or not, and that counted or not, where they
// could.
func (r *auditedRun) may(lines []reconcile.Line, counted bool) {
	r.unsure++
	r.mostLines += len(lines)
	if counted {
		add(r.most, lines)
	}
}

func add(to *reconcile.Totals, lines []reconcile.Line) {
	for _, l := range lines {
		to.Add(reconcile.Ours, l)
	}
}

// stateAt is where a settlement stood between two moments; "" before it was
// opened. Not sure: it moved between them, or the trail is from before it had
// states.
func stateAt(events []lifecycle.Event, from, until time.Time) (state settlement.State, sure bool) {
	sure = true
	for i := range events {
		e := &events[i]
		if e.At.After(until) {
			break
		}
		if e.At.After(from) && e.State != state {
			return state, false
		}
		state, sure = e.State, e.State != ""
	}
	return state, sure
}

// between are the lines of a settlement while it stands, with the least and the
// most that each amount came to between two moments: what was adjusted then may
// have been adjusted back.
func between(s settlement.Settlement, scope *reconcile.Scope, from, until time.Time) (least, most []reconcile.Line) {
	s.State, s.Legs = settlement.StateCommitted, slices.Clone(s.Legs)
	if s.Adjudication != nil {
		s.Decision = settlement.Commit
	}
	for i := range s.Legs {
		s.Legs[i].State = settlement.LegApplied
	}
	posted := s.Adjustments
	before := slices.IndexFunc(posted, func(a settlement.Adjustment) bool { return a.At.After(from) })
	if before < 0 {
		before = len(posted)
	}
	for n := before; n == before || n <= len(posted) && !posted[n-1].At.After(until); n++ {
		s.Adjustments = posted[:n]
		lines := reconcile.Held(&s, scope)
		if n == before {
			least, most = lines, slices.Clone(lines)
		}
		for i := range lines {
			for a, amount := range lines[i].Amounts {
				least[i].Amounts[a] = min(least[i].Amounts[a], amount)
				most[i].Amounts[a] = max(most[i].Amounts[a], amount)
			}
		}
	}
	return least, most
}

// ours: R2, our side of a run is what the settlements were: exactly, or, where
// some moved while it read them, within what these can explain.
func (a *Auditor) ours(run *auditedRun) {
	r := &run.End.Result
	if run.Input.Form != Live && (r.Ours < run.leastLines || r.Ours > run.mostLines) {
		a.found("R2", run.name(), "compared %d lines of ours, the settlements had %d at least and %d at most", r.Ours, run.leastLines, run.mostLines)
	}
	if run.Scope.Partial {
		return
	}
	type sides struct{ kept, least, most reconcile.Total }
	groups := map[reconcile.Group]*sides{}
	of := func(g *reconcile.Compared) *sides {
		if groups[g.Group] == nil {
			groups[g.Group] = &sides{}
		}
		return groups[g.Group]
	}
	for i := range r.Groups {
		of(&r.Groups[i]).kept = r.Groups[i].Ours
	}
	for _, g := range run.least.Groups() {
		of(&g).least = g.Ours
	}
	for _, g := range run.most.Groups() {
		of(&g).most = g.Ours
	}
	for at, s := range groups {
		if !s.least.Within(s.kept) || !s.kept.Within(s.most) {
			a.found("R2", run.name(), "has ours of %v as %v, the settlements came to %v at least and %v at most", at, s.kept, s.least, s.most)
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
