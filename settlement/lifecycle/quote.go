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
	release, err := l.admit()
	if err != nil {
		return Quote{}, err
	}
	defer release()
	p, err := l.prepare(ctx, &ask)
	if err != nil {
		return Quote{}, err
	}
	trial := settlement.Settlement{Claim: p.claim, Coverage: p.coverage, BillStated: ask.BillStated}
	quote := Quote{}
	if p.payer != nil {
		call := p.call(settlement.OpQuote, l.numbers.next(p.facility.ID, l.Now()))
		call.At = l.Now()
		answer, err := l.ask(ctx, p.payer, call)
		if err != nil {
			return Quote{}, err
		}
		quote.Payer = p.payer.Code()
		trial.Legs = []settlement.Leg{{Payer: quote.Payer, Payment: answer.Payment}}
	}
	used, err := l.Store.Accumulator(ctx, AccumulatorKey{p.person.ID, p.claim.Year()})
	if err != nil {
		return Quote{}, err
	}
	quote.Claim, quote.Coverage = trial.Billed(), trial.Total()
	quote.Adjudication, err = p.version.Adjudicate(p.person.Beneficiary, quote.Claim, quote.Coverage, used)
	return quote, err
}
