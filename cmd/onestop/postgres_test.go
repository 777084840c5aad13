package main

import (
	"context"
	"fmt"
	"net/http"
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
	if out, err := verifyingOn("--store-postgres", dsn, "nhsa-demo="+book); err != nil || !strings.Contains(out, "19 settlements, 0 findings\n") {
		t.Errorf("%v\n%s", err, out)
	}
	status, answer, _ := s.call(t, http.MethodPost, "/v1/settlements", aDischarge)
	if status != http.StatusOK {
		t.Errorf("%d %s", status, answer)
	}
	s.stop()
	findsEverythingPlanted(t, "--store-postgres", func(n int, statement string) string {
		name := fmt.Sprint("planted_", n)
		cluster.Exec("postgres", "CREATE DATABASE "+name+" TEMPLATE postgres")
		for _, table := range []string{"settlement", "request", "answer", "attempt", "entry", "event"} {
			cluster.Exec(name, "ALTER TABLE "+table+" DISABLE TRIGGER ALL")
		}
		cluster.Exec(name, "DROP INDEX settlement_discharge", statement)
		return cluster.DSN(name)
	})
}
