package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// The closing lines, where nothing is wrong.
var (
	soakWell  = regexp.MustCompile(`^acknowledged [1-9]\d*, lost 0, paid twice 0, over cap 0, stuck 0, attention \d+\n$`)
	powerWell = regexp.MustCompile(`^answers (\d+), before their fsync 0\n$`)
)

// A short soak with everything in it: gateway and payers killed, faults drawn,
// caps drawn on, keys rotated and everything encrypted anew, and onestop verify at
// the end with the last key alone.
func TestSoak(t *testing.T) {
	if testing.Short() {
		t.Skip("settles for ten seconds")
	}
	folder := filepath.Join(t.TempDir(), "soak")
	var out, notes bytes.Buffer
	err := soak{store: storeSQLite, length: 10 * time.Second, killEvery: 2 * time.Second, freeze: frozenUsually, seed: 1, clients: 16, keep: folder, keys: true}.run(t.Context(), &out, &notes)
	if err != nil || !soakWell.MatchString(out.String()) {
		t.Errorf("%v\n%s%s", err, &out, &notes)
	}
	for _, says := range []string{", 0 findings", " killed, "} {
		if !strings.Contains(notes.String(), says) {
			t.Errorf("nothing about %q:\n%s", says, &notes)
		}
	}
	if !regexp.MustCompile(`keys: rotated [1-9]`).MatchString(notes.String()) || !strings.Contains(notes.String(), "\n0 values in the clear\n") {
		t.Errorf("keys were not rotated:\n%s", &notes)
	}
	if strings.Contains(notes.String(), "; 0 killed,") {
		t.Errorf("nothing was killed:\n%s", &notes)
	}
	nobodyLeft(t, folder)
}

// nobodyLeft looks for processes of a soak that outlived it.
func nobodyLeft(t *testing.T, folder string) {
	t.Helper()
	commands, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		t.Fatal(err)
	}
	for _, command := range commands {
		text, err := os.ReadFile(command)
		if err == nil && bytes.Contains(text, []byte(folder)) {
			t.Errorf("still there: %s", bytes.ReplaceAll(text, []byte{0}, []byte(" ")))
		}
	}
}

// A soak that is interrupted leaves nobody behind, and says where its folder
// is.
func TestInterruptedSoakEnds(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the programs")
	}
	folder := filepath.Join(t.TempDir(), "soak")
	ctx, cancel := context.WithCancel(t.Context())
	go func() { // once the gateway serves
		defer cancel()
		for range 600 {
			if _, err := os.Stat(filepath.Join(folder, "client-000.jsonl")); err == nil {
				return
			}
			time.Sleep(100 * time.Millisecond)
		}
	}()
	var out, notes bytes.Buffer
	err := soak{store: storeSQLite, length: time.Minute, killEvery: time.Second, freeze: frozenUsually, seed: 2, clients: 2, keep: folder}.run(ctx, &out, &notes)
	if err == nil || out.Len() > 0 || !strings.Contains(notes.String(), "kept in "+folder+" (seed 2)") {
		t.Errorf("%v\n%s%s", err, &out, &notes)
	}
	nobodyLeft(t, folder)
}

func TestSoakRefuses(t *testing.T) {
	full := t.TempDir()
	if err := os.WriteFile(filepath.Join(full, "x"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(*soak){
		"a store nobody knows":  func(o *soak) { o.store = "clay" },
		"no time":               func(o *soak) { o.length = 0 },
		"no time between kills": func(o *soak) { o.killEvery = 0 },
		"no time to freeze":     func(o *soak) { o.freeze = frozenAtLeast },
		"nobody":                func(o *soak) { o.clients = 0 },
		"a folder in use":       func(o *soak) { o.keep = full },
	} {
		o := soak{store: storeSQLite, length: time.Second, killEvery: time.Second, freeze: frozenUsually, clients: 1}
		spoil(&o)
		var out, notes bytes.Buffer
		if err := o.run(t.Context(), &out, &notes); err == nil || out.Len() > 0 {
			t.Errorf("%s: %v, %s", name, err, &out)
		}
	}
}

func TestFindingsAreShortened(t *testing.T) {
	long := strings.Repeat("finding\n", 2*shownMost) + "last"
	if got := shortened(long); strings.Count(got, "\n") != shownMost+1 || !strings.HasSuffix(got, "(40 more in findings.txt)\nlast") {
		t.Errorf("%s", got)
	}
	if got := shortened("a\nb"); got != "a\nb" {
		t.Errorf("%s", got)
	}
}

// No answer leaves before its fsync; and where no sync is carried out, the
// same proof says so of every answer.
func TestPowerAck(t *testing.T) {
	if testing.Short() {
		t.Skip("traces a gateway")
	}
	if _, err := exec.LookPath("strace"); err != nil {
		t.Skip("strace is not to be had here: ", err)
	}
	var out, notes bytes.Buffer
	if err := (ack{discharges: 50, seed: 1}).run(t.Context(), &out, &notes); err != nil || !powerWell.MatchString(out.String()) {
		t.Errorf("%v\n%s%s", err, &out, &notes)
	}
	out.Reset()
	notes.Reset()
	err := ack{discharges: 10, seed: 1, pretend: true}.run(t.Context(), &out, &notes)
	if !errors.Is(err, errEarly) || out.String() != "answers 10, before their fsync 10\n" {
		t.Errorf("nothing was synced: %v\n%s%s", err, &out, &notes)
	}
	if err := (ack{}).run(t.Context(), &out, &notes); err == nil {
		t.Error("proved with nothing")
	}
}
