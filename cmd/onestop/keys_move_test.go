package main

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// sealTown gives a town keys, in a configuration of its own.
func sealTown(t *testing.T, w *town) {
	t.Helper()
	c, err := readConfig(w.config)
	must(err)
	c.Keys = keysIn(t)
	text, err := yaml.Marshal(c)
	must(err)
	w.config = filepath.Join(t.TempDir(), "sealed.yaml")
	writeFile(t, w.config, string(text), 0o600)
}

// TestSealedStoreIsMovedBackedUpAndVerified: everything that is done with a
// store is done with an encrypted one; without its keys nothing is read, and
// the audit says so rather than calling it sound or altered.
func TestSealedStoreIsMovedBackedUpAndVerified(t *testing.T) {
	w := newTown(t, nil, nil)
	open := w.config
	sealTown(t, w)
	first, copied, moved := filepath.Join(w.folder, "first.db"), filepath.Join(w.folder, "copy.db"), filepath.Join(w.folder, "moved.db")
	w.peoples(t, "--store-sqlite", first)
	base, stop := w.gateway(t, "--store-sqlite", first)
	ctx, cancel := context.WithCancel(t.Context())
	asked := 0
	seen := newTraffic()
	seen.load(ctx, 1, func() string {
		if asked++; asked > 12 {
			cancel()
		}
		return base
	})
	stop()
	if out, err := w.command("backup", "--to", copied, "--store-sqlite", first); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if out, err := w.command("migrate", "store", "--from", "sqlite:"+first, "--to", "sqlite:"+moved); err != nil || !strings.Contains(out, " 0 findings") {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, file := range []string{first, copied, moved} {
		if out, err := w.command("verify", "--store-sqlite", file); err != nil || !strings.Contains(out, " 0 findings") {
			t.Errorf("%s: %v\n%s", file, err, out)
		}
	}
	base, stop = w.gateway(t, "--store-sqlite", moved)
	for key, body := range seen.bodies {
		if again := (&traffic{}).pursue(func() string { return base }, "/v1/settlements", body); string(again) != seen.answers[key] {
			t.Errorf("%s: %s, before the move %s", key, again, seen.answers[key])
		}
	}
	stop()
	w.config = open
	if out, err := w.command("verify", "--store-sqlite", first); err == nil || !strings.Contains(err.Error(), "not in the ring") {
		t.Errorf("verified without keys: %v\n%s", err, out)
	}
}
