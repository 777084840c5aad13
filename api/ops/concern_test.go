package ops

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/fund"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// TestConcerns: each is told when it should be, with a section of the runbook
// that is there.
func TestConcerns(t *testing.T) {
	runbook, err := os.ReadFile("../../deploy/RUNBOOK.md")
	if err != nil {
		t.Fatal(err)
	}
	calls := func(w *world, result settlement.Result, n int) {
		for range n {
			w.live.Called("nhsa", result, time.Millisecond)
		}
	}
	for name, one := range map[string]struct {
		world func(*world)
		want  []string // in English, "!" before the grave ones
	}{
		"all is well":       {func(w *world) { w.answered(3, false, lifecycle.Spent{}); calls(w, settlement.ResultRefused, 9) }, nil},
		"the store is away": {func(w *world) { w.standing.Err = errAway }, []string{"!The store cannot be read"}},
		"our fault":         {func(w *world) { w.answered(2, true, lifecycle.Spent{}) }, []string{"!Failed through our own fault in five minutes: 2"}},
		"a payer is suspended, which says all": {
			func(w *world) {
				w.suspended = map[settlement.PayerCode]bool{"nhsa": true}
				calls(w, settlement.ResultInDoubt, 10)
			},
			[]string{"!Payer nhsa does not answer; nothing new is sent to it"},
		},
		"one in twenty is forgiven": {func(w *world) { calls(w, settlement.ResultApplied, 19); calls(w, settlement.ResultUnsent, 1) }, nil},
		"two in twenty-one are not": {func(w *world) { calls(w, settlement.ResultApplied, 19); calls(w, settlement.ResultInDoubt, 2) }, []string{"Payer nhsa: of 21 calls, 2 got no usable answer"}},
		"two calls say nothing":     {func(w *world) { calls(w, settlement.ResultInDoubt, 2) }, nil},
		"four fifths full":          {func(w *world) { w.load = [2]int{80, 100} }, nil},
		"more than that":            {func(w *world) { w.load = [2]int{81, 100} }, []string{"Answering: nearly full, 81 of 100"}},
		"a quarter of an hour":      {func(w *world) { w.stands(settlement.StateSettling, 15*time.Minute) }, nil},
		"longer":                    {func(w *world) { w.stands(settlement.StateAborting, 16*time.Minute) }, []string{"A settlement has been ABORTING for 16 min"}},
		"people are waited for":     {func(w *world) { w.stands(settlement.StateAttention, time.Second) }, []string{"Waiting for two people: 1"}},
		"a fund that lasts":         {func(w *world) { w.funds = []fund.Standing{{Raised: 5}} }, nil},
		"a comparison that failed":  {func(w *world) { w.compared.Last = lately("BAD_DOCUMENT") }, []string{"Payers whose last comparison failed: 1, see below"}},
		"a comparison that differs": {func(w *world) { w.compared.Last = lately("") }, nil},
		"the grave before the others": {
			func(w *world) {
				w.stands(settlement.StateAttention, time.Second)
				w.answered(1, true, lifecycle.Spent{})
			},
			[]string{"!Failed through our own fault in five minutes: 1", "Waiting for two people: 1"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := quiet()
			one.world(w)
			var got []string
			for _, c := range concerns(w.facts()) {
				says := c.Says.En
				if c.Grave {
					says = "!" + says
				}
				if c.Says.Zh == "" || !strings.Contains(string(runbook), "\n## "+c.Runbook+"\n") {
					t.Errorf("%q has no Chinese or no section of the runbook", says)
				}
				got = append(got, says)
			}
			if diff := cmp.Diff(one.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// stands has one settlement in a state for so long.
func (w *world) stands(state settlement.State, since time.Duration) {
	w.standing.States = map[settlement.State]Aged{state: {1, w.now.Add(-since)}}
}

// TestFundsThatWarnAreOneConcern of the bureau: it names no section of the
// operators' runbook.
func TestFundsThatWarnAreOneConcern(t *testing.T) {
	w := quiet()
	w.funds = []fund.Standing{{Warning: fund.Unfunded}, {}, {Warning: fund.RunsOut}}
	found := concerns(w.facts())
	if len(found) != 1 || found[0].Grave || found[0].Runbook != "" || found[0].Says.En != "Assistance funds that warn: 2, see below" {
		t.Errorf("%+v", found)
	}
}
