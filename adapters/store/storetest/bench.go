package storetest

import (
	"sync"
	"sync/atomic"
	"testing"

	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// BenchmarkCallers are the numbers of callers at once that stores are compared
// by.
var BenchmarkCallers = []int{1, 8, 32, 128}

// Benchmark is the store's part of settling with one payer: one durable write
// before the call and one to close, by so many callers at once. It reports
// settlements a second.
func Benchmark(b *testing.B, s lifecycle.Store, callers int) {
	b.ReportAllocs()
	Share(b, callers, func(n int64) {
		err := Settle(b.Context(), s, n)
		if err != nil {
			b.Error(err)
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "settlements/s")
}

// Share lets callers do b.N pieces of work between them, numbered from 1.
func Share(b *testing.B, callers int, work func(n int64)) {
	var next atomic.Int64
	var group sync.WaitGroup
	b.ResetTimer()
	for range callers {
		group.Go(func() {
			for n := next.Add(1); n <= int64(b.N); n = next.Add(1) {
				work(n)
			}
		})
	}
	group.Wait()
	b.StopTimer()
}
