package sqlite

import (
	"fmt"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// BenchmarkOpenClose is the store's part of a settlement with one payer: one
// durable write before the call and one to close, by so many callers at once.
//
//	go test -run '^$' -bench OpenClose ./adapters/store/sqlite
func BenchmarkOpenClose(b *testing.B) {
	for _, callers := range []int{1, 8, 32, 128} {
		b.Run(fmt.Sprint(callers), func(b *testing.B) {
			s := openTest(b, Config{Path: fresh(b)})
			b.ReportAllocs()
			before := spent()
			shared(b, callers, func(n int64) {
				err := openClose(b, s, n)
				if err != nil {
					b.Error(err)
				}
			})
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "settlements/s")
			b.ReportMetric(float64((spent()-before).Nanoseconds())/1e3/float64(b.N), "cpu-µs/op")
		})
	}
}

// BenchmarkSettlement reads one settlement, as every look at one does.
func BenchmarkSettlement(b *testing.B) {
	s := openTest(b, Config{Path: fresh(b)})
	err := openClose(b, s, 1)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		_, err = s.Settlement(b.Context(), "settlement-00000001")
		if err != nil {
			b.Fatal(err)
		}
	}
}

// spent is the processor time that this process has taken.
func spent() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// shared lets callers do b.N pieces of work between them.
func shared(b *testing.B, callers int, work func(n int64)) {
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

// openClose settles number n of the benchmark: a hundred persons take turns.
func openClose(tb testing.TB, s *Store, n int64) error {
	opened := benchmarked(n)
	err := s.Open(tb.Context(), opening(opened))
	if err != nil {
		return err
	}
	opened.Revision = 1
	_, err = s.Close(tb.Context(), opened, func(ground lifecycle.Ground) (lifecycle.Change, error) {
		return closing(opened, ground), nil
	})
	return err
}

func requestOf(s settlement.Settlement) lifecycle.RequestKey {
	return lifecycle.RequestKey{Tenant: s.Tenant, Method: lifecycle.MethodSettle, Request: s.Request}
}

// opening is the change that opens s, about to ask its payer.
func opening(s settlement.Settlement) lifecycle.Change {
	return lifecycle.Change{
		Settlement: s,
		Request:    &lifecycle.Request{Key: requestOf(s), Settlement: s.ID, Fingerprint: s.Fingerprint},
		Attempts: []lifecycle.Attempt{{
			Operation: settlement.OpSettle, Phase: lifecycle.PhaseSent, Message: s.Legs[0].Message, At: s.OpenedAt, Body: make([]byte, 800),
		}},
		Events: []lifecycle.Event{
			{At: s.OpenedAt, Actor: "cashier-7", Action: "settle.open"}, {At: s.OpenedAt, Actor: "cashier-7", Action: "settle.send"},
		},
	}
}

// benchmarked is settlement number n, about the size of a real one.
func benchmarked(n int64) settlement.Settlement {
	scattered := uint64(n) * 0x9E3779B97F4A7C15 // as random ids are
	at := time.Date(2012, 7, 1, 8, 0, 0, 0, time.UTC).Add(time.Duration(n) * time.Millisecond)
	return settlement.Settlement{
		ID: settlement.SettlementID(fmt.Sprintf("settlement-%08d", n)), Tenant: "H36082700001",
		Request: settlement.RequestID(fmt.Sprintf("%016x-%016x", scattered, n)), Fingerprint: "0123456789abcdef0123456789abcdef",
		Facility: "H36082700001", Discharge: settlement.DischargeID(fmt.Sprintf("ZY%08d", n)), Encounter: "mdtrt-1",
		Insured: "36000000000000000000000001",
		Beneficiary: settlement.Beneficiary{
			ID: settlement.BeneficiaryID(fmt.Sprintf("p-%016x", scattered%100)), Region: "360827", Residence: settlement.Rural,
			Entitlements: []settlement.Entitlement{{Category: "rural_dibao", Period: settlement.Period{From: 20110101}, Document: "遂民字〔2011〕1号"}},
		},
		Policy: "suichuan_style", Version: "suichuan_style/2", Year: 2012,
		Claim: settlement.Claim{
			Mode: settlement.Inpatient, DiseaseClass: settlement.General, Admission: 20120620, Discharge: 20120701,
			Bill:      settlement.Bill{Submitted: 1_500_000, SelfFunded: 100_000, Eligible: 1_400_000},
			Treatment: settlement.Treatment{Designated: true, InArea: true, Referral: settlement.ReferralNone},
		},
		Coverage: settlement.Coverage{Scheme: settlement.SchemeNCMS}, BillStated: true,
		OpenedAt: at, DecideBy: at.Add(10 * time.Minute), State: settlement.StateSettling,
		Legs: []settlement.Leg{{
			Payer: "ncms-360827", State: settlement.LegIntent, Message: settlement.MessageID(fmt.Sprintf("H36082700001%018d", n)),
			SentAt: at, QuietUntil: at.Add(2 * time.Minute), Sends: 1,
		}},
		Epoch: 1, Owner: "gateway-1", LeaseUntil: at.Add(40 * time.Second),
	}
}

// closing is the change that commits s, its payer having said yes.
func closing(s settlement.Settlement, ground lifecycle.Ground) lifecycle.Change {
	s.State, s.Decision, s.Reason = settlement.StateCommitted, settlement.Commit, settlement.ReasonOK
	s.Used, s.Sequence, s.ClosedAt = ground.Used, ground.Sequence, s.OpenedAt.Add(time.Second)
	s.Owner, s.LeaseUntil = "", time.Time{}
	delta := settlement.Accumulator{Used: map[settlement.BucketID]settlement.Money{"total": 1}}
	s.Adjudication = &settlement.Adjudication{
		Outcome: settlement.OutcomeOK, Reason: settlement.ReasonOK, Version: s.Version, Category: "rural_dibao", Fund: settlement.RuralFund,
		Base: 650_000, Ordinary: 455_000, Benefit: 455_000, PatientPays: 345_000, Delta: delta,
	}
	for range 10 {
		step := settlement.Step{Rule: "ratio.band", Subject: "rural_dibao", Article: "遂川县城乡医疗救助办法 第八条第一款", Input: 650_000, Ratio: "0.70", Output: 455_000}
		s.Adjudication.Trace = append(s.Adjudication.Trace, step)
	}
	change := lifecycle.Change{
		Settlement: s,
		Attempts: []lifecycle.Attempt{{
			Operation: settlement.OpSettle, Phase: lifecycle.PhaseResult, Message: s.Legs[0].Message, At: s.ClosedAt,
			Result: settlement.ResultApplied, Body: make([]byte, 800),
		}},
		Delta: delta,
		Events: []lifecycle.Event{
			{At: s.ClosedAt, Actor: "cashier-7", Action: "settle.applied"},
			{At: s.ClosedAt, Actor: "cashier-7", Action: "settle.commit", Reason: settlement.ReasonOK},
		},
		Final: &lifecycle.Final{Key: requestOf(s), Body: make([]byte, 1500)},
	}
	for _, account := range []string{"payer/ncms-360827/basic", "fund/rural/360827/2012", "person/p-1"} {
		change.Entries = append(change.Entries, settlement.Entry{Account: account, Debit: 500_000})
	}
	change.Entries = append(change.Entries, settlement.Entry{Account: "facility/H36082700001", Credit: 1_500_000})
	return change
}
