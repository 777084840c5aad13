package postgres

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/onestop-gateway/onestop/adapters/store"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/clearing"
	"github.com/onestop-gateway/onestop/settlement/clearinghouse"
)

// cutNumbered opens a clearing and cuts it.
func cutNumbered(ctx context.Context, s *Store, number clearing.Number) error {
	err := s.Enter(ctx, clearinghouse.Note{Number: number, Period: &settlement.Period{}, Event: clearing.Event{Line: 1, Act: clearing.Opened}})
	if err != nil {
		return err
	}
	return s.Cut(ctx, clearinghouse.Note{Number: number, Event: clearing.Event{Line: 2, Act: clearing.Cut}}, time.Unix(1_000, 0))
}

// apartFrom is a store, and connections of writers beside it.
func apartFrom(t *testing.T) (*Store, *pgxpool.Pool) {
	t.Helper()
	dsn := fresh(t)
	s := openTest(t, Config{DSN: dsn})
	pool, err := pgxpool.New(t.Context(), dsn)
	must(t, err)
	t.Cleanup(pool.Close)
	return s, pool
}

// booking is a transaction that has booked a movement and not ended: its turn
// is taken.
func booking(t *testing.T, pool *pgxpool.Pool, no int64) pgx.Tx {
	t.Helper()
	tx, err := pool.Begin(t.Context())
	must(t, err)
	t.Cleanup(func() { _ = tx.Rollback(context.Background()) })
	for _, text := range []string{
		`INSERT INTO settlement (no, beneficiary, year, sequence, opened_at, revision, epoch, lease_until, lease_over, next_at, discharged,
			review, id, tenant, facility, discharge, state, decision, owner, asked, moved)
			SELECT n, 'p' || n, 2012, 0, 1, 2, 1, 0, 0, 0, 20120701, false, 's' || n, 't', 'f', 'd' || n, 'COMMITTED', 'COMMIT', '', '', '' FROM (SELECT $1::bigint AS n) AS one`,
		`INSERT INTO entry (settlement, revision, line, account, debit, credit) VALUES ($1, 2, 0, 'a', 1, 0), ($1, 2, 1, 'b', 0, 1)`,
		`INSERT INTO event (settlement, revision, line, at, actor, action, reason) VALUES ($1, 2, 0, 5, 'x', 'settle.commit', '')`,
	} {
		_, err := tx.Exec(t.Context(), text, pgx.QueryExecModeExec, no)
		must(t, err)
	}
	return tx
}

// heldBy are the movements of a clearing, by settlement.
func heldBy(t *testing.T, s *Store, number clearing.Number) map[int64]bool {
	t.Helper()
	rows, err := s.reads.Query(t.Context(), `SELECT settlement FROM clearing_movement WHERE clearing = $1`, int64(number))
	must(t, err)
	nos, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	must(t, err)
	held := map[int64]bool{}
	for _, no := range nos {
		held[no] = true
	}
	return held
}

// A write that took its turn and is committed only after a later one was cut is
// not passed by: the mark does not go past it.
func TestACutMissesNoLateCommit(t *testing.T) {
	s, writers := apartFrom(t)
	must(t, booking(t, writers, 1).Commit(t.Context()))
	must(t, cutNumbered(t.Context(), s, 1)) // from here on cuts look at what is new
	slow, quick := booking(t, writers, 2), booking(t, writers, 3)
	must(t, quick.Commit(t.Context()))
	done := make(chan error, 1)
	go func() { done <- cutNumbered(t.Context(), s, 2) }()
	select {
	case err := <-done:
		t.Fatalf("cut while a write with a lower turn was open: %v", err)
	case <-time.After(300 * time.Millisecond):
	}
	late := booking(t, writers, 4) // took its turn after the cut looked: not waited for
	must(t, slow.Commit(t.Context()))
	must(t, <-done)
	must(t, late.Commit(t.Context()))
	must(t, cutNumbered(t.Context(), s, 3))
	for number, want := range map[clearing.Number]string{1: "map[1:true]", 2: "map[2:true 3:true]", 3: "map[4:true]"} {
		if got := fmt.Sprint(heldBy(t, s, number)); got != want {
			t.Errorf("clearing %d has %s, want %s", number, got, want)
		}
	}
}

// Writers commit in any order, some after long, some never, while one clearing
// after the other is cut: none of their movements is missed, none is in two.
func TestCutsWhileTurnsAreCommittedOutOfOrder(t *testing.T) {
	s, pool := apartFrom(t)
	const writers, each = 3, 15
	var lock sync.Mutex
	want := map[int64]bool{}
	var group sync.WaitGroup
	for n := range writers {
		group.Go(func() {
			random := rand.New(rand.NewPCG(7, uint64(n)))
			for i := range each {
				no := int64(n*each + i + 1)
				tx := booking(t, pool, no)
				time.Sleep(time.Duration(random.IntN(30)) * time.Millisecond)
				if random.IntN(5) == 0 {
					must(t, tx.Rollback(t.Context()))
					continue
				}
				must(t, tx.Commit(t.Context()))
				lock.Lock()
				want[no] = true
				lock.Unlock()
			}
		})
	}
	over := make(chan struct{})
	go func() { group.Wait(); close(over) }()
	cuts, filled := clearing.Number(0), 0
	got := map[int64]int{}
	for running := true; running; {
		select {
		case <-over:
			running = false // and one more, for the rest
		default:
		}
		cuts++
		must(t, cutNumbered(t.Context(), s, cuts))
		held := heldBy(t, s, cuts)
		if len(held) > 0 {
			filled++
		}
		for no := range held {
			got[no]++
		}
	}
	for no := range want {
		if got[no] != 1 {
			t.Errorf("settlement %d is in %d of %d clearings", no, got[no], cuts)
		}
	}
	if len(got) != len(want) || filled < 3 {
		t.Errorf("%d movements in %d clearings, %d were committed", len(got), filled, len(want))
	}
}

// A cut that knows of one before looks up what is new, row by row, however
// large the ledger is and whatever the server knows of it.
func TestACutWalksNoLedger(t *testing.T) {
	s := openTest(t, Config{DSN: fresh(t)})
	ctx := t.Context()
	for _, text := range []string{
		`INSERT INTO event (settlement, revision, line, at, actor, action, reason) SELECT n, 2, 0, 5, 'x', 'settle.commit', '' FROM generate_series(1, 20000) AS n`,
		`INSERT INTO entry (settlement, revision, line, account, debit, credit) SELECT n, 2, l, 'a', 1, 0 FROM generate_series(1, 20000) AS n, generate_series(0, 1) AS l`,
		`INSERT INTO clearing (number, period_from, period_to, pay_on) VALUES (1, 0, 0, 0)`,
		`INSERT INTO clearing_movement SELECT n, 2, 1 FROM generate_series(1, 19990) AS n`, `ANALYZE`,
	} {
		_, err := s.writer.pool.Exec(ctx, text)
		must(t, err)
	}
	var since store.Since
	since.Voided(1, 5)
	since.Cut(2, 19_980, 4)
	tx, err := s.writer.pool.Begin(ctx)
	must(t, err)
	defer func() { _ = tx.Rollback(ctx) }()
	for _, text := range []string{`SET LOCAL enable_nestloop = on`, `SET LOCAL enable_hashjoin = off`} {
		_, err := tx.Exec(ctx, text)
		must(t, err)
	}
	for name, c := range map[string]struct {
		text  string
		bound int64
	}{"noting": {cutNew, 9}, "marking": {markNew, 20_000}} {
		for _, mode := range []string{"force_generic_plan", "force_custom_plan"} {
			_, err := tx.Exec(ctx, `SET LOCAL plan_cache_mode = `+mode)
			must(t, err)
			rows, err := tx.Query(ctx, `EXPLAIN `+c.text, int64(3), c.bound, since.All(), since.Reached(), since.Released())
			must(t, err)
			plan, err := pgx.CollectRows(rows, pgx.RowTo[string])
			must(t, err)
			for _, table := range []string{"event", "entry", "clearing_movement"} {
				if wrong := walksTable(plan, table); wrong != "" {
					t.Errorf("%s, %s, walks %s: %s\n%s", name, mode, table, wrong, strings.Join(plan, "\n"))
				}
			}
		}
	}
}

// walksTable is the line of a plan that reads a table from end to end, or "".
func walksTable(plan []string, table string) string {
	for i, step := range plan {
		if !strings.Contains(step, "Scan") || !strings.Contains(step+" ", " on "+table+" ") {
			continue
		}
		bounded := strings.Contains(step, "Bitmap Heap Scan") // by the index scan below it
		for _, below := range plan[i+1:] {
			if strings.Contains(below, "->") {
				break
			}
			bounded = bounded || strings.Contains(below, "Index Cond")
		}
		if !bounded {
			return step
		}
	}
	return ""
}
