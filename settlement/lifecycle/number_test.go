package lifecycle

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
)

var start = time.Date(2026, 2, 28, 23, 59, 58, 700_000_000, settlement.China)

func TestMessageIDsHaveTheNationalForm(t *testing.T) {
	n := newNumbers(3, start)
	got := n.next("H36082700001", start.Add(90*time.Second))
	if want := settlement.MessageID("H36082700001202603010001283000"); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if long := n.next("H3608270000199999", start); len(long) != 30 {
		t.Errorf("a long facility code gives %d characters: %s", len(long), long)
	}
}

func TestMessageIDsBeginAfterTheSecondOfTheStart(t *testing.T) {
	if got := newNumbers(0, start).next("H36082700001", start); !strings.HasPrefix(string(got), "H3608270000120260228235959") {
		t.Errorf("got %s: a restart within the second would meet its predecessor", got)
	}
}

func TestMessageIDsNeverMeet(t *testing.T) {
	const workers, each = 8, 1500 // more than one second's serials, all at one instant
	n := newNumbers(7, start)
	seen := sync.Map{}
	var all sync.WaitGroup
	for range workers {
		all.Go(func() {
			for range each {
				id := n.next("H36082700001", start)
				if _, twice := seen.LoadOrStore(id, true); twice {
					t.Errorf("%s was given out twice", id)
				}
			}
		})
	}
	all.Wait()
}

func TestMessageIDsSurviveAClockSetBack(t *testing.T) {
	n := newNumbers(0, start)
	first := n.next("H36082700001", start.Add(time.Hour))
	second := n.next("H36082700001", start)
	if first == second || first > second {
		t.Errorf("%s then %s", first, second)
	}
}
