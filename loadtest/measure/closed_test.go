package measure

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// Four clients whose calls take 10 ms make 400 a second, no more and no less,
// and what they do while warming up does not count.
func TestClosedMeasuresItsSpan(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var calls atomic.Int64
		w := Closed(t.Context(), 4, Span{Warm: time.Second, Length: 2 * time.Second}, func(context.Context, int) Outcome {
			calls.Add(1)
			time.Sleep(10 * time.Millisecond)
			return Right
		})
		if w.Rate() != 400 || calls.Load() != 4*300 {
			t.Errorf("%.1f a second, %d calls", w.Rate(), calls.Load())
		}
		if p50 := w.Latency.At(0.5); (p50 - 10*time.Millisecond).Abs() > 20*time.Microsecond {
			t.Errorf("p50 %s", p50)
		}
		for i, rate := range w.Series() {
			if rate != 400 {
				t.Errorf("%.0f a second in slice %d", rate, i)
			}
		}
	})
}

func TestClosedTellsOutcomesApart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ends := []Outcome{Right, Wrong, Rejected, Failed}
		w := Closed(t.Context(), len(ends), Span{Length: time.Second}, func(_ context.Context, worker int) Outcome {
			time.Sleep(time.Duration(worker+1) * 50 * time.Millisecond)
			return ends[worker]
		})
		// what ends at the very end of the window is not in it
		want := [Outcomes]int64{Right: 19, Wrong: 9, Rejected: 6, Failed: 4}
		if w.Count != want {
			t.Errorf("counts %v, want %v", w.Count, want)
		}
		if w.Latency.Count() != 19 || w.Rejects.Count() != 6 || w.Rate() != 19 {
			t.Errorf("%d latencies, %d of rejects, %.1f a second", w.Latency.Count(), w.Rejects.Count(), w.Rate())
		}
	})
}

func TestClosedStopsWhenToldTo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		began := time.Now()
		Closed(ctx, 2, Span{Length: time.Hour}, func(context.Context, int) Outcome {
			time.Sleep(time.Millisecond)
			return Right
		})
		if took := time.Since(began); took > 2*time.Second {
			t.Errorf("it went on for %s", took)
		}
	})
}
