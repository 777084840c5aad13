package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/onestop-gateway/onestop/adapters/store/postgres/pgtest"
)

// doors are the addresses of gateways that come and go.
type doors struct {
	mu   sync.Mutex
	open []string
}

func (d *doors) set(open ...string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.open = slices.Clone(open)
}

// any is one of them, as a balancer without health checks would choose it.
func (d *doors) any() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.open[rand.IntN(len(d.open))]
}

// begun runs traffic until it is told to end, and then demands that nobody was
// answered what no cashier can do anything with.
func begun(t *testing.T, cashiers int, doors func() string) (seen *traffic, end func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	seen = newTraffic()
	done := make(chan struct{})
	go func() {
		defer close(done)
		seen.load(ctx, cashiers, doors)
	}()
	return seen, func() {
		t.Helper()
		cancel()
		<-done
		if len(seen.wrong) > 0 {
			t.Errorf("%d wrong answers, the first %s", len(seen.wrong), seen.wrong[0])
		}
		t.Logf("%d discharges, %d requests sent again", len(seen.answers), seen.again)
	}
}

// loading is traffic that demands in the end that every cashier got an answer
// that stands.
func loading(t *testing.T, cashiers int, d *doors) (seen *traffic, end func()) {
	t.Helper()
	seen, over := begun(t, cashiers, d.any)
	return seen, func() {
		t.Helper()
		over()
		for key, answer := range seen.answers {
			if !strings.Contains(answer, `"STATE_SETTLED"`) {
				t.Errorf("%s: %s", key, answer)
			}
		}
	}
}

// TestRollingRestart takes one of two gateways down and up in turn under load:
// a cashier who asks again with the same key notices nothing. Each stays down
// until somebody has come to its door in vain.
func TestRollingRestart(t *testing.T) {
	cluster := pgtest.Start(t)
	w := newTown(t, nil, nil)
	store := []string{"--store-postgres", cluster.DSN("postgres")}
	w.peoples(t, store...)
	var bases [2]string
	var stops [2]func()
	begin := func(i int) {
		bases[i], stops[i] = w.gateway(t, append(store, "--instance", fmt.Sprint(i))...)
	}
	begin(0)
	begin(1)
	var open doors
	open.set(bases[:]...)
	seen, end := loading(t, 8, &open)
	for range 2 {
		for i := range bases {
			seen.goesOn(t, 15)
			stops[i]()
			before := seen.repeated()
			eventually(t, func() bool { return seen.repeated() > before })
			begin(i)
			open.set(bases[:]...)
		}
	}
	seen.goesOn(t, 15)
	end()
	w.sound(t, store...)
}

// TestUpgradeUnderLoad runs the program from before the newest migration, and
// this one beside it on the same encrypted database, with traffic on both; then the
// old one drains, and the key is rotated.
func TestUpgradeUnderLoad(t *testing.T) {
	cluster := pgtest.Start(t)
	w := newTown(t, nil, nil)
	store := []string{"--store-postgres", cluster.DSN("postgres")}
	sealTown(t, w)
	old := w.older(t)
	if output, err := exec.Command(old, append([]string{"person", "import", w.persons(t), "--config", w.config}, store...)...).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	before, drain := w.process(t, old, append(store, "--instance", "1")...)
	var open doors
	open.set(before)
	seen, end := loading(t, 8, &open)
	seen.goesOn(t, 40)
	now, _ := w.gateway(t, store...) // which migrates
	open.set(before, now)
	seen.goesOn(t, 120)
	drain()
	open.set(now)
	seen.goesOn(t, 40)
	c, err := readConfig(w.config)
	must(err)
	second := ringIDs(t, c, "rotate", "--master", c.Keys.Masters[0])[1]
	w.seals(t, second, store...)
	if out, err := w.command(append([]string{"keys", "rewrap"}, store...)...); err != nil || strings.HasPrefix(out, "0 rows") {
		t.Errorf("%v\n%s", err, out)
	}
	end()
	w.sound(t, store...)
}

// older builds the program as it was before the newest migration, from the
// history of this repository. The configuration is cut down to what both know.
func (w *town) older(t *testing.T) (program string) {
	t.Helper()
	git := func(arguments ...string) string {
		output, err := exec.Command("git", append([]string{"-C", "../.."}, arguments...)...).Output()
		if err != nil {
			t.Skipf("THE UPGRADE IS NOT TESTED: git %s: %v", strings.Join(arguments, " "), err)
		}
		return strings.TrimSpace(string(output))
	}
	const folder = "adapters/store/postgres/migrations"
	files, err := filepath.Glob("../../" + folder + "/*.sql")
	must(err)
	newest := folder + "/" + filepath.Base(slices.Max(files))
	added := git("log", "--follow", "--diff-filter=A", "--format=%H", "-1", "--", newest) // whatever its number was then
	if added == "" {
		t.Skipf("THE UPGRADE IS NOT TESTED: %s is not in the history yet", newest)
	}
	commit := added + "^"
	if changed := git("diff", "--name-only", "--diff-filter=MDR", commit, "--", "adapters/store/testdata/v1"); changed != "" {
		t.Skipf("THE UPGRADE IS NOT TESTED: stored documents changed without a version since %s, which no release may: %s", added, changed)
	}
	source := t.TempDir()
	archive := exec.Command("sh", "-c", "git -C ../.. archive "+commit+" | tar -x -C "+source)
	if output, err := archive.CombinedOutput(); err != nil {
		t.Skipf("THE UPGRADE IS NOT TESTED: %v\n%s", err, output)
	}
	program = filepath.Join(source, "onestop-older")
	build := exec.Command("go", "build", "-buildvcs=false", "-o", program, "./cmd/onestop")
	build.Dir = source
	if output, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	text, err := os.ReadFile(w.config)
	must(err)
	var keys map[string]any
	must(yaml.Unmarshal(text, &keys))
	// The newest policy goes with the newest migration, and so does its county.
	delete(keys, "policies_from")
	keys["policies"] = []any{filepath.Join(source, "deploy/policies")}
	for _, list := range []string{"regions", "facilities"} {
		keys[list] = slices.DeleteFunc(keys[list].([]any), func(one any) bool {
			entry := one.(map[string]any)
			return entry["id"] == "360829" || entry["region"] == "360829"
		})
	}
	text, err = yaml.Marshal(pruned(keys))
	must(err)
	writeFile(t, w.config, string(text), 0o600)
	return program
}

// pruned is a configuration without the keys that say nothing.
func pruned(value any) any {
	switch value := value.(type) {
	case map[string]any:
		for key, inner := range value {
			switch inner = pruned(inner); inner {
			case nil, "", 0, false, "0s":
				delete(value, key)
			}
		}
		if len(value) == 0 {
			return nil
		}
		return &value
	case []any:
		for i := range value {
			value[i] = pruned(value[i])
		}
		if len(value) == 0 {
			return nil
		}
		return &value
	}
	return value
}

// process runs a program's gateway apart, and gives its address and how to have
// it drain.
func (w *town) process(t *testing.T, program string, arguments ...string) (base string, drain func()) {
	t.Helper()
	p := serving(t, func() (*exec.Cmd, func() bool) {
		address := anAddress(t)
		base = "http://" + address
		return exec.Command(program, append([]string{"serve", "--config", w.config, "--listen-rest", address}, arguments...)...), func() bool { return answersAt(address) }
	})
	drain = sync.OnceFunc(func() {
		if err := p.end(syscall.SIGTERM); err != nil {
			t.Errorf("%v\n%s", err, p.said.String())
		}
	})
	t.Cleanup(drain)
	return base, drain
}
