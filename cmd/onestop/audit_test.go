package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/onestop-gateway/onestop/adapters/store/postgres/pgtest"
)

// audited is a town whose gateway has settled and refused something, signed
// heads, and stopped; settings name its store, heads and key.
func audited(t *testing.T, store ...string) (w *town, settings []string) {
	t.Helper()
	w = newTown(t, nil, nil)
	folder, key := filepath.Join(w.folder, "heads"), filepath.Join(w.folder, "audit.key")
	must(os.Mkdir(folder, 0o700))
	newKey(t, key)
	settings = append(store, "--audit-heads", folder, "--audit-key", key)
	w.peoples(t, store...)
	base, stop := w.gateway(t, settings...)
	if answer := (&traffic{}).pursue(func() string { return base }, "/v1/settlements", aDischarge); !strings.Contains(string(answer), "STATE_SETTLED") {
		t.Fatalf("%s", answer)
	}
	for range 3 {
		answer, err := http.Get(base + "/v1/settlements/no-such-settlement")
		must(err)
		answer.Body.Close()
	}
	stop()
	return w, settings
}

// newKey has the command make a key.
func newKey(t *testing.T, file string) {
	t.Helper()
	command, out := auditKeyCommand(), &bytes.Buffer{}
	command.SetOut(out)
	command.SetArgs([]string{file})
	if err := command.Execute(); err != nil || !strings.HasPrefix(out.String(), "ed25519:") {
		t.Fatalf("%v\n%s", err, out)
	}
}

// auditing runs a verb of onestop audit.
func (w *town) auditing(verb string, settings ...string) (string, error) {
	return w.command(append([]string{"audit", verb}, settings...)...)
}

func TestTheAuditTrailIsProven(t *testing.T) {
	for name, store := range map[string]func(t *testing.T) []string{
		"sqlite": func(t *testing.T) []string {
			return []string{"--store-sqlite", filepath.Join(t.TempDir(), "onestop.db")}
		},
		"postgres": func(t *testing.T) []string { return []string{"--store-postgres", pgtest.Start(t).DSN("postgres")} },
	} {
		t.Run(name, func(t *testing.T) {
			w, settings := audited(t, store(t)...)
			out, err := w.auditing("verify", settings...)
			if err != nil || !strings.Contains(out, " 0 not in a block yet; 0 breaches") || !strings.Contains(out, "; 0 rows since then are sealed without a signature") {
				t.Errorf("%v\n%s", err, out)
			}
			w.tellsWhatHappened(t, settings)
			if _, err := w.auditing("verify", append(settings, "--public", filepath.Join(w.folder, "absent.pub"))...); exitCode(err, &bytes.Buffer{}) != exitUnread {
				t.Errorf("without a key: %v", err)
			}
			headless := settings[:2]
			if out, err = w.auditing("verify", headless...); err != nil || !strings.Contains(out, "no signed head fits") {
				t.Errorf("without heads: %v\n%s", err, out)
			}
		})
	}
}

// tellsWhatHappened reads the export: who settled, who was refused how often,
// and nobody's name or number.
func (w *town) tellsWhatHappened(t *testing.T, settings []string) {
	t.Helper()
	out, err := w.auditing("export", settings...)
	must(err)
	var settled, refused bool
	for line := range strings.Lines(out) {
		var l auditLine
		must(json.Unmarshal([]byte(line), &l))
		settled = settled || l.Table == "event" && l.Action == "settle.commit" && l.Actor == "facility/H36082700001"
		refused = refused || l.Table == "audit" && l.Action == "GetSettlement" && l.Reason == "SETTLEMENT_NOT_FOUND" && l.Times >= 1
	}
	if !settled || !refused {
		t.Errorf("settled %t, refused %t:\n%s", settled, refused, out)
	}
	for _, secret := range []string{"360827196207050041", "张", "李", "王"} {
		if strings.Contains(out, secret) {
			t.Errorf("%q is told", secret)
		}
	}
	listed, err := w.auditing("list", append(settings, "--limit", "2")...)
	if err != nil || strings.Count(listed, "\n") != 2 {
		t.Errorf("%v\n%s", err, listed)
	}
}

// Somebody who can write to the database changes what is sealed, makes the
// chain anew, or cuts it off: the heads outside know.
func TestTamperingWithTheFileIsFound(t *testing.T) {
	path := filepath.Join(t.TempDir(), "onestop.db")
	w, settings := audited(t, "--store-sqlite", path)
	whole, err := os.ReadFile(path)
	must(err)
	for name, c := range map[string]struct{ texts, want string }{
		"an actor":          {`DROP TRIGGER event_kept; UPDATE event SET actor = 'somebody' WHERE action = 'settle.commit'`, "changed: block "},
		"an amount":         {`DROP TRIGGER entry_kept; UPDATE entry SET debit = debit + 100 WHERE debit > 0`, "changed: block "},
		"the chain and all": {`DROP TRIGGER audit_block_stays; DELETE FROM audit_block`, "cut: block "},
		"the newest rows":   {`DROP TRIGGER event_stays; DELETE FROM event WHERE action = 'settle.commit'`, "missing: block "},
	} {
		t.Run(name, func(t *testing.T) {
			must(os.WriteFile(path, whole, 0o600))
			db, err := sql.Open("sqlite", "file:"+path)
			must(err)
			_, err = db.ExecContext(context.Background(), c.texts)
			must(err)
			must(db.Close())
			out, err := w.auditing("verify", settings...)
			if exitCode(err, &bytes.Buffer{}) != exitFailed || !strings.Contains(out, c.want) {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}

func TestHeadsNeedAGuardedKey(t *testing.T) {
	w := newTown(t, nil, nil)
	store := []string{"--store-sqlite", filepath.Join(w.folder, "onestop.db")}
	open := filepath.Join(w.folder, "open.key")
	newKey(t, open)
	must(os.Chmod(open, 0o644))
	for name, settings := range map[string][]string{
		"no folder":                {"--audit-heads", filepath.Join(w.folder, "absent"), "--audit-key", open},
		"a key that others read":   {"--audit-heads", w.folder, "--audit-key", open},
		"a public key":             {"--audit-heads", w.folder, "--audit-key", open + ".pub"},
		"a key that is not there":  {"--audit-heads", w.folder, "--audit-key", filepath.Join(w.folder, "absent")},
		"a file that is not a key": {"--audit-heads", w.folder, "--audit-key", w.config},
	} {
		if g, err := w.assemble(append(store, settings...)...); err == nil {
			g.close()
			t.Errorf("%s: it started", name)
		}
	}
	c := standard()
	c.Audit.Heads = []string{w.folder}
	if err := c.check(); err == nil || !strings.Contains(err.Error(), "audit.key") {
		t.Errorf("heads without a key: %v", err)
	}
}
