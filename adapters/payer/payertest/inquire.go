package payertest

import (
	"github.com/google/go-cmp/cmp"

	"github.com/onestop-gateway/onestop/settlement"
)

// inquireScenarios: what became of a settle. Asking changes nothing.
var inquireScenarios = []scenario{
	{"by reference finds the same payment", func(b *bench) {
		call, payment := b.settled()
		answer := b.expect(b.about(settlement.OpInquire, call, payment.Reference), settlement.ResultApplied)
		if diff := cmp.Diff(payment, answer.Payment); diff != "" {
			b.t.Errorf("payment (-settled +found):\n%s", diff)
		}
		b.net(call, 1)
		b.arrived(settlement.OpSettle, 1)
	}},
	{"by encounter finds what a lost answer would have said", func(b *bench) {
		b.server.Script(settlement.OpSettle, LostAfter)
		call := b.call(settlement.OpSettle)
		b.expect(call, settlement.ResultInDoubt)
		found := b.expect(b.about(settlement.OpInquire, call, ""), settlement.ResultApplied).Payment
		_, like := b.settled()
		if found.Reference == "" || found.Reference == like.Reference {
			b.t.Errorf("reference %q", found.Reference)
		}
		like.Reference, like.Encounter, like.At = found.Reference, found.Encounter, found.At
		if diff := cmp.Diff(like, found); diff != "" {
			b.t.Errorf("payment (-settled +found):\n%s", diff)
		}
	}},
	{"of what never arrived is not found", func(b *bench) {
		b.server.Script(settlement.OpSettle, LostBefore)
		call := b.call(settlement.OpSettle)
		b.expect(call, settlement.ResultInDoubt)
		b.expect(b.about(settlement.OpInquire, call, ""), settlement.ResultNotFound)
	}},
	{"of what was reversed is reversed", func(b *bench) {
		call, payment := b.settled()
		b.expect(b.about(settlement.OpReverse, call, payment.Reference), settlement.ResultReversed)
		b.expect(b.about(settlement.OpInquire, call, ""), settlement.ResultReversed)
		b.expect(b.about(settlement.OpInquire, call, payment.Reference), settlement.ResultReversed)
	}},
	{"of what was accepted and not done is applied", func(b *bench) {
		call, _ := b.settled()
		b.server.Script(settlement.OpReverse, Idle)
		b.send(b.t.Context(), b.about(settlement.OpReverse, call, ""))
		b.expect(b.about(settlement.OpInquire, call, ""), settlement.ResultApplied)
	}},
	{"does not take another message's settlement for ours", func(b *bench) {
		call, _ := b.settled()
		asked := b.about(settlement.OpInquire, call, "")
		asked.Original = "H36082700001201207011504059999"
		if answer := b.send(b.t.Context(), asked); answer.Result == settlement.ResultApplied {
			b.t.Error("found a settlement that is not ours")
		}
	}},
	{"finds ours beside another of the same encounter", func(b *bench) {
		first, one := b.settled()
		second := b.call(settlement.OpSettle)
		second.Encounter = first.Encounter
		two := b.expect(second, settlement.ResultApplied).Payment
		found := b.expect(b.about(settlement.OpInquire, second, ""), settlement.ResultApplied).Payment
		if found.Reference != two.Reference || found.Reference == one.Reference {
			b.t.Errorf("found %s, want %s", found.Reference, two.Reference)
		}
	}},
	{"says where the payer settled another total", func(b *bench) {
		b.server.Script(settlement.OpSettle, OtherTotal)
		call := b.call(settlement.OpSettle)
		b.expect(call, settlement.ResultApplied)
		answer := b.expect(b.about(settlement.OpInquire, call, ""), settlement.ResultApplied)
		if answer.Conflict != settlement.ReasonBillDiffers {
			b.t.Errorf("conflict %q", answer.Conflict)
		}
	}},
	{"denied is not found", func(b *bench) {
		call, _ := b.settled()
		b.server.Script(settlement.OpInquire, NotFound)
		b.expect(b.about(settlement.OpInquire, call, ""), settlement.ResultNotFound)
	}},
	{"refused", func(b *bench) {
		call, _ := b.settled()
		b.server.Script(settlement.OpInquire, Refuse)
		b.expect(b.about(settlement.OpInquire, call, ""), settlement.ResultRefused)
	}},
	{"without a usable answer", func(b *bench) {
		call, payment := b.settled()
		unusable := []Behaviour{LostBefore, LostAfter, Malformed, SystemError, ServerError, Reset, Oversized, WrongSums, OtherPerson, OtherMessage}
		b.server.Script(settlement.OpInquire, unusable...)
		for range unusable {
			b.expect(b.about(settlement.OpInquire, call, payment.Reference), settlement.ResultInDoubt)
		}
		b.arrived(settlement.OpInquire, len(unusable))
		b.net(call, 1)
	}},
}
