package storetest

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
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
		err := settle(b.Context(), s, n)
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

// settle opens and closes number n of a benchmark.
func settle(ctx context.Context, s lifecycle.Store, n int64) error {
	opened := benchmarked(n)
	err := s.Open(ctx, lifecycle.Change{
		Settlement: opened,
		Request:    &lifecycle.Request{Key: keyOf(opened), Settlement: opened.ID, Fingerprint: opened.Fingerprint},
		Attempts:   []lifecycle.Attempt{{Operation: settlement.OpSettle, Phase: lifecycle.PhaseSent, Message: opened.Legs[0].Message, At: opened.OpenedAt, Body: make([]byte, 800)}},
		Events:     []lifecycle.Event{{At: opened.OpenedAt, Actor: "cashier-7", Action: "settle.open"}, {At: opened.OpenedAt, Actor: "cashier-7", Action: "settle.send"}},
	})
	if err != nil {
		return err
	}
	opened.Revision = 1
	_, err = s.Close(ctx, opened, func(ground lifecycle.Ground) (lifecycle.Change, error) {
		return benchmarkedClose(opened, ground), nil
	})
	return err
}

// benchmarked is a settlement with one payer, of the size they really have. A
// thousand persons take turns.
func benchmarked(n int64) settlement.Settlement {
	scattered := uint64(n) * 0x9E3779B97F4A7C15 // as random ids are
	at := moment.Add(time.Duration(n) * time.Millisecond)
	s := fullRecord(fmt.Sprintf("%08d", n))
	s.ID = settlement.SettlementID(fmt.Sprintf("%016x-%016x", scattered, n))
	s.Request, s.Fingerprint = settlement.RequestID("r-"+s.ID), "0123456789abcdef0123456789abcdef"
	s.Beneficiary.ID = settlement.BeneficiaryID(fmt.Sprintf("p-%016x", scattered%1000))
	s.OpenedAt, s.DecideBy, s.NextAt = at, at.Add(10*time.Minute), time.Time{}
	s.Legs = s.Legs[:1]
	s.Legs[0].Message, s.Legs[0].Undo = settlement.MessageID(fmt.Sprintf("H36082700001%018d", n)), ""
	s.Epoch, s.Owner, s.LeaseUntil = 1, "gateway-1", at.Add(40*time.Second)
	return s
}

func benchmarkedClose(s settlement.Settlement, ground lifecycle.Ground) lifecycle.Change {
	change := committing(s, ground.Sequence, 1)
	closed := &change.Settlement
	closed.Used, closed.Owner, closed.LeaseUntil = ground.Used, "", time.Time{}
	step := settlement.Step{Rule: "ratio.band", Subject: "rural_dibao", Article: "遂川县城乡医疗救助办法 第八条第一款", Input: 650_000, Ratio: "0.70", Output: 455_000}
	for range 10 {
		closed.Adjudication.Trace = append(closed.Adjudication.Trace, step)
	}
	change.Attempts[0].Body = make([]byte, 800)
	for _, account := range []string{"payer/ncms-360827/basic", "person/p-1"} {
		change.Entries = append(change.Entries, settlement.Entry{Account: account, Debit: 500_000})
	}
	change.Events = append(change.Events, lifecycle.Event{At: closed.ClosedAt, Actor: "cashier-7", Action: "settle.applied"})
	change.Final.Body = make([]byte, 1500)
	return change
}
