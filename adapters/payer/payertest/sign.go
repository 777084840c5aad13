package payertest

import "github.com/onestop-gateway/onestop/settlement"

// signScenarios: an answer that the payer has not signed proves nothing, be it
// a yes, a no or "not found"; asked again, the payer is believed.
func signScenarios(signed bool) (scenarios []scenario) {
	if !signed {
		return nil
	}
	for _, behaviour := range []Behaviour{BadSignature, NoSignature} {
		scenarios = append(scenarios,
			scenario{string(behaviour) + " on a settlement is no yes", func(b *bench) {
				b.server.Script(settlement.OpSettle, behaviour)
				call := b.call(settlement.OpSettle)
				b.expect(call, settlement.ResultInDoubt)
				b.net(call, 1)
				b.expect(b.about(settlement.OpInquire, call, ""), settlement.ResultApplied)
			}},
			scenario{string(behaviour) + " on an inquiry is no answer", func(b *bench) {
				b.server.Script(settlement.OpInquire, behaviour)
				call := b.call(settlement.OpSettle) // never sent
				inquiry := b.about(settlement.OpInquire, call, "")
				b.expect(inquiry, settlement.ResultInDoubt)
				b.expect(inquiry, settlement.ResultNotFound)
			}},
			scenario{string(behaviour) + " on a reversal is no proof", func(b *bench) {
				call, payment := b.settled()
				b.server.Script(settlement.OpReverse, behaviour)
				b.expect(b.about(settlement.OpReverse, call, payment.Reference), settlement.ResultInDoubt)
				b.net(call, 0)
			}},
		)
	}
	return scenarios
}
