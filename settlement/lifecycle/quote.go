package lifecycle

import (
	"context"

	"github.com/onestop-gateway/onestop/settlement"
)

// Quote says what settling ask would come to now, by the same arithmetic and
// with the payer's own trial settlement. It stores and reserves nothing. The
// kinds are those of a refused Settle, and Unavailable when the payer gives no
// usable answer.
func (l *Lifecycle) Quote(ctx context.Context, ask Ask) (Quote, error) {
	held := &places{}
	defer held.leave()
	if err := l.admit(held); err != nil {
		return Quote{}, err
	}
	p, err := l.prepare(ctx, &ask, held)
	if err != nil {
		return Quote{}, err
	}
	trial := settlement.Settlement{Claim: p.claim, Coverage: p.coverage, BillStated: ask.BillStated}
	for _, payer := range p.payers {
		answer, err := l.ask(ctx, p, payer, settlement.OpQuote)
		if err != nil {
			return Quote{}, err
		}
		trial.Legs = append(trial.Legs, settlement.Leg{Payer: payer.Code(), Payment: answer.Payment})
		if objection := trial.Objection(answer.Payment); objection != "" {
			return Quote{}, blocked(objection, "", string(payer.Code()))
		}
		p.paid += answer.Payment.Paid()
	}
	leave := reading(ctx)
	used, err := l.Store.Accumulator(ctx, AccumulatorKey{p.person.ID, p.year})
	leave()
	if err != nil {
		return Quote{}, err
	}
	quote := Quote{Claim: trial.Billed(), Coverage: trial.Total(), Legs: trial.Legs}
	quote.Adjudication, err = p.version.Adjudicate(p.person.Beneficiary, quote.Claim, quote.Coverage, used)
	return quote, err
}
