package postgres

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/onestop-gateway/onestop/adapters/store/storetest"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/eligibility"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
	"github.com/onestop-gateway/onestop/settlement/stay"
)

// No statement that a settlement waits for may walk a table, though it was
// planned when the table was empty. The plans are those that the store's own
// connections keep.
func TestPlansLookRowsUp(t *testing.T) {
	cluster := shared.in(t)
	const name = "plans" // never used before: its tables are as the migration left them
	cluster.Exec("postgres", "CREATE DATABASE "+name+" TEMPLATE "+blank)
	s := openTest(t, Config{DSN: cluster.DSN(name), Readers: 1})
	useEverything(t, s)
	for role, pool := range map[string]*pgxpool.Pool{"writes": s.writer.pool, "reads": s.reads} {
		t.Run(role, func(t *testing.T) {
			conns := pool.AcquireAllIdle(t.Context())
			plans := 0
			for _, conn := range conns {
				plans += looksUp(t, conn.Conn())
				conn.Release()
			}
			least := map[string]int{"writes": 15, "reads": 7}[role]
			if plans < least {
				t.Errorf("%d plans were seen, of at least %d", plans, least)
			}
		})
	}
}

// useEverything makes a store run every statement it has.
func useEverything(t *testing.T, s *Store) {
	t.Helper()
	ctx := t.Context()
	first := settled(t, s, 1)
	second := storetest.Opening(1001) // of the same person
	second.Settlement.Beneficiary = first.Beneficiary
	must(t, s.Open(ctx, second))
	opened := second.Settlement
	opened.Revision = 1
	_, err := s.Close(ctx, opened, storetest.Closing(opened))
	must(t, err)
	_, err = s.Close(ctx, first, storetest.Reversing(first))
	must(t, err)
	waiting := storetest.Opening(2)
	must(t, s.Open(ctx, waiting))
	waiting.Settlement.Revision = 1
	must(t, s.Advance(ctx, lifecycle.Change{
		Settlement: waiting.Settlement,
		Request:    &lifecycle.Request{Key: lifecycle.RequestKey{Tenant: "t", Method: lifecycle.MethodReverse, Request: "undo"}},
		Attempts:   []lifecycle.Attempt{{Phase: lifecycle.PhaseSent, Message: "undo"}},
	}))
	for _, err := range queued(t, s, opens(s, 3), opens(s, 4)) { // which are looked at first
		must(t, err)
	}
	claimed, err := s.Claim(ctx, lifecycle.Claim{Now: time.Now(), Owner: "gateway-2", Limit: 10})
	must(t, err)
	if len(claimed) != 3 {
		t.Fatalf("%d claimed", len(claimed))
	}
	must(t, s.Keep(ctx, kept(settlement.Person{Beneficiary: settlement.Beneficiary{ID: "p"}, Certificate: "c"})))
	must(t, s.Hold(ctx, lifecycle.AccumulatorKey{Beneficiary: "p", Year: 2012}, aQuote))
	must(t, s.KeepNotice(ctx, lifecycle.Notice{ID: "n-1", Tenant: "t", Request: "n"}))
	must(t, s.Keep(ctx, eligibility.Batch{Imported: &eligibility.Progress{File: "f"}, Flagged: []settlement.SettlementID{first.ID}}))
	must(t, s.AddStayEvent(ctx, stay.Event{Stay: "y-1", No: 1, Tenant: "t", Request: "y"}, &stay.Summary{Outstanding: true}))
	must(t, s.AddStayEvent(ctx, stay.Event{Stay: "y-1", No: 2}, &stay.Summary{}))
	for _, read := range readings(ctx, s, first) {
		must(t, read())
	}
}

// readings are all the ways to read what was kept of one settlement.
func readings(ctx context.Context, s *Store, of settlement.Settlement) map[string]func() error {
	key := lifecycle.RequestKey{Tenant: of.Tenant, Method: lifecycle.MethodSettle, Request: of.Request}
	return map[string]func() error{
		"settlement":     func() error { _, err := s.Settlement(ctx, of.ID); return err },
		"request":        func() error { _, err := s.Request(ctx, key); return err },
		"list":           func() error { _, err := s.List(ctx, lifecycle.Query{Limit: 1}); return err },
		"year":           func() error { _, err := s.Year(ctx, keyOf(&of)); return err },
		"quote":          func() error { _, err := s.Quote(ctx, "q-1"); return err },
		"quote of":       func() error { _, err := s.QuoteOf(ctx, "t", "q"); return err },
		"holding":        func() error { _, err := s.Holding(ctx, time.Now(), "q", 1); return err },
		"accumulator":    func() error { _, err := s.Accumulator(ctx, keyOf(&of)); return err },
		"attempts":       func() error { _, err := s.Attempts(ctx, of.ID); return err },
		"entries":        func() error { _, err := s.Entries(ctx, of.ID); return err },
		"events":         func() error { _, err := s.Events(ctx, of.ID); return err },
		"person":         func() error { _, err := s.Person(ctx, "p"); return err },
		"by certificate": func() error { _, err := s.PersonByCertificate(ctx, "c"); return err },
		"histories":      func() error { _, err := s.Histories(ctx, []settlement.BeneficiaryID{"p"}); return err },
		"holders":        func() error { _, err := s.Holders(ctx, []settlement.Private{"c"}); return err },
		"persons":        func() error { _, err := s.Persons(ctx, eligibility.Query{Limit: 1}); return err },
		"of a region":    func() error { _, err := s.Persons(ctx, eligibility.Query{Region: "360827", Limit: 1}); return err },
		"imported":       func() error { _, _, err := s.Imported(ctx, "f"); return err },
		"notice":         func() error { _, err := s.Notice(ctx, "n-1"); return err },
		"notice of":      func() error { _, err := s.NoticeOf(ctx, "t", "n"); return err },
		"notices": func() error {
			_, err := s.Notices(ctx, lifecycle.NoticeQuery{Before: &lifecycle.NoticeMark{ID: "n"}, Limit: 1})
			return err
		},
		"stay":    func() error { _, err := s.StayEvents(ctx, "y-1"); return err },
		"stay of": func() error { _, err := s.StayEventsOf(ctx, "t", "y"); return err },
		"stays":   func() error { _, err := s.Stays(ctx, stay.Query{Before: &stay.Mark{ID: "y"}, Limit: 1}); return err },
		"for people": func() error {
			_, err := s.Stays(ctx, stay.Query{ForPeople: true, Before: &stay.Mark{ID: "y"}, Limit: 1})
			return err
		},
		"outstanding": func() error {
			_, err := s.Stays(ctx, stay.Query{Outstanding: true, Before: &stay.Mark{ID: "y"}, Limit: 1})
			return err
		},
		"about a person": func() error { _, err := s.Notices(ctx, lifecycle.NoticeQuery{Person: "p", Limit: 1}); return err },
		"of a hospital": func() error {
			_, err := s.Notices(ctx, lifecycle.NoticeQuery{Facility: "H", Before: &lifecycle.NoticeMark{ID: "n"}, Limit: 1})
			return err
		},
	}
}

var parameter = regexp.MustCompile(`\$\d+`)

// looksUp checks the plan of every statement that a connection has prepared,
// and says how many there are.
func looksUp(t *testing.T, conn *pgx.Conn) int {
	t.Helper()
	rows, err := conn.Query(t.Context(), `SELECT name, statement FROM pg_prepared_statements`, pgx.QueryExecModeExec)
	must(t, err)
	type prepared struct{ Name, Statement string }
	all, err := pgx.CollectRows(rows, pgx.RowToStructByPos[prepared])
	must(t, err)
	seen := 0
	for _, p := range all {
		verb, _, _ := strings.Cut(p.Statement, " ")
		if !slices.Contains([]string{"SELECT", "INSERT", "UPDATE", "WITH"}, verb) || strings.Contains(p.Statement, "current_setting") {
			continue
		}
		seen++
		found := parameter.FindAllString(p.Statement, -1)
		slices.Sort(found)
		plan := planOf(t, conn, p.Name, len(slices.Compact(found)))
		if wrong := walks(plan); wrong != "" {
			t.Errorf("%s\nwalks: %s\n%s", p.Statement, wrong, strings.Join(plan, "\n"))
		}
	}
	return seen
}

// planOf is the plan of a prepared statement that serves all arguments.
func planOf(t *testing.T, conn *pgx.Conn, name string, parameters int) []string {
	t.Helper()
	_, err := conn.Exec(t.Context(), `SET plan_cache_mode = force_generic_plan`, pgx.QueryExecModeExec)
	must(t, err)
	arguments := ""
	if parameters > 0 {
		arguments = "(" + strings.Repeat(", NULL", parameters)[2:] + ")"
	}
	rows, err := conn.Query(t.Context(), fmt.Sprintf(`EXPLAIN EXECUTE %s%s`, pgx.Identifier{name}.Sanitize(), arguments), pgx.QueryExecModeSimpleProtocol)
	must(t, err)
	plan, err := pgx.CollectRows(rows, pgx.RowTo[string])
	must(t, err)
	return plan
}

// walks is the line of a plan that reads a table or an index from end to end,
// or what it was given for every row, or "".
func walks(plan []string) string {
	for i, line := range plan {
		if strings.Contains(line, "Seq Scan") || strings.Contains(line, "Nested Loop") {
			return line
		}
		if !strings.Contains(line, "Index") || !strings.Contains(line, "Scan") {
			continue
		}
		bounded := false
		for _, below := range plan[i+1:] {
			if strings.Contains(below, "->") {
				break
			}
			bounded = bounded || strings.Contains(below, "Index Cond")
		}
		if !bounded {
			return line
		}
	}
	return ""
}

// Listings walk no further than their page, or than the few that are left
// whatever the history. Unlike other plans theirs are made every time, so the
// table has some rows here, and no statistics that another test left behind.
func TestListingsWalkAnIndex(t *testing.T) {
	cluster := shared.in(t)
	const name = "listings"
	cluster.Exec("postgres", "CREATE DATABASE "+name+" TEMPLATE "+blank)
	s := openTest(t, Config{DSN: cluster.DSN(name)})
	_, err := s.writer.pool.Exec(t.Context(), `INSERT INTO settlement (no, beneficiary, year, sequence, opened_at, revision, epoch,
			lease_until, lease_over, next_at, discharged, review, id, tenant, facility, discharge, state, decision, owner, asked, moved)
		SELECT n, 'p' || n % 500, 2012, 0, n, 1, 1, 0, 0, 0, 20120701, n % 100 = 0, 's' || n, 't' || n % 30, 'f' || n % 30, 'd' || n,
			CASE WHEN n % 100 = 0 THEN 'ATTENTION' ELSE 'COMMITTED' END, 'COMMIT', '', '', '' FROM generate_series(1, 5000) AS n`)
	must(t, err)
	for name, c := range map[string]struct {
		query lifecycle.Query
		index string
	}{
		"everything":               {lifecycle.Query{}, "settlement_listed"},
		"a further page":           {lifecycle.Query{Before: &lifecycle.Mark{}}, "settlement_listed"},
		"of a tenant":              {lifecycle.Query{Tenant: "t"}, "settlement_tenant_listed"},
		"of a tenant, a next page": {lifecycle.Query{Tenant: "t", Before: &lifecycle.Mark{}}, "settlement_tenant_listed"},
		"of a person":              {lifecycle.Query{Beneficiary: "p"}, "settlement_sequence"},
		"of a discharge":           {lifecycle.Query{Discharge: "d"}, "settlement_discharge"},
		"of a tenant's discharge":  {lifecycle.Query{Tenant: "t", Discharge: "d", States: []settlement.State{settlement.StateCommitted}}, "settlement_discharge"},
		"what needs attention":     {lifecycle.Query{States: []settlement.State{settlement.StateAttention}}, "settlement_open"},
		"a tenant's attention":     {lifecycle.Query{Tenant: "t", States: []settlement.State{settlement.StateAttention}}, "settlement_open"},
		"what is committed":        {lifecycle.Query{States: []settlement.State{settlement.StateCommitted}}, "settlement_listed"},
		"what is undone":           {lifecycle.Query{States: []settlement.State{settlement.StateAborted, settlement.StateReversed}}, "settlement_undone"},
		"a tenant's refusals":      {lifecycle.Query{Tenant: "t", States: []settlement.State{settlement.StateAborted}}, "settlement_undone"},
		"of a facility's day":      {lifecycle.Query{Facility: "f", From: 20120601, To: 20120601}, "settlement_listed"},
		"of a tenant's day":        {lifecycle.Query{Tenant: "t", From: 20120601, To: 20120601}, "settlement_tenant_listed"},
		"what is flagged":          {lifecycle.Query{Review: true}, "settlement_review"},
	} {
		t.Run(name, func(t *testing.T) {
			text, args := listing(c.query)
			rows, err := s.reads.Query(t.Context(), "EXPLAIN "+text, append([]any{pgx.QueryExecModeExec}, args...)...)
			must(t, err)
			plan, err := pgx.CollectRows(rows, pgx.RowTo[string])
			must(t, err)
			if !strings.Contains(strings.Join(plan, "\n"), " "+c.index+" ") {
				t.Errorf("not by %s:\n%s", c.index, strings.Join(plan, "\n"))
			}
		})
	}
}
