package measure

import (
	"context"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"
)

// evenly are requests due every gap.
func evenly(gap, length time.Duration) (due []time.Duration) {
	for at := time.Duration(0); at < length; at += gap {
		due = append(due, at)
	}
	return due
}

// stalling is a server that answers in a millisecond, one at a time, and once
// not for two seconds.
func stalling(start time.Time) Call {
	one := make(chan struct{}, 1) // waiting for a mutex would not let the bubble's time go on
	return func(context.Context, int) Outcome {
		one <- struct{}{}
		defer func() { <-one }()
		if now := time.Since(start); now >= 4*time.Second && now < 5*time.Second {
			time.Sleep(2 * time.Second)
		}
		time.Sleep(time.Millisecond)
		return Right
	}
}

// A server that stalls for two seconds of ten keeps a fifth of all requests
// waiting. A closed loop asks it once meanwhile and sees nothing of it at p99;
// an open loop sees all of it, even with one worker, who can send nothing while
// it waits.
func TestOpenLoopSeesTheStall(t *testing.T) {
	span := Span{Length: 10 * time.Second}
	for _, c := range []struct {
		name     string
		measured func(t *testing.T) *Window
		p90, p99 time.Duration // at least; 0: at most 10 ms
	}{
		{"closed", func(t *testing.T) *Window {
			return Closed(t.Context(), 1, span, stalling(time.Now()))
		}, 0, 0},
		{"open, one worker", func(t *testing.T) *Window {
			return Open(t.Context(), Load{Span: span, Due: evenly(10*time.Millisecond, span.Length), Workers: 1, Sleep: time.Sleep}, stalling(time.Now()))
		}, time.Second, 1900 * time.Millisecond},
		{"open, many workers", func(t *testing.T) *Window {
			return Open(t.Context(), Load{Span: span, Due: evenly(10*time.Millisecond, span.Length), Workers: 500, Sleep: time.Sleep}, stalling(time.Now()))
		}, time.Second, 1900 * time.Millisecond},
	} {
		synctest.Test(t, func(t *testing.T) {
			w := c.measured(t)
			for share, want := range map[float64]time.Duration{0.90: c.p90, 0.99: c.p99} {
				got := w.Latency.At(share)
				if want == 0 && got > 10*time.Millisecond || got < want {
					t.Errorf("%s: %v of all within %s, want at least %s", c.name, share, got, want)
				}
			}
			if w.Unsent != 0 || w.Count[Right] == 0 {
				t.Errorf("%s: %d unsent, %d right", c.name, w.Unsent, w.Count[Right])
			}
		})
	}
}

// The generator says how late it was itself: with one worker as late as the
// server made it, with many not at all.
func TestOpenLoopSaysHowLateItWas(t *testing.T) {
	for _, c := range []struct {
		workers     int
		least, most time.Duration
	}{{1, 1900 * time.Millisecond, 3 * time.Second}, {500, 0, time.Millisecond}} {
		synctest.Test(t, func(t *testing.T) {
			span := Span{Length: 10 * time.Second}
			w := Open(t.Context(), Load{Span: span, Due: evenly(10*time.Millisecond, span.Length), Workers: c.workers, Sleep: time.Sleep}, stalling(time.Now()))
			if late := w.Late.Max(); late < c.least || late > c.most {
				t.Errorf("%d workers: late by %s", c.workers, late)
			}
			if woke := w.Woke.Max(); woke != 0 || w.Woke.Count() == 0 {
				t.Errorf("%d workers: woke %d times, late by %s", c.workers, w.Woke.Count(), woke)
			}
		})
	}
}

// A program that wakes late says so: what it measures is longer by that, and is
// not what the callee took.
func TestOpenLoopSaysHowLateItWoke(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		span := Span{Warm: time.Second, Length: 10 * time.Second}
		slow := func(d time.Duration) { time.Sleep(d + time.Millisecond) }
		n := 0
		w := Open(t.Context(), Load{Span: span, Due: evenly(10*time.Millisecond, span.Warm+span.Length), Workers: 1, Sleep: slow}, func(context.Context, int) Outcome {
			time.Sleep(time.Millisecond / 2)
			if n++; n%2 == 0 {
				return Rejected
			}
			return Right
		})
		if w.Woke.At(0.01) != time.Millisecond || w.Woke.Max() != time.Millisecond || w.Woke.Count() != 1000 {
			t.Errorf("woke %d times, late by %s to %s", w.Woke.Count(), w.Woke.At(0.01), w.Woke.Max())
		}
		if w.Sent.Count() != 500 || w.Sent.Max() != time.Millisecond/2 || w.Latency.Max() != 3*time.Millisecond/2 {
			t.Errorf("%d right within %s of being sent, %s of being due", w.Sent.Count(), w.Sent.Max(), w.Latency.Max())
		}
	})
}

// Ten requests a second are due, and one worker can make five: half of them
// are never sent, and are not forgotten either.
func TestOpenLoopCountsWhatItCouldNotSend(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		span := Span{Warm: time.Second, Length: 10 * time.Second}
		w := Open(t.Context(), Load{Span: span, Due: evenly(100*time.Millisecond, 11*time.Second), Workers: 1, Sleep: time.Sleep}, func(context.Context, int) Outcome {
			time.Sleep(200 * time.Millisecond)
			return Right
		})
		if w.Unsent < 53 || w.Unsent > 56 || w.Count[Right] < 48 || w.Count[Right] > 51 {
			t.Errorf("%d unsent, %d right", w.Unsent, w.Count[Right])
		}
	})
}

// A window is told by moments: what is due while warming up has no latency,
// what ends after the window is in no rate.
func TestOpenLoopKeepsToItsWindow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		span := Span{Warm: time.Second, Length: time.Second}
		w := Open(t.Context(), Load{Span: span, Due: evenly(100*time.Millisecond, 2*time.Second), Workers: 50, Sleep: time.Sleep}, func(context.Context, int) Outcome {
			time.Sleep(250 * time.Millisecond)
			return Right
		})
		if w.Latency.Count() != 10 || w.Count[Right] != 10 || w.Rate() != 10 {
			t.Errorf("%d latencies, %d ended, %.1f a second", w.Latency.Count(), w.Count[Right], w.Rate())
		}
		if first := w.Slice[0].Count(); first != 1 {
			t.Errorf("%d latencies in the first slice", first)
		}
	})
}

func TestOpenLoopEndsWhenToldTo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		began := time.Now()
		Open(ctx, Load{Span: Span{Length: time.Hour}, Due: evenly(time.Second, time.Hour), Workers: 1, Sleep: time.Sleep}, func(ctx context.Context, _ int) Outcome {
			<-ctx.Done()
			return Failed
		})
		if took := time.Since(began); took > 3*time.Second {
			t.Errorf("it went on for %s", took)
		}
	})
}

// The precise sleep is one: never shorter than it should be.
func TestPrecisely(t *testing.T) {
	began := time.Now()
	precisely(3 * time.Millisecond)
	if took := time.Since(began); took < 3*time.Millisecond {
		t.Errorf("3 ms took %s", took)
	}
}

// Arrivals are random, follow from the seed, and come at the rate asked for.
func TestArrivals(t *testing.T) {
	span := Span{Warm: 5 * time.Second, Length: 20 * time.Second}
	arrive := func(seed uint64, curve Curve) []time.Duration {
		return Arrivals(rand.New(rand.NewPCG(seed, 0)), 1000, span, curve)
	}
	due, same, other := arrive(1, nil), arrive(1, nil), arrive(2, nil)
	if n := len(due); n < 24_000 || n > 26_000 {
		t.Errorf("%d arrivals in 25 s at 1000/s", n)
	}
	short := 0 // gaps under a tenth of the mean: 9.5 % of a Poisson process, none of an even one
	for i := range due {
		if due[i] != same[i] {
			t.Fatal("the same seed arrives at other times")
		}
		if i > 0 && due[i]-due[i-1] < 100*time.Microsecond {
			short++
		}
		if i > 0 && due[i] < due[i-1] || due[i] >= 25*time.Second {
			t.Fatalf("arrival %d at %s", i, due[i])
		}
	}
	if due[0] == other[0] || short < len(due)*8/100 || short > len(due)*11/100 {
		t.Errorf("%d of %d gaps are short; first at %s and %s", short, len(due), due[0], other[0])
	}
}

// Load follows its curve in the window, and keeps its first value before.
func TestArrivalsFollowTheCurve(t *testing.T) {
	span := Span{Warm: 10 * time.Second, Length: 40 * time.Second}
	due := Arrivals(rand.New(rand.NewPCG(1, 0)), 1000, span, Curve{1, 6, 1, 0})
	var per [5]int // of 10 s
	for _, at := range due {
		per[at/(10*time.Second)]++
	}
	for i, want := range []int{5000, 5000, 30_000, 5000, 0} {
		if off := per[i] - want; off < -want/15 || off > want/15 {
			t.Errorf("%d arrivals in stretch %d, want about %d", per[i], i, want)
		}
	}
}
