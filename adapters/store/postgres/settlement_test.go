package postgres

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/onestop-gateway/onestop/adapters/store/storetest"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// A reading that is given up did nothing, and says so.
func TestReadingsGivenUpAreUnavailable(t *testing.T) {
	s := openTest(t, Config{DSN: fresh(t)})
	ctx, cancel := context.WithDeadline(t.Context(), time.Now().Add(-time.Second))
	defer cancel()
	for name, read := range readings(ctx, s, settlement.Settlement{}) {
		err := read()
		wants(t, err, settlement.KindUnavailable)
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s: %v hides its cause", name, err)
		}
	}
}

// An errand that is given up while another is under way did nothing.
func TestErrandGivenUp(t *testing.T) {
	s := openTest(t, Config{DSN: fresh(t)})
	s.errands <- struct{}{}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	person := settlement.Person{Beneficiary: settlement.Beneficiary{ID: "p"}}
	wants(t, s.Keep(ctx, kept(person)), settlement.KindUnavailable)
	<-s.errands
	_, err := s.Person(t.Context(), "p")
	wants(t, err, settlement.KindNotFound)
	must(t, s.Keep(t.Context(), kept(person)))
}

// damaged is a store in which a settlement, its person's accumulator and a
// person of the registry cannot be read, and the settlement as it was.
func damaged(t *testing.T) (*Store, settlement.Settlement) {
	t.Helper()
	s := openTest(t, Config{DSN: fresh(t)})
	opened := openedRecord(t, s, 1)
	must(t, s.Keep(t.Context(), kept(settlement.Person{Beneficiary: settlement.Beneficiary{ID: "p"}, Certificate: "c"})))
	for _, text := range []string{
		`UPDATE settlement SET moved = '\x6d63'`,
		`UPDATE person SET document = ''`,
		`INSERT INTO accumulator (beneficiary, year, sequence, used, deductible_met, critical_illness_base, critical_illness_paid, care_grants)
			VALUES ('` + string(opened.Beneficiary.ID) + `', 2012, 1, 'nonsense', 0, 0, 0, 0)`,
	} {
		_, err := s.writer.pool.Exec(t.Context(), text)
		must(t, err)
	}
	return s, opened
}

// A row that cannot be understood is ours to mend; nothing of it is guessed.
func TestDamagedRowsAreInternal(t *testing.T) {
	s, opened := damaged(t)
	all := readings(t.Context(), s, opened)
	for _, name := range []string{"settlement", "list", "accumulator", "person", "by certificate"} {
		t.Run(name, func(t *testing.T) { wants(t, all[name](), settlement.KindInternal) })
	}
	_, err := s.Claim(t.Context(), lifecycle.Claim{Owner: "b", Now: time.Now(), Limit: 1})
	wants(t, err, settlement.KindInternal)
	var owner string
	must(t, s.reads.QueryRow(t.Context(), `SELECT owner FROM settlement`).Scan(&owner))
	if owner == "b" {
		t.Error("what cannot be read was claimed")
	}
}

// One person's damaged accumulator stops that person only.
func TestDamagedAccumulatorHarmsNobody(t *testing.T) {
	s, opened := damaged(t)
	other := openedRecord(t, s, 2)
	errs := queued(t, s, closes(s, opened, storetest.Closing(opened)), closes(s, other, storetest.Closing(other)))
	wants(t, errs[0], settlement.KindInternal)
	must(t, errs[1])
}

// Nor does a damaged settlement that came later stop more than its own.
func TestDamagedLaterHarmsNobody(t *testing.T) {
	s := openTest(t, Config{DSN: fresh(t)})
	first := settled(t, s, 1)
	change := storetest.Opening(2)
	change.Settlement.Beneficiary = first.Beneficiary
	must(t, s.Open(t.Context(), change))
	second := change.Settlement
	second.Revision = 1
	must(t, closes(s, second, storetest.Closing(second))(t.Context()))
	_, err := s.writer.pool.Exec(t.Context(), `UPDATE settlement SET moved = '' WHERE id = $1`, string(second.ID))
	must(t, err)
	other := openedRecord(t, s, 3)
	errs := queued(t, s, closes(s, first, storetest.Reversing(first)), closes(s, other, storetest.Closing(other)))
	wants(t, errs[0], settlement.KindInternal)
	must(t, errs[1])
}

// Review is flagged on what another write of the same batch has in hand, and
// neither is lost.
func TestReviewMeetsAWriteInOneBatch(t *testing.T) {
	s := openTest(t, Config{DSN: fresh(t)})
	first := settled(t, s, 1)
	change := storetest.Opening(2)
	change.Settlement.Beneficiary = first.Beneficiary
	must(t, s.Open(t.Context(), change))
	opened := change.Settlement
	opened.Revision = 1
	second, err := s.Close(t.Context(), opened, storetest.Closing(opened))
	must(t, err)
	written := second
	written.Message = "seen by an auditor"
	written.Sequence = 0 // so that it does not count with the person, whom the other has
	errs := queued(t, s,
		closes(s, first, storetest.Reversing(first)),
		func(ctx context.Context) error { return s.Advance(ctx, lifecycle.Change{Settlement: written}) })
	must(t, errs[0])
	must(t, errs[1])
	found, err := s.Settlement(t.Context(), second.ID)
	must(t, err)
	if !found.Review || found.Message != written.Message || found.Revision != second.Revision+2 {
		t.Errorf("review %v, message %q, revision %d", found.Review, found.Message, found.Revision)
	}
}

// Short keys of settlements are drawn in blocks; what a block has left is used
// before another is drawn, and a batch may need more than is left.
func TestNumbersRiseThroughBlocks(t *testing.T) {
	s := openTest(t, Config{DSN: fresh(t)})
	openedRecord(t, s, 0)
	on, err := s.writer.begin(t.Context())
	must(t, err)
	on.link.numbers.next = on.link.numbers.end - 3
	on.release()
	errs := queued(t, s, opens(s, 1), opens(s, 2), opens(s, 3), opens(s, 4), opens(s, 5))
	for _, err := range errs {
		must(t, err)
	}
	var nos []int64
	rows, err := s.reads.Query(t.Context(), `SELECT no FROM settlement ORDER BY no`)
	must(t, err)
	for rows.Next() {
		var no int64
		must(t, rows.Scan(&no))
		nos = append(nos, no)
	}
	must(t, rows.Err())
	want := []int64{nos[0]}
	for i := range int64(5) {
		want = append(want, nos[0]+numberBlock+i)
	}
	if !slices.Equal(nos, want) {
		t.Errorf("numbers %v, want %v", nos, want)
	}
}
