package measure

import (
	"context"
	"sync"
	"time"
)

// Closed lets clients call, each as soon as its last call has ended, and
// measures what ends within the span. It returns when every client has its
// last answer.
func Closed(ctx context.Context, clients int, span Span, call Call) *Window {
	begin := time.Now().Add(span.Warm)
	end := begin.Add(span.Length)
	noted := newShards(clients, span.Length)
	var work sync.WaitGroup
	for worker := range clients {
		work.Go(func() {
			for sent := time.Now(); sent.Before(end) && ctx.Err() == nil; {
				how := call(ctx, worker)
				now := time.Now()
				noted[worker%len(noted)].answered(how, now.Sub(begin), now.Sub(sent))
				sent = now
			}
		})
	}
	work.Wait()
	return gather(span.Length, noted)
}
