package lifecycle

import (
	"bytes"
	"fmt"
	"reflect"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
)

// Finding is one breach of an invariant.
type Finding struct {
	Invariant string // as in "I3"
	Object    string // the settlement or accumulator concerned
	Says      string
}

// String is the finding on one line.
func (f Finding) String() string { return f.Invariant + " " + f.Object + ": " + f.Says }

// Auditor checks what a store has written against the invariants of the
// settlement saga. It is independent of the code that wrote it as far as that
// is possible: sums are made anew and adjudications recomputed.
type Auditor struct {
	Policies map[settlement.PolicyID]*settlement.Policy
	Encode   func(Method, settlement.Settlement) ([]byte, error)
	Now      time.Time
	// StuckAfter is how long a settlement may be open without being people's.
	StuckAfter time.Duration
	// Lines sorts what is compared across settlements, for one walk.
	Lines Sorter

	books    map[settlement.PayerCode]bool
	older    int
	findings []Finding
}

// Findings are the breaches found since the last call.
func (a *Auditor) Findings() []Finding {
	found := a.findings
	a.findings = nil
	return found
}

// Older says how many of the settlements seen have an audit trail from before
// it was sealed, which is checked less closely.
func (a *Auditor) Older() int { return a.older }

func (a *Auditor) found(invariant string, s *settlement.Settlement, says string, args ...any) {
	a.findings = append(a.findings, Finding{invariant, string(s.ID), fmt.Sprintf(says, args...)})
}

// Dossier checks everything that can be seen on one settlement, and writes
// down what cannot. The error is that of Lines.
func (a *Auditor) Dossier(d *Dossier) error {
	a.entries(d)
	a.answers(d)
	a.attempts(d)
	a.decision(d)
	a.recompute(d)
	a.trail(d)
	s := &d.Settlement
	if s.State.Open() && a.Now.Sub(s.OpenedAt) > a.StuckAfter && (s.Reversal == nil || a.Now.Sub(s.Reversal.AskedAt) > a.StuckAfter) {
		a.found("I16", s, "is %s since %s and nobody's", s.State, s.OpenedAt.Format(time.RFC3339))
	}
	return a.across(s)
}

// entries: I1, they sum to zero; I2, a committed settlement has exactly its
// entries and those of its adjustments, each of which starts from what was
// booked before it, a reversed one also their counters, and no other has any.
func (a *Auditor) entries(d *Dossier) {
	s := &d.Settlement
	if !settlement.Balanced(d.Entries) {
		a.found("I1", s, "entries do not sum to zero")
	}
	var want []settlement.Entry
	if s.Decision == settlement.Commit && s.Adjudication != nil {
		want = s.Booked()
		if s.State == settlement.StateReversed {
			want = append(want, settlement.Counter(want)...)
		}
	}
	if len(want) != len(d.Entries) || len(want) > 0 && !reflect.DeepEqual(want, d.Entries) {
		a.found("I2", s, "%s with %d entries, want %d", s.State, len(d.Entries), len(want))
	}
	before := *s
	for i := range s.Adjustments {
		before.Adjustments = s.Adjustments[:i]
		if one := &s.Adjustments[i]; before.Borne(one.Payer) != one.From {
			a.found("I2", s, "adjustment %s starts from %s, %s was booked", one.ID, one.From, before.Borne(one.Payer))
		}
	}
}

// answers: I8 and I10, what is kept as an answer is what the record says.
func (a *Auditor) answers(d *Dossier) {
	s := &d.Settlement
	settled, reversed := 0, 0
	for _, request := range d.Requests {
		switch request.Key.Method {
		case MethodSettle:
			settled++
			a.settleAnswer(d, &request)
		case MethodReverse:
			reversed++
		}
		if request.Key.Tenant != s.Tenant || request.Settlement != s.ID {
			a.found("I10", s, "request %s is another's", request.Key.Request)
		}
	}
	if settled != 1 {
		a.found("I10", s, "%d settle requests, want 1", settled)
	}
	if s.Reversal != nil && reversed == 0 {
		a.found("I10", s, "a reversal without its request")
	}
}

// settleAnswer compares a kept answer with the record as it stood when it was
// given: a reversal since then changes nothing about it.
func (a *Auditor) settleAnswer(d *Dossier, request *Request) {
	s := d.Settlement
	final := s.Decision == settlement.Commit || s.State == settlement.StateAborted
	if (request.Answer != nil) != final {
		a.found("I8", &s, "%s, answered %t", s.State, request.Answer != nil)
		return
	}
	if !final || s.Reversal != nil || s.Review {
		return
	}
	body, err := a.Encode(MethodSettle, s)
	if err != nil || !bytes.Equal(body, request.Answer) {
		a.found("I8", &s, "the answer kept is not what the record says")
	}
}

// attempts: I12, every answer has its intent row before it, and a settle was
// sent at most once for certain.
func (a *Auditor) attempts(d *Dossier) {
	s := &d.Settlement
	sent := map[settlement.MessageID]int{}
	unsent := map[settlement.MessageID]int{}
	for _, attempt := range d.Attempts {
		switch attempt.Phase {
		case PhaseSent:
			sent[attempt.Message]++
			if len(attempt.Body) == 0 {
				a.found("I12", s, "attempt %s without the request that was sent", attempt.Message)
			}
		case PhaseResult:
			if sent[attempt.Message] == 0 {
				a.found("I12", s, "an answer to %s without an intent before it", attempt.Message)
			}
			if attempt.Result == settlement.ResultUnsent {
				unsent[attempt.Message]++
			}
		}
	}
	for i := range s.Legs {
		leg := &s.Legs[i]
		if leg.State != settlement.LegPlanned && sent[leg.Message] == 0 {
			a.found("I12", s, "leg %d is %s without an intent", i, leg.State)
		}
		if n := sent[leg.Message] - unsent[leg.Message]; n > 1 {
			a.found("I12", s, "settle %s may have been sent %d times", leg.Message, n)
		}
	}
}

// decision: I11 and I14, the decision stands once in the audit trail, and what
// was fixed at opening is what it must be.
func (a *Auditor) decision(d *Dossier) {
	s := &d.Settlement
	commits, aborts := 0, 0
	for _, event := range d.Events {
		switch event.Action {
		case "settle.commit":
			commits++
		case "settle.end":
			aborts++
		}
	}
	committed, aborted := s.Decision == settlement.Commit, s.State == settlement.StateAborted
	if (commits == 1) != committed || (aborts == 1) != aborted || commits+aborts > 1 {
		a.found("I11", s, "%s %s with %d commits and %d ends in the audit trail", s.State, s.Decision, commits, aborts)
	}
	if year := a.benefitYear(s); s.Year != year {
		a.found("I14", s, "year %d of a claim that counts to %d", s.Year, year)
	}
	for i := range s.Legs {
		leg := &s.Legs[i]
		if leg.Doubted && leg.State == settlement.LegRejected {
			a.found("I11", s, "leg %d was in doubt and became rejected", i)
		}
		if committed && s.State == settlement.StateCommitted && leg.State != settlement.LegApplied {
			a.found("I2", s, "committed with leg %d %s", i, leg.State)
		}
		if (aborted || s.State == settlement.StateReversed) && !leg.State.Clear() {
			a.found("I9", s, "%s with leg %d %s", s.State, i, leg.State)
		}
	}
}

// benefitYear is the year the claim counts to by its version; that of the
// discharge where the version is not at hand, which recompute complains of.
func (a *Auditor) benefitYear(s *settlement.Settlement) int {
	if policy := a.Policies[s.Policy]; policy != nil {
		if version := policy.Version(s.Version); version != nil {
			if year, err := version.BenefitYear(&s.Claim); err == nil {
				return year
			}
		}
	}
	return s.Claim.Year()
}

// recompute: a committed settlement comes out bit for bit from its version and
// its stored inputs.
func (a *Auditor) recompute(d *Dossier) {
	s := &d.Settlement
	if s.Adjudication == nil {
		return
	}
	policy := a.Policies[s.Policy]
	if policy == nil || policy.Version(s.Version) == nil {
		a.found("I14", s, "policy version %s is not among those loaded", s.Version)
		return
	}
	again, err := s.Adjudicate(policy.Version(s.Version), s.Used)
	if err != nil || !reflect.DeepEqual(normal(again), normal(*s.Adjudication)) {
		a.found("I3", s, "recomputing gives benefit %s, booked %s (%v)", again.Benefit, s.Adjudication.Benefit, err)
	}
}

// normal is an adjudication with empty lists and maps made alike.
func normal(a settlement.Adjudication) settlement.Adjudication {
	used := settlement.Accumulator{}
	a.Delta = used.Plus(a.Delta)
	for bucket, amount := range a.Delta.Used {
		if amount == 0 {
			delete(a.Delta.Used, bucket)
		}
	}
	if len(a.Before) == 0 {
		a.Before = nil
	}
	if len(a.After) == 0 {
		a.After = nil
	}
	if len(a.Warnings) == 0 {
		a.Warnings = nil
	}
	if len(a.Candidates) == 0 {
		a.Candidates = nil
	}
	return a
}

// Year is the sum of one person's one year as the dossiers tell it.
type Year struct {
	Key  AccumulatorKey
	Used settlement.Accumulator

	policies map[settlement.PolicyID]bool // that settled anything of it
	taken    map[settlement.QuoteID]bool  // taken up by a settlement
}

// Add takes a dossier of the year into account.
func (y *Year) Add(s *settlement.Settlement) {
	y.meet(s)
	standing := s.Decision == settlement.Commit && s.State != settlement.StateReversed
	if standing && s.Adjudication != nil {
		y.Used = y.Used.Plus(s.Adjudication.Delta)
	}
}

// Year checks I3, I4 and I6 for one person's one year: what is kept as used is
// what the standing settlements add up to, and never less than nothing, and
// what is held beside it is lawful.
func (a *Auditor) Year(y *Year, row AccumulatorRow) {
	a.holds(y, &row)
	kept := row.Used
	object := fmt.Sprintf("%s/%d", y.Key.Beneficiary, y.Key.Year)
	if !kept.Minus(y.Used).Zero() {
		a.findings = append(a.findings, Finding{"I3", object, fmt.Sprintf("kept as used %v, settlements add up to %v", kept, y.Used)})
	}
	for bucket, amount := range kept.Used {
		if amount < 0 {
			a.findings = append(a.findings, Finding{"I4", object, fmt.Sprintf("bucket %s is %s", bucket, amount)})
		}
	}
}
