package ops

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/onestop-gateway/onestop/api/words"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

func TestLatency(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0 µs", 999 * time.Microsecond: "999 µs", time.Millisecond: "1.0 ms", 9990 * time.Microsecond: "9.9 ms",
		10 * time.Millisecond: "10 ms", 999 * time.Millisecond: "999 ms", time.Second: "1.0 s", 83*time.Second + 450*time.Millisecond: "83.4 s",
	} {
		if got := latency(d); got != want {
			t.Errorf("%d ns: %q, want %q", d, got, want)
		}
	}
}

func TestAge(t *testing.T) {
	for d, want := range map[time.Duration]string{
		-time.Second: "0 s", 119 * time.Second: "119 s", 2 * time.Minute: "2 min", 119 * time.Minute: "119 min", 2 * time.Hour: "2 h",
		47 * time.Hour: "47 h", 48 * time.Hour: "2 days",
	} {
		if got := age(d).In(words.English); got != want {
			t.Errorf("%s: %q, want %q", d, got, want)
		}
	}
}

func TestPercent(t *testing.T) {
	if got := []string{percent(0, 0), percent(0, 3), percent(1, 3), percent(3, 3)}; fmt.Sprint(got) != "[– 0.0 % 33.3 % 100.0 %]" {
		t.Error(got)
	}
}

func TestNiceTop(t *testing.T) {
	for v, want := range map[float64]float64{0: 1, 0.03: 0.05, 1: 1, 1.1: 2, 4: 5, 7: 10, 84: 100, 1200: 2000} {
		if top, steps := niceTop(v); math.Abs(top-want) > 1e-9 || steps < 2 {
			t.Errorf("%g: top %g in %d steps, want %g", v, top, steps, want)
		}
	}
}

// remembered is a Live with any traffic of up to seven minutes.
func remembered(t *rapid.T) lifecycle.Snapshot {
	w := quiet()
	for range rapid.IntRange(0, 60).Draw(t, "requests") {
		w.now = w.now.Add(time.Duration(rapid.IntRange(0, 7000).Draw(t, "pause")) * time.Millisecond)
		var spent lifecycle.Spent
		for share := range spent {
			spent[share] = time.Duration(rapid.Int64Range(0, 300_000_000).Draw(t, "micros")) * time.Microsecond
		}
		w.answered(rapid.IntRange(1, 900).Draw(t, "together"), rapid.Bool().Draw(t, "failed"), spent)
	}
	return w.live.Snapshot()
}

// TestChartsStayOnTheirBoard whatever the traffic was.
func TestChartsStayOnTheirBoard(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		now := remembered(t)
		flow := flowOf(now.Slots)
		for _, b := range flow.Bars {
			if b.X < plotLeft || b.X+b.Width > plotRight || b.Width <= 0 || b.Y < plotTop || b.Y+b.Height > plotBottom+.1 || b.FailedHeight > b.Height {
				t.Fatalf("bar %+v", b)
			}
		}
		course := courseOf(now.Slots)
		for _, line := range course.Lines {
			for _, p := range line.Dots {
				if p.X < plotLeft || p.X > plotRight || p.Y < plotTop || p.Y > plotBottom {
					t.Fatalf("%s at %+v", line.Class, p)
				}
			}
			if steps := strings.Count(line.Path, "M") + strings.Count(line.Path, "L"); steps != len(line.Dots) || len(line.Dots) != len(flow.Bars) {
				t.Fatalf("%s: %d steps, %d dots, %d bars", line.Class, steps, len(line.Dots), len(flow.Bars))
			}
		}
		for _, row := range whoIsSlow(&now.Window).Rows {
			if row.P50 < comparedLeft || row.P50 > row.P95 || row.P95 > row.P99 || row.P99 > comparedRight || row.Told != (now.Window.Answered > 0) {
				t.Fatalf("row %+v", row)
			}
		}
		for i, ticks := range [][]tick{flow.X, flow.Y, course.X, course.Y} {
			for _, tick := range ticks {
				if tick.At < plotTop || tick.At > plotRight || tick.Label == "" {
					t.Fatalf("axis %d: tick %+v", i, tick)
				}
			}
		}
	})
}

// TestAFlowInFigures: two slots of known traffic, the younger not over.
func TestAFlowInFigures(t *testing.T) {
	w := quiet()
	w.answered(40, false, lifecycle.Spent{})
	w.answered(10, true, lifecycle.Spent{})
	w.now = w.now.Add(lifecycle.LiveSlot)
	w.answered(20, false, lifecycle.Spent{})
	c := flowOf(w.live.Snapshot().Slots)
	if len(c.Bars) != 2 || len(c.X) != 6 || c.X[0].Label != "0" || c.X[5].Label != "−5" {
		t.Fatalf("%d bars, axis %+v", len(c.Bars), c.X)
	}
	first, last := c.Bars[0], c.Bars[1]
	if first.Open || !last.Open || first.Height != 160 || first.FailedHeight != 32 || last.Height != 64 || last.FailedHeight != 0 {
		t.Errorf("5 a second of 5: %+v; 2 a second: %+v", first, last)
	}
	if c.Y[len(c.Y)-1] != (tick{plotTop, "5"}) || c.Y[0] != (tick{plotBottom, "0"}) {
		t.Errorf("axis %+v", c.Y)
	}
}

// TestACourseHasGaps where nothing was answered.
func TestACourseHasGaps(t *testing.T) {
	w := quiet()
	for _, pause := range []time.Duration{0, lifecycle.LiveSlot, 3 * lifecycle.LiveSlot} {
		w.now = w.now.Add(pause)
		w.answered(1, false, lifecycle.Spent{lifecycle.SharePayer: time.Second})
	}
	c := courseOf(w.live.Snapshot().Slots)
	payer := c.Lines[0]
	if payer.Class != "payer" || strings.Count(payer.Path, "M") != 2 || strings.Count(payer.Path, "L") != 1 {
		t.Errorf("%+v", payer)
	}
	if last := c.Y[len(c.Y)-1]; last.Label != "1 s" || last.At != payer.Dots[0].Y {
		t.Errorf("a second lies at %g, the top %+v", payer.Dots[0].Y, last)
	}
}

// TestNoSlotsDrawNothing: a gateway without a memory.
func TestNoSlotsDrawNothing(t *testing.T) {
	if c := flowOf(nil); len(c.Bars) != 0 || len(c.X) != 0 {
		t.Errorf("%+v", c)
	}
	if c := courseOf(nil); c.Lines[0].Path != "" {
		t.Errorf("%+v", c)
	}
}

// TestALongCodeFitsBesideItsPlot: cut between letters, by their width.
func TestALongCodeFitsBesideItsPlot(t *testing.T) {
	c := whichPayer([]payer{{Code: "insurer-demo"}, {Code: "nhsa-province-36"}, {Code: "江西省医疗保障局信息平台结算中心"}})
	for i, want := range []string{"insurer-demo", "nhsa-provinc…", "江西省医疗保…"} {
		if got := c.Rows[i].Name.In(words.English); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
