package main

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// echo is a payer who is really asked once for each kind of bill, in the name
// of a person it knows, and otherwise answers what it answered then.
type echo struct {
	lifecycle.Payer
	filler *filler
}

// billed is a kind of bill: what two persons like the same have of it is paid
// alike.
type billed struct {
	payer settlement.PayerCode
	model int
	bill  settlement.Bill
}

// heard is a call and what was answered.
type heard struct {
	call   lifecycle.Call
	answer lifecycle.PayerAnswer
}

// Send implements lifecycle.Payer.
func (e *echo) Send(ctx context.Context, wire lifecycle.Wire) lifecycle.PayerAnswer {
	key := billed{e.Code(), e.filler.model, wire.Call.Claim.Bill}
	kept, asked := e.filler.heard[key]
	if !asked {
		kept.call = wire.Call
		kept.call.Insured = e.filler.people.models[key.model].Insured
		prepared, err := e.Prepare(kept.call)
		if err != nil {
			return lifecycle.PayerAnswer{Result: settlement.ResultUnsent, Cause: err}
		}
		kept.answer = e.Payer.Send(context.WithoutCancel(ctx), prepared)
		if kept.answer.Result != settlement.ResultApplied {
			return kept.answer
		}
		e.filler.heard[key] = kept
	}
	return e.again(kept, wire.Call)
}

// payerTime is how a payer writes a time.
const payerTime = time.DateTime

// again is an answer as it would be of another call with such a bill.
func (e *echo) again(kept heard, call lifecycle.Call) lifecycle.PayerAnswer {
	answer, model := kept.answer, &e.filler.people.models[e.filler.model]
	paid := &answer.Payment
	then, number := *paid, "F"+strconv.FormatInt(e.filler.made, 10)
	paid.Reference, paid.Encounter, paid.At = number, call.Encounter, call.At.Truncate(time.Second)
	words := strings.NewReplacer(
		then.Reference, paid.Reference, string(kept.call.Encounter), string(call.Encounter), string(kept.call.Message), string(call.Message),
		kept.call.Insured.Reveal(), call.Insured.Reveal(), model.Certificate.Reveal(), e.filler.person.Certificate.Reveal(),
		then.At.In(settlement.China).Format(payerTime), paid.At.In(settlement.China).Format(payerTime),
	)
	answer.Body = []byte(words.Replace(string(answer.Body)))
	return answer
}
