package measure

import (
	"context"
	"fmt"
	"strings"
	"sync"
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

// Slices is into how many stretches of time a window is told.
const Slices = 40

// Window is what was measured of one stretch of load. Rates count what ended
// within it. Latencies are those of closed loops' calls that ended within it,
// and of open loops' requests that were due within it.
type Window struct {
	Length  time.Duration
	Count   [outcomes]int64
	Latency *Latency         // of the right answers
	Rejects *Latency         // of being turned away
	Sent    *Latency         // of the right answers, from when they were sent; open loops only
	Late    *Latency         // how long after it was due a request was sent; open loops only
	Woke    *Latency         // how long after a request was due this program woke that slept until then; open loops only
	Unsent  int64            // requests that nobody was free to send; open loops only
	Slice   [Slices]*Latency // of the right answers by stretch of time, coarsely
	ended   [Slices]int64
}

// NewWindow is a window in which nothing was measured yet.
func NewWindow(length time.Duration) *Window {
	w := &Window{Length: length, Latency: NewLatency(), Rejects: NewLatency(), Sent: NewLatency(), Late: NewLatency(), Woke: NewLatency()}
	for i := range w.Slice {
		w.Slice[i] = newCoarse()
	}
	return w
}

// slice is the stretch of time that a moment is in.
func (w *Window) slice(at time.Duration) (int, bool) {
	return int(int64(at) * Slices / max(1, int64(w.Length))), at >= 0 && at < w.Length
}

// count counts an outcome at the moment it was there.
func (w *Window) count(how Outcome, at time.Duration) {
	slice, within := w.slice(at)
	if !within {
		return
	}
	w.Count[how]++
	if how == Right {
		w.ended[slice]++
	}
}

// time adds a latency to the moment it belongs to.
func (w *Window) time(how Outcome, at, took time.Duration) {
	slice, within := w.slice(at)
	switch {
	case !within:
	case how == Right:
		w.Latency.Add(took)
		w.Slice[slice].Add(took)
	case how == Rejected:
		w.Rejects.Add(took)
	}
}

// merge adds what others noted.
func (w *Window) merge(other *Window) {
	for how, n := range other.Count {
		w.Count[how] += n
	}
	for i := range Slices {
		w.ended[i] += other.ended[i]
		w.Slice[i].Merge(other.Slice[i])
	}
	w.Latency.Merge(other.Latency)
	w.Rejects.Merge(other.Rejects)
	w.Sent.Merge(other.Sent)
	w.Late.Merge(other.Late)
	w.Woke.Merge(other.Woke)
	w.Unsent += other.Unsent
}

// Rate is right answers a second.
func (w *Window) Rate() float64 { return float64(w.Count[Right]) / w.Length.Seconds() }

// Series is right answers a second by stretch of time.
func (w *Window) Series() []float64 {
	series := make([]float64, Slices)
	for i, n := range w.ended {
		series[i] = float64(n) * Slices / w.Length.Seconds()
	}
	return series
}

// shards is how many windows the workers of one load share: few enough for
// memory, enough that they seldom wait for each other.
const shards = 16

// shard is a window that some workers share.
type shard struct {
	mu     sync.Mutex
	window *Window
}

// answered notes a call of a closed loop.
func (s *shard) answered(how Outcome, at, took time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.window.count(how, at)
	s.window.time(how, at, took)
}

// arrival is one request of an open loop; moments count from the window's
// beginning.
type arrival struct{ due, sent, ended time.Duration }

// arrived notes a request of an open loop.
func (s *shard) arrived(how Outcome, a arrival) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.window.count(how, a.ended)
	s.window.time(how, a.due, a.ended-a.due)
	if _, within := s.window.slice(a.due); within {
		s.window.Late.Add(a.sent - a.due)
		if how == Right {
			s.window.Sent.Add(a.ended - a.sent)
		}
	}
}

// gather is what all shards noted.
func gather(length time.Duration, noted []shard) *Window {
	whole := NewWindow(length)
	for i := range noted {
		whole.merge(noted[i].window)
	}
	return whole
}

// newShards are the shards of so many workers.
func newShards(workers int, length time.Duration) []shard {
	noted := make([]shard, min(workers, shards))
	for i := range noted {
		noted[i].window = NewWindow(length)
	}
	return noted
}

// Trouble says what was not answered rightly, or nothing.
func (w *Window) Trouble() string {
	var said strings.Builder
	for _, kind := range []struct {
		name  string
		count int64
	}{{"wrong", w.Count[Wrong]}, {"failed", w.Count[Failed]}, {"rejected", w.Count[Rejected]}, {"unsent", w.Unsent}} {
		if kind.count > 0 {
			fmt.Fprintf(&said, "  %s %d", kind.name, kind.count)
		}
	}
	return said.String()
}
