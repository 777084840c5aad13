package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/onestop-gateway/onestop/adapters/payer/sim"
)

// town is a payer with a book on the disk, and the configuration of gateways
// that settle with it, for tests of what happens around a gateway.
type town struct {
	folder string
	config string // file
	payer  *sim.Server
}

// newTown starts a payer whose book goes on from that of another town, if any.
// Faults are drawn by weights.
func newTown(t *testing.T, before *town, weights map[sim.Fault]int) *town {
	t.Helper()
	w := &town{folder: t.TempDir()}
	book := filepath.Join(w.folder, "payer.book")
	if before != nil {
		text, err := os.ReadFile(filepath.Join(before.folder, "payer.book"))
		must(err)
		writeFile(t, book, string(text), 0o600)
	}
	script, err := sim.ParseScript(mustDemoFile("payer.json"))
	must(err)
	script.Weights, script.DrawsMax, script.DelayMillis = weights, 2, 300
	if w.payer, err = sim.Start(sim.Config{Book: book, Script: script}, "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { must(w.payer.Close()) })
	token := filepath.Join(w.folder, "payer.token")
	writeFile(t, token, "demo-token\n", 0o600)
	policies, err := filepath.Abs("../../deploy/policies")
	must(err)
	c := standard()
	must(c.overlay(mustDemoFile("gateway.yaml")))
	c.ListenREST, c.ListenGRPC, c.LogLevel, c.Policies = "127.0.0.1:0", "127.0.0.1:0", "error", []string{policies}
	c.Limits.Lease, c.Limits.ConnectionsPerAddress = 13*time.Second, 500
	c.Payers, c.Regions, c.Facilities = c.Payers[:1], c.Regions[:1], c.Facilities[:1]
	c.Payers[0].URL, c.Payers[0].TokenFile, c.Payers[0].QuietPeriod = w.payer.URL, token, 3500*time.Millisecond
	text, err := yaml.Marshal(c)
	must(err)
	w.config = filepath.Join(w.folder, "gateway.yaml")
	writeFile(t, w.config, string(text), 0o600)
	return w
}

// command runs the program in this process, with the town's configuration.
func (w *town) command(arguments ...string) (string, error) {
	root := rootCommand()
	var out bytes.Buffer
	root.SetOut(&out)
	root.SetErr(io.Discard)
	root.SetArgs(append(arguments, "--config", w.config))
	err := root.Execute()
	return out.String(), err
}

// peoples puts the demonstration's persons into the store.
func (w *town) peoples(t *testing.T, store ...string) {
	t.Helper()
	if _, err := w.command(append([]string{"person", "import", w.persons(t)}, store...)...); err != nil {
		t.Fatal(err)
	}
}

// persons is a file of the demonstration's persons.
func (w *town) persons(t *testing.T) string {
	t.Helper()
	file := filepath.Join(w.folder, "persons.yaml")
	writeFile(t, file, string(mustDemoFile("persons.yaml")), 0o600)
	return file
}

// book exports the payer's book and gives it as the commands want it.
func (w *town) book(t *testing.T) string {
	t.Helper()
	file := filepath.Join(w.folder, "export.jsonl")
	export(t, w.payer.URL+"/book", file)
	return "nhsa-demo=" + file
}

// assemble puts a gateway together on a store.
func (w *town) assemble(store ...string) (*gateway, error) {
	command := serveCommand()
	must(command.Flags().Parse(append(store, "--config", w.config)))
	c, err := loadConfig(command.Flags(), os.LookupEnv)
	must(err)
	g, err := assemble(context.Background(), c, newLog(io.Discard, "error"))
	if err == nil {
		g.reload = g.reloading(new(slog.LevelVar), func() (config, error) { return loadConfig(command.Flags(), os.LookupEnv) })
	}
	return g, err
}

// gateway runs a gateway on a store, and gives its address and how to stop it.
func (w *town) gateway(t *testing.T, store ...string) (base string, stop func()) {
	t.Helper()
	g, err := w.assemble(store...)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- g.run(ctx) }()
	if base, err = g.address(ctx); err != nil {
		t.Fatal(err)
	}
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("stopping: %v", err)
		}
	})
	t.Cleanup(stop)
	return base, stop
}

// sound demands that the auditor finds nothing, the payer's book included.
func (w *town) sound(t *testing.T, store ...string) {
	t.Helper()
	out, err := w.command(append([]string{"verify", "--book", w.book(t)}, store...)...)
	if err != nil || !strings.Contains(out, " 0 findings") {
		t.Errorf("%v\n%s", err, out)
	}
}

// traffic is what cashiers asked and were answered.
type traffic struct {
	mu      sync.Mutex
	bodies  map[string]string // of final answers to settling, by request key: what was asked
	answers map[string]string // and what was answered
	wrong   []string          // answers that no cashier can do anything with
	again   int               // answers to which the same request was sent again
	failed  []string          // those of them that said neither "wait" nor "too busy"
}

// newTraffic is traffic of which nothing was seen yet.
func newTraffic() *traffic {
	return &traffic{bodies: map[string]string{}, answers: map[string]string{}}
}

// residents are the identity numbers whose payer settles everything.
var residents = []string{"360827194103120018", "360827196207050041", "360827195509210018", "360827197111300020"}

// answered is how many discharges have their final answer so far.
func (seen *traffic) answered() int {
	seen.mu.Lock()
	defer seen.mu.Unlock()
	return len(seen.answers)
}

// repeated is how many requests were sent again so far.
func (seen *traffic) repeated() int {
	seen.mu.Lock()
	defer seen.mu.Unlock()
	return seen.again
}

// goesOn waits until so many more discharges have their final answer.
func (seen *traffic) goesOn(t *testing.T, more int) {
	t.Helper()
	enough := seen.answered() + more
	eventually(t, func() bool { return seen.answered() >= enough })
}

// load has cashiers settle, and now and then reverse, at any of the doors until
// ctx ends; each then brings its last request to an answer.
func (seen *traffic) load(ctx context.Context, cashiers int, doors func() string) {
	var all sync.WaitGroup
	for n := range cashiers {
		all.Go(func() {
			chance := rand.New(rand.NewPCG(uint64(n), 7))
			for i := 0; ctx.Err() == nil; i++ {
				name := fmt.Sprintf("%d-%04d", n, i)
				body := strings.NewReplacer(
					"a-discharge-of-the-tests", "settle-of-the-tests-"+name, `"T1"`, `"T-`+name+`"`, "E-T1", "E-"+name,
					"360827196207050041", residents[chance.IntN(len(residents))],
				).Replace(aDischarge)
				answer := seen.pursue(doors, "/v1/settlements", body)
				seen.mu.Lock()
				seen.bodies["settle-of-the-tests-"+name], seen.answers["settle-of-the-tests-"+name] = body, string(answer)
				seen.mu.Unlock()
				var settled struct{ ID, State string }
				if json.Unmarshal(answer, &settled) == nil && settled.State == "STATE_SETTLED" && chance.IntN(4) == 0 {
					seen.pursue(doors, "/v1/settlements/"+settled.ID+":reverse", `{"request_id": "reverse-of-the-tests-`+name+`", "cause": "wrong bill"}`)
				}
			}
		})
	}
	all.Wait()
}

// pursue sends one request until its answer is final, and gives that.
func (seen *traffic) pursue(doors func() string, path, body string) []byte {
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		p := &player{base: doors()}
		answer, status, err := p.call(context.Background(), http.MethodPost, path, []byte(body))
		switch {
		case err == nil && status == http.StatusOK:
			return answer
		case err != nil, status == http.StatusAccepted, status == http.StatusConflict, status == http.StatusTooManyRequests, status == http.StatusServiceUnavailable:
			seen.mu.Lock()
			seen.again++
			if err != nil || status == http.StatusConflict || status == http.StatusServiceUnavailable {
				seen.failed = append(seen.failed, fmt.Sprintf("%d %v %s", status, err, answer))
			}
			seen.mu.Unlock()
			continue
		}
		seen.mu.Lock()
		seen.wrong = append(seen.wrong, fmt.Sprintf("%s: %d %s", path, status, answer))
		seen.mu.Unlock()
		return nil
	}
	seen.mu.Lock()
	defer seen.mu.Unlock()
	seen.wrong = append(seen.wrong, path+": no final answer")
	return nil
}
