package main

import (
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/onestop-gateway/onestop/loadtest/measure"
)

// conclude prints medians, ratios, processor time and the closing line. An
// answer that was wrong is an error, and so is a bench without a right one.
func (r *benchRun) conclude() error {
	r.medians()
	r.openMedians()
	r.processors()
	var counts [measure.Outcomes]int64
	for i := range r.taken {
		if w := r.taken[i].window; w != nil {
			for how, n := range w.Count {
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

// median is the middle of a figure over the rounds, as a duration.
func (r *benchRun) median(name string, clients int, of func(*taken) float64) time.Duration {
	return time.Duration(measure.Median(r.series(name, clients, of))) * time.Microsecond
}

// medians prints the median of every figure of closed loops, by clients.
func (r *benchRun) medians() {
	fmt.Fprintf(r.out, "\nmedians of %d rounds\n", r.bench.rounds)
	table := tabwriter.NewWriter(r.out, 0, 0, 2, ' ', tabwriter.AlignRight)
	defer table.Flush()
	head(table, r.clients)
	for _, name := range r.names(false) {
		row(table, name+", a second", r.clients, func(clients int) string {
			return fmt.Sprintf("%.0f", measure.Median(r.series(name, clients, rateOf)))
		})
		if name == kindPgbench {
			continue
		}
		for _, share := range []float64{0.5, 0.99} {
			row(table, fmt.Sprintf("p%.0f", 100*share), r.clients, func(clients int) string {
				return inMillis(r.median(name, clients, quantile(share)))
			})
		}
	}
}

// openMedians prints the medians of open loops.
func (r *benchRun) openMedians() {
	names := r.names(true)
	if len(names) == 0 {
		return
	}
	fmt.Fprintln(r.out, "\nopen loops, latency from the moment a request was due; own: without the mean time of the payer's call; late: until it was sent")
	table := tabwriter.NewWriter(r.out, 0, 0, 2, ' ', tabwriter.AlignRight)
	defer table.Flush()
	fmt.Fprintln(table, "\tdue a second\tright a second\tp50\tp99\town p99\tlate p99\tunsent\t")
	for _, name := range names {
		figure := func(of func(*taken) float64) float64 { return measure.Median(r.series(name, 0, of)) }
		fmt.Fprintf(table, "%s\t%.0f\t%.0f\t%s\t%s\t%s\t%s\t%.0f\t\n", name,
			figure(func(t *taken) float64 { return t.offered }), figure(rateOf),
			inMillis(r.median(name, 0, quantile(0.5))), inMillis(r.median(name, 0, quantile(0.99))),
			inMillis(r.median(name, 0, ownQuantile(0.99))),
			inMillis(r.median(name, 0, func(t *taken) float64 { return float64(t.window.Late.At(0.99).Microseconds()) })),
			figure(func(t *taken) float64 { return float64(t.window.Unsent) }))
	}
}

// measuredProcesses are those whose processor time is told.
var measuredProcesses = []string{"gateway", "payersim", "postgres", "generator"}

// processors prints the processor time of a settlement.
func (r *benchRun) processors() {
	fmt.Fprintln(r.out, "\nprocessor time of a settlement, microseconds, medians")
	table := tabwriter.NewWriter(r.out, 0, 0, 2, ' ', tabwriter.AlignRight)
	defer table.Flush()
	head(table, r.clients)
	for _, store := range r.stores {
		for _, api := range r.apis {
			for _, process := range measuredProcesses {
				row(table, store+" "+api+": "+process, r.clients, func(clients int) string {
					return fmt.Sprintf("%.0f", measure.Median(r.series(settled(store, api), clients, func(t *taken) float64 { return t.cpu[process] })))
				})
			}
		}
	}
}

// head is the first line of a table by clients.
func head(table io.Writer, clients []int) {
	row(table, "", clients, func(clients int) string { return fmt.Sprintf("%d clients", clients) })
}

// row is one line of a table by clients.
func row(table io.Writer, title string, clients []int, of func(clients int) string) {
	fmt.Fprintf(table, "%s\t", title)
	for _, n := range clients {
		fmt.Fprintf(table, "%s\t", of(n))
	}
	fmt.Fprintln(table)
}
