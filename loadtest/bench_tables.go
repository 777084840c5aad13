package main

import (
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/onestop-gateway/onestop/loadtest/measure"
	"github.com/onestop-gateway/onestop/loadtest/report"
)

// conclude prints medians, ratios, processor time and the closing line. An
// answer that was wrong is an error, and so is a bench without a right one.
func (r *benchRun) conclude() error {
	for _, table := range []report.Table{r.mediansTable(), r.openTable(), r.processorsTable(), r.refusalsTable()} {
		r.print(table)
	}
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

// print prints a table with something in it.
func (r *benchRun) print(t report.Table) {
	if len(t.Rows) == 0 {
		return
	}
	fmt.Fprintf(r.out, "\n%s\n", t.Title)
	columns := tabwriter.NewWriter(r.out, 0, 0, 2, ' ', tabwriter.AlignRight)
	defer columns.Flush()
	for _, row := range append([][]string{t.Head}, t.Rows...) {
		fmt.Fprintln(columns, strings.Join(row, "\t")+"\t")
	}
}

// median is the middle of a figure over the rounds, as a duration.
func (r *benchRun) median(name string, clients int, of func(*taken) float64) string {
	return inMillis(time.Duration(measure.Median(r.series(name, clients, of))) * time.Microsecond)
}

// row is one line of a table by clients.
func (r *benchRun) row(title string, of func(clients int) string) []string {
	row := []string{title}
	for _, clients := range r.clients {
		row = append(row, of(clients))
	}
	return row
}

// head is the first line of a table by clients.
func (r *benchRun) head() []string {
	return r.row("", func(clients int) string { return fmt.Sprintf("%d clients", clients) })
}

// mediansTable has every figure of closed loops, by clients.
func (r *benchRun) mediansTable() report.Table {
	table := report.Table{Title: fmt.Sprintf("Closed loops, medians of %d rounds", r.bench.rounds), Head: r.head()}
	for _, name := range r.names(false) {
		table.Rows = append(table.Rows, r.row(name+", a second", func(clients int) string {
			return fmt.Sprintf("%.0f", measure.Median(r.series(name, clients, rateOf)))
		}))
		if name == kindPgbench || name == kindSimple {
			continue
		}
		for _, share := range []float64{0.5, 0.99} {
			table.Rows = append(table.Rows, r.row(fmt.Sprintf("p%.0f", 100*share), func(clients int) string {
				return r.median(name, clients, quantile(share))
			}))
		}
	}
	return table
}

// openTable has every figure of open loops.
func (r *benchRun) openTable() report.Table {
	table := report.Table{
		Title: "Open loops, latency from the moment a request was due; own: without the mean time of the payer's call; sent: from when it was sent; late: until it was sent; woke: until this program woke for it",
		Head:  []string{"", "due a second", "right a second", "p50", "p99", "own p99", "sent p99", "late p99", "woke p99", "unsent"},
	}
	for _, name := range r.names(true) {
		figure := func(of func(*taken) float64) string {
			return fmt.Sprintf("%.0f", measure.Median(r.series(name, 0, of)))
		}
		table.Rows = append(table.Rows, []string{
			name, figure(func(t *taken) float64 { return t.offered }), figure(rateOf),
			r.median(name, 0, quantile(0.5)), r.median(name, 0, quantile(0.99)), r.median(name, 0, ownQuantile(0.99)), r.median(name, 0, sentQuantile(0.99)),
			r.median(name, 0, func(t *taken) float64 { return float64(t.window.Late.At(0.99).Microseconds()) }),
			r.median(name, 0, func(t *taken) float64 { return float64(t.window.Woke.At(0.99).Microseconds()) }),
			figure(func(t *taken) float64 { return float64(t.window.Unsent) }),
		})
	}
	return table
}

// measuredProcesses are those whose processor time is told.
var measuredProcesses = []string{"gateway", "payersim", "postgres", generator}

// generator is this program among them.
const generator = "generator"

// processorsTable has the processor time of a settlement.
func (r *benchRun) processorsTable() report.Table {
	table := report.Table{Title: "Processor time of a settlement, microseconds, medians", Head: r.head()}
	for _, store := range r.stores {
		for _, api := range r.apis {
			for _, process := range measuredProcesses {
				table.Rows = append(table.Rows, r.row(store+" "+api+": "+process, func(clients int) string {
					return fmt.Sprintf("%.0f", measure.Median(r.series(settled(store, api), clients, processorOf(process))))
				}))
			}
		}
	}
	return table
}
