package measure

import (
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// The range of a latency that is told from another; what is longer counts as
// the longest.
const (
	latencyMax    = 10 * time.Minute
	latencyDigits = 3
	coarseDigits  = 2
)

// Latency is a distribution of durations, to three digits or two. It is not safe for
// concurrent use: every worker has its own, and they are merged.
type Latency struct{ counts *hdrhistogram.Histogram }

// NewLatency is an empty distribution.
func NewLatency() *Latency {
	return &Latency{hdrhistogram.New(1, latencyMax.Microseconds(), latencyDigits)}
}

// newCoarse is a distribution that tells less apart and takes less room.
func newCoarse() *Latency {
	return &Latency{hdrhistogram.New(1, latencyMax.Microseconds(), coarseDigits)}
}

// Add counts one duration, in whole microseconds.
func (l *Latency) Add(d time.Duration) {
	_ = l.counts.RecordValue(min(max(d, 0), latencyMax).Microseconds()) // within the range by the line itself
}

// Merge adds what another distribution counted.
func (l *Latency) Merge(other *Latency) { l.counts.Merge(other.counts) }

// Count is how many durations there are.
func (l *Latency) Count() int64 { return l.counts.TotalCount() }

// At is the duration that a share of all does not exceed: At(0.99) is p99. It
// is 0 of nothing.
func (l *Latency) At(share float64) time.Duration {
	return time.Duration(l.counts.ValueAtQuantile(100*share)) * time.Microsecond
}

// Max is the longest duration.
func (l *Latency) Max() time.Duration { return time.Duration(l.counts.Max()) * time.Microsecond }

// Mean is the average duration.
func (l *Latency) Mean() time.Duration {
	return time.Duration(l.counts.Mean() * float64(time.Microsecond))
}
