package main

import (
	"fmt"
	"time"

	"github.com/onestop-gateway/onestop/loadtest/measure"
	"github.com/onestop-gateway/onestop/loadtest/report"
	"github.com/onestop-gateway/onestop/loadtest/yardstick"
)

// flood is a window at ten times the peak, and the window of that peak.
type flood struct{ at, peak *taken }

// floods are those of all rounds in which both were measured.
func (r *benchRun) floods(store, api string) (found []flood) {
	for round := range r.bench.rounds {
		var f flood
		for i := range r.taken {
			t := &r.taken[i]
			switch {
			case t.kind != kindSettle || t.store != store || t.api != api || t.round != round:
			case t.scenario == overFlood:
				f.at = t
			case t.scenario == "" && t.offered == 0 && (f.peak == nil || t.rate > f.peak.rate):
				f.peak = t
			}
		}
		if f.at != nil && f.peak != nil {
			found = append(found, f)
		}
	}
	return found
}

// perRefusal is what a refusal cost a process: what it used in the flood, less
// what as many settlements as were answered there cost it at the peak.
func (f flood) perRefusal(process string) yardstick.Used {
	share := float64(f.at.window.Count[measure.Right]) / float64(max(1, f.peak.window.Count[measure.Right]))
	used, settling := f.at.spent.cpu[process], f.peak.spent.cpu[process]
	refused := max(1, f.at.window.Count[measure.Rejected])
	of := func(all, others time.Duration) time.Duration {
		return max(0, all-time.Duration(share*float64(others))) / time.Duration(refused)
	}
	return yardstick.Used{User: of(used.User, settling.User), Kernel: of(used.Kernel, settling.Kernel)}
}

// ofTimeLeft is goodput in the flood as a share of what would be settled, at the
// peak's processor time for each, in the time that the load generator leaves:
// all that gateway, payers and database used, and all that nobody used. It says
// what refusing takes from settling inside the gateway, and leaves out what
// making the refused requests takes, which elsewhere is other machines' work.
func (f flood) ofTimeLeft() float64 {
	var settling, left time.Duration
	for _, process := range measuredProcesses {
		if process != generator {
			settling += f.peak.spent.cpu[process].Whole()
			left += f.at.spent.cpu[process].Whole()
		}
	}
	each := float64(settling) / float64(max(1, f.peak.window.Count[measure.Right]))
	if left += f.at.spent.idle; left <= 0 {
		return 0
	}
	return float64(f.at.window.Count[measure.Right]) * each / float64(left)
}

// refusalsTable has the processor time of a refusal.
func (r *benchRun) refusalsTable() report.Table {
	table := report.Table{
		Title: "Processor time of a refusal at 10 of peak, microseconds, medians: what is used beyond the settlements answered there, at the peak's time for each",
		Head:  []string{"", "program", "kernel"},
	}
	for _, store := range r.stores {
		for _, api := range r.apis {
			floods := r.floods(store, api)
			for _, process := range []string{"gateway", generator} {
				if len(floods) == 0 {
					continue
				}
				median := func(of func(yardstick.Used) time.Duration) string {
					var each []float64
					for _, f := range floods {
						each = append(each, float64(of(f.perRefusal(process)).Nanoseconds())/1000)
					}
					return fmt.Sprintf("%.1f", measure.Median(each))
				}
				table.Rows = append(table.Rows, []string{
					store + " " + api + ": " + process,
					median(func(u yardstick.Used) time.Duration { return u.User }), median(func(u yardstick.Used) time.Duration { return u.Kernel }),
				})
			}
		}
	}
	return table
}
