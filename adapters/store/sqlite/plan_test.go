package sqlite

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/onestop-gateway/onestop/adapters/store"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// No statement that a settlement waits for may walk a table, however large it
// has grown.
func TestWritesWalkNoTable(t *testing.T) {
	s := openTest(t, Config{Path: fresh(t)})
	record := openRecord(t, s, benchmarked(1))
	committed, err := s.Close(t.Context(), record, func(ground lifecycle.Ground) (lifecycle.Change, error) {
		return closing(record, ground), nil
	})
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.Close(t.Context(), committed, func(lifecycle.Ground) (lifecycle.Change, error) {
		return lifecycle.Change{Settlement: committed, Review: []settlement.SettlementID{committed.ID}}, nil
	})
	if settlement.KindOf(err) != settlement.KindInternal && err != nil {
		t.Fatal(err)
	}
	if _, err = s.Claim(t.Context(), lifecycle.Claim{Limit: 1}); err != nil {
		t.Fatal(err)
	}
	for _, read := range []func() error{
		func() error { _, err := s.Settlement(t.Context(), record.ID); return err },
		func() error { _, err := s.Request(t.Context(), requestOf(record)); return err },
		func() error { _, err := s.Attempts(t.Context(), record.ID); return err },
		func() error { _, err := s.Entries(t.Context(), record.ID); return err },
		func() error { _, err := s.Events(t.Context(), record.ID); return err },
		func() error { _, err := s.Accumulator(t.Context(), lifecycle.AccumulatorKey{}); return err },
		func() error {
			return s.Hold(t.Context(), lifecycle.AccumulatorKey{Beneficiary: "p", Year: 2012}, aQuote)
		},
		func() error { _, err := s.Quote(t.Context(), "q-1"); return err },
		func() error { _, err := s.QuoteOf(t.Context(), "t", "q"); return err },
	} {
		if err := read(); err != nil {
			t.Fatal(err)
		}
	}
	for _, kept := range []*session{s.committer.session, s.reader} {
		for text := range kept.kept {
			walksNothing(t, s, text)
		}
	}
	for _, text := range []string{
		`SELECT document FROM person WHERE certificate = ? AND certificate <> ''`,
		`SELECT document FROM person WHERE id = ?`,
	} {
		walksNothing(t, s, text)
	}
}

// Listings walk no further than their page, or than what still moves.
func TestListingsWalkAnIndex(t *testing.T) {
	s := openTest(t, Config{Path: fresh(t)})
	few := []string{"settlement_discharge", "settlement_beneficiary", "settlement_open"} // rows, whatever the history: sorted
	for _, c := range []struct {
		name  string
		query lifecycle.Query
		index string
	}{
		{"everything", lifecycle.Query{}, "settlement_listed"},
		{"a further page", lifecycle.Query{Before: &lifecycle.Mark{}}, "settlement_listed"},
		{"of a tenant", lifecycle.Query{Tenant: "t"}, "settlement_tenant_listed"},
		{"a further page of a tenant", lifecycle.Query{Tenant: "t", Before: &lifecycle.Mark{}}, "settlement_tenant_listed"},
		{"of a person", lifecycle.Query{Beneficiary: "p"}, "settlement_beneficiary"},
		{"of a discharge", lifecycle.Query{Discharge: "d"}, "settlement_discharge"},
		{"of a tenant's discharge", lifecycle.Query{Tenant: "t", Discharge: "d", States: []settlement.State{settlement.StateCommitted, settlement.StateSettling}}, "settlement_discharge"},
		{"what needs attention", lifecycle.Query{States: []settlement.State{settlement.StateAttention}}, "settlement_open"},
		{"a tenant's that needs attention", lifecycle.Query{Tenant: "t", States: []settlement.State{settlement.StateAttention}}, "settlement_open"},
		{"what is committed", lifecycle.Query{States: []settlement.State{settlement.StateCommitted}}, "settlement_listed"},
		{"what is undone", lifecycle.Query{States: []settlement.State{settlement.StateAborted, settlement.StateReversed}}, "settlement_undone"},
		{"a tenant's that was refused", lifecycle.Query{Tenant: "t", States: []settlement.State{settlement.StateAborted}}, "settlement_undone"},
		{"of a facility's day", lifecycle.Query{Facility: "f", From: 20120701, To: 20120701}, "settlement_listed"},
		{"of a tenant's day", lifecycle.Query{Tenant: "t", From: 20120701, To: 20120701}, "settlement_tenant_listed"},
		{"what is flagged", lifecycle.Query{Review: true}, "settlement_review"},
	} {
		t.Run(c.name, func(t *testing.T) {
			text, args := listing(c.query)
			plan := planOf(t, s, text, args...)
			if !slices.Contains(strings.Fields(plan), c.index) {
				t.Errorf("not by %s:\n%s", c.index, plan)
			}
			if strings.Contains(plan, "B-TREE FOR ORDER BY") && !slices.Contains(few, c.index) {
				t.Errorf("sorted after walking %s:\n%s", c.index, plan)
			}
		})
	}
}

func walksNothing(t *testing.T, s *Store, text string) {
	t.Helper()
	switch verb, _, _ := strings.Cut(text, " "); verb {
	case "SELECT", "INSERT", "UPDATE":
	default:
		return // of a transaction: it touches no table
	}
	args := make([]any, strings.Count(text, "?"))
	for step := range strings.Lines(planOf(t, s, text, args...)) {
		rows := strings.Contains(step, "VALUES CLAUSE") || strings.Contains(step, "CONSTANT ROW")
		if strings.HasPrefix(step, "SCAN") && !rows && !slices.Contains(strings.Fields(step), "settlement_open") {
			t.Errorf("%s\nwalks: %s", text, step)
		}
	}
}

// planOf is how SQLite would go about a statement, a step to a line.
func planOf(t *testing.T, s *Store, text string, args ...any) string {
	t.Helper()
	rows, err := s.reads.QueryContext(context.Background(), `EXPLAIN QUERY PLAN `+text, args...)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	defer rows.Close()
	var plan strings.Builder
	for rows.Next() {
		var id, parent, unused int
		var step string
		if err = rows.Scan(&id, &parent, &unused, &step); err != nil {
			t.Fatal(err)
		}
		plan.WriteString(step + "\n")
	}
	if err = rows.Err(); err != nil {
		t.Fatal(err)
	}
	return plan.String()
}

// What asks for the rows above a turn begins there, not at the first row that has
// a turn: a plan names the index alike either way, the program behind it does not.
func TestWhatIsNewIsFoundByItsTurn(t *testing.T) {
	s := openTest(t, Config{Path: fresh(t)})
	texts := map[string]string{"a cut": cutNew, "a cut's mark": markNew}
	for _, table := range store.SealedTables {
		texts["a block of "+table.Name] = rowsOf(&table)
	}
	for name, text := range texts {
		if seeks := seeksOf(t, s, text); !slices.Contains(seeks, "Variable") || slices.Contains(seeks, "Integer") {
			t.Errorf("%s: from %q on, not from the turn asked for:\n%s", name, seeks, text)
		}
	}
}

// seeksOf is where a statement's walks up an index begin: the instruction that
// makes each lower bound.
func seeksOf(t *testing.T, s *Store, text string) []string {
	t.Helper()
	rows, err := s.reads.QueryContext(t.Context(), `EXPLAIN `+text, make([]any, strings.Count(text, "?"))...)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	defer rows.Close()
	var found []string
	var later []int64 // bounds that are constants, made at the end of the program
	makers := map[int64]string{}
	for rows.Next() {
		var name string
		var register, bound int64
		if err := rows.Scan(new(any), &name, new(any), &register, &bound, new(any), new(any), new(any)); err != nil {
			t.Fatal(err)
		}
		switch maker, made := makers[bound]; {
		case name == "Variable" || name == "Integer":
			makers[register] = name
		case name == "SeekGT" && made:
			found = append(found, maker)
		case name == "SeekGT":
			later = append(later, bound)
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	for _, bound := range later {
		found = append(found, makers[bound])
	}
	return found
}
