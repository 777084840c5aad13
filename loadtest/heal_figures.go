package main

import (
	"fmt"
	"slices"
	"time"
)

// healed is how soon what was in doubt was settled.
type healed struct {
	took           []time.Duration
	paid           int // of them settled; the others were decided against
	people         int // handed to people
	early          int // closed before the payers answered again
	left           int // still open at the end
	p50, p99, last time.Duration
}

// count counts a settlement that came to rest, and reports whether it did.
func (v *healed) count(now *said, again time.Time) (bool, error) {
	switch now.standing() {
	case standingPeople:
		v.people++
		return true, nil
	case standingFinal:
	default:
		return false, nil
	}
	settled, err := now.settlement()
	if err != nil {
		return false, fmt.Errorf("reading an answer: %w", err)
	}
	took := settled.GetCloseTime().AsTime().Sub(again)
	if took < 0 {
		v.early++
		return true, nil
	}
	if now.acknowledged() {
		v.paid++
	}
	v.took = append(v.took, took)
	slices.Sort(v.took)
	v.p50, v.p99, v.last = v.at(50), v.at(99), v.took[len(v.took)-1]
	return true, nil
}

// at is a time that percent of them do not exceed.
func (v *healed) at(percent int) time.Duration {
	return v.took[(len(v.took)*percent+99)/100-1]
}

// sound reports whether all were settled by the gateways, soon enough, and only
// once the payers answered.
func (v *healed) sound() bool {
	return len(v.took) > 0 && v.people == 0 && v.early == 0 && v.left == 0 && v.p99 <= healGoal
}

// String is the closing line of a trial.
func (v *healed) String() string {
	tenth := func(d time.Duration) time.Duration { return d.Round(100 * time.Millisecond) }
	return fmt.Sprintf("healed %d (%d of them paid), p50 %s, p99 %s, last %s after the payers answered again; handed to people %d, closed before %d, still open %d",
		len(v.took), v.paid, tenth(v.p50), tenth(v.p99), tenth(v.last), v.people, v.early, v.left)
}
