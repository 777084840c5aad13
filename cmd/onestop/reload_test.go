package main

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
)

// overheard is a log that is read while it is written.
type overheard struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *overheard) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

// String is what it says so far.
func (l *overheard) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// await waits for the nth line that says something, and gives all of them.
func (l *overheard) await(t *testing.T, n int, says string) string {
	t.Helper()
	for end := time.Now().Add(patience); ; time.Sleep(10 * time.Millisecond) {
		text := l.String()
		if strings.Count(text, says) >= n {
			return text
		}
		if time.Now().After(end) {
			t.Fatalf("%q not %d times in:\n%s", says, n, text)
		}
	}
}

// TestHangupReloads sends SIGHUP to a running gateway: log level and policies
// change together, and a file with a mistake changes neither and is named.
func TestHangupReloads(t *testing.T) {
	w := newTown(t, nil, nil)
	folder := filepath.Join(w.folder, "policies")
	must(os.CopyFS(folder, os.DirFS("../../deploy/policies")))
	configure := func(level string) config {
		c, err := readConfig(w.config)
		must(err)
		c.Store.SQLite, c.Policies, c.LogLevel = filepath.Join(w.folder, "onestop.db"), []string{folder}, level
		return c
	}
	var log overheard
	var level slog.LevelVar
	level.Set(logLevel("warn"))
	g, err := assemble(t.Context(), configure("warn"), leveledLog(&log, &level))
	must(err)
	var wanted atomic.Value
	wanted.Store("debug")
	g.reload = g.reloading(&level, func() (config, error) { return configure(wanted.Load().(string)), nil })
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- g.run(ctx) }()
	if _, err := g.address(ctx); err != nil {
		t.Fatal(err)
	}
	hangup := func() { must(syscall.Kill(os.Getpid(), syscall.SIGHUP)) }
	hangup()
	log.await(t, 1, "reloaded log level and policies")
	if level.Level() != slog.LevelDebug {
		t.Errorf("level %s", level.Level())
	}
	suichuan := filepath.Join(folder, "suichuan.yaml")
	text, err := os.ReadFile(suichuan)
	must(err)
	for n, c := range []struct{ old, new, says string }{
		{"versions:", "verzions:", "suichuan.yaml"},
		{"versions:", "nonsense: [", "suichuan.yaml"},
		{"effective_from: \"2012-01-01\"", "effective_from: \"2012-01-02\"", "suichuan_style/1"},
	} {
		writeFile(t, suichuan, strings.Replace(string(text), c.old, c.new, 1), 0o600)
		wanted.Store("error")
		hangup()
		if said := log.await(t, n+1, "nothing is changed"); !strings.Contains(said, c.says) {
			t.Errorf("%s is not named:\n%s", c.says, said)
		}
		if level.Level() != slog.LevelDebug {
			t.Errorf("the level changed alone, to %s", level.Level())
		}
	}
	cancel()
	must(<-done)
	out, _, err := says(t, "audit", "export", "--store-sqlite", filepath.Join(w.folder, "onestop.db"))
	must(err)
	if done, failed := strings.Count(out, `"ReloadPolicies"`), strings.Count(out, notReloaded); done != 4 || failed != 3 || !strings.Contains(out, hangupActor) {
		t.Errorf("%d reloadings, %d failed:\n%s", done, failed, out)
	}
}

// TestReloadedPoliciesAreTheSame: reading the same files again is no change.
func TestReloadedPoliciesAreTheSame(t *testing.T) {
	w := newTown(t, nil, nil)
	g, err := w.assemble("--store-sqlite", filepath.Join(w.folder, "onestop.db"))
	must(err)
	defer g.close()
	policies, err := loadPolicies(g.config.Policies)
	must(err)
	must(g.lifecycle.ReplacePolicies(t.Context(), policies))
	edited, err := loadPolicies(g.config.Policies)
	must(err)
	for _, policy := range edited {
		policy.Versions[0].Before = nil
	}
	if err := g.lifecycle.ReplacePolicies(t.Context(), edited); settlement.ReasonOf(err) != settlement.ReasonNoPolicyVersion {
		t.Errorf("edited policies: %v", err)
	}
}
