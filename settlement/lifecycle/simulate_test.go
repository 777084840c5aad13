package lifecycle_test

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
)

// simulate runs one seed from its first request to rest; change may alter its
// plan.
func simulate(t *testing.T, seed uint64, operations int, change ...func(*plan)) (s *simulation) {
	t.Helper()
	synctest.Test(t, func(*testing.T) {
		p, dice := newPlan(seed, operations)
		for _, c := range change {
			c(&p)
		}
		s = newSimulation(p, dice)
		s.run(func() bool { return len(s.clients.queue) == 0 && s.clients.waiting == 0 })
		if s.breach == nil {
			s.finish()
		}
		s.end()
	})
	return s
}

// end lets every goroutine run out, so that the bubble can close.
func (s *simulation) end() {
	for _, m := range s.machines {
		if m.process != nil {
			m.process.dead = true
		}
	}
	for range 3 {
		synctest.Wait()
		s.buryDead()
		time.Sleep(time.Minute)
	}
}

// seeds gives one seed after the other: the one that ONESTOP_SEED names, as
// many as ONESTOP_SEEDS says, or as many as fit.
func seeds(t *testing.T, fit time.Duration) func(func(uint64) bool) {
	one, many := number(t, "ONESTOP_SEED"), number(t, "ONESTOP_SEEDS")
	if testing.Short() {
		fit /= 8
	}
	return func(yield func(uint64) bool) {
		if one != 0 {
			yield(one)
			return
		}
		begun := time.Now()
		for seed := uint64(1); many != 0 && seed <= many || many == 0 && time.Since(begun) < fit; seed++ {
			if !yield(seed) {
				return
			}
		}
	}
}

func number(t *testing.T, variable string) uint64 {
	text := os.Getenv(variable)
	if text == "" {
		return 0
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		t.Fatalf("%s is no number: %v", variable, err)
	}
	return n
}

// happenings are what must have happened in seedsBlind seeds; a simulation in
// which something never happens proves nothing about it.
var happenings = []string{
	"crash", "freeze", "hang", "clock", "claim", "duplicate", "people", "write failed", "write unanswered", "write refused",
	"hold", "hold repeated", "hold released", "settled by quote", "room held",
	"unsent", "answered too late", "answer to the dead", "decided twice", "late arrival",
	"settle COMMITTED", "settle ABORTED", "reverse COMMITTED", "reverse REVERSED", "in progress",
	"ended COMMITTED", "ended ABORTED", "ended REVERSED", "ended ATTENTION",
}

const seedsBlind = 30

// TestSimulation runs 200 operations of clients against three gateways for
// each seed. More by hand: ONESTOP_SEEDS=2000 go test -run '^TestSimulation$'.
func TestSimulation(t *testing.T) {
	happened, ran := map[string]int{}, 0
	for seed := range seeds(t, 11*time.Second) {
		s := simulate(t, seed, operationsMax)
		if s.breach != nil {
			t.Fatal(s.report(t.Name()))
		}
		for what, n := range s.count {
			happened[what] += n
		}
		ran++
	}
	var words []string
	for _, what := range slices.Sorted(maps.Keys(happened)) {
		words = append(words, fmt.Sprintf("%s %d", what, happened[what]))
	}
	t.Logf("%d seeds; %s", ran, strings.Join(words, ", "))
	for _, what := range happenings {
		if ran >= seedsBlind && happened[what] == 0 {
			t.Errorf("in %d seeds it never happened: %s", ran, what)
		}
	}
}

// TestOneDeadPayer: while one payer never answers, what does not need it comes
// to rest as soon as ever, and what does is people's after a day.
func TestOneDeadPayer(t *testing.T) {
	codes, ran := []settlement.PayerCode{"A", "B", "C", "D"}, 0
	for seed := range seeds(t, 2*time.Second) {
		s := simulate(t, seed, operationsMax/2, func(p *plan) { p.dead = codes[seed%4] })
		if s.breach != nil {
			t.Fatal(s.report(t.Name()))
		}
		ran++
	}
	t.Logf("%d seeds", ran)
}

// TestSameSeedSameTrace: a seed is a proof only if it can be repeated.
func TestSameSeedSameTrace(t *testing.T) {
	many, operations := uint64(4), operationsMax
	if testing.Short() {
		many, operations = 1, operationsMax/4
	}
	for seed := range many {
		first, second := simulate(t, seed, operations), simulate(t, seed, operations)
		if first.trace.hash == second.trace.hash {
			continue
		}
		for i, line := range first.trace.lines {
			if i >= len(second.trace.lines) || second.trace.lines[i] != line {
				t.Fatalf("seed %d, event %d:\n%s\nand then\n%s", seed, i, line, strings.Join(second.trace.lines[i:min(i+1, len(second.trace.lines))], ""))
			}
		}
		t.Fatalf("seed %d: %d and %d events", seed, len(first.trace.lines), len(second.trace.lines))
	}
	if one, other := simulate(t, 1, 20), simulate(t, 2, 20); one.trace.hash == other.trace.hash {
		t.Error("two seeds give one trace")
	}
}
