package lifecycle_test

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// witness keeps its own books of what became durable, and holds every write,
// every claim and every send against them at the moment it happens.
type witness struct {
	*simulation
	policy  *settlement.Policy
	records map[settlement.SettlementID]settlement.Settlement
	opened  []settlement.SettlementID // in order
	given   map[settlement.MessageID]string
	rows    map[settlement.MessageID][]string // the SENT rows of a message
	used    map[lifecycle.AccumulatorKey]settlement.Accumulator
	kept    map[lifecycle.RequestKey]string
	causes  map[lifecycle.RequestKey]string // of reversals
	flagged map[settlement.SettlementID]bool
	nothing map[settlement.MessageID]settlement.SettlementID // what a client was told nobody holds
	quotes  map[settlement.QuoteID]settlement.Quote          // that hold, as they became durable
	made    int
}

func newWitness(s *simulation) *witness {
	return &witness{
		simulation: s, policy: countyPolicy(),
		records: map[settlement.SettlementID]settlement.Settlement{},
		given:   map[settlement.MessageID]string{},
		rows:    map[settlement.MessageID][]string{},
		used:    map[lifecycle.AccumulatorKey]settlement.Accumulator{},
		kept:    map[lifecycle.RequestKey]string{},
		causes:  map[lifecycle.RequestKey]string{},
		flagged: map[settlement.SettlementID]bool{},
		nothing: map[settlement.MessageID]settlement.SettlementID{},
		quotes:  map[settlement.QuoteID]settlement.Quote{},
	}
}

func (w *witness) newID() settlement.SettlementID {
	w.made++
	return settlement.SettlementID(fmt.Sprintf("s%03d", w.made))
}

// broken names an invariant and the settlement that broke it.
func (w *witness) broken(s *settlement.Settlement, format string, args ...any) {
	w.fail(breach{fmt.Sprintf(format, args...) + " (" + string(s.ID) + ")", words(s)})
}

// words are what the trace calls a settlement by.
func words(s *settlement.Settlement) []string {
	about := []string{string(s.ID), string(s.Request)}
	for _, leg := range s.Legs {
		about = append(about, string(leg.Message), string(leg.Undo))
	}
	return about
}

// written is one durable write and how it ended.
type written struct {
	verb   string
	change lifecycle.Change
	err    error
	closes bool
}

// wrote takes over what became durable, if it was lawful.
func (w *witness) wrote(now written) {
	if now.err != nil {
		return
	}
	change := now.change
	seen := change.Settlement
	before, known := w.records[seen.ID]
	after, err := w.store.Settlement(context.Background(), seen.ID)
	switch {
	case err != nil:
		w.broken(&seen, "%s said it wrote, and nothing is there: %v", now.verb, err)
	case known && (before.Revision != seen.Revision || before.Epoch != seen.Epoch):
		w.broken(&seen, "I13: %s over revision %d epoch %d was let through, at %d %d", now.verb, seen.Revision, seen.Epoch, before.Revision, before.Epoch)
	case after.Revision != before.Revision+1 || known && after.Epoch != before.Epoch || after.Epoch < 1:
		w.broken(&seen, "I13: %s went from revision %d epoch %d to %d %d", now.verb, before.Revision, before.Epoch, after.Revision, after.Epoch)
	case !now.closes && (!change.Delta.Zero() || len(change.Entries) != 0):
		w.broken(&seen, "I3: %s moved money outside the lock", now.verb)
	}
	if known {
		w.moved(&before, &after, change)
	} else {
		w.begins(&after)
	}
	w.records[after.ID] = after
	w.journal(&after, change)
}

// begins checks a settlement that was opened just now.
func (w *witness) begins(after *settlement.Settlement) {
	w.opened = append(w.opened, after.ID)
	if after.Year != after.Claim.Discharge.Year() {
		w.broken(after, "I14: opened in year %d for a discharge on %s", after.Year, after.Claim.Discharge)
	}
	for _, id := range w.opened {
		other := w.records[id]
		same := other.Tenant == after.Tenant && other.Discharge == after.Discharge && other.ID != after.ID
		if same && other.State != settlement.StateAborted && other.State != settlement.StateReversed {
			w.broken(after, "I7: the discharge has %s in %s already", id, other.State)
		}
	}
}

// moved checks what may never change, and that what did change left a line.
func (w *witness) moved(before, after *settlement.Settlement, change lifecycle.Change) {
	if asked(before) != asked(after) {
		w.broken(after, "I14: what was asked changed from %v to %v", asked(before), asked(after))
	}
	if before.Decision != settlement.Undecided && after.Decision != before.Decision {
		w.broken(after, "I11: the decision went from %s to %q", before.Decision, after.Decision)
	}
	if before.State != after.State && len(change.Events) == 0 {
		w.broken(after, "I15: from %s to %s without a line in the audit trail", before.State, after.State)
	}
	if after.Review != w.flagged[after.ID] {
		w.broken(after, "review is %t, and it was flagged: %t", after.Review, w.flagged[after.ID])
	}
	anew := change.Request != nil // a reversal asked for under its own key
	for i, leg := range before.Legs {
		now := after.Legs[i]
		if leg.Message != "" && now.Message != leg.Message || !anew && leg.Undo != "" && now.Undo != leg.Undo {
			w.broken(after, "I14: leg %d went from %q and %q to %q and %q", i, leg.Message, leg.Undo, now.Message, now.Undo)
		}
		if now.Doubted && now.State == settlement.LegRejected || leg.Doubted && !now.Doubted {
			w.broken(after, "a leg that was in doubt became %s, doubted %t", now.State, now.Doubted)
		}
	}
}

// asked is what is fixed when a settlement is opened.
func asked(s *settlement.Settlement) string {
	return fmt.Sprint(s.ID, s.Tenant, s.Request, s.Fingerprint, s.Facility, s.Discharge, s.Encounter, s.Beneficiary.ID,
		s.Policy, s.Version, s.Year, s.Claim, s.Coverage, s.BillStated, s.OpenedAt.UnixNano(), s.DecideBy.UnixNano())
}

// journal checks what a write appends: message ids given out once, the rows of
// calls, and final answers.
func (w *witness) journal(after *settlement.Settlement, change lifecycle.Change) {
	for i, leg := range after.Legs {
		w.gives(after, leg.Message, fmt.Sprintf("%s leg %d settle", after.ID, i))
		w.gives(after, leg.Undo, fmt.Sprintf("%s leg %d undo", after.ID, i))
	}
	for _, attempt := range change.Attempts {
		if attempt.Phase == lifecycle.PhaseSent {
			w.rows[attempt.Message] = append(w.rows[attempt.Message], string(attempt.Body))
		}
	}
	if change.Request != nil && after.Reversal != nil {
		w.causes[change.Request.Key] = after.Reversal.Cause
	}
	if change.Final == nil {
		return
	}
	if !after.State.Terminal() {
		w.broken(after, "I10: a final answer was kept in %s", after.State)
	}
	if kept, found := w.kept[change.Final.Key]; found && kept != string(change.Final.Body) {
		w.broken(after, "I10: the answer kept went from %q to %q", kept, change.Final.Body)
	}
	w.kept[change.Final.Key] = string(change.Final.Body)
}

// gives notes what a message id was given out for, which is one thing for ever.
func (w *witness) gives(s *settlement.Settlement, message settlement.MessageID, of string) {
	if other, found := w.given[message]; found && other != of {
		w.broken(s, "I14: message %s is of %s and of %s", message, other, of)
	}
	if message != "" {
		w.given[message] = of
	}
}

// claimed checks that a settlement taken over was due, its lease over, and
// that its epoch rose.
func (w *witness) claimed(claim lifecycle.Claim, s settlement.Settlement) {
	before := w.records[s.ID]
	switch {
	case s.Epoch != before.Epoch+1 || s.Revision != before.Revision+1:
		w.broken(&s, "I13: claimed from epoch %d revision %d to %d %d", before.Epoch, before.Revision, s.Epoch, s.Revision)
	case !before.State.Open() || before.NextAt.After(claim.Now) || before.Owner != "" && !claim.Now.After(before.LeaseUntil):
		w.broken(&s, "I13: claimed in %s at %s, next %s, leased until %s", before.State, claim.Now, before.NextAt, before.LeaseUntil)
	}
	if !s.LeaseUntil.Equal(claim.Now.Add(lease)) {
		w.broken(&s, "I13: claimed until %s at %s, for a lease of %s", s.LeaseUntil, claim.Now, lease)
	}
	w.count["claim"]++
	w.records[s.ID] = s
	w.log("g%s takes over %s in %s, epoch %d", claim.Owner[len("gateway-"):], s.ID, s.State, s.Epoch)
}

// closes holds a pivot or a reversal against the witness's own accumulator.
func (w *witness) closes(ground lifecycle.Ground, change lifecycle.Change) {
	s := change.Settlement
	key := lifecycle.AccumulatorKey{Beneficiary: s.Beneficiary.ID, Year: s.Year}
	used := w.used[key]
	before := w.records[s.ID]
	if !used.Minus(ground.Used).Zero() {
		w.broken(&s, "I3: %s has used %v, the lock showed %v", key.Beneficiary, used.Used, ground.Used.Used)
	}
	if !settlement.Balanced(change.Entries) || len(change.Entries) == 0 {
		w.broken(&s, "I1: entries %v", change.Entries)
	}
	switch s.State {
	case settlement.StateCommitted:
		w.commits(&s, ground, change)
	case settlement.StateReversed:
		if !change.Delta.Plus(before.Adjudication.Delta).Zero() {
			w.broken(&s, "I3: reversing gives back %v of %v", change.Delta.Used, before.Adjudication.Delta.Used)
		}
		w.flags(&s, change.Review)
	default:
		w.broken(&s, "I2: closed into %s", s.State)
	}
	w.used[key] = used.Plus(change.Delta)
	if total := w.used[key].Used["total"]; total < 0 || total > countyCap {
		w.broken(&s, "I4: %s has used %s in %d", key.Beneficiary, total, key.Year)
	}
	w.room(key)
}

// commits adjudicates anew: the figures are those of the ground under lock.
func (w *witness) commits(s *settlement.Settlement, ground lifecycle.Ground, change lifecycle.Change) {
	w.redeems(s, ground)
	want, err := s.Adjudicate(w.policy.Version(s.Version), s.Used)
	if err != nil || s.Adjudication == nil || !cmp.Equal(want, *s.Adjudication) {
		w.broken(s, "I3: adjudicated %+v, want %+v, %v", s.Adjudication, want, err)
		return
	}
	if !change.Delta.Minus(want.Delta).Zero() {
		w.broken(s, "I3: adds %v, want %v", change.Delta.Used, want.Delta.Used)
	}
	for _, id := range w.opened {
		if other := w.records[id]; other.Beneficiary.ID == s.Beneficiary.ID && other.Sequence >= s.Sequence {
			w.broken(s, "A24: sequence %d after %d", s.Sequence, other.Sequence)
		}
	}
}

// flags checks that a reversal flags every standing settlement that built on
// what is given back, and no other (A21).
func (w *witness) flags(s *settlement.Settlement, review []settlement.SettlementID) {
	flagged := map[settlement.SettlementID]bool{}
	for _, id := range review {
		flagged[id], w.flagged[id] = true, true
	}
	for _, id := range w.opened {
		other := w.records[id]
		later := other.Beneficiary.ID == s.Beneficiary.ID && other.Year == s.Year && other.Sequence > s.Sequence
		built := later && other.State != settlement.StateReversed && other.Adjudication.CapLimited
		if built != flagged[id] {
			w.broken(s, "A21: %s flagged for review: %t, want %t", id, flagged[id], built)
		}
		if flagged[id] {
			w.records[id], _ = w.store.Settlement(context.Background(), id)
		}
	}
}

// sending checks a call at the moment its bytes leave: its row is durable, and
// the record is the sender's own.
func (w *witness) sending(p *process, wire lifecycle.Wire) {
	message := wire.Call.Message
	sent, rows := w.world.sends[message], w.rows[message]
	if sent >= len(rows) || rows[sent] != string(wire.Body) {
		if op := wire.Call.Operation; op != settlement.OpIdentify && op != settlement.OpQuote { // which change nothing
			w.fail(breach{fmt.Sprintf("I12: %s %s leaves without a row", op, message), []string{string(message)}})
		}
		return
	}
	var id settlement.SettlementID
	if _, err := fmt.Sscanf(w.given[wire.Call.Original], "%s leg", &id); err != nil || w.plan.clocks == clocksFar {
		return
	}
	record := w.records[id]
	if ours := p.machine.instant().Before(record.LeaseUntil); record.Owner != p.machine.owner() || !ours {
		w.broken(&record, "I13: %s sends %s %s, and the record is %s's until %s", p, wire.Call.Operation, message, record.Owner, record.LeaseUntil)
	}
}

// books checks what the payers hold just now.
func (w *witness) books() {
	for _, b := range w.world.payers {
		for message, amount := range b.held {
			of, known := w.given[message]
			switch id := w.nothing[message]; {
			case !known:
				w.fail(breach{fmt.Sprintf("I12: payer %s holds %s, which nobody recorded", b.code, message), []string{string(message)}})
			case amount != b.basic:
				w.fail(breach{fmt.Sprintf("I7: payer %s applied %s of %s twice", b.code, message, of), []string{string(message)}})
			case id != "":
				record := w.records[id]
				w.broken(&record, "I9: payer %s holds %s after a client was told that nobody does", b.code, message)
			}
		}
	}
}

// forever is later than anything.
const forever = time.Duration(math.MaxInt64)

// due is when the earliest record still moving can be taken up.
func (w *witness) due() time.Duration {
	due := forever
	for _, id := range w.opened {
		if r := w.records[id]; r.State.Open() {
			due = min(due, dueAt(&r).Sub(w.plan.start))
		}
	}
	return due
}

func dueAt(r *settlement.Settlement) time.Time {
	if r.Owner != "" && r.LeaseUntil.After(r.NextAt) {
		return r.LeaseUntil.Add(time.Microsecond)
	}
	return r.NextAt
}
