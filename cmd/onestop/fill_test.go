package main

import (
	"fmt"
	"io"
	"log/slog"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/onestop-gateway/onestop/adapters/store"
	"github.com/onestop-gateway/onestop/adapters/store/postgres/pgtest"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// policed is from when on every shipped policy holds, for not quite two years.
var policed = time.Date(2023, time.February, 10, 0, 0, 0, 0, settlement.China)

// filledYears are the time that a filled store of the tests is about.
var filledYears = size{first: policed, last: policed.AddDate(1, 10, 15), died: time.Now().Add(-time.Hour)}

// ofDibao are the demonstration's persons whom others can be like: without a
// deductible of their own, insured where the region's facility sends.
func ofDibao(p *settlement.Person) bool {
	return slices.Contains([]settlement.BeneficiaryID{"b-rural-2", "b-urban-3"}, p.ID)
}

// fillStage is the demonstration's gateway on a fresh store, its payers playing,
// and nobody served.
func fillStage(t *testing.T, settings ...string) *gateway {
	t.Helper()
	folder := t.TempDir()
	payers, err := startPayers(folder)
	if err != nil {
		t.Fatal(err)
	}
	command := demoCommand()
	if err := command.Flags().Parse(append(settings, "--listen-rest", "127.0.0.1:0", "--listen-grpc", "127.0.0.1:0")); err != nil {
		t.Fatal(err)
	}
	d := &demo{out: io.Discard, log: slog.New(slog.DiscardHandler)}
	g, err := d.stage(t.Context(), command, folder, payers.address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := payers.close(); err != nil {
			t.Error(err)
		}
	})
	return g
}

// movableOf is the gateway's store, to be filled.
func movableOf(t *testing.T, g *gateway) store.Movable {
	t.Helper()
	to, ok := g.store.Store.(store.Movable)
	if !ok {
		t.Fatal("the store cannot be filled")
	}
	return to
}

// The rows that a filler writes are those that the store itself writes for the
// same settlements, table by table and value by value.
func TestFilledRowsAreThoseOfSettling(t *testing.T) {
	w := filledYears
	w.settlements, w.persons = 60, 30
	tables := map[bool]map[string][][]any{}
	heard := map[billed]heard{}
	for _, inBulk := range []bool{false, true} {
		g := fillStage(t)
		var keep lifecycle.Store
		if !inBulk {
			keep = g.store
		}
		f, err := newFiller(t.Context(), g, w, ofDibao, keep)
		if err != nil {
			t.Fatal(err)
		}
		f.heard = heard
		if inBulk {
			err = f.fill(t.Context(), movableOf(t, g), func(int64) {})
		}
		for err == nil && f.made < w.settlements {
			err = f.settle(t.Context(), 1+f.made%w.persons)
		}
		if err != nil {
			t.Fatal(err)
		}
		tables[inBulk] = allRows(t, movableOf(t, g))
		g.close()
	}
	touched := []string{"settlement", "request", "answer", "message", "accumulator", "attempt", "entry", "event"}
	for _, table := range touched {
		if len(tables[false][table]) < 30 {
			t.Errorf("settling wrote %d rows to %s", len(tables[false][table]), table)
		}
	}
	for _, table := range slices.Sorted(maps.Keys(tables[false])) {
		if slices.Contains([]string{"person", "person_change", "import_progress"}, table) {
			continue // the register's: nobody was registered one by one
		}
		if diff := cmp.Diff(tables[false][table], tables[true][table]); diff != "" {
			t.Errorf("table %s: settled one by one -, in bulk +\n%.3000s", table, diff)
		}
	}
}

// allRows reads every table.
func allRows(t *testing.T, from store.Movable) map[string][][]any {
	t.Helper()
	all := map[string][][]any{}
	for _, table := range store.Tables {
		for row, err := range from.Rows(t.Context(), table) {
			if err != nil {
				t.Fatal(err)
			}
			all[table.Name] = append(all[table.Name], slices.Clone(row))
		}
	}
	return all
}

// The auditor finds nothing to say of a filled store.
func TestFilledStoreVerifies(t *testing.T) {
	if testing.Short() {
		t.Skip("fills stores")
	}
	for name, settlements := range map[string]int64{"sqlite": 20_000, "postgres": 10_000} {
		t.Run(name, func(t *testing.T) {
			var settings []string // the embedded store is the demonstration's own
			if name == "postgres" {
				settings = []string{"--store-postgres", pgtest.Start(t).DSN("postgres")}
			}
			g := fillStage(t, settings...)
			w := filledYears
			w.settlements, w.persons, w.open = settlements, settlements/2, settlements/100
			f, err := newFiller(t.Context(), g, w, ofDibao, nil)
			if err == nil {
				err = f.fill(t.Context(), movableOf(t, g), func(int64) {})
			}
			g.close()
			if err != nil {
				t.Fatal(err)
			}
			if settings == nil {
				settings = []string{"--store-sqlite", g.config.Store.SQLite}
			}
			out, err := verifyingOn(settings[0], settings[1])
			if want := fmt.Sprintf("%d settlements, 0 findings\n", settlements); err != nil || out != want {
				t.Errorf("%v\n%.2000s", err, out)
			}
		})
	}
}
