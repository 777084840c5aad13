package ops

import (
	"math"
	"strconv"
	"time"

	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// The drawing board of every chart, in the units of its viewBox: as wide as a
// phone, so that letters are as large there as they are drawn.
const (
	chartWidth = 400
	plotLeft   = 54
	plotRight  = 390
	plotTop    = 10
	plotBottom = 170
)

// tick is a labelled place on an axis.
type tick struct {
	At    float64
	Label string
}

// point is a place on the drawing board.
type point struct{ X, Y float64 }

// place is v of from–to on the way from a to b, in tenths of a unit.
func place(v, from, to, a, b float64) float64 {
	return math.Round(10*(a+(b-a)*(v-from)/(to-from))) / 10
}

// logScale has a decade for every ten times as long, from 100 µs.
type logScale struct {
	decades int
	a, b    float64 // where it begins and ends on the board
}

const shortest = 100 * time.Microsecond

// newLogScale reaches to the decade above longest, 100 ms at least.
func newLogScale(longest time.Duration, a, b float64) logScale {
	decades := 3
	for reach := shortest * 1000; reach < longest && decades < 7; reach *= 10 {
		decades++
	}
	return logScale{decades, a, b}
}

// at is where a duration lies; what is shorter than the scale lies at its
// beginning.
func (s logScale) at(d time.Duration) float64 {
	d = max(d, shortest)
	return place(math.Min(math.Log10(float64(d)/float64(shortest)), float64(s.decades)), 0, float64(s.decades), s.a, s.b)
}

func (s logScale) ticks() []tick {
	ticks := make([]tick, 0, s.decades+1)
	for d, i := shortest, 0; i <= s.decades; i++ {
		ticks = append(ticks, tick{s.at(d), tickLatency(d)})
		d *= 10
	}
	return ticks
}

// tickLatency is a whole decade, as short as an axis wants it.
func tickLatency(d time.Duration) string {
	switch {
	case d < time.Millisecond:
		return "0.1 ms"
	case d < time.Second:
		return strconv.FormatInt(d.Milliseconds(), 10) + " ms"
	}
	return strconv.FormatInt(int64(d/time.Second), 10) + " s"
}

// timeAxis are the minutes before the end of the youngest slot.
func timeAxis(slots []lifecycle.Moments) (at func(time.Time) float64, ticks []tick) {
	if len(slots) == 0 {
		return func(time.Time) float64 { return plotLeft }, nil
	}
	last := slots[len(slots)-1]
	from, to := slots[0].From, last.From.Add(last.Lasted)
	at = func(t time.Time) float64 {
		return place(t.Sub(from).Seconds(), 0, to.Sub(from).Seconds(), plotLeft, plotRight)
	}
	for t, minutes := to, 0; !t.Before(from); t, minutes = t.Add(-time.Minute), minutes+1 {
		label := "0"
		if minutes > 0 {
			label = "−" + strconv.Itoa(minutes)
		}
		ticks = append(ticks, tick{at(t), label})
	}
	return at, ticks
}

// niceTop is the smallest of 1, 2 and 5 times a power of ten that is not below
// v, and in how many steps it is divided.
func niceTop(v float64) (top float64, steps int) {
	if v <= 0 {
		return 1, 2
	}
	power := math.Pow(10, math.Floor(math.Log10(v)))
	for _, nice := range []struct {
		times float64
		steps int
	}{{1, 4}, {2, 4}, {5, 5}} {
		if v <= nice.times*power {
			return nice.times * power, nice.steps
		}
	}
	return 10 * power, 4
}
