package lifecycle_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// TestLiveRemembersFiveMinutes and forgets what is older, slot by slot.
func TestLiveRemembersFiveMinutes(t *testing.T) {
	clock := &hand{time.Unix(1_700_000_000, 0)}
	l := lifecycle.NewLive(clock.now)
	l.Answered(false, lifecycle.Spent{lifecycle.SharePayer: 2 * time.Second, lifecycle.ShareGateway: time.Millisecond})
	l.Answered(true, lifecycle.Spent{lifecycle.ShareStore: time.Second})
	l.Called("A", settlement.ResultApplied, 2*time.Second)
	l.Called("A", settlement.ResultInDoubt, 3*time.Second)
	clock.pass(lifecycle.LiveSlot)
	l.Answered(false, lifecycle.Spent{})

	now := l.Snapshot()
	if len(now.Slots) != 30 || now.Window.Lasted != 5*time.Minute || now.Window.Answered != 3 || now.Window.Failed != 1 {
		t.Fatalf("%d slots, window %+v", len(now.Slots), now.Window)
	}
	last, before := now.Slots[29], now.Slots[28]
	if last.Answered != 1 || before.Answered != 2 || before.Failed != 1 || !last.From.Equal(before.From.Add(lifecycle.LiveSlot)) {
		t.Errorf("last %+v, before %+v", last, before)
	}
	payer := now.Window.Shares[lifecycle.SharePayer]
	if payer.Count != 3 || payer.Max != 2*time.Second || payer.P99 != payer.Max || payer.P50 > 2*time.Microsecond {
		t.Errorf("payer's share %+v", payer)
	}
	a := now.Payers["A"]
	if a.Results[settlement.ResultApplied] != 1 || a.Results[settlement.ResultInDoubt] != 1 || a.Took.Max != 3*time.Second {
		t.Errorf("payer A %+v", a)
	}

	clock.pass(5*time.Minute - lifecycle.LiveSlot)
	now = l.Snapshot()
	if now.Window.Answered != 1 || now.Slots[0].Answered != 1 || now.Payers["A"].Took.Count != 0 {
		t.Errorf("after five minutes %+v, %+v", now.Window, now.Payers["A"])
	}
	clock.pass(time.Hour)
	if now = l.Snapshot(); now.Window.Answered != 0 {
		t.Errorf("after an hour %+v", now.Window)
	}
}

// Who was turned away unread was answered, through a fault of ours, and took no
// time that would flatter the others'.
func TestLiveCountsThoseTurnedAway(t *testing.T) {
	l := lifecycle.NewLive(time.Now)
	l.Answered(false, lifecycle.Spent{lifecycle.ShareStore: time.Second})
	l.TurnedAway()
	now := l.Snapshot().Window
	if now.Answered != 2 || now.Failed != 1 || now.Whole.Count != 1 || now.Whole.P50 < time.Second/2 {
		t.Errorf("%+v", now)
	}
}

// TestNoLiveRemembersNothing.
func TestNoLiveRemembersNothing(t *testing.T) {
	var l *lifecycle.Live
	l.Answered(true, lifecycle.Spent{})
	l.TurnedAway()
	l.Called("A", settlement.ResultApplied, time.Second)
	if now := l.Snapshot(); now.Window.Answered != 0 || len(now.Payers) != 0 {
		t.Errorf("%+v", now)
	}
}

// TestPercentilesAreAnEighthAboveAtMost, never below what they stand for.
func TestPercentilesAreAnEighthAboveAtMost(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		clock := &hand{time.Unix(1_700_000_000, 0)}
		l := lifecycle.NewLive(clock.now)
		micros := rapid.SliceOfN(rapid.Int64Range(0, 60_000_000), 1, 200).Draw(t, "micros")
		for _, m := range micros {
			l.Called("A", settlement.ResultApplied, time.Duration(m)*time.Microsecond)
		}
		slices.Sort(micros)
		took := l.Snapshot().Payers["A"].Took
		for percent, got := range map[int]time.Duration{50: took.P50, 95: took.P95, 99: took.P99} {
			exact := time.Duration(micros[(len(micros)*percent+99)/100-1]) * time.Microsecond
			if got < exact || got > exact+exact/8+2*time.Microsecond {
				t.Fatalf("p%d is %s, told as %s", percent, exact, got)
			}
		}
		if took.Count != len(micros) || took.Max != time.Duration(micros[len(micros)-1])*time.Microsecond {
			t.Fatalf("%+v", took)
		}
	})
}
