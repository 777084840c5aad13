package ops

import (
	"strconv"

	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// flow shows how many requests were answered, slot by slot.
type flow struct {
	X, Y []tick
	Bars []bar
}

// bar is one slot: those answered, and at its foot those that failed.
type bar struct {
	X, Width     float64
	Y, Height    float64
	FailedY      float64
	FailedHeight float64
	Open         bool // the slot is not over
}

// flowOf draws the slots, in requests per second.
func flowOf(slots []lifecycle.Moments) flow {
	at, ticks := timeAxis(slots)
	c := flow{X: ticks}
	rate := func(n int, m *lifecycle.Moments) float64 { return float64(n) / m.Lasted.Seconds() }
	highest := 0.0
	for i := range slots {
		highest = max(highest, rate(slots[i].Answered, &slots[i]))
	}
	top, steps := niceTop(highest)
	height := func(v float64) float64 { return place(v, 0, top, 0, plotBottom-plotTop) }
	for i := range steps + 1 {
		v := top * float64(i) / float64(steps)
		c.Y = append(c.Y, tick{plotBottom - height(v), strconv.FormatFloat(v, 'g', 3, 64)})
	}
	for i := range slots {
		slot := &slots[i]
		if slot.Answered == 0 {
			continue
		}
		answered, failed := height(rate(slot.Answered, slot)), height(rate(slot.Failed, slot))
		left, right := at(slot.From), at(slot.From.Add(slot.Lasted))
		c.Bars = append(c.Bars, bar{
			X: left + 1, Width: right - left - 2, Y: plotBottom - answered, Height: answered,
			FailedY: plotBottom - failed, FailedHeight: failed, Open: i == len(slots)-1,
		})
	}
	return c
}
