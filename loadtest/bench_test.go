package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/onestop-gateway/onestop/loadtest/measure"
	"github.com/onestop-gateway/onestop/loadtest/yardstick"
)

// window is a window of so many right answers, each with one latency.
func window(answers int64, took time.Duration) *measure.Window {
	w := measure.NewWindow(time.Second)
	w.Count[measure.Right] = answers
	w.Latency.Add(took)
	return w
}

// twoRounds is a bench of two stores and two transports on a machine that was
// ten times slower in its second round.
func twoRounds(t *testing.T) (*benchRun, *bytes.Buffer) {
	t.Helper()
	var out bytes.Buffer
	o := bench{stores: []string{storePostgres, storeSQLite}, apis: []string{transportGRPC, transportREST}, clients: []int{1, 32}, rounds: 2}
	r := &benchRun{bench: &o, out: &out, examiner: &examiner{}}
	for round, slow := range []int64{1, 10} {
		put := func(one taken, rate int64, took time.Duration) {
			one.round, one.rate = round, float64(rate/slow)
			if one.kind != kindPgbench && one.kind != kindSimple {
				one.window = window(rate/slow, took*time.Duration(slow))
			}
			r.take(one)
		}
		for _, clients := range o.clients {
			n := int64(clients)
			put(taken{kind: kindPgbench, clients: clients}, 1000*n, 0)
			put(taken{kind: kindSimple, clients: clients}, 2000*n, 0)
			for i, store := range o.stores {
				put(taken{kind: kindBare, store: store, clients: clients}, 3000*n, 200*time.Microsecond)
				for _, of := range []struct {
					api  string
					rate int64
					took time.Duration
				}{{transportGRPC, int64(1200-120*i) * n, time.Millisecond}, {transportREST, 900 * n, 2 * time.Millisecond}} {
					cpu := map[string]yardstick.Used{
						"gateway":  {User: time.Duration(of.rate/slow) * 100 * time.Microsecond, Kernel: time.Duration(of.rate/slow) * 40 * time.Microsecond},
						"postgres": {User: time.Duration(of.rate/slow) * 60 * time.Microsecond},
						generator:  {User: time.Duration(of.rate/slow) * 30 * time.Microsecond},
					}
					put(taken{kind: kindSettle, store: store, api: of.api, clients: clients, spent: spending{cpu: cpu}}, of.rate, of.took)
				}
			}
		}
	}
	return r, &out
}

func TestConclusion(t *testing.T) {
	r, out := twoRounds(t)
	if err := r.conclude(); err != nil {
		t.Error(err)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	const want = "settle/pgbench 1=1.20 32=1.20 settle/simple 1=0.60 32=0.60 rest/grpc 1=0.75 32=0.75 sqlite/postgres 1=0.90 32=0.90 p99/bare 1=5.00 32=5.00 lone/bare 5.0"
	if last := lines[len(lines)-1]; last != want {
		t.Errorf("last line\n%s\nwant\n%s", last, want)
	}
	for _, pattern := range []string{
		`round 2,  32 clients: pgbench +3200/s\n`,
		`settle postgres grpc, a second +660 +21120\n`,
		`postgres grpc: gateway +140 +140\n`,
		`answers: \d+ right \(0 cut by a cap\), 0 wrong, 0 failed, 0 rejected\n`,
	} {
		if !regexp.MustCompile(pattern).MatchString(out.String()) {
			t.Errorf("nothing like %s in\n%s", pattern, out)
		}
	}
}

// One wrong answer among many spoils the bench, and is shown.
func TestWrongAnswersFail(t *testing.T) {
	r, out := twoRounds(t)
	bad := window(10, time.Millisecond)
	bad.Count[measure.Wrong] = 1
	r.examiner.note(measure.Wrong, "benefit 1.00 instead of 2.00")
	r.take(taken{kind: kindSettle, store: storePostgres, api: transportGRPC, clients: 32, round: 1, window: bad})
	if err := r.conclude(); !errors.Is(err, errWrong) {
		t.Error(err)
	}
	for _, says := range []string{"  wrong 1\n", "such as: benefit 1.00 instead of 2.00"} {
		if !strings.Contains(out.String(), says) {
			t.Errorf("nothing about %q in\n%s", says, out)
		}
	}
	empty := &benchRun{bench: r.bench, out: out, examiner: &examiner{}}
	if err := empty.conclude(); !errors.Is(err, errWrong) {
		t.Error("a bench without an answer:", err)
	}
}

// An overload is told by what was answered at ten times the peak, against the
// peak itself and a busy hour.
func TestOverloadRatios(t *testing.T) {
	r, out := twoRounds(t)
	r.left = leftover{asked: true, abandoned: 3}
	r.examiner.rejected(true)
	r.examiner.rejected(false)
	sent := map[string]int64{overBusy: 6, overFlood: 12, overAfter: 5}
	for round, slow := range []int64{1, 10} {
		for scenario, took := range map[string]time.Duration{overBusy: 10, overFlood: 15, overAfter: 5} {
			flood := taken{kind: kindSettle, store: storePostgres, api: transportGRPC, scenario: scenario, round: round, offered: 5}
			flood.window = window(34560/slow, took*time.Duration(slow)*time.Millisecond)
			flood.window.Rejects.Add(40 * time.Millisecond)
			flood.window.Sent.Add(time.Duration(sent[scenario]*slow) * time.Millisecond)
			if scenario == overFlood { // 34,560 settlements of 200 µs, 100,000 refusals of 10 and 20 µs, and a tenth of a second idle
				flood.window.Count[measure.Rejected] = 100_000 / slow
				flood.spent = spending{idle: 100 * time.Millisecond / time.Duration(slow), cpu: map[string]yardstick.Used{
					"gateway":  {User: time.Duration(34560*100+100_000*7) * time.Microsecond / time.Duration(slow), Kernel: time.Duration(34560*40+100_000*3) * time.Microsecond / time.Duration(slow)},
					"postgres": {User: time.Duration(34560*60) * time.Microsecond / time.Duration(slow)},
					generator:  {User: time.Duration(34560*30+100_000*15) * time.Microsecond / time.Duration(slow), Kernel: time.Duration(100_000*5) * time.Microsecond / time.Duration(slow)},
				}}
			}
			r.take(flood)
		}
	}
	if err := r.conclude(); err != nil {
		t.Error(err)
	}
	const want = " overload goodput/peak 0.90 goodput/left 0.86 p99/busy 1.50 sent p99/busy 2.00 after/busy 0.50 rejects p99 40 ms with Retry-After 1 of 2 open 0 abandoned 3\n"
	if !strings.HasSuffix(out.String(), want) {
		t.Errorf("%s\ndoes not end with\n%s", out, want)
	}
	for _, pattern := range []string{`postgres grpc: gateway +7\.0 +3\.0\n`, `postgres grpc: generator +15\.0 +5\.0\n`} {
		if !regexp.MustCompile(pattern).MatchString(out.String()) {
			t.Errorf("nothing like %s in\n%s", pattern, out)
		}
	}
}

// Scenarios that need more than another person: a payer who takes his time, and
// ten times what can be borne, after which nothing is left open.
func TestBenchScenarios(t *testing.T) {
	if testing.Short() {
		t.Skip("builds programs and settles for four seconds")
	}
	o := soundBench()
	o.keep, o.length, o.scenarios = filepath.Join(t.TempDir(), "bench"), 500*time.Millisecond, []string{scenarioHotPerson, scenarioSlowPayer, scenarioRush, scenarioOverload}
	var out bytes.Buffer
	if err := o.run(t.Context(), &out); err != nil {
		t.Errorf("%v\n%s", err, &out)
	}
	for _, pattern := range []string{
		`hot-person/spread 2=\d`, `slow-payer/alone 2=\d`, `settle sqlite grpc rush +\d`, ` 0 wrong, 0 failed, `,
		`overload goodput/peak \d+\.\d\d goodput/left \d+\.\d\d p99/busy \d+\.\d\d sent p99/busy \d+\.\d\d .* open 0 abandoned 0\n$`, `beside slow-payer +\d`,
	} {
		if !regexp.MustCompile(pattern).MatchString(out.String()) {
			t.Errorf("nothing like %s in\n%s", pattern, &out)
		}
	}
	nobodyLeft(t, o.keep)
}

// soundBench is a bench whose flags are all as they may be. It has so many
// persons that none settles often enough in a year for critical-illness
// insurance to pay, which the figures worked by hand leave out.
func soundBench() bench {
	return bench{
		stores: []string{storeSQLite}, apis: []string{transportGRPC}, clients: []int{2}, length: time.Second, rounds: 1,
		persons: 2000, scale: 1, seed: 7, scenarios: []string{scenarioSteady}, arrival: "50%",
	}
}

func TestBenchRefusesFlags(t *testing.T) {
	for name, spoil := range map[string]func(*bench){
		"no such store":     func(o *bench) { o.stores = []string{"oracle"} },
		"no such transport": func(o *bench) { o.apis = []string{"soap"} },
		"no clients":        func(o *bench) { o.clients = nil },
		"a client too few":  func(o *bench) { o.clients = []int{8, 0} },
		"too many clients":  func(o *bench) { o.clients = []int{301} },
		"no time":           func(o *bench) { o.length = 0 },
		"no rounds":         func(o *bench) { o.rounds = 0 },
		"nobody":            func(o *bench) { o.persons = 0 },
		"no such scenario":  func(o *bench) { o.scenarios = []string{"steady", "stead"} },
		"no pace":           func(o *bench) { o.arrival = "fast" },
	} {
		o := soundBench()
		spoil(&o)
		if err := o.check(); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	o := soundBench()
	o.stores, o.apis = []string{both}, []string{transportREST, transportGRPC}
	if err := o.check(); err != nil || len(o.stores) != 2 || o.apis[0] != transportGRPC {
		t.Errorf("%v %v %v", o.stores, o.apis, err)
	}
}

// The whole of it, for a second: a gateway and its payers as processes, every
// answer right, over both transports.
func TestBench(t *testing.T) {
	if testing.Short() {
		t.Skip("builds programs and settles for four seconds")
	}
	o := soundBench()
	o.apis, o.keep, o.open, o.verify, o.length = []string{both}, filepath.Join(t.TempDir(), "bench"), true, true, 500*time.Millisecond
	var out bytes.Buffer
	if err := o.run(t.Context(), &out); err != nil {
		t.Errorf("%v\n%s", err, &out)
	}
	last := regexp.MustCompile(`\nrest/grpc 2=\d+\.\d\d p99/bare 2=\d+\.\d\d open p99/bare \d+\.\d\n$`)
	if !last.MatchString(out.String()) || !strings.HasPrefix(out.String(), "machine: ") {
		t.Error(out.String())
	}
	if !regexp.MustCompile(`answers: [1-9]\d* right \(0 cut by a cap\), 0 wrong, 0 failed, 0 rejected`).MatchString(out.String()) {
		t.Error(out.String())
	}
	if !strings.Contains(out.String(), ", 0 findings") {
		t.Errorf("nothing about what was stored:\n%s", &out)
	}
	nobodyLeft(t, o.keep)
}

// The report draws every figure that was taken, and ends with what the bench
// printed last.
func TestReportOfABench(t *testing.T) {
	r, _ := twoRounds(t)
	r.crowd, r.stage = &crowd{}, &benchStage{}
	r.take(taken{kind: kindSettle, store: storePostgres, api: transportGRPC, scenario: scenarioRush, round: 1, offered: 600, window: window(600, time.Millisecond)})
	file := filepath.Join(t.TempDir(), "report.html")
	r.report = file
	if err := r.writeReport(yardstick.Machine{CPU: "Testing One"}); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, says := range []string{
		"Testing One", r.closing(), ">settle postgres grpc<", ">bare commit sqlite<", ">pgbench<", ">clients at once<", ">p99, ms<",
		">µs a settlement<", ">seconds into the window<", ">99.9 %<", "<td>settle postgres grpc rush</td><td>600</td>",
	} {
		if !strings.Contains(string(text), says) {
			t.Errorf("%q is not in the report", says)
		}
	}
	r.curves = filepath.Join(t.TempDir(), "curves")
	if err := r.writeReport(yardstick.Machine{CPU: "Testing One"}); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"throughput", "latency", "percentiles", "processors", "closed-loops", "open-loops", "open-latency"} {
		plot, err := os.ReadFile(filepath.Join(r.curves, name+".svg"))
		if err != nil || !strings.HasPrefix(string(plot), "<svg ") || !strings.Contains(string(plot), "Testing One") {
			t.Errorf("curve %s: %v, %.80s", name, err, plot)
		}
	}
	r.report, r.curves = filepath.Join(file, "none"), ""
	if err := r.writeReport(yardstick.Machine{}); err == nil {
		t.Error("a report in no folder")
	}
	r.report = ""
	if err := r.writeReport(yardstick.Machine{}); err != nil {
		t.Error("no report is wanted:", err)
	}
}
