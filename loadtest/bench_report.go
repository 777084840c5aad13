package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/onestop-gateway/onestop/loadtest/measure"
	"github.com/onestop-gateway/onestop/loadtest/report"
	"github.com/onestop-gateway/onestop/loadtest/yardstick"
)

// writeReport writes what was measured as HTML, and its plots as SVG, where they
// are wanted.
func (r *benchRun) writeReport(machine yardstick.Machine) error {
	drawn := r.drawn(machine)
	if r.report != "" {
		if err := writeTo(r.report, drawn.Write); err != nil {
			return err
		}
	}
	if r.curves == "" {
		return nil
	}
	if err := os.MkdirAll(r.curves, 0o755); err != nil {
		return fmt.Errorf("writing curves: %w", err)
	}
	for i := range drawn.Plots {
		p := &drawn.Plots[i]
		p.Title += " (" + machine.String() + ")"
		if err := writeTo(filepath.Join(r.curves, p.File+".svg"), p.Write); err != nil {
			return err
		}
	}
	return nil
}

// writeTo writes a new file.
func writeTo(name string, write func(io.Writer) error) error {
	file, err := os.Create(name)
	if err != nil {
		return fmt.Errorf("writing report: %w", err)
	}
	return errors.Join(write(file), file.Close())
}

// drawn is the whole report.
func (r *benchRun) drawn(machine yardstick.Machine) *report.Report {
	out := &report.Report{
		Title: "Onestop: settling over the wire", Closing: r.closing(),
		Facts: []report.Fact{
			{Name: "machine", Value: machine.String()},
			{Name: "database", Value: r.databaseFact()},
			{Name: "load", Value: fmt.Sprintf("%d persons; %d rounds of windows of %s after %s of warming up; seed %d",
				len(r.crowd.people), r.bench.rounds, r.length, r.warm, r.seed)},
		},
		Tables: []report.Table{r.mediansTable(), r.openTable(), r.processorsTable(), r.refusalsTable()},
		Notes: []string{
			"Everything runs on this one machine: clients, gateway, payers, database.",
			"A ratio is the median over the rounds of what a figure is to its yardstick in the same round.",
			"A bare commit is one row, durable when it returns: the least a durable answer costs. A settlement needs two such commits and a call to a payer.",
			"In closed loops a client asks again when it has its answer. In open loops requests come when they are due; their latency counts from that moment.",
			"own p99 is without the time the gateway waited for its payer on average, by its own metric.",
		},
	}
	most := slices.Max(r.clients)
	out.Plots = append(out.Plots, r.ratePlot(), r.latencyPlot(), r.percentilePlot(), r.processorPlot(),
		r.timePlot("closed-loops", fmt.Sprintf("%d clients", most), func(t *taken) bool { return t.kind == kindSettle && t.clients == most }))
	if len(r.names(true)) > 0 {
		out.Plots = append(out.Plots, r.timePlot("open-loops", "open loops", func(t *taken) bool { return t.offered > 0 }), r.arrivalPlot())
	}
	return out
}

func (r *benchRun) databaseFact() string {
	if r.stage.cluster == nil {
		return "none but the embedded one"
	}
	return fmt.Sprintf("a cluster of its own, as initdb makes it, but %s; pgbench at scale %d", strings.Join(r.stage.settings, ", "), r.scale)
}

// byClients is a line of medians over the numbers of clients.
func (r *benchRun) byClients(name string, of func(*taken) float64) report.Line {
	line := report.Line{Name: name, Ink: r.ink(name)}
	for _, clients := range r.clients {
		if figures := r.series(name, clients, of); len(figures) > 0 {
			line.Points = append(line.Points, report.Point{X: float64(clients), Y: measure.Median(figures)})
		}
	}
	for i := range r.taken {
		if t := &r.taken[i]; t.name() == name {
			line.Dashed = t.kind != kindSettle
		}
	}
	return line
}

// clientsAxis marks the numbers of clients that were measured.
func (r *benchRun) clientsAxis() report.Axis {
	axis := report.Axis{Label: "clients at once", Log: true}
	for _, clients := range r.clients {
		axis.Ticks = append(axis.Ticks, report.Tick{At: float64(clients), Text: fmt.Sprint(clients)})
	}
	return axis
}

func (r *benchRun) ratePlot() report.Plot {
	p := report.Plot{File: "throughput", Title: "Throughput by clients, medians", X: r.clientsAxis(), Y: report.Axis{Label: "done a second", Log: true}}
	for _, name := range r.names(false) {
		p.Lines = append(p.Lines, r.byClients(name, rateOf))
	}
	return p
}

// asMillis turns a figure of microseconds into milliseconds.
func asMillis(of func(*taken) float64) func(*taken) float64 {
	return func(t *taken) float64 { return of(t) / 1000 }
}

func (r *benchRun) latencyPlot() report.Plot {
	p := report.Plot{File: "latency", Title: "Latency by clients: p99, medians", X: r.clientsAxis(), Y: report.Axis{Label: "p99, ms", Log: true}}
	for _, name := range r.names(false) {
		if name != kindPgbench && name != kindSimple {
			p.Lines = append(p.Lines, r.byClients(name, asMillis(quantile(0.99))))
		}
	}
	return p
}

// percentiles are the shares that the curve of latency is drawn through.
var percentiles = []report.Tick{{At: 1 / 0.9, Text: "10 %"}, {At: 2, Text: "50 %"}, {At: 10, Text: "90 %"}, {At: 100, Text: "99 %"}, {At: 1000, Text: "99.9 %"}}

// percentilePlot draws latency against the share of answers that had it, at
// the most clients and in open loops, all rounds together.
func (r *benchRun) percentilePlot() report.Plot {
	p := report.Plot{
		File: "percentiles", Title: fmt.Sprintf("Latency percentiles at %d clients, all rounds", slices.Max(r.clients)),
		X: report.Axis{Label: "share of answers within", Log: true, Ticks: percentiles}, Y: report.Axis{Label: "latency, ms", Log: true},
	}
	for _, name := range r.names(false) {
		whole := measure.NewLatency()
		for i := range r.taken {
			if t := &r.taken[i]; t.name() == name && t.clients == slices.Max(r.clients) && t.window != nil {
				whole.Merge(t.window.Latency)
			}
		}
		if whole.Count() == 0 {
			continue
		}
		line := report.Line{Name: name, Ink: r.ink(name), Dashed: name == bareOn(storePostgres) || name == bareOn(storeSQLite)}
		for _, tick := range percentiles {
			line.Points = append(line.Points, report.Point{X: tick.At, Y: float64(whole.At(1-1/tick.At)) / float64(time.Millisecond)})
		}
		p.Lines = append(p.Lines, line)
	}
	return p
}

func (r *benchRun) processorPlot() report.Plot {
	p := report.Plot{
		File: "processors", Title: "Processor time of a settlement, " + r.stores[0] + ", " + r.apis[0], X: r.clientsAxis(), Y: report.Axis{Label: "µs a settlement"},
	}
	for i, process := range measuredProcesses {
		line := r.byClients(settled(r.stores[0], r.apis[0]), processorOf(process))
		line.Name, line.Ink = process, i
		p.Lines = append(p.Lines, line)
	}
	return p
}

// ink is the colour of what was measured, the same in every plot.
func (r *benchRun) ink(name string) int {
	return slices.Index(append(r.names(false), r.names(true)...), name)
}

// overTime draws something of a window by the moment in it; what is below
// nothing was not to be had.
func (r *benchRun) overTime(t *taken, of []float64) report.Line {
	line := report.Line{Name: t.name(), Dashed: t.kind != kindSettle, Ink: r.ink(t.name())}
	for i, value := range of {
		if value < 0 {
			continue
		}
		middle := (float64(i) + 0.5) / measure.Slices * t.window.Length.Seconds()
		line.Points = append(line.Points, report.Point{X: middle, Y: value})
	}
	return line
}

// last are the windows of the last round that a property holds for.
func (r *benchRun) last(holds func(*taken) bool) (found []*taken) {
	for i := range r.taken {
		if t := &r.taken[i]; t.round == r.bench.rounds-1 && t.window != nil && holds(t) {
			found = append(found, t)
		}
	}
	return found
}

func (r *benchRun) timePlot(file, title string, of func(*taken) bool) report.Plot {
	p := report.Plot{
		File: file, Title: "Throughput over time, last round: " + title,
		X: report.Axis{Label: "seconds into the window"}, Y: report.Axis{Label: "right answers a second"},
	}
	for _, t := range r.last(of) {
		p.Lines = append(p.Lines, r.overTime(t, t.window.Series()))
	}
	return p
}

// arrivalPlot draws the latency of open loops over time.
func (r *benchRun) arrivalPlot() report.Plot {
	p := report.Plot{
		File: "open-latency", Title: "p99 over time in open loops, by the moment requests were due, last round",
		X: report.Axis{Label: "seconds into the window"}, Y: report.Axis{Label: "p99, ms", Log: true},
	}
	for _, t := range r.last(func(t *taken) bool { return t.offered > 0 }) {
		var slow []float64
		for _, slice := range t.window.Slice {
			if slice.Count() == 0 {
				slow = append(slow, -1)
				continue
			}
			slow = append(slow, float64(slice.At(0.99))/float64(time.Millisecond))
		}
		p.Lines = append(p.Lines, r.overTime(t, slow))
	}
	return p
}
