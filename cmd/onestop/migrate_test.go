package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/onestop-gateway/onestop/adapters/store"
	"github.com/onestop-gateway/onestop/adapters/store/postgres/pgtest"
)

// dumped is everything a store keeps, row by row, table by table.
func dumped(t *testing.T, c config) map[string][][]any {
	t.Helper()
	opened, err := openMovable(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	defer opened.Shut()
	all := map[string][][]any{}
	for _, table := range store.Tables {
		for row, err := range opened.Rows(t.Context(), table) {
			if err != nil {
				t.Fatal(err)
			}
			all[table.Name] = append(all[table.Name], append([]any(nil), row...))
		}
	}
	return all
}

// TestMoveThereAndBack moves a lived-in store from SQLite to PostgreSQL and
// from there to SQLite: every row is the same, the auditor is content, and a
// gateway goes on from the copy.
func TestMoveThereAndBack(t *testing.T) {
	cluster := pgtest.Start(t)
	w := newTown(t, nil, nil)
	first, last := filepath.Join(w.folder, "first.db"), filepath.Join(w.folder, "last.db")
	w.peoples(t, "--store-sqlite", first)
	base, stop := w.gateway(t, "--store-sqlite", first)
	ctx, cancel := context.WithCancel(t.Context())
	asked := 0
	seen := newTraffic()
	seen.load(ctx, 1, func() string {
		if asked++; asked > 24 {
			cancel()
		}
		return base
	})
	stop()
	dsn := cluster.DSN("postgres")
	for _, way := range [][2]string{{"sqlite:" + first, "postgres:" + dsn}, {"postgres:" + dsn, "sqlite:" + last}} {
		out, err := w.command("migrate", "store", "--from", way[0], "--to", way[1])
		if err != nil || !strings.Contains(out, " 0 findings") {
			t.Fatalf("%v: %v\n%s", way, err, out)
		}
		out, err = w.command("migrate", "store", "--from", way[0], "--to", way[1])
		if err == nil || !strings.Contains(err.Error(), "something is kept there already") {
			t.Errorf("%v a second time: %v\n%s", way, err, out)
		}
	}
	before, after := dumped(t, config{Store: storeConfig{SQLite: first}}), dumped(t, config{Store: storeConfig{SQLite: last}})
	differing(t, before, after)
	if len(before["settlement"]) != len(seen.answers) || len(before["answer"]) < len(seen.answers) {
		t.Errorf("%d settlements of %d", len(before["settlement"]), len(seen.answers))
	}
	for _, moved := range [][]string{{"--store-postgres", dsn}, {"--store-sqlite", last}} {
		base, stop := w.gateway(t, moved...)
		for key, body := range seen.bodies {
			if again := (&traffic{}).pursue(func() string { return base }, "/v1/settlements", body); string(again) != seen.answers[key] {
				t.Errorf("%s: %s, before the move %s", key, again, seen.answers[key])
			}
		}
		fresh := strings.NewReplacer("a-discharge", "a-new-discharge-"+moved[0], `"T1"`, `"N`+moved[0]+`"`, "E-T1", "E"+moved[0]).Replace(aDischarge)
		if answer := (&traffic{}).pursue(func() string { return base }, "/v1/settlements", fresh); !strings.Contains(string(answer), "STATE_SETTLED") {
			t.Errorf("after the move: %s", answer)
		}
		stop()
		if out, err := w.command(append([]string{"verify"}, moved...)...); err != nil {
			t.Errorf("%v\n%s", err, out)
		}
	}
}

func differing(t *testing.T, before, after map[string][][]any) {
	t.Helper()
	for _, table := range store.Tables {
		a, b := before[table.Name], after[table.Name]
		if len(a) != len(b) {
			t.Errorf("%s: %d rows, then %d", table.Name, len(a), len(b))
			continue
		}
		for i := range a {
			for j := range a[i] {
				if text(a[i][j]) != text(b[i][j]) {
					t.Fatalf("%s row %d, %s: %v, then %v", table.Name, i, table.Columns[j], a[i][j], b[i][j])
				}
			}
		}
	}
}

func TestMoveRefuses(t *testing.T) {
	w := newTown(t, nil, nil)
	file, none := filepath.Join(w.folder, "onestop.db"), filepath.Join(w.folder, "none.db")
	w.peoples(t, "--store-sqlite", file)
	for name, way := range map[string][2]string{
		"no names":           {"", ""},
		"another kind":       {"mysql:x", "sqlite:" + none},
		"no name":            {"sqlite:", "sqlite:" + none},
		"a source not there": {"sqlite:" + none, "sqlite:" + none + "2"},
		"into itself":        {"sqlite:" + file, "sqlite:" + file},
	} {
		if _, err := w.command("migrate", "store", "--from", way[0], "--to", way[1]); exitedWith(err) != exitUnread {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := os.Stat(none); err == nil {
		t.Error("a source was made")
	}
	_, stop := w.gateway(t, "--store-sqlite", file)
	if _, err := w.command("migrate", "store", "--from", "sqlite:"+file, "--to", "sqlite:"+none); exitedWith(err) != exitUnread {
		t.Errorf("beside a gateway: %v", err)
	}
	stop()
}

func text(value any) string { return fmt.Sprintf("%T %v", value, value) }
