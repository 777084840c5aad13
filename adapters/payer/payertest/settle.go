package payertest

import (
	"context"
	"maps"
	"slices"
	"strings"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"github.com/onestop-gateway/onestop/settlement"
)

// settleScenarios: a settle that is answered.
func settleScenarios() []scenario {
	scenarios := []scenario{
		{"is applied once and has a reference", func(b *bench) {
			call, payment := b.settled()
			if payment.Reference == "" || payment.Basic <= 0 || payment.Encounter != call.Encounter {
				b.t.Errorf("payment %+v", payment)
			}
			b.net(call, 1)
			b.arrived(settlement.OpSettle, 1)
		}},
		{"keeps the bill as stated", func(b *bench) {
			call, payment := b.settled()
			if diff := cmp.Diff(call.Claim.Bill, payment.Bill); diff != "" {
				b.t.Errorf("bill (-asked +answered):\n%s", diff)
			}
		}},
		{"pays no more than the bill", func(b *bench) {
			call, payment := b.settled()
			sum := payment.Basic + payment.CriticalIllness + payment.Assistance + payment.PersonalAccount
			for _, share := range payment.Others {
				sum += share.Amount
			}
			if sum > call.Claim.Bill.Submitted {
				b.t.Errorf("shares of %s on a bill of %s", sum, call.Claim.Bill.Submitted)
			}
		}},
		{"takes the parts of the bill from the payer where only the total is stated", func(b *bench) {
			call := b.call(settlement.OpSettle)
			call.Claim.Bill, call.BillStated = settlement.Bill{Submitted: bill.Submitted}, false
			answer := b.expect(call, settlement.ResultApplied)
			if answer.Conflict != "" || !answer.Payment.Bill.Balanced() || answer.Payment.Bill.Submitted != bill.Submitted {
				b.t.Errorf("conflict %q, bill %+v", answer.Conflict, answer.Payment.Bill)
			}
		}},
		{"keeps the raw answer", func(b *bench) {
			answer := b.expect(b.call(settlement.OpSettle), settlement.ResultApplied)
			if len(answer.Body) == 0 {
				b.t.Error("no body for the journal")
			}
		}},
		{"late but in time is applied", func(b *bench) {
			b.server.Script(settlement.OpSettle, Slow)
			call, _ := b.settled()
			b.net(call, 1)
		}},
		{"arriving twice is applied once", func(b *bench) {
			b.server.Script(settlement.OpSettle, Duplicate)
			call, _ := b.settled()
			b.net(call, 1)
			b.arrived(settlement.OpSettle, 1)
		}},
		{"refused leaves nothing and says why", func(b *bench) {
			b.server.Script(settlement.OpSettle, Refuse)
			call := b.call(settlement.OpSettle)
			answer := b.expect(call, settlement.ResultRefused)
			b.net(call, 0)
			checkWords(b, answer.Message)
		}},
		{"two of them are two", func(b *bench) {
			first, one := b.settled()
			second, two := b.settled()
			if one.Reference == two.Reference {
				b.t.Errorf("both have reference %s", one.Reference)
			}
			b.net(first, 1)
			b.net(second, 1)
		}},
	}
	return append(scenarios, conflictScenarios...)
}

// conflictScenarios: the payer pays, but not what was asked.
var conflictScenarios = []scenario{
	{"of another total is applied in conflict", func(b *bench) {
		b.conflicts(OtherTotal, true, settlement.ReasonBillDiffers)
	}},
	{"of another total is in conflict even where only the total is stated", func(b *bench) {
		b.conflicts(OtherTotal, false, settlement.ReasonBillDiffers)
	}},
	{"of other parts is applied in conflict", func(b *bench) {
		b.conflicts(OtherParts, true, settlement.ReasonBillDiffers)
	}},
	{"of other parts is no conflict where none are stated", func(b *bench) {
		b.conflicts(OtherParts, false, "")
	}},
	{"with the payer's own assistance is applied in conflict", func(b *bench) {
		answer := b.conflicts(Assists, true, settlement.ReasonPayerAssists)
		if answer.Assistance <= 0 {
			b.t.Errorf("assistance %s", answer.Assistance)
		}
	}},
}

// conflicts settles under a behaviour and checks the conflict; the payer holds
// the settlement all the same, so its reference must be known.
func (b *bench) conflicts(behaviour Behaviour, stated bool, want settlement.Reason) settlement.Payment {
	b.t.Helper()
	b.server.Script(settlement.OpSettle, behaviour)
	call := b.call(settlement.OpSettle)
	if !stated {
		call.Claim.Bill, call.BillStated = settlement.Bill{Submitted: bill.Submitted}, false
	}
	answer := b.expect(call, settlement.ResultApplied)
	if answer.Conflict != want || answer.Payment.Reference == "" {
		b.t.Errorf("conflict %q, want %q; reference %q", answer.Conflict, want, answer.Payment.Reference)
	}
	b.net(call, 1)
	return answer.Payment
}

// checkWords: a payer's words are bounded, printable and name nobody.
func checkWords(b *bench, words string) {
	b.t.Helper()
	for _, r := range words {
		if !unicode.IsPrint(r) {
			b.t.Errorf("unprintable %U in the payer's words", r)
		}
	}
	if len([]rune(words)) > 200 {
		b.t.Errorf("%d characters of the payer's words", len([]rune(words)))
	}
	for _, private := range []settlement.Private{b.common.Insured, b.common.Person} {
		if private != "" && strings.Contains(words, private.Reveal()) {
			b.t.Error("the payer's words carry a person's number")
		}
	}
}

// doubtScenarios: every way in which a settle gets no usable answer. It is in
// doubt whatever the payer did, it is sent once, and the next call is none the
// worse for it.
func doubtScenarios() []scenario {
	var scenarios []scenario
	for _, behaviour := range slices.Sorted(maps.Keys(outcomes)) {
		outcome := outcomes[behaviour]
		if outcome.answered {
			continue
		}
		scenarios = append(scenarios, scenario{string(behaviour), func(b *bench) {
			b.server.Script(settlement.OpSettle, behaviour)
			call := b.call(settlement.OpSettle)
			b.expect(call, settlement.ResultInDoubt)
			held := 0
			if outcome.applies {
				held = 1
			}
			b.net(call, held)
			b.arrived(settlement.OpSettle, 1)
			next, _ := b.settled()
			b.net(next, 1)
			b.arrived(settlement.OpSettle, 2)
		}})
	}
	return append(scenarios, scenario{"too slow, and then applied all the same", func(b *bench) {
		b.server.Script(settlement.OpSettle, TooSlow)
		call := b.call(settlement.OpSettle)
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		b.check(b.send(ctx, call), settlement.ResultInDoubt)
		b.server.Arrive()
		b.net(call, 1)
		b.arrived(settlement.OpSettle, 1)
	}})
}
