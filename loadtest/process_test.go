package main

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// shell is a process that runs a script; it is ready once the file "ready" is
// in its folder.
func shell(t *testing.T, script string) *process {
	t.Helper()
	folder := t.TempDir()
	p := &process{
		name: "shell", log: filepath.Join(folder, "log"), argv: []string{"/bin/sh", "-c", "cd " + folder + "; " + script},
		ready: func(context.Context) error {
			_, err := os.Stat(filepath.Join(folder, "ready"))
			return err
		},
	}
	t.Cleanup(p.kill)
	return p
}

func TestProcessLivesAgain(t *testing.T) {
	failed := make(chan error, 1)
	p := shell(t, `echo life >> lives; touch ready; exec sleep 60`)
	p.failed = func(err error) { failed <- err }
	for range 3 {
		if err := p.start(t.Context()); err != nil {
			t.Fatal(err)
		}
		if !p.alive() {
			t.Error("not alive after its start")
		}
		p.signal(syscall.SIGSTOP)
		p.signal(syscall.SIGCONT)
		p.kill()
		if p.alive() {
			t.Error("alive after kill -9")
		}
		if err := os.Remove(filepath.Join(filepath.Dir(p.log), "ready")); err != nil {
			t.Fatal(err)
		}
	}
	p.signal(syscall.SIGTERM) // to nobody
	lives, err := os.ReadFile(filepath.Join(filepath.Dir(p.log), "lives"))
	if err != nil || string(lives) != "life\nlife\nlife\n" {
		t.Errorf("lives %q, %v", lives, err)
	}
	select {
	case err := <-failed:
		t.Errorf("an end that was asked for is a failure: %v", err)
	default:
	}
}

// A stopped process still ends when it is killed: nothing stays behind.
func TestFrozenProcessEnds(t *testing.T) {
	p := shell(t, `touch ready; exec sleep 60`)
	if err := p.start(t.Context()); err != nil {
		t.Fatal(err)
	}
	p.signal(syscall.SIGSTOP)
	p.kill()
	if p.alive() {
		t.Error("alive")
	}
}

func TestProcessThatEndsByItselfIsReported(t *testing.T) {
	failed := make(chan error, 1)
	p := shell(t, `touch ready; sleep 0.1; exit 3`)
	p.failed = func(err error) { failed <- err }
	if err := p.start(t.Context()); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-failed:
		if !strings.Contains(err.Error(), "shell ended by itself: exit status 3") {
			t.Error(err)
		}
	case <-time.After(10 * time.Second):
		t.Error("nobody was told")
	}
}

func TestProcessThatDoesNotStart(t *testing.T) {
	p := shell(t, `echo why; exit 1`)
	if err := p.start(t.Context()); err == nil || !strings.Contains(err.Error(), "it ended at once, see log") {
		t.Error(err)
	}
	p.argv = []string{filepath.Join(t.TempDir(), "none")}
	if err := p.start(t.Context()); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
	slow := shell(t, `exec sleep 60`)
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if err := slow.start(ctx); err == nil || !strings.Contains(err.Error(), "not ready") {
		t.Error(err)
	}
}

// What cannot start while its predecessor's leftovers are there is tried until
// it can.
func TestStubbornProcessStarts(t *testing.T) {
	p := shell(t, `echo try >> tries; [ $(wc -l < tries) -ge 3 ] || exit 1; touch ready; exec sleep 60`)
	p.stubborn = true
	if err := p.start(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestStopSaysHowItEnded(t *testing.T) {
	for script, want := range map[string]string{
		`trap 'exit 0' TERM; touch ready; while :; do sleep 0.05; done`: "",
		`trap 'exit 4' TERM; touch ready; while :; do sleep 0.05; done`: "exit status 4",
	} {
		p := shell(t, script)
		if err := p.start(t.Context()); err != nil {
			t.Fatal(err)
		}
		err := p.stop()
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", script, err)
		}
		if p.alive() {
			t.Errorf("%q: alive", script)
		}
	}
	if err := new(process).stop(); err != nil {
		t.Errorf("what never ran: %v", err)
	}
}

// A cluster comes back after kill -9 of its postmaster, with what it had.
func TestClusterComesBack(t *testing.T) {
	if testing.Short() {
		t.Skip("makes a database cluster")
	}
	if _, err := output(t.Context(), "pg_config", "--bindir"); err != nil {
		t.Skip("PostgreSQL is not to be had here: ", err)
	}
	folder, err := os.MkdirTemp("", "onestop-cluster-") // its owner must be able to pass through
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(folder) })
	c, err := newCluster(t.Context(), folder)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.postmaster.end(syscall.SIGQUIT) })
	bin := filepath.Dir(c.postmaster.argv[0])
	query := func(text string) string {
		answer, err := output(t.Context(), filepath.Join(bin, "psql"), "-qtAX", "-c", text, c.dsn)
		if err != nil {
			t.Fatal(err)
		}
		return answer
	}
	if err := c.postmaster.start(t.Context()); err != nil {
		t.Fatal(err)
	}
	if on := query("SHOW data_checksums"); on != "on" {
		t.Errorf("checksums are %s", on)
	}
	query("CREATE TABLE kept (n int); INSERT INTO kept VALUES (7)")
	c.postmaster.kill()
	if err := c.postmaster.start(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := query("SELECT n FROM kept"); n != "7" {
		t.Errorf("kept %s", n)
	}
}

// An address is given once, and is none that a connection going out may take.
func TestAddressesAreOurOwn(t *testing.T) {
	given := map[string]bool{}
	for range 300 {
		address, err := freeAddress()
		if err != nil {
			t.Fatal(err)
		}
		_, port, err := net.SplitHostPort(address)
		if err != nil {
			t.Fatal(err)
		}
		if number, err := strconv.Atoi(port); err != nil || number >= 32_768 || given[address] {
			t.Errorf("%s, given before: %t", address, given[address])
		}
		given[address] = true
	}
}
