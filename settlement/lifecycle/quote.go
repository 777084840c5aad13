package lifecycle

import (
	"context"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
)

// Quote says what settling ask would come to now, by the same arithmetic and
// with the payer's own trial settlement, beside what live quotes of others
// hold. Where ask.Hold is set, what it promises is held for that long, and a
// repeat of the request gets the same quote. The kinds are those of a refused
// Settle, and Unavailable when the payer gives no usable answer or the hold
// may not have been kept: ask again with the same key.
func (l *Lifecycle) Quote(ctx context.Context, ask Ask) (Quote, error) {
	if ask.Hold > 0 {
		return l.holdQuote(ctx, ask)
	}
	trial, err := l.try(ctx, &ask)
	if err != nil {
		return Quote{}, err
	}
	leave := reading(ctx)
	row, err := l.Quotes.Year(ctx, AccumulatorKey{trial.Beneficiary.ID, trial.Year})
	leave()
	if err != nil {
		return Quote{}, err
	}
	quote, err := l.quoted(trial, row, l.Now())
	return Quote{Quote: quote}, err
}

// try is the settlement that ask would make, with what its payers would pay.
// It is not stored.
func (l *Lifecycle) try(ctx context.Context, ask *Ask) (trial *settlement.Settlement, err error) {
	held := &places{}
	defer held.leave()
	if err := l.admit(held, l.inFlight); err != nil {
		return nil, err
	}
	p, err := l.prepare(ctx, ask, held)
	if err != nil {
		return nil, err
	}
	trial = &settlement.Settlement{
		Tenant: ask.Tenant, Request: ask.Request, Fingerprint: fingerprint(ask.fields()), Facility: p.facility.ID,
		Discharge: ask.Discharge, Beneficiary: p.person.Beneficiary, Year: p.year,
		Policy: p.policy.ID, Version: p.version.ID, Claim: p.claim, Coverage: p.coverage, BillStated: ask.BillStated,
	}
	for _, payer := range p.payers {
		answer, err := l.ask(ctx, p, payer, settlement.OpQuote)
		if err != nil {
			return nil, err
		}
		trial.Legs = append(trial.Legs, settlement.Leg{Payer: payer.Code(), Payment: answer.Payment})
		if objection := trial.Objection(answer.Payment); objection != "" {
			return nil, blocked(objection, "", string(payer.Code()))
		}
		p.paid += answer.Payment.Paid()
	}
	return trial, nil
}

// quoted is trial adjudicated on a year as it stands at now, beside the live holds
// of other discharges.
func (l *Lifecycle) quoted(trial *settlement.Settlement, row YearRow, now time.Time) (settlement.Quote, error) {
	live, _ := row.Holds.Live(now)
	others := live.Without(trial.Tenant, trial.Discharge)
	quote := settlement.Quote{
		Tenant: trial.Tenant, Request: trial.Request, Fingerprint: trial.Fingerprint, Facility: trial.Facility,
		Discharge: trial.Discharge, Beneficiary: trial.Beneficiary, Year: trial.Year, Policy: trial.Policy, Version: trial.Version,
		At: now, Claim: trial.Billed(), Coverage: trial.Total(), Legs: trial.Legs,
		Ground: others.On(row.Used), Others: others.Rooms(),
	}
	version := l.Directory.Policies[trial.Policy].Version(trial.Version)
	var err error
	quote.Adjudication, err = trial.Adjudicate(version, quote.Ground)
	return quote, err
}
