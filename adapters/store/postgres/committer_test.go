package postgres

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/onestop-gateway/onestop/adapters/store"
	"github.com/onestop-gateway/onestop/adapters/store/storetest"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// counted is a store that counts its commits.
func counted(t *testing.T) (*Store, *atomic.Int64) {
	var commits atomic.Int64
	s := openTest(t, Config{DSN: fresh(t), Fault: func(stage Stage) error {
		if stage == StageCommitted {
			commits.Add(1)
		}
		return nil
	}})
	return s, &commits
}

func TestQueuedWritesShareACommit(t *testing.T) {
	s, commits := counted(t)
	const writers = 50
	openings, closings := make([]func(context.Context) error, writers), make([]func(context.Context) error, writers)
	for i := range writers {
		change := storetest.Opening(int64(i))
		change.Settlement.Beneficiary.ID = settlement.BeneficiaryID(rune('A' + i)) // no two of one person
		openings[i] = func(ctx context.Context) error { return s.Open(ctx, change) }
		opened := change.Settlement
		opened.Revision = 1
		closings[i] = closes(s, opened, storetest.Closing(opened))
	}
	for i, works := range [][]func(context.Context) error{openings, closings} {
		for _, err := range queued(t, s, works...) {
			must(t, err)
		}
		if got := commits.Load(); got != int64(i+1) {
			t.Errorf("%d commits for %d batches of %d", got, i+1, writers)
		}
	}
	(&load{t: t}).addsUp(s)
}

func TestOpeningsAndClosingsShareACommit(t *testing.T) {
	s, commits := counted(t)
	first, second := openedRecord(t, s, 1), openedRecord(t, s, 2)
	commits.Store(0)
	errs := queued(t, s, closes(s, first, storetest.Closing(first)), opens(s, 3),
		func(ctx context.Context) error { return s.Advance(ctx, lifecycle.Change{Settlement: second}) })
	for _, err := range errs {
		must(t, err)
	}
	if got := commits.Load(); got != 1 {
		t.Errorf("%d commits for three kinds of write", got)
	}
}

func TestBatchesAreBounded(t *testing.T) {
	s, commits := counted(t)
	many := make([]func(context.Context) error, batchMax+1)
	for i := range many {
		many[i] = opens(s, int64(i))
	}
	for _, err := range queued(t, s, many...) {
		must(t, err)
	}
	if got := commits.Load(); got != 2 {
		t.Errorf("%d commits for %d writes", got, len(many))
	}
}

// Two writes about the same thing never share a transaction.
func TestSamePersonWaitsForTheNextCommit(t *testing.T) {
	s, commits := counted(t)
	var works []func(context.Context) error
	for n := range int64(6) {
		change := storetest.Opening(n)
		change.Settlement.Beneficiary.ID = settlement.BeneficiaryID(rune('a' + n%2))
		must(t, s.Open(t.Context(), change))
		change.Settlement.Revision = 1
		works = append(works, closes(s, change.Settlement, storetest.Closing(change.Settlement)))
	}
	commits.Store(0)
	for _, err := range queued(t, s, works...) {
		must(t, err)
	}
	if got := commits.Load(); got != 3 {
		t.Errorf("%d commits for three closings of each of two persons", got)
	}
}

// Every write that fails in its own way fails alone, and the others still share
// one commit where the failure is found out before anything is written.
func TestFailingMembersHarmNobody(t *testing.T) {
	s, commits := counted(t)
	var errs []error
	record := func(n int64) settlement.Settlement { return openedRecord(t, s, n) }
	kept, stale, panics, negative, undecided, other := record(1), record(2), record(3), record(4), record(5), record(6)
	taken := storetest.Opening(7) // the discharge of one that lives
	taken.Settlement.Discharge = kept.Discharge
	asked := storetest.Opening(8) // the request of another
	asked.Request.Key.Request = kept.Request
	named := storetest.Opening(9) // the message id of another
	named.Settlement.Legs[0].Message = kept.Legs[0].Message
	stale.Revision = 9
	commits.Store(0)
	errs = queued(t, s,
		closes(s, kept, storetest.Closing(kept)),
		closes(s, stale, storetest.Closing(stale)),
		closes(s, panics, func(lifecycle.Ground) (lifecycle.Change, error) { panic("a slip of decide") }),
		closes(s, negative, func(ground lifecycle.Ground) (lifecycle.Change, error) {
			change, err := storetest.Closing(negative)(ground)
			change.Delta.CareGrants = -1
			return change, err
		}),
		closes(s, undecided, func(lifecycle.Ground) (lifecycle.Change, error) { return lifecycle.Change{}, errUndecided }),
		closes(s, other, func(lifecycle.Ground) (lifecycle.Change, error) { return lifecycle.Change{Settlement: kept}, nil }),
		func(ctx context.Context) error { return s.Open(ctx, taken) },
		func(ctx context.Context) error { return s.Open(ctx, asked) },
		func(ctx context.Context) error { return s.Open(ctx, named) },
		opens(s, 10),
	)
	must(t, errs[0])
	must(t, errs[9])
	for i, want := range map[int]settlement.Kind{
		1: settlement.KindConflict, 2: settlement.KindInternal, 3: settlement.KindInternal, 5: settlement.KindInternal,
		6: settlement.KindExists, 7: settlement.KindExists, 8: settlement.KindExists,
	} {
		wants(t, errs[i], want)
	}
	if errs[4] != errUndecided {
		t.Errorf("%v, want the very error of decide", errs[4])
	}
	if errs[2] != nil && !strings.Contains(errs[2].Error(), "a slip of decide") {
		t.Errorf("%v hides the panic", errs[2])
	}
	if got := commits.Load(); got != 1 {
		t.Errorf("%d commits", got)
	}
	(&load{t: t}).addsUp(s)
}

// What only the tables find out fails the transaction for all. Then each write
// is tried alone, and again only the one to blame fails.
func TestFailureFoundByTheTablesHarmsNobody(t *testing.T) {
	s, _ := counted(t)
	good, bad := openedRecord(t, s, 1), openedRecord(t, s, 2)
	long := settlement.DischargeID(strings.Repeat("x", 1<<20)) // fits no index: random enough not to be compressed away
	for name, c := range map[string]struct {
		spoil func(*lifecycle.Change)
		kind  settlement.Kind
	}{
		"an answer without request": {func(c *lifecycle.Change) { c.Final.Key.Request = "nobody's" }, settlement.KindInternal},
		"an empty answer":           {func(c *lifecycle.Change) { c.Final.Body = []byte{} }, settlement.KindInternal},
		"a message of another": {func(c *lifecycle.Change) {
			c.Attempts[0].Phase, c.Attempts[0].Message = lifecycle.PhaseSent, good.Legs[0].Message
		}, settlement.KindExists},
		"a request of another": {func(c *lifecycle.Change) {
			c.Request = &lifecycle.Request{Key: lifecycle.RequestKey{Tenant: good.Tenant, Method: lifecycle.MethodSettle, Request: good.Request}}
		}, settlement.KindExists},
		"a review of nothing": {func(c *lifecycle.Change) { c.Review = []settlement.SettlementID{"nowhere"} }, settlement.KindInternal},
	} {
		t.Run(name, func(t *testing.T) {
			errs := queued(t, s,
				func(ctx context.Context) error { return s.Advance(ctx, lifecycle.Change{Settlement: good}) },
				closes(s, bad, func(ground lifecycle.Ground) (lifecycle.Change, error) {
					change, err := storetest.Closing(bad)(ground)
					c.spoil(&change)
					return change, err
				}))
			must(t, errs[0])
			good.Revision++
			wants(t, errs[1], c.kind)
			found, err := s.Settlement(t.Context(), bad.ID)
			must(t, err)
			if diff := cmp.Diff(bad, found); diff != "" {
				t.Errorf("what failed has left something (-want +got):\n%s", diff)
			}
		})
	}
	opening := storetest.Opening(3)
	opening.Settlement.Discharge = scramble(long)
	wants(t, s.Open(t.Context(), opening), settlement.KindInvalid)
}

// scramble makes a text that does not shrink when it is compressed.
func scramble(long settlement.DischargeID) settlement.DischargeID {
	text := []byte(long)
	state := uint64(1)
	for i := range text {
		state = state*6364136223846793005 + 1442695040888963407
		text[i] = 'a' + byte(state>>40)%26
	}
	return settlement.DischargeID(text)
}

// The first answer stands for ever; the same again is no change.
func TestAnswerInABatch(t *testing.T) {
	s, _ := counted(t)
	one, two := settled(t, s, 1), settled(t, s, 2)
	answers := func(of settlement.Settlement, body []byte) func(context.Context) error {
		key := lifecycle.RequestKey{Tenant: of.Tenant, Method: lifecycle.MethodSettle, Request: of.Request}
		return func(ctx context.Context) error {
			return s.Advance(ctx, lifecycle.Change{Settlement: of, Final: &lifecycle.Final{Key: key, Body: body}})
		}
	}
	errs := queued(t, s, answers(one, make([]byte, 1500)), answers(two, []byte("another")))
	must(t, errs[0])
	wants(t, errs[1], settlement.KindConflict)
	var e *settlement.Error
	if errors.As(errs[1], &e) && e.Object != string(two.ID) {
		t.Errorf("%v names %s", errs[1], e.Object)
	}
}

func TestFullQueueRefuses(t *testing.T) {
	s := openTest(t, Config{DSN: fresh(t), QueueMax: 2})
	s.committer.turn.Lock()
	outcomes := make(chan error, 2)
	for n := range int64(2) {
		go func() { outcomes <- opens(s, n)(context.Background()) }()
	}
	waits(t, s, 2)
	err := opens(s, 9)(t.Context())
	wants(t, err, settlement.KindUnavailable)
	if settlement.ReasonOf(err) != settlement.ReasonOverloaded {
		t.Errorf("%v, want a refusal for overload", err)
	}
	s.committer.turn.Unlock()
	for range 2 {
		must(t, <-outcomes)
	}
	must(t, opens(s, 9)(t.Context()))
}

// A caller that gives up before its write is taken is told that nothing was
// done, at once; one whose write is under way is told the outcome.
func TestGivenUpInTheQueue(t *testing.T) {
	s := openTest(t, Config{DSN: fresh(t)})
	s.committer.turn.Lock()
	ctx, cancel := context.WithCancel(t.Context())
	outcome := make(chan error)
	go func() { outcome <- opens(s, 1)(ctx) }()
	waits(t, s, 1)
	cancel()
	wants(t, <-outcome, settlement.KindUnavailable)
	s.committer.turn.Unlock()
	eventually(t, "the queue to be empty", func() bool { return s.committer.waiting.Load() == 0 })
	absentRecord(t, s, storetest.Opening(1).Settlement.ID)
	opened := openedRecord(t, s, 1)
	ctx, cancel = context.WithCancel(t.Context())
	must(t, closes(s, opened, func(ground lifecycle.Ground) (lifecycle.Change, error) {
		cancel()
		return storetest.Closing(opened)(ground)
	})(ctx))
}

// Who waited behind one that gave up is not forgotten.
func TestBehindOneWhoGaveUp(t *testing.T) {
	s := openTest(t, Config{DSN: fresh(t)})
	s.committer.turn.Lock()
	ctx, cancel := context.WithCancel(t.Context())
	first, second := make(chan error), make(chan error)
	go func() { first <- opens(s, 1)(ctx) }()
	waits(t, s, 1)
	go func() { second <- opens(s, 1)(t.Context()) }() // about the same thing
	waits(t, s, 2)
	cancel()
	wants(t, <-first, settlement.KindUnavailable)
	s.committer.turn.Unlock()
	must(t, <-second)
}

func TestShutStoreFinishesAndRefuses(t *testing.T) {
	s := openTest(t, Config{DSN: fresh(t)})
	done := settled(t, s, 1)
	s.committer.turn.Lock()
	outcome, shut := make(chan error), make(chan error)
	go func() { outcome <- opens(s, 2)(t.Context()) }()
	waits(t, s, 1)
	go func() { shut <- s.Shut() }()
	eventually(t, "the store to be shutting", s.over.Load)
	s.committer.turn.Unlock()
	must(t, <-outcome) // what was queued is finished
	must(t, <-shut)
	wants(t, opens(s, 3)(t.Context()), settlement.KindUnavailable)
	wants(t, s.Keep(t.Context(), kept(settlement.Person{})), settlement.KindUnavailable)
	_, err := s.Claim(t.Context(), lifecycle.Claim{Limit: 1})
	wants(t, err, settlement.KindUnavailable)
	for name, read := range readings(t.Context(), s, done) {
		t.Run(name, func(t *testing.T) { wants(t, read(), settlement.KindUnavailable) })
	}
	must(t, s.Shut())
}

// Where all that could be taken was given up, what waited behind it is still to
// be done.
func TestGatherGoesOnBehindOneWhoGaveUp(t *testing.T) {
	same := []key{{kind: 's', a: "s"}}
	waiter := func() *member { return &member{keys: same, leave: func() {}} }
	gone, next, last := waiter(), waiter(), waiter()
	c := &committer{queue: []*member{gone, next, last}, observer: store.Unobserved{}}
	c.waiting.Store(3)
	gone.taken.Store(true)
	for i, want := range []struct {
		batch []*member
		more  bool
	}{{nil, true}, {[]*member{next}, true}, {[]*member{last}, false}, {nil, false}} {
		batch, more := c.gather()
		if !slices.Equal(batch, want.batch) || more != want.more {
			t.Errorf("step %d: %d taken, more %v", i, len(batch), more)
		}
	}
	if left := c.waiting.Load(); left != 2 {
		t.Errorf("%d wait for an answer, want those that were taken", left)
	}
}

// A thing is touched once in a batch, and who comes later to it keeps its
// place.
func TestTouch(t *testing.T) {
	a, b, c := key{kind: 's', a: "a"}, key{kind: 's', a: "b"}, key{kind: 'p', a: "a"}
	touched := map[key]struct{}{}
	for i, step := range []struct {
		keys []key
		free bool
	}{
		{[]key{a, a}, true},  // its own repetition is no obstacle
		{[]key{b, a}, false}, // a is taken
		{[]key{b}, false},    // b waits behind the one before
		{[]key{c}, true},     // of another kind
		{nil, true},
	} {
		if got := touch(touched, step.keys); got != step.free {
			t.Errorf("step %d: free is %v", i, got)
		}
	}
}
