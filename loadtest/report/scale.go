package report

import (
	"math"
	"strconv"
)

// scale turns values of an axis into places on paper.
type scale struct {
	low, high float64 // of the axis, logarithms where it is logarithmic
	from, to  float64 // on paper
	log       bool
	ticks     []Tick
}

// ticksAbout is how many round numbers an axis is marked with, about.
const ticksAbout = 6

// newScale fits an axis to its values.
func newScale(axis Axis, values []float64, from, to float64) scale {
	s := scale{from: from, to: to, log: axis.Log}
	low, high := math.Inf(1), math.Inf(-1)
	for _, value := range values {
		if !axis.Log || value > 0 {
			low, high = min(low, value), max(high, value)
		}
	}
	for _, tick := range axis.Ticks {
		low, high = min(low, tick.At), max(high, tick.At)
	}
	if math.IsInf(low, 1) { // nothing to show
		low, high = 1, 10
	}
	s.ticks = axis.Ticks
	switch {
	case axis.Log:
		s.decades(low, high)
	case axis.Ticks != nil:
		s.low, s.high = low, high
	default:
		s.rounds(high)
	}
	if s.high <= s.low {
		s.high = s.low + 1
	}
	return s
}

// decades marks powers of ten, and 2 and 5 times each where there are few.
func (s *scale) decades(low, high float64) {
	first, last := math.Floor(math.Log10(low)), math.Ceil(math.Log10(high))
	if first == last {
		last++
	}
	s.low, s.high = first, last
	if s.ticks != nil {
		s.low, s.high = math.Log10(low), math.Log10(high)
		return
	}
	for exponent := first; exponent <= last; exponent++ {
		for _, factor := range []float64{1, 2, 5} {
			at := factor * math.Pow(10, exponent)
			if (factor == 1 || last-first <= 3) && math.Log10(at) <= last+1e-9 {
				s.ticks = append(s.ticks, Tick{at, written(at)})
			}
		}
	}
}

// rounds marks an axis from 0 in steps of 1, 2 or 5 times a power of ten.
func (s *scale) rounds(high float64) {
	if high <= 0 {
		high = 1
	}
	step := math.Pow(10, math.Floor(math.Log10(high/ticksAbout)))
	for _, factor := range []float64{1, 2, 5, 10} {
		if high/(step*factor) <= ticksAbout {
			step *= factor
			break
		}
	}
	count := int(math.Ceil(high/step - 1e-9))
	for i := range count + 1 {
		s.ticks = append(s.ticks, Tick{float64(i) * step, written(float64(i) * step)})
	}
	s.high = float64(count) * step
}

// written is a number in as few characters as it can be.
func written(value float64) string { return strconv.FormatFloat(value, 'g', 6, 64) }

// at is the place of a value; what an axis of decades cannot show lies at its
// beginning.
func (s *scale) at(value float64) float64 {
	if s.log {
		if value <= 0 {
			return s.from
		}
		value = math.Log10(value)
	}
	return s.from + (value-s.low)/(s.high-s.low)*(s.to-s.from)
}
