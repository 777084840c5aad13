package measure

import (
	"context"
	"time"
)

// Outcome is how one call ended.
type Outcome int

// The outcomes. Only Right is goodput.
const (
	Right    Outcome = iota // the right answer
	Wrong                   // an answer that must not be
	Rejected                // turned away, to come again later
	Failed                  // no answer, or one that is neither
	outcomes
)

// Outcomes is the number of outcomes.
const Outcomes = int(outcomes)

// Call makes one call. worker is who makes it, 0 and up: calls of one worker do
// not overlap.
type Call func(ctx context.Context, worker int) Outcome

// Span is how long a window is: load without measure first, then the measure.
type Span struct{ Warm, Length time.Duration }

// buckets is into how many slices of time a window is told.
const buckets = 40

// Window is what was measured of one stretch of load.
type Window struct {
	Length    time.Duration
	Count     [outcomes]int64
	Latency   *Latency // of the right answers
	Rejects   *Latency // of being turned away
	PerBucket [buckets]int64
}

func newWindow(length time.Duration) *Window {
	return &Window{Length: length, Latency: NewLatency(), Rejects: NewLatency()}
}

// note counts a call that ended at a moment of the window. What ended before
// or after counts in neither rate nor latency.
func (w *Window) note(how Outcome, at, took time.Duration) {
	if at < 0 || at >= w.Length {
		return
	}
	w.Count[how]++
	switch how {
	case Right:
		w.Latency.Add(took)
		w.PerBucket[int(int64(at)*buckets/int64(w.Length))]++
	case Rejected:
		w.Rejects.Add(took)
	}
}

// merge adds what another worker noted.
func (w *Window) merge(other *Window) {
	for how, n := range other.Count {
		w.Count[how] += n
	}
	for i, n := range other.PerBucket {
		w.PerBucket[i] += n
	}
	w.Latency.Merge(other.Latency)
	w.Rejects.Merge(other.Rejects)
}

// Rate is right answers a second.
func (w *Window) Rate() float64 { return float64(w.Count[Right]) / w.Length.Seconds() }

// Series is right answers a second by slices of the window.
func (w *Window) Series() []float64 {
	series := make([]float64, buckets)
	for i, n := range w.PerBucket {
		series[i] = float64(n) * buckets / w.Length.Seconds()
	}
	return series
}
