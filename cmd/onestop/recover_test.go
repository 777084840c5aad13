package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/onestop-gateway/onestop/adapters/payer/sim"
	"github.com/onestop-gateway/onestop/adapters/store/postgres/pgtest"
)

// troubled are the faults of a payer under which settlements stay open for a
// while.
var troubled = map[sim.Fault]int{sim.OK: 12, sim.Slow: 4, sim.LostAfter: 1}

// taken are the counts that a recovery printed.
type taken struct{ seen, again, forgotten, found, people int }

func takenUp(t *testing.T, out string) (n taken) {
	t.Helper()
	for line := range strings.Lines(out) {
		if read, _ := fmt.Sscanf(line, "%d settlements: %d were open and are taken up, %d stand here and are undone at their payer, %d only their payer knows, %d wait for people",
			&n.seen, &n.again, &n.forgotten, &n.found, &n.people); read == 5 {
			return n
		}
	}
	t.Fatalf("no counts in:\n%s", out)
	return n
}

// recovered brings a store that was restored back to service, the whole way,
// and gives what was taken up. lost is the traffic that the payer remembers.
func (w *town) recovered(t *testing.T, stopped time.Time, lost *traffic, store ...string) taken {
	t.Helper()
	arguments := append([]string{"recover", "--after-restore", "--stopped-at", stopped.Format(time.RFC3339Nano), "--book", w.book(t)}, store...)
	begun, err := w.command(append(arguments, "--within", "1ns")...)
	n := takenUp(t, begun)
	if err != nil { // stopped half-way
		if _, err := w.assemble(store...); !errors.Is(err, errRestored) {
			t.Errorf("a gateway on a store half recovered: %v\n%s", err, begun)
		}
		if out, err := w.command(arguments...); err != nil || takenUp(t, out).found != 0 {
			t.Fatalf("%v\n%s", err, out)
		}
	}
	w.sound(t, store...)
	arguments[3] = time.Now().Add(-time.Hour).Format(time.RFC3339)
	arguments[5] = w.book(t)
	out, err := w.command(arguments...)
	if again := takenUp(t, out); err != nil || again.again+again.forgotten+again.found != 0 {
		t.Errorf("a second recovery takes up %+v: %v\n%s", again, err, out)
	}
	base, stop := w.gateway(t, store...)
	settled := 0
	for key, body := range lost.bodies { // the same keys again: whatever was lost is settled anew
		if settled++; settled > 20 {
			break
		}
		p := &player{base: base}
		answer, status, err := p.call(context.Background(), http.MethodPost, "/v1/settlements", []byte(body))
		if err != nil || status != http.StatusOK {
			t.Errorf("%s after the recovery: %v %d %s", key, err, status, answer)
		}
	}
	stop()
	w.sound(t, store...)
	return n
}

// amid has cashiers settle and sets marks meanwhile. Discharges were answered
// before each mark, and after it as many and more are begun and answered as may
// have been under way at it: each mark has something behind it that it lost.
func amid(t *testing.T, cashiers, marks int, base string, set func(n int) string) (lost *traffic, all []string) {
	t.Helper()
	const some = 8
	lost, end := begun(t, cashiers, func() string { return base })
	for n := range marks {
		lost.goesOn(t, some)
		all = append(all, set(n))
	}
	lost.goesOn(t, 2*cashiers)
	end()
	return lost, all
}

// TestRecoverAfterARestoreOfPostgreSQL restores a cluster under load to moments
// drawn by chance: every settlement that payers remember beyond it is undone,
// and nothing that stood before it is touched. More moments are drawn until one
// was among settlements under way, as most are.
func TestRecoverAfterARestoreOfPostgreSQL(t *testing.T) {
	cluster := pgtest.StartArchiving(t)
	w := newTown(t, nil, troubled)
	dsn := []string{"--store-postgres", cluster.DSN("postgres")}
	w.peoples(t, dsn...)
	copied := cluster.Backup()
	base, stop := w.gateway(t, dsn...)
	lost, moments := amid(t, 12, 16, base, func(int) string { return cluster.Exec("postgres", "SELECT clock_timestamp()") })
	stop()
	stopped := time.Now()
	w.sound(t, dsn...)
	refusesEarly(t, w, dsn)
	cluster.Archived()
	time.Sleep(time.Until(stopped.Add(3600 * time.Millisecond)))
	var all taken
	draws := rand.Perm(len(moments))
	for n := 0; n < len(draws) && (n < restores() || all.again+all.forgotten == 0); n++ {
		moment := moments[draws[n]]
		t.Run(moment, func(t *testing.T) {
			then := newTown(t, w, nil)
			restored := copied.Restore(t, moment)
			n := then.recovered(t, stopped, lost, "--store-postgres", restored.DSN("postgres"))
			all.again, all.forgotten, all.found = all.again+n.again, all.forgotten+n.forgotten, all.found+n.found
			if n.found == 0 || n.seen == 0 {
				t.Errorf("%+v", n)
			}
		})
	}
	t.Logf("%d discharges; taken up: %+v", len(lost.answers), all)
	if all.again+all.forgotten == 0 {
		t.Errorf("no moment was among settlements under way: %+v", all)
	}
}

// restores is how many moments are restored: ONESTOP_RESTORES, or 2.
func restores() int {
	if n, err := strconv.Atoi(os.Getenv("ONESTOP_RESTORES")); err == nil {
		return n
	}
	return 2
}

// refusesEarly: no recovery without a book, in the quiet period, or beside a
// gateway.
func refusesEarly(t *testing.T, w *town, store []string) {
	t.Helper()
	recovering := func(stopped time.Time, more ...string) (string, error) {
		arguments := append([]string{"recover", "--after-restore", "--stopped-at", stopped.Format(time.RFC3339Nano)}, store...)
		return w.command(append(arguments, more...)...)
	}
	long := time.Now().Add(-time.Hour)
	if _, err := recovering(long); exitedWith(err) != exitUnread || !strings.Contains(err.Error(), "--book nhsa-demo=") {
		t.Errorf("without a book: %v", err)
	}
	if _, err := recovering(time.Now().Add(time.Hour), "--book", w.book(t)); exitedWith(err) != exitUnread || !strings.Contains(err.Error(), "may still arrive") {
		t.Errorf("in the quiet period: %v", err)
	}
	_, stop := w.gateway(t, store...)
	if _, err := recovering(long, "--book", w.book(t)); err == nil || !strings.Contains(err.Error(), "sessions of gateways") {
		t.Errorf("beside a gateway: %v", err)
	}
	stop()
	if out, err := recovering(long, "--book", w.book(t)); err != nil {
		t.Errorf("where nothing was lost: %v\n%s", err, out)
	}
}

// TestRecoverAfterARestoreOfSQLite restores a copy that was taken under load.
func TestRecoverAfterARestoreOfSQLite(t *testing.T) {
	w := newTown(t, nil, troubled)
	file := filepath.Join(w.folder, "onestop.db")
	store := []string{"--store-sqlite", file}
	w.peoples(t, store...)
	base, stop := w.gateway(t, store...)
	lost, copies := amid(t, 8, 5, base, func(n int) string {
		copied := filepath.Join(w.folder, fmt.Sprintf("copy-%d.db", n))
		if out, err := w.command(append([]string{"backup", "--to", copied}, store...)...); err != nil {
			t.Fatalf("copy %d: %v\n%s", n, err, out)
		}
		return copied
	})
	stop()
	stopped := time.Now()
	w.sound(t, store...)
	time.Sleep(time.Until(stopped.Add(3600 * time.Millisecond)))
	restored := []string{"--store-sqlite", copies[rand.IntN(len(copies))]}
	if _, err := w.assemble(restored...); !errors.Is(err, errRestored) {
		t.Errorf("a gateway on a copy: %v", err)
	}
	if n := w.recovered(t, stopped, lost, restored...); n.found == 0 {
		t.Errorf("%+v", n)
	}
}

func TestBackupRefuses(t *testing.T) {
	w := newTown(t, nil, nil)
	file := filepath.Join(w.folder, "onestop.db")
	w.peoples(t, "--store-sqlite", file)
	to := filepath.Join(w.folder, "copy.db")
	if out, err := w.command("backup", "--to", to, "--store-sqlite", file); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if info, err := os.Stat(to); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info, err)
	}
	for name, arguments := range map[string][]string{
		"a file that is there":  {"--to", to, "--store-sqlite", file},
		"no store":              {"--to", to + "2", "--store-sqlite", file + "2"},
		"no name":               {"--store-sqlite", file},
		"a store of PostgreSQL": {"--to", to + "2", "--store-postgres", "host=127.0.0.1"},
	} {
		if _, err := w.command(append([]string{"backup"}, arguments...)...); err == nil {
			t.Errorf("%s was backed up", name)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(w.folder, "*copy*")); len(left) != 1 {
		t.Errorf("left behind: %v", left)
	}
}
