package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// bookFile is a payer's book in a file.
func bookFile(t *testing.T, lines ...string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "book.jsonl")
	if err := os.WriteFile(file, []byte(strings.Join(lines, "\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// A book may stand in several files and say each thing on a line of its own.
func TestABookIsReadWhole(t *testing.T) {
	march := bookFile(t, `{"message": "m1", "net": 1}`, `{"message": "m2", "net": -1}`, `{"message": "m3", "net": 0}`)
	april := bookFile(t, `{"message": "m2", "net": 1, "person": "360827010001", "encounter": "E2", "reference": "S2"}`)
	got, err := readBooksWhole([]string{"A=" + march, "B=" + april, "A=" + april})
	if err != nil {
		t.Fatal(err)
	}
	second := lifecycle.Booked{Insured: "360827010001", Encounter: "E2", Reference: "S2"}
	alone := second
	alone.Net = 1
	want := bookshelf{
		"A": {"m1": {Net: 1}, "m2": &second, "m3": {}},
		"B": {"m2": &alone},
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(lifecycle.Booked{})); diff != "" {
		t.Error(diff)
	}
}

// A line that does not say how much stands is no line that says nothing stands:
// a recovery reverses what stands here and is undone at its payer.
func TestABookThatDoesNotSayIsRefused(t *testing.T) {
	for name, book := range map[string]string{
		"no net": "A=" + bookFile(t, `{"message": "m1", "count": 1}`), "no message": "A=" + bookFile(t, `{"net": 1}`),
		"cut short": "A=" + bookFile(t, `{"message": "m1", "net": 1}`, `{"message": "m2", "ne`),
		"no payer":  "=" + bookFile(t), "no file": "A=", "a file that is not there": "A=" + bookFile(t) + "x",
	} {
		if got, err := readBooksWhole([]string{book}); err == nil {
			t.Errorf("%s: read as %v", name, got)
		}
	}
	var seen []settlement.MessageID
	err := readBook(bookFile(t, `{"message": "m1", "net": 1}`, `{"message": "m2"}`), func(line *bookLine) error {
		seen = append(seen, line.Message)
		return nil
	})
	if err == nil || len(seen) != 1 {
		t.Errorf("read %v, then %v", seen, err)
	}
}
