package lifecycle_test

import (
	"context"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// simulatedPayers are as different as payers get: one that can be asked and
// believed, two that are called one after the other, of which the first can
// neither be asked nor believed and the second only asked, and one that takes
// reversals for a quarter of an hour only.
var simulatedPayers = []func(*world){
	payer("A", true, true, 0), payer("B", false, false, 0), payer("C", true, false, 0), payer("D", true, true, 15*time.Minute),
}

var simulatedSchemes = map[settlement.Scheme][]settlement.PayerCode{
	settlement.SchemeResident: {"A"}, settlement.SchemeEmployee: {"B", "C"}, settlement.SchemeNCMS: {"D"},
}

func payer(code settlement.PayerCode, asked, confirms bool, reversible time.Duration) func(*world) {
	return func(w *world) {
		newBook(w, code, settlement.Terms{
			Traits: settlement.Traits{InquireByEncounter: asked}, CallTimeout: 10 * time.Second,
			QuietPeriod: quiet, ReversibleFor: reversible,
		}, confirms)
	}
}

// line is the way from one process to a payer's book.
type line struct {
	*book
	process *process
}

// Send stops before the bytes leave and before the answer is heard. As in any
// adapter, nothing leaves after the deadline, and what is not answered by then
// is in doubt.
func (l *line) Send(ctx context.Context, wire lifecycle.Wire) lifecycle.PayerAnswer {
	s := l.process.machine.simulation
	s.stop(l.process, l.words("sends", wire), s.hang())
	if err := ctx.Err(); err != nil {
		s.log("%s not sent, it is too late", l.words("", wire))
		s.count["unsent"]++
		return lifecycle.PayerAnswer{Result: settlement.ResultUnsent, Cause: err}
	}
	s.witness.sending(l.process, wire)
	answer := l.reach(wire)
	s.witness.books()
	s.stop(l.process, l.words("hears "+string(answer.Result), wire), s.hang())
	if err := ctx.Err(); err != nil && answer.Result != settlement.ResultUnsent {
		s.log("%s answered too late", l.words("", wire))
		s.count["answered too late"]++
		return lifecycle.PayerAnswer{Result: settlement.ResultInDoubt, Cause: err}
	}
	return answer
}

// reach is the payer's answer, which a dead payer does not give.
func (l *line) reach(wire lifecycle.Wire) lifecycle.PayerAnswer {
	s := l.process.machine.simulation
	s.world.now = s.instant()
	if l.code != s.plan.dead {
		// A payer that takes its time keeps this process waiting, no other.
		s.world.slow = func() {
			s.stop(l.process, l.words("waits for", wire), time.Duration(8+s.dice.IntN(4))*time.Second)
		}
		return l.book.Send(context.Background(), wire)
	}
	s.world.sends[wire.Call.Message]++
	return lifecycle.PayerAnswer{Result: settlement.ResultInDoubt}
}

func (l *line) words(verb string, wire lifecycle.Wire) string {
	call := wire.Call
	return verb + " " + string(l.code) + " " + string(call.Operation) + " " + string(call.Message) + " of " + string(call.Original)
}
