package measure

import (
	"context"
	"errors"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"go.opentelemetry.io/otel/trace/noop"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// lines are what a registry tells of the named metrics, or of all, without
// comments.
func lines(t *testing.T, registry prometheus.Gatherer, names ...string) string {
	t.Helper()
	recorder := httptest.NewRecorder()
	promhttp.HandlerFor(registry, promhttp.HandlerOpts{}).ServeHTTP(recorder, httptest.NewRequest("GET", "/", nil))
	var kept strings.Builder
	for line := range strings.Lines(recorder.Body.String()) {
		name, _, _ := strings.Cut(line, "{")
		if !strings.HasPrefix(line, "#") && (len(names) == 0 || slices.Contains(names, name)) {
			kept.WriteString(line)
		}
	}
	return kept.String()
}

func TestWhatBecameOfSettlements(t *testing.T) {
	registry := prometheus.NewPedanticRegistry()
	m := NewLifecycle(registry, noop.Tracer{}, nil)
	of := func(state settlement.State, reversal *settlement.Reversal) settlement.Settlement {
		return settlement.Settlement{
			State: state, Reversal: reversal, Reason: settlement.ReasonCapLimited,
			Beneficiary: settlement.Beneficiary{Region: "360827"}, Coverage: settlement.Coverage{Scheme: settlement.SchemeNCMS},
		}
	}
	asked := &settlement.Reversal{}
	for _, s := range []settlement.Settlement{
		of(settlement.StateCommitted, nil), of(settlement.StateCommitted, nil), of(settlement.StateCommitted, asked),
		of(settlement.StateAborted, nil), of(settlement.StateReversed, asked), of(settlement.StateAttention, asked),
	} {
		m.Closed(s, time.Second)
	}
	want := ""
	for _, row := range []string{"attention 1", "not_settled 1", "reversal_refused 1", "reversed 1", "settled 2"} {
		outcome, n, _ := strings.Cut(row, " ")
		want += `onestop_settlements_closed_total{outcome="` + outcome + `",reason="CAP_LIMITED",region="360827",scheme="ncms"} ` + n + "\n"
	}
	if got := lines(t, registry, "onestop_settlements_closed_total"); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

// TestAWriteRefusedByRuleIsNotAFailure: an alert goes by failures.
func TestAWriteRefusedByRuleIsNotAFailure(t *testing.T) {
	registry := prometheus.NewPedanticRegistry()
	m := NewLifecycle(registry, noop.Tracer{}, nil)
	for _, err := range []error{
		nil, &settlement.Error{Kind: settlement.KindExists}, &settlement.Error{Kind: settlement.KindConflict},
		&settlement.Error{Kind: settlement.KindUnavailable}, &settlement.Error{Kind: settlement.KindInDoubt}, errors.New("anything"),
	} {
		_, end := m.Begin(context.Background(), lifecycle.Step{Kind: lifecycle.StepWrite, Verb: "open"})
		end(lifecycle.Ended{Err: err})
	}
	want := `onestop_store_writes_total{outcome="failed",verb="open"} 3
onestop_store_writes_total{outcome="ok",verb="open"} 1
onestop_store_writes_total{outcome="refused",verb="open"} 2
`
	if got := lines(t, registry, "onestop_store_writes_total"); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

// TestHowSettlementsStand: counted by state, aged by what was asked last, and
// read from the store at most every five seconds.
func TestHowSettlementsStand(t *testing.T) {
	now, reads := time.Unix(1_700_000_000, 0), 0
	var failing error
	ago := func(d time.Duration) time.Time { return now.Add(-d) }
	found := []settlement.Settlement{
		{State: settlement.StateSettling, OpenedAt: ago(3 * time.Second)},
		{State: settlement.StateSettling, OpenedAt: ago(7 * time.Second)},
		{State: settlement.StateReversing, OpenedAt: ago(time.Hour), Reversal: &settlement.Reversal{AskedAt: ago(2 * time.Second)}},
		{State: settlement.StateAttention, OpenedAt: ago(40 * time.Second)},
	}
	standing := NewStanding(func(_ context.Context, q lifecycle.Query) ([]settlement.Settlement, error) {
		reads++
		for _, state := range q.States {
			if state.Terminal() {
				t.Errorf("asks for %s, which would walk the history", state)
			}
		}
		if q.Limit != countedMax {
			t.Errorf("asks for %d", q.Limit)
		}
		return found, failing
	}, func() time.Time { return now })
	registry := prometheus.NewPedanticRegistry()
	registry.MustRegister(standing)
	want := `onestop_attention_oldest_seconds 40
onestop_attention_waiting 1
onestop_saga_oldest_seconds{state="ABORTING"} 0
onestop_saga_oldest_seconds{state="RECEIVED"} 0
onestop_saga_oldest_seconds{state="REVERSING"} 2
onestop_saga_oldest_seconds{state="SETTLING"} 7
onestop_sagas{state="ABORTING"} 0
onestop_sagas{state="RECEIVED"} 0
onestop_sagas{state="REVERSING"} 1
onestop_sagas{state="SETTLING"} 2
onestop_standing_counted 1
`
	for range 3 {
		if got := lines(t, registry); got != want || reads != 1 {
			t.Fatalf("after %d reads\n%swant\n%s", reads, got, want)
		}
	}
	now, failing = now.Add(countedEvery), errors.New("away")
	if got := lines(t, registry); got != "onestop_standing_counted 0\n" || reads != 2 {
		t.Errorf("a store that is away, after %d reads\n%s", reads, got)
	}
}

func TestHowWritesShareCommits(t *testing.T) {
	registry := prometheus.NewPedanticRegistry()
	m := NewStore(registry)
	m.Waited(0)
	m.Committed(3, false, 2*time.Millisecond)
	m.Committed(1, true, time.Second)
	got := lines(t, registry)
	for _, line := range []string{
		"onestop_store_batch_writes_sum 4\n", `onestop_store_commit_duration_seconds_count{failed="true"} 1` + "\n",
		`onestop_store_commit_duration_seconds_bucket{failed="false",le="0.0025"} 1` + "\n", "onestop_store_queue_wait_seconds_count 1\n",
	} {
		if !strings.Contains(got, line) {
			t.Errorf("no %sin\n%s", line, got)
		}
	}
}

func TestTheProcess(t *testing.T) {
	registry := prometheus.NewRegistry()
	Process{
		Now: func() time.Time { return time.Unix(1_700_000_000, 500e6) }, Folder: t.TempDir(),
		Load: func() (int, int) { return 2, 256 }, Queue: func() (int, int) { return 3, 1024 },
		Pools: func() []Pool {
			return []Pool{{Name: "write", InUse: 1, Idle: 2, Room: 8, Acquired: 5, Waited: 4, WaitedFor: time.Minute}}
		},
	}.Register(registry)
	got := lines(t, registry)
	for _, line := range []string{
		"onestop_clock_seconds 1.7000000005e+09\n", "onestop_settlements_in_flight 2\n", "onestop_settlements_in_flight_max 256\n",
		"onestop_store_queue_length 3\n", "onestop_store_queue_max 1024\n", "onestop_store_disk_free_bytes ", "onestop_store_disk_size_bytes ",
		`onestop_pool_connections{pool="write",state="in_use"} 1` + "\n", `onestop_pool_connections{pool="write",state="idle"} 2` + "\n",
		`onestop_pool_connections_max{pool="write"} 8` + "\n", `onestop_pool_acquires_total{pool="write"} 5` + "\n",
		`onestop_pool_waits_total{pool="write"} 4` + "\n", `onestop_pool_wait_seconds_total{pool="write"} 60` + "\n",
		"go_build_info{", "process_cpu_seconds_total ",
	} {
		if !strings.Contains(got, line) {
			t.Errorf("no %s", line)
		}
	}
}
