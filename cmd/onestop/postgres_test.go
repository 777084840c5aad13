package main

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"github.com/onestop-gateway/onestop/adapters/store/postgres/pgtest"
)

// TestTheStoryOnPostgreSQL plays the demonstration's story on a real cluster
// and has it verified, the payer's book included.
func TestTheStoryOnPostgreSQL(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a database cluster")
	}
	cluster := pgtest.Start(t)
	dsn := cluster.DSN("postgres")
	s := stagedOn(t, "--store-postgres", dsn)
	if err := s.demo.play(context.Background(), s.base); err != nil {
		t.Fatal(err)
	}
	book := filepath.Join(s.folder, "export.jsonl")
	export(t, s.payer+"/book", book)
	if out, err := verifyingOn("--store-postgres", dsn, "nhsa-demo="+book); err != nil || !strings.Contains(out, "20 settlements, 0 findings\n") {
		t.Errorf("%v\n%s", err, out)
	}
	adjustedByTwo(t, s)
	if out, err := verifyingOn("--store-postgres", dsn); err != nil || !strings.Contains(out, "21 settlements, 0 findings, 1 reconciliations") {
		t.Errorf("%v\n%s", err, out)
	}
	s.stop()
	findsEverythingPlanted(t, "--store-postgres", append(planted, plantedFixes...), func(name, statement string) string {
		name = strings.ToLower(name)
		cluster.Exec("postgres", "CREATE DATABASE "+name+" TEMPLATE postgres")
		for _, table := range []string{"settlement", "request", "answer", "attempt", "entry", "event", "difference", "remark", "stay_event"} {
			cluster.Exec(name, "ALTER TABLE "+table+" DISABLE TRIGGER ALL")
		}
		cluster.Exec(name, "DROP INDEX settlement_discharge", statement)
		return cluster.DSN(name)
	})
}
