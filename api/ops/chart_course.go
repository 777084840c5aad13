package ops

import (
	"strconv"
	"strings"
	"time"

	"github.com/onestop-gateway/onestop/api/words"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// course shows how slow each share was, slot by slot, on a logarithmic axis.
type course struct {
	X, Y  []tick
	Lines []line
}

// line is one share through time. Path leaves out slots in which nothing was
// answered; Dots are every slot that is told.
type line struct {
	Name  words.Text
	Class string
	Path  string
	Dots  []point
}

// courseShares are those drawn, the one named first in the legend first.
var courseShares = []lifecycle.Share{lifecycle.SharePayer, lifecycle.ShareStore, lifecycle.ShareQueue, lifecycle.ShareGateway}

// courseOf draws the 99th percentile of each share.
func courseOf(slots []lifecycle.Moments) course {
	at, ticks := timeAxis(slots)
	longest := time.Duration(0)
	for i := range slots {
		for _, share := range courseShares {
			longest = max(longest, slots[i].Shares[share].P99)
		}
	}
	scale := newLogScale(longest, plotBottom, plotTop)
	c := course{X: ticks, Y: scale.ticks()}
	for _, share := range courseShares {
		drawn := line{Name: shareNames[share], Class: share.String()}
		var path strings.Builder
		gap := true
		for i := range slots {
			if slots[i].Answered == 0 {
				gap = true
				continue
			}
			p := point{at(slots[i].From.Add(slots[i].Lasted / 2)), scale.at(slots[i].Shares[share].P99)}
			drawn.Dots = append(drawn.Dots, p)
			path.WriteString(step(p, gap))
			gap = false
		}
		drawn.Path = path.String()
		c.Lines = append(c.Lines, drawn)
	}
	return c
}

// step is one step of a path: a new beginning after a gap, else a line.
func step(p point, begin bool) string {
	verb := "L"
	if begin {
		verb = "M"
	}
	coordinate := func(v float64) string { return strconv.FormatFloat(v, 'f', 1, 64) }
	return verb + coordinate(p.X) + " " + coordinate(p.Y)
}
