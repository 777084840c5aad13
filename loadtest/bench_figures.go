package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/onestop-gateway/onestop/loadtest/measure"
)

// The kinds of thing a bench measures.
const (
	kindPgbench = "pgbench"
	kindSimple  = "pgbench simple-update"
	kindBare    = "bare commit"
	kindSettle  = "settle"
)

// taken is one figure taken in one round.
type taken struct {
	kind, store, api string
	scenario         string // "": steady, in a closed loop
	clients, round   int    // no clients: an open loop
	offered          float64
	curve            measure.Curve
	rate             float64
	window           *measure.Window // nil of pgbench
	spent            spending
}

// name is what was measured, on what.
func (t *taken) name() string {
	return strings.Join(strings.Fields(strings.Join([]string{t.kind, t.store, t.api, t.scenario}, " ")), " ")
}

// take keeps a figure and prints it.
func (r *benchRun) take(t taken) {
	if t.window != nil && t.rate == 0 {
		t.rate = t.window.Rate()
	}
	r.taken = append(r.taken, t)
	how := fmt.Sprintf("%3d clients", t.clients)
	if t.offered > 0 {
		how = fmt.Sprintf("%5.0f/s due", t.offered)
	}
	fmt.Fprintf(r.out, "round %d, %s: %-34s %8.0f/s", t.round+1, how, t.name(), t.rate)
	if w := t.window; w != nil {
		fmt.Fprintf(r.out, "  p50 %s  p99 %s  max %s", inMillis(w.Latency.At(0.5)), inMillis(w.Latency.At(0.99)), inMillis(w.Latency.Max()))
		fmt.Fprint(r.out, w.Trouble())
	}
	fmt.Fprintln(r.out)
}

// inMillis is a duration in milliseconds, to three digits and never with an
// exponent, however long it is.
func inMillis(d time.Duration) string {
	unit := time.Nanosecond
	for d.Abs()/unit >= 1000 {
		unit *= 10
	}
	return strconv.FormatFloat(float64(d.Round(unit))/float64(time.Millisecond), 'f', -1, 64) + " ms"
}

// series is a figure of each round, in order; clients are 0 of open loops.
func (r *benchRun) series(name string, clients int, of func(*taken) float64) []float64 {
	var figures []float64
	for i := range r.taken {
		if t := &r.taken[i]; t.name() == name && t.clients == clients {
			figures = append(figures, of(t))
		}
	}
	return figures
}

func rateOf(t *taken) float64 { return t.rate }

// quantile is a share of the latency, in microseconds.
func quantile(share float64) func(*taken) float64 {
	return func(t *taken) float64 { return float64(t.window.Latency.At(share).Microseconds()) }
}

// processorOf is the processor time of a right answer in a process, in
// microseconds.
func processorOf(process string) func(*taken) float64 {
	return func(t *taken) float64 {
		return float64(t.spent.cpu[process].Whole().Microseconds()) / float64(max(1, t.window.Count[measure.Right]))
	}
}

// sentQuantile is a share of the latency of right answers from when they were
// sent, in microseconds: without what passed because this program was late.
func sentQuantile(share float64) func(*taken) float64 {
	return func(t *taken) float64 { return float64(t.window.Sent.At(share).Microseconds()) }
}

// ownQuantile is a share of the latency without the payer's time: less what
// the gateway waited for its payer on average in the same window, by its own
// metric. What a payer took longer than average stays in.
func ownQuantile(share float64) func(*taken) float64 {
	return func(t *taken) float64 {
		return max(0, float64((t.window.Latency.At(share) - t.spent.payer).Microseconds()))
	}
}

// settled is the name of settling on a store over a transport.
func settled(store, api string) string {
	return (&taken{kind: kindSettle, store: store, api: api}).name()
}

// bareOn is the name of bare commits beside a store.
func bareOn(store string) string { return (&taken{kind: kindBare, store: store}).name() }

// names are the things measured in closed loops or in open ones, in the order
// they were first taken.
func (r *benchRun) names(open bool) []string {
	var names []string
	seen := map[string]bool{}
	for i := range r.taken {
		t := &r.taken[i]
		if name := t.name(); !seen[name] && open == (t.offered > 0) {
			names, seen[name] = append(names, name), true
		}
	}
	return names
}

// closing is the last line: medians of the rounds' own ratios, on the first
// store and over the first transport unless it says otherwise.
func (r *benchRun) closing() string {
	store, api := r.stores[0], r.apis[0]
	first := settled(store, api)
	parts := []string{r.ratios("settle/pgbench", first, kindPgbench, rateOf), r.ratios("settle/simple", first, kindSimple, rateOf)}
	if len(r.apis) == 2 {
		parts = append(parts, r.ratios("rest/grpc", settled(store, transportREST), settled(store, transportGRPC), rateOf))
	}
	if len(r.stores) == 2 {
		parts = append(parts, r.ratios("sqlite/postgres", settled(storeSQLite, api), settled(storePostgres, api), rateOf))
	}
	for _, pair := range [][3]string{
		{"hot-person/spread", scenarioHotPerson, ""}, {"hot-fund/spread", scenarioHotFund, ""},
		{"year-end/spread", scenarioYearEnd, ""}, {"slow-payer/alone", scenarioSlowPayer, referenceNear},
	} {
		parts = append(parts, r.ratios(pair[0], first+" "+pair[1], strings.TrimSpace(first+" "+pair[2]), rateOf))
	}
	parts = append(parts, r.ratios("p99/bare", first, bareOn(store), quantile(0.99)))
	if lone := measure.MedianRatio(r.series(first, 1, quantile(0.5)), r.series(bareOn(store), 1, quantile(0.5))); lone > 0 {
		parts = append(parts, fmt.Sprintf("lone/bare %.1f", lone))
	}
	if open := measure.MedianRatio(r.series(first+" "+openLoop, 0, ownQuantile(0.99)), r.series(bareOn(store)+" "+api+" "+openLoop, 0, quantile(0.99))); open > 0 {
		parts = append(parts, fmt.Sprintf("open p99/bare %.1f", open))
	}
	parts = append(parts, r.overloadRatios(store, api))
	return strings.Join(strings.Fields(strings.Join(parts, " ")), " ")
}

// ratios are the medians of what a figure is to its yardstick, by clients.
func (r *benchRun) ratios(title, name, yardstick string, of func(*taken) float64) string {
	var figures []string
	for _, clients := range r.clients {
		if ratio := measure.MedianRatio(r.series(name, clients, of), r.series(yardstick, clients, of)); ratio > 0 {
			figures = append(figures, fmt.Sprintf("%d=%.2f", clients, ratio))
		}
	}
	if len(figures) == 0 {
		return ""
	}
	return title + " " + strings.Join(figures, " ")
}
