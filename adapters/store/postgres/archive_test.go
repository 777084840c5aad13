package postgres

import (
	"cmp"
	"context"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/onestop-gateway/onestop/adapters/store/storetest"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
	"github.com/onestop-gateway/onestop/settlement/reconciliation"
)

func openArchive(t *testing.T, dsn string) *Archive {
	t.Helper()
	a, err := OpenArchive(t.Context(), Config{DSN: dsn})
	must(t, err)
	t.Cleanup(func() { must(t, a.Shut()) })
	return a
}

// Page by page the archive has everything once, in its order, and what the
// store has of each.
func TestArchiveHasEverything(t *testing.T) {
	dsn := fresh(t)
	s, a := openTest(t, Config{DSN: dsn}), openArchive(t, dsn)
	const rows = 23
	for n := range int64(rows) {
		if n%3 == 0 {
			openedRecord(t, s, n)
		} else {
			settled(t, s, n)
		}
	}
	for _, limit := range []int{1, 7, rows, rows + 1} {
		var all []lifecycle.Dossier
		var after lifecycle.Place
		for page := range rows + 2 {
			dossiers, err := a.Dossiers(t.Context(), after, limit)
			must(t, err)
			if len(dossiers) == 0 {
				break
			}
			if page > rows {
				t.Fatal("the pages have no end")
			}
			all = append(all, dossiers...)
			after = dossiers[len(dossiers)-1].Place()
		}
		if len(all) != rows || !slices.IsSortedFunc(all, byPlace) {
			t.Errorf("pages of %d: %d dossiers of %d, sorted %v", limit, len(all), rows, slices.IsSortedFunc(all, byPlace))
		}
		for _, d := range all {
			sameAsStore(t, s, d)
		}
	}
}

func byPlace(a, b lifecycle.Dossier) int {
	p, q := a.Place(), b.Place()
	return cmp.Or(cmp.Compare(p.Beneficiary, q.Beneficiary), cmp.Compare(p.Year, q.Year), cmp.Compare(p.ID, q.ID))
}

func sameAsStore(t *testing.T, s *Store, got lifecycle.Dossier) {
	t.Helper()
	ctx, id := context.Background(), got.Settlement.ID
	want := lifecycle.Dossier{}
	var err error
	want.Settlement, err = s.Settlement(ctx, id)
	must(t, err)
	want.Attempts, err = s.Attempts(ctx, id)
	must(t, err)
	want.Entries, err = s.Entries(ctx, id)
	must(t, err)
	want.Events, err = s.Events(ctx, id)
	must(t, err)
	key := lifecycle.RequestKey{Tenant: want.Settlement.Tenant, Method: lifecycle.MethodSettle, Request: want.Settlement.Request}
	request, err := s.Request(ctx, key)
	must(t, err)
	want.Requests = []lifecycle.Request{request}
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Errorf("dossier of %s (-want +got):\n%s", id, diff)
	}
}

func TestArchiveHasEveryAccumulator(t *testing.T) {
	dsn := fresh(t)
	s, a := openTest(t, Config{DSN: dsn}), openArchive(t, dsn)
	want := map[lifecycle.AccumulatorKey]settlement.Accumulator{}
	for n := range int64(9) {
		done := settled(t, s, n)
		used, err := s.Accumulator(t.Context(), keyOf(&done))
		must(t, err)
		want[keyOf(&done)] = used
	}
	got := map[lifecycle.AccumulatorKey]settlement.Accumulator{}
	var after lifecycle.AccumulatorKey
	for range len(want) + 1 {
		rows, err := a.Accumulators(t.Context(), after, 2)
		must(t, err)
		for _, row := range rows {
			got[row.Key], after = row.Used, row.Key
		}
	}
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Errorf("accumulators (-want +got):\n%s", diff)
	}
}

// The archive changes nothing, not even where there is nothing.
func TestArchiveNeedsAStore(t *testing.T) {
	dsn := another(t, "nothing")
	_, err := OpenArchive(t.Context(), Config{DSN: dsn})
	wants(t, err, settlement.KindBlocked)
	if tables := shared.in(t).Exec("nothing", "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"); tables != "0" {
		t.Errorf("%s tables were made", tables)
	}
	_, err = OpenArchive(t.Context(), Config{DSN: "host=127.0.0.1 port=1 user=nobody sslmode=disable"})
	wants(t, err, settlement.KindUnavailable)
}

func TestArchiveGivenUpIsUnavailable(t *testing.T) {
	a := openArchive(t, fresh(t))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := a.Dossiers(ctx, lifecycle.Place{}, 1)
	wants(t, err, settlement.KindUnavailable)
	_, err = a.Accumulators(ctx, lifecycle.AccumulatorKey{}, 1)
	wants(t, err, settlement.KindUnavailable)
}

// What is written while an archive is read is not seen, not in part either.
func TestArchiveIsOfOneMoment(t *testing.T) {
	dsn := fresh(t)
	s, a := openTest(t, Config{DSN: dsn}), openArchive(t, dsn)
	done := settled(t, s, 1)
	before, err := a.Dossiers(t.Context(), lifecycle.Place{}, 9)
	must(t, err)
	_, err = s.Close(t.Context(), done, storetest.Reversing(done))
	must(t, err)
	settled(t, s, 2)
	after, err := a.Dossiers(t.Context(), lifecycle.Place{}, 9)
	must(t, err)
	if diff := gocmp.Diff(before, after); diff != "" || len(after) != 1 {
		t.Errorf("%d dossiers (-before +after):\n%s", len(after), diff)
	}
	years, err := a.Accumulators(t.Context(), lifecycle.AccumulatorKey{}, 9)
	must(t, err)
	if len(years) != 1 || years[0].Used.Used["total"] != 1 {
		t.Errorf("accumulators %v", years)
	}
}

func TestArchiveOfAPeriod(t *testing.T) {
	dsn := fresh(t)
	s := openTest(t, Config{DSN: dsn})
	storetest.OpenedBetween(t, s, func() reconciliation.Books { return openArchive(t, dsn) })
}
