package lifecycle_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// world is everything outside the gateway in a simulation: the clock, the
// payers' books and the dice.
type world struct {
	now    time.Time
	pick   func(label string, n int) int
	payers []*book
	// lock is held by tests whose gateways run at their own pace; simulations
	// run one thing at a time.
	lock   sync.Mutex
	sends  map[settlement.MessageID]int // wire sends of each message, by all payers
	outage int                          // how often a payer can still be out of reach
	slow   func()                       // how time passes while a payer takes long; nil: the clock is moved on
	late   int                          // how many settles have arrived late
	told   []lifecycle.Benefits         // in answer to notices
}

// book is a payer: what it holds, and what is still on its way to it. It keeps
// no tombstones, deduplicates nothing, and confirms reversals only if told to.
type book struct {
	world    *world
	code     settlement.PayerCode
	terms    settlement.Terms
	confirms bool
	held     map[settlement.MessageID]settlement.Money // applied and not reversed
	undone   map[settlement.MessageID]bool             // once applied, then reversed
	late     map[settlement.MessageID]time.Time        // arrives at the latest then
	basic    settlement.Money
	lateness time.Duration // what is late arrives this long after it was sent, at the latest
}

func newBook(w *world, code settlement.PayerCode, terms settlement.Terms, confirms bool) *book {
	b := &book{
		world: w, code: code, terms: terms, confirms: confirms, basic: 500_000,
		held: map[settlement.MessageID]settlement.Money{}, undone: map[settlement.MessageID]bool{},
		late: map[settlement.MessageID]time.Time{}, lateness: terms.QuietPeriod - time.Second,
	}
	w.payers = append(w.payers, b)
	return b
}

func (b *book) Code() settlement.PayerCode { return b.code }
func (b *book) Terms() settlement.Terms    { return b.terms }

func (b *book) Prepare(call lifecycle.Call) (lifecycle.Wire, error) {
	return lifecycle.Wire{Call: call, Body: []byte(fmt.Sprintf("%s %s %s", call.Operation, call.Message, call.Original))}, nil
}

func (b *book) Send(_ context.Context, wire lifecycle.Wire) lifecycle.PayerAnswer {
	b.mayArrive()
	call := wire.Call
	if call.Operation == settlement.OpQuote || call.Operation == settlement.OpIdentify {
		// These change nothing and leave no row, so a process whose clock was set
		// back may give their id out again.
		b.world.sends["asked "+call.Message]++
		return lifecycle.PayerAnswer{Result: settlement.ResultApplied, Payment: b.payment()}
	}
	b.world.sends[call.Message]++
	switch call.Operation {
	case settlement.OpSettle:
		return b.settle(call)
	case settlement.OpInquire:
		return b.inquire(call)
	case settlement.OpReverse:
		return b.reverse(call)
	}
	panic("no such call: " + call.Operation)
}

func (b *book) payment() settlement.Payment {
	return settlement.Payment{Reference: "ref", Basic: b.basic}
}

// unreachable lets the dice keep a call from leaving this machine, a bounded
// number of times: faults that never stop prove nothing about what follows.
func (b *book) unreachable(call lifecycle.Call) bool {
	if b.world.outage == 0 || b.world.pick("reach "+string(b.code), 2) == 0 {
		return false
	}
	b.world.outage--
	b.world.sends[call.Message]--
	return true
}

// settleAnswers are the eleven of the test plan and one with other amounts
// than asked.
var settleAnswers = []string{
	"ok", "refused", "lost", "applied, answer lost", "late", "slow", "duplicate accepted", "duplicate refused",
	"applied, malformed", "forged signature", "applied, reset", "applied, other amounts",
}

func (b *book) settle(call lifecycle.Call) lifecycle.PayerAnswer {
	applied := lifecycle.PayerAnswer{Result: settlement.ResultApplied, Payment: b.payment()}
	doubt := lifecycle.PayerAnswer{Result: settlement.ResultInDoubt}
	if b.unreachable(call) {
		return lifecycle.PayerAnswer{Result: settlement.ResultUnsent}
	}
	answer := settleAnswers[b.world.pick("settle "+string(b.code), len(settleAnswers))]
	switch answer {
	case "refused", "duplicate refused":
		return lifecycle.PayerAnswer{Result: settlement.ResultRefused, Message: "no"}
	case "lost", "forged signature":
		return doubt
	case "late":
		b.late[call.Message] = b.world.now.Add(b.lateness)
		return doubt
	}
	b.held[call.Message] += b.basic
	switch answer {
	case "applied, answer lost", "applied, malformed", "applied, reset":
		return doubt
	case "slow":
		b.world.dawdle()
	case "applied, other amounts":
		applied.Conflict = settlement.ReasonBillDiffers
	}
	return applied
}

func (b *book) inquire(call lifecycle.Call) lifecycle.PayerAnswer {
	if b.world.pick("inquire "+string(b.code), 2) == 1 {
		return lifecycle.PayerAnswer{Result: settlement.ResultInDoubt}
	}
	switch {
	case b.held[call.Original] != 0:
		return lifecycle.PayerAnswer{Result: settlement.ResultApplied, Payment: b.payment()}
	case b.undone[call.Original]:
		return lifecycle.PayerAnswer{Result: settlement.ResultReversed}
	}
	return lifecycle.PayerAnswer{Result: settlement.ResultNotFound}
}

// reverse: what is not there cannot be reversed, and saying so blocks nothing
// that is still on its way.
func (b *book) reverse(call lifecycle.Call) lifecycle.PayerAnswer {
	doubt := lifecycle.PayerAnswer{Result: settlement.ResultInDoubt}
	if b.unreachable(call) {
		return lifecycle.PayerAnswer{Result: settlement.ResultUnsent}
	}
	if b.held[call.Original] == 0 {
		answers := []string{"truth", "lost", "refused, out of window"}
		switch answers[b.world.pick("reverse nothing "+string(b.code), len(answers))] {
		case "lost":
			return doubt
		case "refused, out of window":
			return lifecycle.PayerAnswer{Result: settlement.ResultRefused, Message: "no"}
		}
		if b.undone[call.Original] {
			return b.accepted()
		}
		return lifecycle.PayerAnswer{Result: settlement.ResultNotFound}
	}
	answers := []string{"ok", "refused", "done, answer lost", "lost", "done, malformed", "accepted, not done"}
	n := len(answers)
	if b.confirms {
		n-- // a payer whose word is proof keeps it
	}
	switch answers[b.world.pick("reverse "+string(b.code), n)] {
	case "refused":
		return lifecycle.PayerAnswer{Result: settlement.ResultRefused, Message: "no"}
	case "lost":
		return doubt
	case "accepted, not done":
		return lifecycle.PayerAnswer{Result: settlement.ResultAccepted}
	case "done, answer lost", "done, malformed":
		b.undo(call.Original)
		return doubt
	}
	b.undo(call.Original)
	return b.accepted()
}

func (b *book) accepted() lifecycle.PayerAnswer {
	if b.confirms {
		return lifecycle.PayerAnswer{Result: settlement.ResultReversed}
	}
	return lifecycle.PayerAnswer{Result: settlement.ResultAccepted}
}

func (b *book) undo(message settlement.MessageID) {
	delete(b.held, message)
	b.undone[message] = true
}

// mayArrive lets the dice decide whether what is late arrives just now.
func (b *book) mayArrive() {
	for _, message := range slices.Sorted(maps.Keys(b.late)) {
		if b.world.pick("arrive "+string(b.code), 2) == 1 {
			b.arrive(message)
		}
	}
}

// arrive applies a settle that was on its way, whatever was said about it.
func (b *book) arrive(message settlement.MessageID) {
	delete(b.late, message)
	b.held[message] += b.basic
	b.world.late++
}

// dawdle lets a payer take long, yet not longer than a call may take.
func (w *world) dawdle() {
	if w.slow != nil {
		w.slow()
		return
	}
	w.now = w.now.Add(9 * time.Second)
}

// pass moves the clock on and lets arrive what must have arrived by then.
func (w *world) pass(until time.Time) {
	w.lock.Lock()
	defer w.lock.Unlock()
	if until.After(w.now) {
		w.now = until
	}
	for _, b := range w.payers {
		for _, message := range slices.Sorted(maps.Keys(b.late)) {
			if !w.now.Before(b.late[message]) {
				b.arrive(message)
			}
		}
	}
}

// holds reports what all payers hold, and whether anything may still arrive.
func (w *world) holds() (applied, late int) {
	w.lock.Lock()
	defer w.lock.Unlock()
	for _, b := range w.payers {
		applied += len(b.held)
		late += len(b.late)
	}
	return applied, late
}
