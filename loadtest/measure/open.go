package measure

import (
	"context"
	"sync"
	"time"
)

// Load is an open loop: requests that come when they are due, whatever became
// of those before.
type Load struct {
	Span
	Due     []time.Duration     // from the start of warming up, in order
	Workers int                 // requests under way at once, at most
	Sleep   func(time.Duration) // nil: as precisely as the system can
}

// Open lets requests arrive and measures those due within the span, from the
// moment they were due: while every worker waits for a stalled server, time
// runs for those that nobody sends yet. What could not be sent before the
// window's end is counted as unsent; a window with any is beyond what the
// callee bears, and its latencies are too low.
func Open(ctx context.Context, load Load, call Call) *Window {
	start := time.Now()
	begin := start.Add(load.Warm)
	noted := newShards(load.Workers, load.Length)
	due := make(chan time.Time)
	var work sync.WaitGroup
	for worker := range load.Workers {
		work.Go(func() {
			for at := range due {
				sent := time.Now()
				how := call(ctx, worker)
				noted[worker%len(noted)].arrived(how, arrival{due: at.Sub(begin), sent: sent.Sub(begin), ended: time.Since(begin)})
			}
		})
	}
	whole := NewWindow(load.Length)
	whole.Unsent = load.dispatch(ctx, start, due, whole.Woke)
	close(due)
	work.Wait()
	whole.merge(gather(load.Length, noted))
	return whole
}

// dispatch hands every request to a free worker when it is due, and gives the
// number of those for which nobody was free until the window's end. Where it
// slept until then, within the window, it notes how late it woke.
func (l *Load) dispatch(ctx context.Context, start time.Time, to chan<- time.Time, woke *Latency) int64 {
	sleep := l.Sleep
	if sleep == nil {
		sleep = precisely
	}
	end := time.NewTimer(l.Warm + l.Length)
	defer end.Stop()
	for i, at := range l.Due {
		if wait := time.Until(start.Add(at)); wait > 0 {
			sleep(wait)
			if at >= l.Warm {
				woke.Add(time.Since(start.Add(at)))
			}
		}
		select {
		case to <- start.Add(at):
		case <-end.C:
			return int64(len(l.Due) - i)
		case <-ctx.Done():
			return int64(len(l.Due) - i)
		}
	}
	return 0
}
