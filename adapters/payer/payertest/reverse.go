package payertest

import (
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// way is how a settle is named to the payer: by its reference, or by the
// message that asked for it.
type way struct {
	name        string
	byReference bool
}

var ways = []way{{"by reference", true}, {"by message", false}}

// reversal is the call that undoes settled in this way.
func (w way) reversal(b *bench, settled lifecycle.Call, payment settlement.Payment) lifecycle.Call {
	if w.byReference {
		return b.about(settlement.OpReverse, settled, payment.Reference)
	}
	return b.about(settlement.OpReverse, settled, "")
}

// done is the answer to a reversal that was carried out.
func (w way) done(b *bench) settlement.Result {
	if w.byReference || b.proof {
		return settlement.ResultReversed
	}
	return settlement.ResultAccepted
}

func reverseScenarios() []scenario {
	var scenarios []scenario
	for _, w := range ways {
		scenarios = append(scenarios, w.answered()...)
		scenarios = append(scenarios, w.unanswered()...)
	}
	return append(scenarios,
		scenario{"by message of a lost answer", func(b *bench) {
			b.server.Script(settlement.OpSettle, LostAfter)
			call := b.call(settlement.OpSettle)
			b.expect(call, settlement.ResultInDoubt)
			b.expect(b.about(settlement.OpReverse, call, ""), ways[1].done(b))
			b.net(call, 0)
		}},
		scenario{"by message of what never arrived is not found", func(b *bench) {
			b.server.Script(settlement.OpSettle, LostBefore)
			call := b.call(settlement.OpSettle)
			b.expect(call, settlement.ResultInDoubt)
			b.expect(b.about(settlement.OpReverse, call, ""), settlement.ResultNotFound)
			b.net(call, 0)
		}},
		scenario{"of a settle in conflict", func(b *bench) {
			b.server.Script(settlement.OpSettle, OtherTotal)
			call := b.call(settlement.OpSettle)
			answer := b.expect(call, settlement.ResultApplied)
			b.expect(b.about(settlement.OpReverse, call, answer.Payment.Reference), settlement.ResultReversed)
			b.net(call, 0)
		}},
		scenario{"that the payer takes and does not do leaves the settlement", func(b *bench) {
			call, _ := b.settled()
			b.server.Script(settlement.OpReverse, Idle)
			b.expect(b.about(settlement.OpReverse, call, ""), ways[1].done(b))
			b.net(call, 1)
		}},
	)
}

// answered: reversals with a clear answer.
func (w way) answered() []scenario {
	return []scenario{
		{w.name + " takes the settlement back, and no other", func(b *bench) {
			other, _ := b.settled()
			call, payment := b.settled()
			b.expect(w.reversal(b, call, payment), w.done(b))
			b.net(call, 0)
			b.net(other, 1)
			b.arrived(settlement.OpReverse, 1)
		}},
		{w.name + " a second time is done already", func(b *bench) {
			call, payment := b.settled()
			b.expect(w.reversal(b, call, payment), w.done(b))
			b.expect(w.reversal(b, call, payment), settlement.ResultReversed)
			b.net(call, 0)
		}},
		{w.name + " refused leaves the settlement", func(b *bench) {
			call, payment := b.settled()
			b.server.Script(settlement.OpReverse, Refuse)
			b.expect(w.reversal(b, call, payment), settlement.ResultRefused)
			b.net(call, 1)
		}},
		{w.name + " denied is not found", func(b *bench) {
			call, payment := b.settled()
			b.server.Script(settlement.OpReverse, NotFound)
			b.expect(w.reversal(b, call, payment), settlement.ResultNotFound)
		}},
		{w.name + " already done is reversed", func(b *bench) {
			call, payment := b.settled()
			b.server.Script(settlement.OpReverse, AlreadyReversed)
			b.expect(w.reversal(b, call, payment), settlement.ResultReversed)
		}},
	}
}

// unanswered: reversals that get no usable answer, and are then tried again
// under the same message until one is answered.
func (w way) unanswered() []scenario {
	trials := []struct {
		behaviour Behaviour
		then      settlement.Result // "" where the second try is the first to be done
	}{
		{LostBefore, ""},
		{SystemError, ""},
		{LostAfter, settlement.ResultReversed},
		{Malformed, settlement.ResultReversed},
		{Reset, settlement.ResultReversed},
	}
	scenarios := make([]scenario, 0, len(trials))
	for _, trial := range trials {
		scenarios = append(scenarios, scenario{w.name + " " + string(trial.behaviour), func(b *bench) {
			call, payment := b.settled()
			b.server.Script(settlement.OpReverse, trial.behaviour)
			reversal := w.reversal(b, call, payment)
			b.expect(reversal, settlement.ResultInDoubt)
			b.arrived(settlement.OpReverse, 1)
			then := trial.then
			if then == "" {
				b.net(call, 1)
				then = w.done(b)
			}
			b.expect(reversal, then)
			b.net(call, 0)
			b.arrived(settlement.OpReverse, 2)
		}})
	}
	return scenarios
}
