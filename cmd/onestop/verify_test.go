package main

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// afterStory is the store and the payer's book that the demonstration's story
// leaves behind.
func afterStory(t *testing.T) (store, book string) {
	t.Helper()
	s := staged(t)
	if err := s.demo.play(context.Background(), s.base); err != nil {
		t.Fatal(err)
	}
	book = filepath.Join(s.folder, "export.jsonl")
	export(t, s.payer+"/book", book)
	store = filepath.Join(s.folder, "onestop.db")
	if out, err := verifying(store, "nhsa-demo="+book); err != nil {
		t.Errorf("beside the running gateway: %v\n%s", err, out)
	}
	s.stop()
	return store, book
}

func export(t *testing.T, url, file string) {
	t.Helper()
	response, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
}

// verifying runs the command on a SQLite store and books.
func verifying(store string, books ...string) (string, error) {
	return verifyingOn("--store-sqlite", store, books...)
}

// verifyingOn runs the command on the store that a flag names.
func verifyingOn(flag, store string, books ...string) (string, error) {
	var out bytes.Buffer
	command := verifyCommand()
	command.SetOut(&out)
	command.SetErr(io.Discard)
	arguments := []string{flag, store}
	for _, book := range books {
		arguments = append(arguments, "--book", book)
	}
	command.SetArgs(arguments)
	command.SilenceUsage, command.SilenceErrors = true, true
	err := command.Execute()
	return out.String(), err
}

func exitedWith(err error) int {
	var exit exitError
	if errors.As(err, &exit) {
		return exit.code
	}
	return -1
}

func TestVerifyFindsWhatWasTamperedWith(t *testing.T) {
	store, book := afterStory(t)
	if out, err := verifying(store, "nhsa-demo="+book); err != nil || !strings.Contains(out, "20 settlements, 0 findings") {
		t.Fatalf("%v\n%s", err, out)
	}
	short := filepath.Join(t.TempDir(), "short.jsonl")
	text, err := os.ReadFile(book)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := bytes.Cut(text, []byte("\n"))
	if err := os.WriteFile(short, rest, 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := verifying(store, "nhsa-demo="+short); exitedWith(err) != exitFailed || !strings.Contains(out, "I5 ") {
		t.Errorf("a payer's line is missing: %v\n%s", err, out)
	}
	tamper(t, store, `UPDATE accumulator SET deductible_met = deductible_met + 1`)
	if out, err := verifying(store); exitedWith(err) != exitFailed || !strings.Contains(out, "I3 ") {
		t.Errorf("accumulators were changed: %v\n%s", err, out)
	}
	tamper(t, store, `DROP TRIGGER entry_kept; UPDATE entry SET debit = debit + 1 WHERE debit > 0`)
	if out, err := verifying(store); exitedWith(err) != exitFailed || !strings.Contains(out, "I1 ") {
		t.Errorf("entries were changed: %v\n%s", err, out)
	}
}

func tamper(t *testing.T, store, statement string) {
	t.Helper()
	db, err := sql.Open("sqlite", store)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(statement); err != nil {
		t.Fatal(err)
	}
}

func TestVerifySaysWhatItCannotRead(t *testing.T) {
	none := filepath.Join(t.TempDir(), "none.db")
	if _, err := verifying(none); exitedWith(err) != exitUnread {
		t.Errorf("no store: %v", err)
	}
	if _, err := os.Stat(none); err == nil {
		t.Error("verifying made a store")
	}
	if _, err := verifying(none, "nhsa-demo"); exitedWith(err) != exitUnread {
		t.Errorf("a book without its payer: %v", err)
	}
	if _, err := verifying(none, "nhsa-demo="+none); exitedWith(err) != exitUnread {
		t.Errorf("a book that is not there: %v", err)
	}
}

func writeFile(t testing.TB, file, text string, mode uint32) {
	t.Helper()
	_ = os.Remove(file)
	if err := os.WriteFile(file, []byte(text), os.FileMode(mode)); err != nil {
		t.Fatal(err)
	}
}
