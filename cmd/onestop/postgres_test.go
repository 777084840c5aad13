package main

import (
	"context"
	"io"
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
	dsn := pgtest.Start(t).DSN("postgres")
	s := stagedOn(t, "--store-postgres", dsn)
	if err := s.demo.play(context.Background(), s.base); err != nil {
		t.Fatal(err)
	}
	book := filepath.Join(s.folder, "export.jsonl")
	export(t, s.payer+"/book", book)
	command := verifyCommand()
	var out strings.Builder
	command.SetOut(&out)
	command.SetErr(io.Discard)
	command.SetArgs([]string{"--store-postgres", dsn, "--book", "nhsa-demo=" + book})
	if err := command.Execute(); err != nil || !strings.Contains(out.String(), "14 settlements, 0 findings") {
		t.Errorf("%v\n%s", err, out.String())
	}
	status, answer, _ := s.call(t, http.MethodPost, "/v1/settlements", aDischarge)
	if status != http.StatusOK {
		t.Errorf("%d %s", status, answer)
	}
}
