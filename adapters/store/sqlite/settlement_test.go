package sqlite

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// What the suite leaves open and this store promises.

func TestTakenNamesWhat(t *testing.T) {
	s := openTest(t, Config{Path: fresh(t)})
	first := openRecord(t, s, benchmarked(1))
	for _, c := range []struct {
		field   string
		reason  settlement.Reason
		collide func(second *settlement.Settlement)
	}{
		{"request", settlement.ReasonRequestInFlight, func(second *settlement.Settlement) { second.Request = first.Request }},
		{"discharge", settlement.ReasonDischargeOpen, func(second *settlement.Settlement) { second.Discharge = first.Discharge }},
		{"message", settlement.ReasonStaleRecord, func(second *settlement.Settlement) { second.Legs[0].Message = first.Legs[0].Message }},
	} {
		second := benchmarked(2)
		c.collide(&second)
		err := s.Open(t.Context(), opening(second))
		var e *settlement.Error
		if !errors.As(err, &e) || e.Kind != settlement.KindExists || e.Field != c.field || e.Reason != c.reason {
			t.Errorf("%s: %v", c.field, err)
		}
	}
}

// What was asked is fixed when a settlement is opened, whatever a later change
// says.
func TestAdvanceKeepsWhatWasAsked(t *testing.T) {
	s := openTest(t, Config{Path: fresh(t)})
	opened := openRecord(t, s, benchmarked(1))
	changed := benchmarked(2)
	changed.ID, changed.Revision, changed.Year = opened.ID, opened.Revision, 2013
	if err := s.Advance(t.Context(), lifecycle.Change{Settlement: changed}); err != nil {
		t.Fatal(err)
	}
	want := opened
	want.Legs, want.LeaseUntil, want.Revision = changed.Legs, changed.LeaseUntil, 2
	if diff := cmp.Diff(want, readRecord(t, s, opened.ID)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// refusedBroken asserts that an error is ours to mend and that opened stands
// as it was.
func refusedBroken(t *testing.T, s *Store, opened settlement.Settlement, err error) {
	t.Helper()
	if err == nil || settlement.KindOf(err) != settlement.KindInternal {
		t.Errorf("%v, want Internal", err)
	}
	if diff := cmp.Diff(opened, readRecord(t, s, opened.ID)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// The accumulator that is locked is that of the settlement asked about.
func TestCloseRefusesAnotherSettlement(t *testing.T) {
	s := openTest(t, Config{Path: fresh(t)})
	opened, other := openRecord(t, s, benchmarked(1)), openRecord(t, s, benchmarked(2))
	_, err := s.Close(t.Context(), opened, func(ground lifecycle.Ground) (lifecycle.Change, error) {
		return closing(other, ground), nil
	})
	refusedBroken(t, s, other, err)
	refusedBroken(t, s, opened, err)
}

func TestFinalAnswerOfAKeyItHasNot(t *testing.T) {
	s := openTest(t, Config{Path: fresh(t)})
	opened, other := openRecord(t, s, benchmarked(1)), openRecord(t, s, benchmarked(2))
	for name, final := range map[string]lifecycle.Final{
		"another settlement's": {Key: requestOf(other), Body: []byte("x")},
		"nobody's":             {Key: lifecycle.RequestKey{Tenant: "t", Method: "m", Request: "r"}, Body: []byte("x")},
		"its own, but empty":   {Key: requestOf(opened), Body: []byte{}},
		"its own, but absent":  {Key: requestOf(opened)},
	} {
		t.Run(name, func(t *testing.T) {
			refusedBroken(t, s, opened, s.Advance(t.Context(), lifecycle.Change{Settlement: opened, Final: &final}))
			kept, err := s.Request(t.Context(), requestOf(other))
			if kept.Answer != nil || err != nil {
				t.Errorf("%q, %v", kept.Answer, err)
			}
		})
	}
}

func TestReviewOfWhatIsNotThere(t *testing.T) {
	s := openTest(t, Config{Path: fresh(t)})
	opened := openRecord(t, s, benchmarked(1))
	err := s.Advance(t.Context(), lifecycle.Change{Settlement: opened, Review: []settlement.SettlementID{"nowhere"}})
	refusedBroken(t, s, opened, err)
}

// Every write of a record raises its revision, so that a writer who has not
// seen a flag cannot write over it.
func TestReviewRaisesTheRevision(t *testing.T) {
	s := openTest(t, Config{Path: fresh(t)})
	opened, other := openRecord(t, s, benchmarked(1)), openRecord(t, s, benchmarked(2))
	err := s.Advance(t.Context(), lifecycle.Change{Settlement: opened, Review: []settlement.SettlementID{other.ID}})
	if err != nil {
		t.Fatal(err)
	}
	if got := readRecord(t, s, other.ID); !got.Review || got.Revision != 2 {
		t.Errorf("review %v at revision %d", got.Review, got.Revision)
	}
	if err = s.Advance(t.Context(), lifecycle.Change{Settlement: other}); settlement.KindOf(err) != settlement.KindConflict {
		t.Errorf("%v, want Conflict", err)
	}
}

// A change writes everything in it, by whatever verb.
func TestAdvanceAddsADifference(t *testing.T) {
	s := openTest(t, Config{Path: fresh(t)})
	opened := openRecord(t, s, benchmarked(1))
	delta := settlement.Accumulator{Used: map[settlement.BucketID]settlement.Money{"total": 7}, CareGrants: 1}
	if err := s.Advance(t.Context(), lifecycle.Change{Settlement: opened, Delta: delta}); err != nil {
		t.Fatal(err)
	}
	key := lifecycle.AccumulatorKey{Beneficiary: opened.Beneficiary.ID, Year: opened.Year}
	got, err := s.Accumulator(t.Context(), key)
	if diff := cmp.Diff(delta, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

func TestOpenRefusesUnsoundTextBeforeWriting(t *testing.T) {
	s := openTest(t, Config{Path: fresh(t)})
	unsound := benchmarked(1)
	unsound.Facility = "H\x00"
	err := s.Open(t.Context(), opening(unsound))
	if settlement.KindOf(err) != settlement.KindInvalid {
		t.Errorf("%v, want Invalid", err)
	}
	opened := openRecord(t, s, benchmarked(1))
	_, err = s.Close(t.Context(), opened, func(ground lifecycle.Ground) (lifecycle.Change, error) {
		change := closing(opened, ground)
		change.Entries[0].Account = "a\xff"
		return change, nil
	})
	if settlement.KindOf(err) != settlement.KindInvalid {
		t.Errorf("%v, want Invalid", err)
	}
	if _, err = s.Claim(t.Context(), lifecycle.Claim{Owner: "\x00", Limit: 1}); settlement.KindOf(err) != settlement.KindInvalid {
		t.Errorf("%v, want Invalid", err)
	}
	if err = s.Keep(t.Context(), kept(settlement.Person{Certificate: "\x00"})); settlement.KindOf(err) != settlement.KindInvalid {
		t.Errorf("%v, want Invalid", err)
	}
}

// A disk that is full refuses whoever needs room, and who shared a commit with
// them; nothing is lost or half done.
func TestFullDisk(t *testing.T) {
	s := openTest(t, Config{Path: fresh(t)})
	opened := openRecord(t, s, benchmarked(1))
	large := lifecycle.Change{Settlement: opened, Attempts: []lifecycle.Attempt{{Phase: lifecycle.PhaseResult, Body: make([]byte, 1<<20)}}}
	advance := func(ctx context.Context) error { return s.Advance(ctx, large) }
	for name, writes := range map[string][]func(ctx context.Context) error{
		"alone":    {advance},
		"together": {advance, opens(s, 2), advance},
	} {
		t.Run(name, func(t *testing.T) {
			err := s.committer.do(t.Context(), func(on *session) error { // SQLite raises it to what there is
				return on.row(background, `PRAGMA max_page_count = 1`).Scan(new(int))
			})
			if err != nil {
				t.Fatal(err)
			}
			for _, err := range queued(t, s, writes...) {
				if settlement.KindOf(err) != settlement.KindUnavailable {
					t.Errorf("%v, want Unavailable", err)
				}
			}
			if diff := cmp.Diff(opened, readRecord(t, s, opened.ID)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	if err := advance(t.Context()); err != nil { // the limit went with its connection
		t.Errorf("with room again: %v", err)
	}
}

// A reading that is given up did nothing, and says so.
func TestReadingsGivenUpAreUnavailable(t *testing.T) {
	s := openTest(t, Config{Path: fresh(t)})
	ctx, cancel := context.WithDeadline(t.Context(), time.Now().Add(-time.Second))
	defer cancel()
	for name, read := range map[string]func() error{
		"settlement":     func() error { _, err := s.Settlement(ctx, "s"); return err },
		"request":        func() error { _, err := s.Request(ctx, lifecycle.RequestKey{}); return err },
		"list":           func() error { _, err := s.List(ctx, lifecycle.Query{Limit: 1}); return err },
		"accumulator":    func() error { _, err := s.Accumulator(ctx, lifecycle.AccumulatorKey{}); return err },
		"attempts":       func() error { _, err := s.Attempts(ctx, "s"); return err },
		"entries":        func() error { _, err := s.Entries(ctx, "s"); return err },
		"events":         func() error { _, err := s.Events(ctx, "s"); return err },
		"person":         func() error { _, err := s.Person(ctx, "p"); return err },
		"by certificate": func() error { _, err := s.PersonByCertificate(ctx, "c"); return err },
	} {
		if err := read(); settlement.KindOf(err) != settlement.KindUnavailable || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s: %v, want Unavailable", name, err)
		}
	}
}

// A row that cannot be understood is ours to mend; nothing of it is guessed.
func TestDamagedRowsAreInternal(t *testing.T) {
	path := fresh(t)
	s := openTest(t, Config{Path: path})
	opened := openRecord(t, s, benchmarked(1))
	err := s.Keep(t.Context(), kept(settlement.Person{Beneficiary: settlement.Beneficiary{ID: "p"}}))
	if err != nil {
		t.Fatal(err)
	}
	shutTest(t, s)
	alter(t, path, `UPDATE settlement SET moved = x'6d63'; UPDATE person SET document = x'';
		INSERT INTO accumulator (beneficiary, year, sequence, used, deductible_met, critical_illness_base, critical_illness_paid, care_grants)
		VALUES ('p', 2012, 1, 'nonsense', 0, 0, 0, 0)`)
	s = openTest(t, Config{Path: path})
	_, settlementErr := s.Settlement(t.Context(), opened.ID)
	_, listErr := s.List(t.Context(), lifecycle.Query{Limit: 1})
	_, accumulatorErr := s.Accumulator(t.Context(), lifecycle.AccumulatorKey{Beneficiary: "p", Year: 2012})
	_, personErr := s.Person(t.Context(), "p")
	_, claimErr := s.Claim(t.Context(), lifecycle.Claim{Now: opened.LeaseUntil.Add(time.Hour), Limit: 1})
	for name, err := range map[string]error{"settlement": settlementErr, "list": listErr, "accumulator": accumulatorErr, "person": personErr, "claim": claimErr} {
		if err == nil || settlement.KindOf(err) != settlement.KindInternal {
			t.Errorf("%s: %v, want Internal", name, err)
		}
	}
}
