package measure

import (
	"math/rand/v2"
	"slices"
	"time"
)

// Curve is how load is spread over a window: weights of slices of equal
// length. An even load has none.
type Curve []float64

// at is the load at a share of the window, 0 to 1, where the mean is 1.
func (c Curve) at(share float64) float64 {
	if len(c) == 0 {
		return 1
	}
	sum := 0.0
	for _, weight := range c {
		sum += weight
	}
	slice := min(max(int(share*float64(len(c))), 0), len(c)-1)
	return c[slice] * float64(len(c)) / sum
}

// peak is the highest load of the curve.
func (c Curve) peak() float64 {
	if len(c) == 0 {
		return 1
	}
	return c.at((float64(slices.Index(c, slices.Max(c))) + 0.5) / float64(len(c)))
}

// Arrivals are the moments at which requests are due, counted from the start
// of warming up: a Poisson process, as of hospitals that know nothing of each
// other, at rate a second on average over the window, along the curve.
// Warming up has the load of the window's beginning.
func Arrivals(chance *rand.Rand, rate float64, span Span, curve Curve) []time.Duration {
	var due []time.Duration
	peak := curve.peak()
	for at := 0.0; ; {
		at += chance.ExpFloat64() / (rate * peak)
		moment := time.Duration(at * float64(time.Second))
		if moment >= span.Warm+span.Length {
			return due
		}
		share := (moment - span.Warm).Seconds() / span.Length.Seconds()
		if chance.Float64()*peak < curve.at(share) {
			due = append(due, moment)
		}
	}
}
