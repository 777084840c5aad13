package payertest

import (
	"github.com/google/go-cmp/cmp"

	"github.com/onestop-gateway/onestop/settlement"
)

// readScenarios: identifying and quoting change nothing.
var readScenarios = []scenario{
	{"identify names the person", func(b *bench) {
		answer := b.expect(b.call(settlement.OpIdentify), settlement.ResultApplied)
		want := b.common
		if answer.Insured.Number != want.Insured || answer.Insured.Scheme != want.Scheme || answer.Insured.Region != want.Region {
			b.t.Errorf("insured %s in %s, want %s in %s", answer.Insured.Scheme, answer.Insured.Region, want.Scheme, want.Region)
		}
	}},
	{"identify refused", func(b *bench) {
		b.server.Script(settlement.OpIdentify, Refuse)
		b.expect(b.call(settlement.OpIdentify), settlement.ResultRefused)
	}},
	{"identify without an answer", func(b *bench) {
		b.server.Script(settlement.OpIdentify, LostBefore, Malformed, SystemError)
		for range 3 {
			b.expect(b.call(settlement.OpIdentify), settlement.ResultInDoubt)
		}
		b.arrived(settlement.OpIdentify, 3)
	}},
	{"quote keeps nothing and has no reference", func(b *bench) {
		call := b.call(settlement.OpQuote)
		answer := b.expect(call, settlement.ResultApplied)
		if answer.Payment.Reference != "" || answer.Payment.Basic <= 0 {
			b.t.Errorf("payment %+v", answer.Payment)
		}
		b.net(call, 0)
		b.arrived(settlement.OpSettle, 0)
	}},
	{"quote comes to what settling then pays", func(b *bench) {
		quoted := b.expect(b.call(settlement.OpQuote), settlement.ResultApplied).Payment
		_, paid := b.settled()
		quoted.Reference, quoted.Encounter, quoted.At = paid.Reference, paid.Encounter, paid.At
		if diff := cmp.Diff(quoted, paid); diff != "" {
			b.t.Errorf("payment (-quoted +paid):\n%s", diff)
		}
	}},
	{"quote of a payer that assists says so", func(b *bench) {
		b.server.Script(settlement.OpQuote, Assists)
		answer := b.expect(b.call(settlement.OpQuote), settlement.ResultApplied)
		if answer.Conflict != settlement.ReasonPayerAssists {
			b.t.Errorf("conflict %q", answer.Conflict)
		}
	}},
	{"quote refused", func(b *bench) {
		b.server.Script(settlement.OpQuote, Refuse)
		b.expect(b.call(settlement.OpQuote), settlement.ResultRefused)
	}},
	{"quote without a usable answer", func(b *bench) {
		b.server.Script(settlement.OpQuote, LostAfter, WrongSums, OtherPerson, ServerError)
		for range 4 {
			call := b.call(settlement.OpQuote)
			b.expect(call, settlement.ResultInDoubt)
			b.net(call, 0)
		}
		b.arrived(settlement.OpQuote, 4)
	}},
}
