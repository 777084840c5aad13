package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/onestop-gateway/onestop/adapters/store/postgres/pgtest"
)

// TestKeysRotateUnderLoad rotates, encrypts anew and retires while cashiers
// settle, over a store that was begun without keys: no request fails, every
// answer stands as it was given, no value stays behind, and the audit trail
// proves as before.
func TestKeysRotateUnderLoad(t *testing.T) {
	for name, store := range map[string]func(t *testing.T, w *town) []string{
		"sqlite": func(t *testing.T, w *town) []string {
			return []string{"--store-sqlite", filepath.Join(w.folder, "rotated.db")}
		},
		"postgres": func(t *testing.T, _ *town) []string {
			return []string{"--store-postgres", pgtest.Start(t).DSN("postgres")}
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newTown(t, nil, nil)
			rotateUnderLoad(t, w, store(t, w))
		})
	}
}

// ringIDs runs a command on a configuration's ring and gives the ids that it tells
// of, the oldest key's first and those of masters behind the keys'.
func ringIDs(t *testing.T, c config, verb ...string) (ids []string) {
	t.Helper()
	out, _, err := says(t, slices.Concat([]string{"keys"}, verb, []string{"--ring", c.Keys.Ring})...)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(out) {
		ids = append(ids, line[:8])
	}
	return ids
}

// seals waits until a gateway under load seals with a key.
func (w *town) seals(t *testing.T, key string, store ...string) {
	t.Helper()
	sealed := regexp.MustCompile(`(?m)^[1-9]\d* values under key ` + key)
	eventually(t, func() bool {
		out, _ := w.command(append([]string{"keys", "rewrap", "--count"}, store...)...) // fails while values are under other keys
		return sealed.MatchString(out)
	})
}

// reloaded waits until gateways on a store were told by so many signals.
func (w *town) reloaded(t *testing.T, signals int, store ...string) {
	t.Helper()
	eventually(t, func() bool {
		out, err := w.command(append([]string{"audit", "list", "--limit", "0"}, store...)...)
		return err == nil && strings.Count(out, "ReloadPolicies") >= signals
	})
}

func rotateUnderLoad(t *testing.T, w *town, store []string) {
	w.peoples(t, store...)
	base, stop := w.gateway(t, store...)
	var open doors
	open.set(base)
	early, end := loading(t, 2, &open)
	early.goesOn(t, 10)
	end()
	stop()

	sealTown(t, w)
	c, err := readConfig(w.config)
	must(err)
	keys := func(verb string, arguments ...string) (string, error) {
		if !slices.Contains(arguments, "--count") {
			arguments = append([]string{"--operator", "wang"}, arguments...)
		}
		return w.command(slices.Concat([]string{"keys", verb}, arguments, store)...)
	}
	// Message ids count anew at each start: another instance begins none of the
	// same second again.
	base, _ = w.gateway(t, append(store, "--instance", "1")...)
	open.set(base)
	seen, end := loading(t, 4, &open)
	seen.goesOn(t, 20)
	first := ringIDs(t, c, "list")[0]
	second := ringIDs(t, c, "rotate", "--master", c.Keys.Masters[0])[1]
	must(syscall.Kill(os.Getpid(), syscall.SIGHUP))
	w.reloaded(t, 1, store...)
	w.seals(t, second, store...)

	if out, err := keys("rewrap", "--count"); err == nil || !strings.Contains(out, " values under key "+first+"\n") {
		t.Errorf("%v\n%s", err, out)
	}
	if _, err := keys("retire", first, "--idle", "0s"); err == nil || !strings.Contains(err.Error(), "settlement.asked need it") {
		t.Errorf("retired a key that is needed: %v", err)
	}
	out, err := keys("rewrap", "--rows", "20")
	for _, want := range []string{"0 values in the clear\n", "0 values under key " + first + ": it may be retired\n", "under key " + second + ", which is in use\n"} {
		if err != nil || !strings.Contains(out, want) {
			t.Fatalf("%v\n%s\nwant %s", err, out, want)
		}
	}
	t.Log(strings.SplitN(out, "\n", 2)[0])
	for key, why := range map[string]string{first: "a gateway may still seal", second: "it seals", "00000000": "no such key"} {
		if _, err := keys("retire", key); err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("retiring %s: %v", key, err)
		}
	}
	if out, err := keys("retire", first, "--idle", "0s"); err != nil || strings.Contains(out, first) {
		t.Errorf("%v\n%s", err, out)
	}
	must(syscall.Kill(os.Getpid(), syscall.SIGHUP))
	w.reloaded(t, 2, store...)
	seen.goesOn(t, 20)
	end()
	if len(seen.failed) > 0 {
		t.Errorf("%d of %d requests failed: %s", len(seen.failed), len(seen.answers), seen.failed)
	}
	for _, traffic := range []*traffic{early, seen} {
		left := 40
		for key, body := range traffic.bodies {
			if left--; left < 0 {
				break
			}
			if again := traffic.pursue(open.any, "/v1/settlements", body); string(again) != traffic.answers[key] {
				t.Fatalf("%s: %s, before %s", key, again, traffic.answers[key])
			}
		}
	}
	w.sound(t, store...)
	if out, err := w.command(append([]string{"audit", "verify"}, store...)...); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	tellsOfKeys(t, w, store, first, second)
	if out, err := keys("rewrap"); err != nil || !strings.Contains(out, "0 rows encrypted anew") {
		t.Errorf("%v\n%s", err, out)
	}
}

// tellsOfKeys checks what the audit trail says of who did what to the keys. An
// embedded store's gateway takes it over with its next block.
func tellsOfKeys(t *testing.T, w *town, store []string, first, second string) {
	t.Helper()
	wanted := []string{
		`"RetireKey","reason":"KEYS_NOT_CHANGED","object":"key ` + first + `: [1-9][0-9]* of [0-9]+ values need it"`,
		`"BeginRewrapKeys","object":"to key ` + second + `"`,
		`"RewrapKeys","object":"to key ` + second + `: [1-9][0-9]* rows of [1-9][0-9]*, 0 unreadable"`,
		`"RetireKey","reason":"KEYS_NOT_CHANGED","object":"key 00000000"`,
		`"RetireKey","object":"key ` + first + `: 0 of [1-9][0-9]* values need it"`,
	}
	var out string
	missing := func(want string) bool {
		return !regexp.MustCompile(`"actor":"operator/wang","table":"audit","action":` + want).MatchString(out)
	}
	for until := time.Now().Add(patience); ; time.Sleep(100 * time.Millisecond) {
		var err error
		out, err = w.command(append([]string{"audit", "export"}, store...)...)
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		if !slices.ContainsFunc(wanted, missing) {
			return
		}
		if time.Now().After(until) {
			t.Fatalf("the audit trail does not tell of the keys:\n%s", strings.Join(slices.DeleteFunc(wanted, func(w string) bool { return !missing(w) }), "\n"))
		}
	}
}

// What rewrapping cannot be done with says so.
func TestKeysRewrapRefuses(t *testing.T) {
	w := newTown(t, nil, nil)
	file := filepath.Join(w.folder, "none.db")
	if _, err := w.command("keys", "rewrap", "--store-sqlite", file); err == nil || !strings.Contains(err.Error(), "names no ring") {
		t.Errorf("%v", err)
	}
	sealTown(t, w)
	if _, err := w.command("keys", "rewrap", "--store-sqlite", file); err == nil || !strings.Contains(err.Error(), "no such file") {
		t.Errorf("%v", err)
	}
	if _, err := os.Stat(file); err == nil {
		t.Error("a store was made")
	}
	w.peoples(t, "--store-sqlite", file)
	if _, err := w.command("keys", "rewrap", "--store-sqlite", file, "--rows", "0"); err == nil || !strings.Contains(err.Error(), "at least one row") {
		t.Errorf("%v", err)
	}
	other := fmt.Sprint(w.config, ".other")
	text, err := os.ReadFile(w.config)
	must(err)
	writeFile(t, other, string(text), 0o600)
	w.config = other
	sealTown(t, w)
	out, err := w.command("keys", "rewrap", "--store-sqlite", file)
	if err == nil || !strings.Contains(err.Error(), "no key of the ring opens") || !strings.Contains(out, "which the ring does not have") {
		t.Errorf("%v\n%s", err, out)
	}
}
