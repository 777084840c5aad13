package main

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/onestop-gateway/onestop/adapters/store/sealing"
)

// keysIn makes a ring and its master key in a new folder.
func keysIn(t *testing.T, arguments ...string) keysConfig {
	t.Helper()
	folder := t.TempDir()
	k := keysConfig{Ring: filepath.Join(folder, "ring.json"), Masters: []string{filepath.Join(folder, "master.key")}}
	_, _, err := says(t, append([]string{"keys", "new", "--ring", k.Ring, "--master", k.Masters[0]}, arguments...)...)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// yaml is k as it is written in a configuration.
func (k keysConfig) yaml() string {
	return "keys: {ring: \"" + k.Ring + "\", masters: [\"" + strings.Join(k.Masters, `", "`) + "\"]}\n"
}

func TestKeysCommands(t *testing.T) {
	k := keysIn(t, "--algorithm", "SM4-GCM", "--later")
	with := func(verb string, more ...string) (string, error) {
		out, _, err := says(t, append([]string{"keys", verb, "--ring", k.Ring, "--master", k.Masters[0]}, more...)...)
		return out, err
	}
	for _, file := range []string{k.Ring, k.Masters[0]} {
		if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v %v", file, info.Mode(), err)
		}
	}
	if ring, err := k.open(); err != nil || ring.Active() != "" {
		t.Fatalf("%v: a key seals that was made for later", err)
	}
	if _, err := with("new"); err == nil {
		t.Error("a ring was written over")
	}
	if out, err := with("new", "--keep"); err != nil || !strings.Contains(out, "nothing was made") {
		t.Errorf("%s %v", out, err)
	}
	first, err := readRing(k.Ring)
	must(err)
	if out, err := with("use", first.Keys[0].ID); err != nil || !strings.Contains(out, first.Keys[0].ID+"  SM4-GCM") || !strings.Contains(out, "seals") {
		t.Errorf("%s %v", out, err)
	}
	if out, err := with("rotate", "--later"); err != nil || strings.Count(out, "opens") != 1 {
		t.Errorf("%s %v", out, err)
	}
	if out, err := with("rotate"); err != nil || strings.Count(out, "opens") != 2 || strings.Count(out, "seals") != 1 {
		t.Errorf("%s %v", out, err)
	}
	if _, err := with("use", "00000000"); err == nil {
		t.Error("a key was used that is not there")
	}
	to := filepath.Join(filepath.Dir(k.Ring), "next.key")
	if _, err := with("entrust", "--to", to); err != nil {
		t.Fatal(err)
	}
	if _, err := k.open(); err == nil {
		t.Error("the old master key still opens the ring")
	}
	k.Masters = []string{to}
	if ring, err := k.open(); err != nil || ring.Active() == "" {
		t.Errorf("%v", err)
	}
	out, _, err := says(t, "keys", "list", "--ring", k.Ring)
	if err != nil || strings.Count(out, "\n") != 4 {
		t.Errorf("%s %v", out, err)
	}
	must(os.Chmod(k.Ring, 0o644))
	if _, err := k.open(); err == nil {
		t.Error("a ring that others may read was opened")
	}
}

// A key that is not one, or a ring that is not its, opens nothing and is not
// written over.
func TestKeysWrong(t *testing.T) {
	k, other := keysIn(t), keysIn(t)
	before, err := os.ReadFile(k.Ring)
	must(err)
	short := filepath.Join(t.TempDir(), "short.key")
	writeFile(t, short, "abcd\n", 0o600)
	for name, master := range map[string]string{"another's": other.Masters[0], "short": short, "none": filepath.Join(t.TempDir(), "none")} {
		if _, _, err := says(t, "keys", "rotate", "--ring", k.Ring, "--master", master); err == nil {
			t.Errorf("%s: rotated", name)
		}
	}
	after, err := os.ReadFile(k.Ring)
	must(err)
	if !bytes.Equal(before, after) {
		t.Error("the ring was changed")
	}
	if _, _, err := says(t, "keys", "new", "--ring", filepath.Join(t.TempDir(), "r"), "--master", k.Masters[0], "--algorithm", "DES"); err == nil {
		t.Error("an algorithm nobody knows was taken")
	}
}

// A gateway without its store's keys does not start, and says why.
// Two commands that change one ring at once would lose the key that one of them
// added, and all that is sealed with it: the second is refused and changes
// nothing.
func TestARingIsChangedByOneAtATime(t *testing.T) {
	k := keysIn(t)
	files := ringFlags{ring: k.Ring, masters: k.Masters}
	rotated := func() error {
		_, _, err := says(t, "keys", "rotate", "--ring", k.Ring, "--master", k.Masters[0])
		return err
	}
	var before, meanwhile []byte
	_, err := files.change(func(book *sealing.Book, _ [][]byte) error {
		before = mustRead(k.Ring)
		if err := rotated(); err == nil || !strings.Contains(err.Error(), errRingHeld.Error()) {
			t.Errorf("changed by two at once: %v", err)
		}
		meanwhile = mustRead(k.Ring)
		return nil
	})
	if err != nil || !bytes.Equal(before, meanwhile) {
		t.Errorf("%v\n%s\n%s", err, before, meanwhile)
	}
	if err := rotated(); err != nil {
		t.Errorf("after it: %v", err)
	}
	if ring, err := k.open(); err != nil || len(ring.IDs()) != 2 {
		t.Errorf("%v", err)
	}
}

func TestServeDemandsTheKeysOfTheStore(t *testing.T) {
	w := newTown(t, nil, nil)
	c, err := readConfig(w.config)
	must(err)
	c.Store.SQLite, c.Keys = filepath.Join(w.folder, "sealed.db"), keysIn(t)
	file := filepath.Join(t.TempDir(), "keys.yaml")
	text, err := yaml.Marshal(c)
	must(err)
	writeFile(t, file, string(text), 0o600)
	w.config = file
	w.peoples(t, "--store-sqlite", c.Store.SQLite)
	serve := func(keys keysConfig) error {
		c.Keys = keys
		var log bytes.Buffer
		g, err := assemble(context.Background(), c, slog.New(slog.NewJSONHandler(&log, nil)))
		if err == nil {
			g.close()
		}
		if warned := strings.Contains(log.String(), "UNENCRYPTED"); warned != (keys.Ring == "") {
			t.Errorf("warned: %v\n%s", warned, log.String())
		}
		return err
	}
	if err := serve(c.Keys); err != nil {
		t.Fatal(err)
	}
	for name, keys := range map[string]keysConfig{"none": {}, "another's": keysIn(t)} {
		if err := serve(keys); !errors.Is(err, sealing.ErrNoKey) || !strings.Contains(err.Error(), "keys.ring") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestDoctorLooksAtKeys(t *testing.T) {
	idle := keysIn(t, "--later")
	open := keysIn(t)
	must(os.Chmod(open.Masters[0], 0o644))
	for line, keys := range map[string]keysConfig{
		"warning  encryption of persons: there are no keys":            {},
		"warning  encryption of persons: the ring has no key in use":   idle,
		"problem  encryption of persons: keys: ":                       open,
		"ok       encryption of persons: key ":                         keysIn(t),
		"problem  encryption of persons: keys: stat /none: no such fi": {Ring: "/none", Masters: keysIn(t).Masters},
	} {
		d := newDoctor(0)
		d.examineKeys(&config{Keys: keys})
		var report bytes.Buffer
		must(d.print(&report, false))
		if !strings.HasPrefix(report.String(), line) {
			t.Errorf("want %q:\n%s", line, report.String())
		}
	}
}
