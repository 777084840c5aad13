package payertest

import (
	"bytes"
	"context"
	"errors"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// sendScenarios: when nothing leaves, and that nothing leaves twice.
var sendScenarios = []scenario{
	{"to nobody is unsent", func(b *bench) {
		b.server.Stop()
		b.expect(b.call(settlement.OpSettle), settlement.ResultUnsent)
	}},
	{"to nobody any more is unsent or in doubt, never a no", func(b *bench) {
		b.settled()
		b.server.Stop()
		answer := b.send(b.t.Context(), b.call(settlement.OpSettle))
		if answer.Result != settlement.ResultUnsent && answer.Result != settlement.ResultInDoubt {
			b.t.Errorf("result %q", answer.Result)
		}
	}},
	{"after its deadline is unsent", func(b *bench) {
		ctx, cancel := context.WithDeadline(context.Background(), time.Now().Add(-time.Second))
		defer cancel()
		call := b.call(settlement.OpSettle)
		b.check(b.send(ctx, call), settlement.ResultUnsent)
		b.arrived(settlement.OpSettle, 0)
		b.net(call, 0)
	}},
	{"of a cancelled call is unsent", func(b *bench) {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		for _, operation := range []settlement.Operation{settlement.OpSettle, settlement.OpQuote, settlement.OpIdentify} {
			b.check(b.send(ctx, b.call(operation)), settlement.ResultUnsent)
			b.arrived(operation, 0)
		}
	}},
	{"prepared once and sent again arrives again", func(b *bench) {
		call, payment := b.settled()
		wire := b.prepared(ways[0].reversal(b, call, payment))
		b.server.Script(settlement.OpReverse, LostBefore)
		b.check(b.payer.Send(b.t.Context(), wire), settlement.ResultInDoubt)
		b.check(b.payer.Send(b.t.Context(), wire), settlement.ResultReversed)
		b.arrived(settlement.OpReverse, 2)
	}},
	{"many at once each arrive once", func(b *bench) {
		const many = 8
		wires := make([]lifecycle.Wire, many)
		for i := range wires {
			wires[i] = b.prepared(b.call(settlement.OpSettle))
		}
		results := make(chan settlement.Result, many)
		for _, wire := range wires {
			go func() { results <- b.payer.Send(context.Background(), wire).Result }()
		}
		for range wires {
			if result := <-results; result != settlement.ResultApplied {
				b.t.Errorf("result %q", result)
			}
		}
		for _, wire := range wires {
			b.net(wire.Call, 1)
		}
		b.arrived(settlement.OpSettle, many)
	}},
}

func (b *bench) prepared(call lifecycle.Call) lifecycle.Wire {
	b.t.Helper()
	wire, err := b.payer.Prepare(call)
	if err != nil {
		b.t.Fatalf("preparing: %v", err)
	}
	return wire
}

// prepareScenarios: preparing does no I/O, is repeatable, and says what is
// missing.
func prepareScenarios() []scenario {
	scenarios := []scenario{
		{"gives the same bytes again, and sends none", func(b *bench) {
			call := b.call(settlement.OpSettle)
			first, second := b.prepared(call), b.prepared(call)
			if len(first.Body) == 0 || !bytes.Equal(first.Body, second.Body) {
				b.t.Error("the request differs")
			}
			b.arrived(settlement.OpSettle, 0)
		}},
		{"names the payer and its terms", func(b *bench) {
			terms := b.payer.Terms()
			if b.payer.Code() == "" || terms.CallTimeout <= 0 || terms.QuietPeriod < terms.CallTimeout {
				b.t.Errorf("payer %q, terms %+v", b.payer.Code(), terms)
			}
			if !terms.Traits.InquireByEncounter {
				b.t.Error("the payer of the suite can be asked by encounter")
			}
		}},
	}
	for _, lack := range []struct {
		field     string
		operation settlement.Operation
		spoil     func(*lifecycle.Call)
	}{
		{"insured_number", settlement.OpSettle, func(c *lifecycle.Call) { c.Insured = "" }},
		{"encounter_id", settlement.OpSettle, func(c *lifecycle.Call) { c.Encounter = "" }},
		{"bill.submitted", settlement.OpSettle, func(c *lifecycle.Call) { c.Claim.Bill.Submitted = 0 }},
		{"encounter_id", settlement.OpQuote, func(c *lifecycle.Call) { c.Encounter = "" }},
		{"identity_number", settlement.OpIdentify, func(c *lifecycle.Call) { c.Person = "" }},
		{"scheme", settlement.OpSettle, func(c *lifecycle.Call) { c.Scheme = settlement.SchemeNone }},
	} {
		scenarios = append(scenarios, scenario{string(lack.operation) + " without " + lack.field, func(b *bench) {
			call := b.call(lack.operation)
			lack.spoil(&call)
			_, err := b.payer.Prepare(call)
			var bad *settlement.Error
			if !errors.As(err, &bad) || bad.Kind != settlement.KindInvalid || bad.Field != lack.field {
				b.t.Errorf("error %v, want an invalid %s", err, lack.field)
			}
		}})
	}
	return scenarios
}
