package lifecycle_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/onestop-gateway/onestop/adapters/store/memory"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// explorer walks every schedule of a scenario: each throw of the dice is a
// branch, and a run repeats its predecessor's throws up to the branch it takes
// anew. States seen at rest are not walked again.
type explorer struct {
	throws []throw
	at     int
	seen   map[string]bool
	runs   int
	pruned int
}

type throw struct {
	label     string
	n, picked int
}

// pick throws the dice, or repeats the throw of the schedule being extended.
func (e *explorer) pick(label string, n int) int {
	if n == 1 {
		return 0
	}
	if e.at == len(e.throws) {
		e.throws = append(e.throws, throw{label, n, 0})
	}
	got := e.throws[e.at]
	if got.label != label || got.n != n {
		panic(fmt.Sprintf("schedule does not repeat: %v where %s of %d was thrown", got, label, n))
	}
	e.at++
	return got.picked
}

// next moves to the next schedule, or reports that there is none.
func (e *explorer) next() bool {
	e.throws = e.throws[:e.at]
	for len(e.throws) > 0 {
		last := &e.throws[len(e.throws)-1]
		if last.picked++; last.picked < last.n {
			e.at = 0
			return true
		}
		e.throws = e.throws[:len(e.throws)-1]
	}
	return false
}

// fresh reports whether the schedule reached a state nobody was in before. A
// schedule that still repeats an earlier one is in a known state by nature.
func (e *explorer) fresh(state string) bool {
	if e.at < len(e.throws) {
		return true
	}
	if e.seen[state] {
		e.pruned++
		return false
	}
	e.seen[state] = true
	return true
}

func (e *explorer) schedule() string {
	var b strings.Builder
	for _, t := range e.throws[:e.at] {
		fmt.Fprintf(&b, "%s=%d ", t.label, t.picked)
	}
	return b.String()
}

// crashed is panicked where a process dies.
type crashed struct{}

// scenario is one discharge from its first request to rest.
type scenario struct {
	t       *testing.T
	e       *explorer
	w       *world
	store   *memory.Store
	crashes int // still allowed
	faults  int // unanswered commits still allowed
	process int
	told    string // the final answer the cashier has seen
}

// explore walks all schedules of one discharge at payers of the given terms,
// with the faults that are allowed.
func explore(t *testing.T, allowed scenario, outage int, payers ...func(*world)) *explorer {
	e := &explorer{seen: map[string]bool{}}
	for {
		e.runs++
		e.at = 0
		s := &scenario{t: t, e: e, crashes: allowed.crashes, faults: allowed.faults, store: memory.New()}
		s.w = &world{now: noon, pick: e.pick, outage: outage, sends: map[settlement.MessageID]int{}}
		for _, add := range payers {
			add(s.w)
		}
		s.store.Fault = s.fault
		if err := s.store.PutPerson(context.Background(), person(0)); err != nil {
			t.Fatal(err)
		}
		s.run()
		if t.Failed() {
			t.Fatalf("schedule %d: %s", e.runs, e.schedule())
		}
		if !e.next() {
			return e
		}
	}
}

// fault lets the dice strike a durable write: it is answered, it is done but
// not answered, or the process dies before or after it.
func (s *scenario) fault(m memory.Moment) error {
	options := []string{"ok"}
	if s.faults > 0 && m.Applied {
		options = append(options, "unanswered")
	}
	if s.crashes > 0 {
		options = append(options, "crash")
	}
	switch options[s.e.pick(fmt.Sprintf("%s applied=%t", m.Verb, m.Applied), len(options))] {
	case "unanswered":
		s.faults--
		return &settlement.Error{Kind: settlement.KindInDoubt, Reason: settlement.ReasonStoreUnavailable}
	case "crash":
		s.crashes--
		panic(crashed{})
	}
	return nil
}

// run asks for one settlement and lets time pass until nothing moves.
func (s *scenario) run() {
	ctx := context.Background()
	s.alive(func(l *lifecycle.Lifecycle) {
		ask := discharge(1, 0)
		if len(s.w.payers) == 0 {
			ask.Scheme = settlement.SchemeNone
		}
		body, _, err := l.SettleNow(ctx, ask)
		if err == nil {
			s.tell(body)
		}
	})
	for range restLimit {
		if !s.e.fresh(s.state()) {
			return
		}
		wake, open := s.wake()
		if !open {
			break
		}
		s.w.pass(wake)
		s.alive(func(l *lifecycle.Lifecycle) {
			if _, err := l.RecoverNow(ctx); err != nil {
				s.t.Errorf("recovering: %v", err)
			}
		})
		s.tellKept()
	}
	s.w.pass(s.w.now.Add(time.Hour))
	s.judge()
}

// restLimit bounds how often one discharge is taken up; more is a livelock.
const restLimit = 60

// alive runs body in a fresh process, which may crash.
func (s *scenario) alive(body func(*lifecycle.Lifecycle)) {
	defer func() {
		if r := recover(); r != nil {
			if _, died := r.(crashed); !died {
				panic(r)
			}
		}
	}()
	s.process++
	body(gateway(s.w, s.store, s.process%10))
}

// wake is when the store will next offer something to do.
func (s *scenario) wake() (at time.Time, open bool) {
	for _, r := range s.records() {
		if r.State.Open() {
			at = r.NextAt
			if r.Owner != "" && r.LeaseUntil.After(at) {
				at = r.LeaseUntil.Add(time.Millisecond)
			}
			return at, true
		}
	}
	return at, false
}

func (s *scenario) records() []settlement.Settlement {
	found, err := s.store.List(context.Background(), lifecycle.Query{Limit: 10})
	if err != nil {
		s.t.Fatal(err)
	}
	return found
}

// tellKept gives a waiting cashier the final answer once it is kept.
func (s *scenario) tellKept() {
	kept, err := s.store.Request(context.Background(), lifecycle.RequestKey{Tenant: settlement.TenantID(hospital), Method: lifecycle.MethodSettle, Request: "request-1"})
	if err == nil && kept.Answer != nil {
		s.tell(kept.Answer)
	}
}

// tell is the moment an answer leaves: what it says must be true right then.
func (s *scenario) tell(body []byte) {
	if body == nil {
		return
	}
	if s.told != "" && s.told != string(body) {
		s.t.Errorf("I10: told %q and then %q", s.told, body)
	}
	s.told = string(body)
	applied, late := s.w.holds()
	record := s.records()[0]
	switch record.State {
	case settlement.StateCommitted:
		if applied != len(s.w.payers) {
			s.t.Errorf("I8: settled was told while %d of %d payers hold it", applied, len(s.w.payers))
		}
	case settlement.StateAborted:
		if applied != 0 || late != 0 {
			s.t.Errorf("I9: not settled was told while %d payers hold it and %d may still get it", applied, late)
		}
	default:
		s.t.Errorf("I8: %q was told in state %s", body, record.State)
	}
}

// judge checks what must hold once nothing moves any more.
func (s *scenario) judge() {
	applied, _ := s.w.holds()
	found := s.records()
	if len(found) == 0 {
		if applied != 0 || len(s.w.sends) != 0 {
			s.t.Errorf("I12: nothing is stored, but payers were called")
		}
		return
	}
	r := found[0]
	entries, _ := s.store.Entries(context.Background(), r.ID)
	used, _ := s.store.Accumulator(context.Background(), lifecycle.AccumulatorKey{Beneficiary: r.Beneficiary.ID, Year: r.Year})
	switch r.State {
	case settlement.StateCommitted:
		s.judgeMoney(r, applied, len(s.w.payers), len(entries) > 0)
		if used.Used["total"] != r.Adjudication.Benefit {
			s.t.Errorf("I3: used %s, paid %s", used.Used["total"], r.Adjudication.Benefit)
		}
	case settlement.StateAborted:
		s.judgeMoney(r, applied, 0, len(entries) == 0)
	case settlement.StateAttention: // people will look; nothing may have been promised
		if s.told != "" || len(entries) != 0 || !used.Zero() {
			s.t.Errorf("I2: in people's hands after telling %q, with %d entries", s.told, len(entries))
		}
	default:
		s.t.Errorf("I16: stuck in %s after %d looks", r.State, restLimit)
	}
	s.judgeJournal(r)
}

func (s *scenario) judgeMoney(r settlement.Settlement, applied, want int, entries bool) {
	if applied != want {
		s.t.Errorf("I7: %s while %d payers hold it, want %d", r.State, applied, want)
	}
	if !entries {
		s.t.Errorf("I2: %s with wrong entries", r.State)
	}
	for _, b := range s.w.payers {
		for message, amount := range b.held {
			if amount != b.basic {
				s.t.Errorf("I7: payer %s applied message %s %d times", b.code, message, amount/b.basic)
			}
		}
	}
}

// judgeJournal: every wire send has its row, written before; rows without a
// send are calls that were cut off or never left.
func (s *scenario) judgeJournal(r settlement.Settlement) {
	attempts, _ := s.store.Attempts(context.Background(), r.ID)
	rows := map[settlement.MessageID]int{}
	for _, a := range attempts {
		if a.Phase == lifecycle.PhaseSent {
			rows[a.Message]++
		}
	}
	for message, n := range s.w.sends {
		if n > rows[message] {
			s.t.Errorf("I12: message %s was sent %d times with %d rows", message, n, rows[message])
		}
	}
	for _, leg := range r.Legs {
		if s.w.sends[leg.Message] > 1 {
			s.t.Errorf("settle %s was sent %d times", leg.Message, s.w.sends[leg.Message])
		}
		if leg.Doubted && leg.State == settlement.LegRejected {
			s.t.Errorf("a leg once in doubt became rejected")
		}
	}
}

// state is the scenario at rest: what two schedules must share to have the
// same future. Times are distances from now; those passed are all alike, and
// those that no longer decide anything are left out.
func (s *scenario) state() string {
	var b strings.Builder
	since := func(at time.Time) string {
		if !at.After(s.w.now) {
			return "-"
		}
		return at.Sub(s.w.now).String()
	}
	fmt.Fprintf(&b, "crashes %d faults %d outage %d told %t;", s.crashes, s.faults, s.w.outage, s.told != "")
	for _, r := range s.records() {
		if r.Decision != settlement.Undecided {
			r.DecideBy = time.Time{}
		}
		fmt.Fprintf(&b, "%s %s %s decide %s next %s lease %t %s;", r.State, r.Decision, r.Reason, since(r.DecideBy), since(r.NextAt), r.Owner != "", since(r.LeaseUntil))
		for i, l := range r.Legs {
			book := s.w.payers[i]
			late, onWay := book.late[l.Message]
			fmt.Fprintf(&b, "%s doubt %t i%d u%d n%d s%d next %s quiet %s holds %t undone %t late %t %s;", l.State, l.Doubted, l.Inquiries, l.Undos, l.Unsent, l.Sends,
				since(l.NextAt), since(l.QuietUntil), book.held[l.Message] != 0, book.undone[l.Message], onWay, since(late))
		}
	}
	return b.String()
}

// The payers of the exhaustive runs: the worst one, which can neither be asked
// nor believed, and the best.
func worst(code settlement.PayerCode) func(*world) {
	return func(w *world) {
		newBook(w, code, settlement.Terms{CallTimeout: 10 * time.Second, QuietPeriod: 2 * time.Minute}, false)
	}
}

func best(code settlement.PayerCode) func(*world) {
	return func(w *world) {
		terms := settlement.Terms{Traits: settlement.Traits{InquireByEncounter: true}, CallTimeout: 10 * time.Second, QuietPeriod: 2 * time.Minute}
		newBook(w, code, terms, true)
	}
}

// TestEverySchedule walks one discharge through every answer of its payers,
// every fate of every durable write and one crash anywhere. The short form
// leaves out the writes that are done but not answered, and payers that are out
// of reach.
func TestEverySchedule(t *testing.T) {
	faults, outage := 1, 3
	if testing.Short() {
		faults, outage = 0, 0
	}
	tests := []struct {
		name   string
		payers []func(*world)
	}{
		{"no payer", nil},
		{"one payer that can be asked", []func(*world){best("A")}},
		{"one payer at its worst", []func(*world){worst("A")}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			e := explore(t, scenario{crashes: 1, faults: faults}, outage, tt.payers...)
			t.Logf("%d schedules, %d states at rest, %d schedules merged", e.runs, len(e.seen), e.pruned)
		})
	}
}
