package ops

import (
	"time"
	"unicode"

	"github.com/onestop-gateway/onestop/api/words"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// comparison shows how the durations of several things are spread, one row
// each, on one logarithmic axis.
type comparison struct {
	X      []tick
	Rows   []compared
	Height float64
	Bottom float64 // of the plot
}

// compared is one row. Without Told nothing was measured.
type compared struct {
	Name     words.Text
	Class    string
	Y        float64
	Told     bool
	P50, P95 float64 // places
	P99      float64
	Took     lifecycle.Quantiles
}

// Where a comparison differs from the other charts.
const (
	rowHeight      = 30
	comparedLeft   = 104
	comparedRight  = 326 // the figures stand to the right of it
	comparedFooter = 40
)

// compare lays rows out; only Name, Class and Took of each are read.
func compare(rows []compared) comparison {
	longest := time.Duration(0)
	for _, row := range rows {
		longest = max(longest, row.Took.P99)
	}
	scale := newLogScale(longest, comparedLeft, comparedRight)
	c := comparison{X: scale.ticks(), Rows: rows, Bottom: float64(plotTop + 14 + rowHeight*len(rows))}
	c.Height = c.Bottom + comparedFooter
	for i := range rows {
		row := &rows[i]
		row.Y = float64(plotTop + 14 + rowHeight*i + rowHeight/2)
		row.Told = row.Took.Count > 0
		row.P50, row.P95, row.P99 = scale.at(row.Took.P50), scale.at(row.Took.P95), scale.at(row.Took.P99)
	}
	return c
}

// whoIsSlow compares the whole of requests with each of its shares.
func whoIsSlow(window *lifecycle.Moments) comparison {
	rows := []compared{{Name: words.Text{Zh: "全程", En: "whole"}, Class: "whole", Took: window.Whole}}
	for _, share := range []lifecycle.Share{
		lifecycle.SharePayer, lifecycle.ShareStore, lifecycle.ShareQueue, lifecycle.ShareRecovery, lifecycle.ShareGateway,
	} {
		rows = append(rows, compared{Name: shareNames[share], Class: share.String(), Took: window.Shares[share]})
	}
	return compare(rows)
}

// labelMost is how many Latin letters fit beside the plot; one of another
// script takes the place of two.
const labelMost = 12

// label is a payer's code as far as it fits; the table above has the whole.
func label(code string) string {
	width := 0
	for i, letter := range code {
		if letter > unicode.MaxLatin1 {
			width++
		}
		if width++; width > labelMost {
			return code[:i] + "…"
		}
	}
	return code
}

// whichPayer compares the payers.
func whichPayer(payers []payer) comparison {
	rows := make([]compared, len(payers))
	for i, p := range payers {
		name := label(string(p.Code))
		rows[i] = compared{Name: words.Text{Zh: name, En: name}, Class: "payer", Took: p.Took}
	}
	return compare(rows)
}
