package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/onestop-gateway/onestop/loadtest/measure"
)

// The kinds of thing a bench measures.
const (
	kindPgbench = "pgbench"
	kindBare    = "bare commit"
	kindSettle  = "settle"
)

// taken is one figure taken in one round.
type taken struct {
	kind, store, api string
	clients, round   int
	rate             float64
	window           *measure.Window    // nil of pgbench
	cpu              map[string]float64 // microseconds a settlement, by process
}

// name is what was measured, on what.
func (t *taken) name() string {
	return strings.TrimSpace(strings.Join([]string{t.kind, t.store, t.api}, " "))
}

// take keeps a figure and prints it.
func (r *benchRun) take(t taken) {
	r.taken = append(r.taken, t)
	fmt.Fprintf(r.out, "round %d, %3d clients: %-22s %8.0f/s", t.round+1, t.clients, t.name(), t.rate)
	if w := t.window; w != nil {
		fmt.Fprintf(r.out, "  p50 %s  p99 %s  max %s", inMillis(w.Latency.At(0.5)), inMillis(w.Latency.At(0.99)), inMillis(w.Latency.Max()))
		if bad := w.Count[measure.Wrong] + w.Count[measure.Failed] + w.Count[measure.Rejected]; bad > 0 {
			fmt.Fprintf(r.out, "  wrong %d, failed %d, rejected %d", w.Count[measure.Wrong], w.Count[measure.Failed], w.Count[measure.Rejected])
		}
	}
	fmt.Fprintln(r.out)
}

// millis is a duration in milliseconds, to three digits.
func inMillis(d time.Duration) string {
	return fmt.Sprintf("%.3g ms", float64(d)/float64(time.Millisecond))
}

// series is a figure of each round, in order.
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

// settled is the name of settling on a store over a transport.
func settled(store, api string) string {
	return (&taken{kind: kindSettle, store: store, api: api}).name()
}

// bareOn is the name of bare commits beside a store.
func bareOn(store string) string { return (&taken{kind: kindBare, store: store}).name() }

// conclude prints medians, ratios, processor time and the closing line. An
// answer that was wrong is an error, and so is a bench without a right one.
func (r *benchRun) conclude() error {
	r.medians()
	r.processors()
	var counts [measure.Outcomes]int64
	for _, t := range r.taken {
		if t.window != nil {
			for how, n := range t.window.Count {
				counts[how] += n
			}
		}
	}
	fmt.Fprintf(r.out, "\nanswers: %d right (%d cut by a cap), %d wrong, %d failed, %d rejected\n",
		counts[measure.Right], r.examiner.capped.Load(), counts[measure.Wrong], counts[measure.Failed], counts[measure.Rejected])
	for _, example := range r.examiner.examples {
		fmt.Fprintln(r.out, "  such as:", example)
	}
	fmt.Fprintln(r.out, r.closing())
	if counts[measure.Wrong] > 0 || counts[measure.Right] == 0 {
		return errWrong
	}
	return nil
}

// medians prints the median of every figure over the rounds, by clients.
func (r *benchRun) medians() {
	fmt.Fprintf(r.out, "\nmedians of %d rounds\n", r.bench.rounds)
	table := tabwriter.NewWriter(r.out, 0, 0, 2, ' ', tabwriter.AlignRight)
	defer table.Flush()
	head(table, "", r.clients)
	for _, name := range r.names() {
		row(table, name+", a second", r.clients, func(clients int) string {
			return fmt.Sprintf("%.0f", measure.Median(r.series(name, clients, rateOf)))
		})
		if name == kindPgbench {
			continue
		}
		for _, share := range []float64{0.5, 0.99} {
			row(table, fmt.Sprintf("p%.0f", 100*share), r.clients, func(clients int) string {
				return inMillis(time.Duration(measure.Median(r.series(name, clients, quantile(share)))) * time.Microsecond)
			})
		}
	}
}

// names are the things measured, in the order they were first taken.
func (r *benchRun) names() []string {
	var names []string
	seen := map[string]bool{}
	for i := range r.taken {
		if name := r.taken[i].name(); !seen[name] {
			names, seen[name] = append(names, name), true
		}
	}
	return names
}

// processors prints the processor time of a settlement.
func (r *benchRun) processors() {
	fmt.Fprintln(r.out, "\nprocessor time of a settlement, microseconds, medians")
	table := tabwriter.NewWriter(r.out, 0, 0, 2, ' ', tabwriter.AlignRight)
	defer table.Flush()
	head(table, "", r.clients)
	for _, store := range r.stores {
		for _, api := range r.apis {
			for _, process := range []string{"gateway", "payersim", "postgres", "generator"} {
				row(table, store+" "+api+": "+process, r.clients, func(clients int) string {
					return fmt.Sprintf("%.0f", measure.Median(r.series(settled(store, api), clients, func(t *taken) float64 { return t.cpu[process] })))
				})
			}
		}
	}
}

// head is the first line of a table by clients.
func head(table io.Writer, title string, clients []int) {
	row(table, title, clients, func(clients int) string { return fmt.Sprintf("%d clients", clients) })
}

// row is one line of a table by clients.
func row(table io.Writer, title string, clients []int, of func(clients int) string) {
	fmt.Fprintf(table, "%s\t", title)
	for _, n := range clients {
		fmt.Fprintf(table, "%s\t", of(n))
	}
	fmt.Fprintln(table)
}

// closing is the last line: medians of the rounds' own ratios.
func (r *benchRun) closing() string {
	var parts []string
	first := settled(r.stores[0], r.apis[0])
	byClients := func(title, name string, of func(*taken) float64, yard string) {
		var figures []string
		for _, clients := range r.clients {
			if ratio := measure.MedianRatio(r.series(name, clients, of), r.series(yard, clients, of)); ratio > 0 {
				figures = append(figures, fmt.Sprintf("%d=%.2f", clients, ratio))
			}
		}
		if len(figures) > 0 {
			parts = append(parts, title+" "+strings.Join(figures, " "))
		}
	}
	byClients("settle/pgbench", first, rateOf, kindPgbench)
	if len(r.apis) == 2 {
		byClients("rest/grpc", settled(r.stores[0], transportREST), rateOf, settled(r.stores[0], transportGRPC))
	}
	if len(r.stores) == 2 {
		byClients("sqlite/postgres", settled(storeSQLite, r.apis[0]), rateOf, settled(storePostgres, r.apis[0]))
	}
	byClients("p99/bare", first, quantile(0.99), bareOn(r.stores[0]))
	if lone := measure.MedianRatio(r.series(first, 1, quantile(0.5)), r.series(bareOn(r.stores[0]), 1, quantile(0.5))); lone > 0 {
		parts = append(parts, fmt.Sprintf("lone/bare %.1f", lone))
	}
	return strings.Join(parts, " ")
}
