package lifecycle_test

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
)

// plan is the weather of one simulation, drawn from its seed before anything
// else: which faults there are, how often, and what time it is.
type plan struct {
	seed   uint64
	start  time.Time
	clocks clocks
	// temper is how many of 100 throws fall on a payer's first, friendly answer.
	temper int
	dead   settlement.PayerCode // never answers; "" where all live
	// faultEvery is how many steps pass between two strikes at gateways.
	faultEvery int
	// hangIn is how many stops of a goroutine at a write or a call pass between
	// two at which it hangs.
	hangIn int
	// doubtIn is how many durable writes pass between two without an answer.
	doubtIn      int
	room         int // settlements one gateway works on at once
	answerWithin time.Duration
	discharged   []settlement.Date
	operations   int
}

// clocks says how far the clocks of gateways may be from the world's.
type clocks int

const (
	clocksExact clocks = iota
	clocksClose        // within the margin that the lease keeps
	clocksFar          // up to an hour, stepping while they run
)

func (c clocks) String() string { return [...]string{"exact", "close", "far"}[c] }

// reach is how far a clock may be from the world's. The lease keeps 5 s
// between two gateways, so each may be 2 s off.
func (c clocks) reach() time.Duration {
	return [...]time.Duration{0, 2 * time.Second, time.Hour}[c]
}

// The places and times of simulations. One in three begins just before the
// benefit year ends and takes its discharges from both years.
var (
	middleOfYear = time.Date(2026, 3, 9, 12, 0, 0, 0, shanghai)
	endOfYear    = time.Date(2026, 12, 31, 23, 52, 0, 0, shanghai)
	shanghai     = time.FixedZone("Asia/Shanghai", 8*60*60)

	daysInYear  = []settlement.Date{20260309, 20260308}
	daysAtYears = []settlement.Date{20261230, 20261231, 20270101}
)

func newPlan(seed uint64, operations int) (plan, *rand.Rand) {
	dice := rand.New(rand.NewPCG(seed, 0))
	p := plan{
		seed: seed, operations: operations, start: middleOfYear, discharged: daysInYear,
		clocks:       clocks(dice.IntN(3)),
		temper:       30 + dice.IntN(70),
		faultEvery:   []int{50, 250, 1_500}[dice.IntN(3)],
		hangIn:       []int{10, 40, 400}[dice.IntN(3)],
		doubtIn:      []int{8, 30, 200}[dice.IntN(3)],
		room:         []int{3, 64, 64}[dice.IntN(3)],
		answerWithin: []time.Duration{2 * time.Second, 25 * time.Second}[dice.IntN(2)],
	}
	if dice.IntN(3) == 0 {
		p.start, p.discharged = endOfYear, daysAtYears
	}
	if dice.IntN(6) == 0 {
		p.dead = []settlement.PayerCode{"A", "B", "C", "D"}[dice.IntN(4)]
	}
	return p, dice
}

func (p plan) String() string {
	return fmt.Sprintf("seed %d: from %s, clocks %s, temper %d, dead payer %q, a strike in %d steps, a goroutine hanging in %d, an unanswered write in %d, room for %d, answers within %s",
		p.seed, p.start.Format("2006-01-02 15:04"), p.clocks, p.temper, p.dead, p.faultEvery, p.hangIn, p.doubtIn, p.room, p.answerWithin)
}
