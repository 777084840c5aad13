package lifecycle

import (
	"sync"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
)

// The window of a Live: so many slots of so long.
const (
	LiveSlot  = 10 * time.Second
	liveSlots = 30
)

// Live remembers the last five minutes in this process, for the people who look
// at it now; what is kept for ever is the business of metrics. It takes a fixed
// amount of memory for each payer and is safe for concurrent use. A nil Live
// remembers nothing.
type Live struct {
	now func() time.Time

	mu     sync.Mutex
	slots  [liveSlots]liveSlot
	payers map[settlement.PayerCode]*[liveSlots]payerSlot
}

type liveSlot struct {
	at       time.Time // beginning; zero for one never used
	answered int
	failed   int
	whole    spread
	shares   [shareCount]spread
}

type payerSlot struct {
	at      time.Time
	results map[settlement.Result]int
	took    spread
}

// NewLive is an empty Live.
func NewLive(now func() time.Time) *Live {
	return &Live{now: now, payers: map[settlement.PayerCode]*[liveSlots]payerSlot{}}
}

// place is where the slot of now is, and when it began.
func (l *Live) place() (int, time.Time) {
	at := l.now().Truncate(LiveSlot)
	return int(at.Unix() / int64(LiveSlot/time.Second) % liveSlots), at
}

// slot is the slot of now.
func (l *Live) slot() *liveSlot {
	i, at := l.place()
	if !l.slots[i].at.Equal(at) {
		l.slots[i] = liveSlot{at: at}
	}
	return &l.slots[i]
}

// Answered notes a settlement or reversal that was answered, and where its time
// went. failed: the fault was ours.
func (l *Live) Answered(failed bool, spent Spent) {
	if l == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	slot := l.slot()
	slot.answered++
	if failed {
		slot.failed++
	}
	slot.whole.add(spent.Whole())
	for share, took := range spent {
		slot.shares[share].add(took)
	}
}

// TurnedAway notes a call that was refused unread because there were too many:
// the fault was ours, and there is no time to divide.
func (l *Live) TurnedAway() {
	if l == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	slot := l.slot()
	slot.answered++
	slot.failed++
}

// Called notes one call to a payer.
func (l *Live) Called(payer settlement.PayerCode, result settlement.Result, took time.Duration) {
	if l == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	slots := l.payers[payer]
	if slots == nil {
		slots = new([liveSlots]payerSlot)
		l.payers[payer] = slots
	}
	i, at := l.place()
	slot := &slots[i]
	if !slot.at.Equal(at) {
		*slot = payerSlot{at: at, results: map[settlement.Result]int{}}
	}
	slot.results[result]++
	slot.took.add(took)
}

// Moments is what happened in a stretch of time. Shares is by Share.
type Moments struct {
	From     time.Time
	Lasted   time.Duration // divide counts by it for a rate
	Answered int
	Failed   int
	Whole    Quantiles
	Shares   [shareCount]Quantiles
}

// PayerMoments is what one payer did in the whole window.
type PayerMoments struct {
	Results map[settlement.Result]int
	Took    Quantiles
}

// Snapshot is the last five minutes: all of them together, slot by slot (oldest
// first, empty slots included), and payer by payer.
type Snapshot struct {
	Window Moments
	Slots  []Moments
	Payers map[settlement.PayerCode]PayerMoments
}

// Snapshot reads what is remembered. The youngest slot is not over yet.
func (l *Live) Snapshot() Snapshot {
	out := Snapshot{Payers: map[settlement.PayerCode]PayerMoments{}}
	if l == nil {
		return out
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	_, last := l.place()
	first := last.Add(-(liveSlots - 1) * LiveSlot)
	all := liveSlot{at: first}
	for at := first; !at.After(last); at = at.Add(LiveSlot) {
		slot := l.slots[int(at.Unix()/int64(LiveSlot/time.Second)%liveSlots)]
		if !slot.at.Equal(at) {
			slot = liveSlot{at: at}
		}
		out.Slots = append(out.Slots, slot.moments(LiveSlot))
		all.answered += slot.answered
		all.failed += slot.failed
		all.whole.merge(&slot.whole)
		for share := range slot.shares {
			all.shares[share].merge(&slot.shares[share])
		}
	}
	out.Window = all.moments(liveSlots * LiveSlot)
	for payer, slots := range l.payers {
		out.Payers[payer] = since(slots, first)
	}
	return out
}

func (s *liveSlot) moments(lasted time.Duration) Moments {
	m := Moments{From: s.at, Lasted: lasted, Answered: s.answered, Failed: s.failed, Whole: s.whole.quantiles()}
	for share := range s.shares {
		m.Shares[share] = s.shares[share].quantiles()
	}
	return m
}

// since sums a payer's slots that began at first or later.
func since(slots *[liveSlots]payerSlot, first time.Time) PayerMoments {
	out := PayerMoments{Results: map[settlement.Result]int{}}
	var took spread
	for i := range slots {
		if slots[i].at.Before(first) {
			continue
		}
		for result, n := range slots[i].results {
			out.Results[result] += n
		}
		took.merge(&slots[i].took)
	}
	out.Took = took.quantiles()
	return out
}
