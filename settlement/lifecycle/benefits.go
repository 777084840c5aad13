package lifecycle

import (
	"context"

	"github.com/onestop-gateway/onestop/settlement"
)

// Benefits is what a person who is being admitted can count on.
type Benefits struct {
	Policy   settlement.PolicyID
	Version  settlement.VersionID
	Outlooks []settlement.Outlook   // of each category in force, in the order of the policy
	Used     settlement.Accumulator // of the year, with what live quotes hold
	// Approval says why the approval that was named is not good; "" where it is,
	// or none was named.
	Approval settlement.Reason
	// Asked says that an approval was named.
	Asked bool
}

// benefits is what would be covered before anybody is treated, from the
// register, the policy and what the year has left. The claim's day is that of
// admission. No payer is asked. The kinds are those of a refused Quote.
func (l *Lifecycle) benefits(ctx context.Context, p *prepared) (Benefits, error) {
	if err := l.understand(ctx, p); err != nil {
		return Benefits{}, err
	}
	version, err := p.policy.VersionOn(p.claim.Discharge)
	if err != nil {
		return Benefits{}, err
	}
	found := Benefits{Policy: p.policy.ID, Version: version.ID, Asked: p.claim.Approval != ""}
	if found.Outlooks, err = version.Outlook(p.person.Beneficiary, p.claim, p.coverage); err != nil {
		return Benefits{}, err
	}
	year, err := version.BenefitYear(&p.claim)
	if err != nil {
		return Benefits{}, err
	}
	leave := reading(ctx)
	row, err := l.Quotes.Year(ctx, AccumulatorKey{p.person.ID, year})
	leave()
	if err != nil {
		return Benefits{}, err
	}
	live, _ := row.Holds.Live(l.Now())
	found.Used = live.On(row.Used)
	err = l.checkApproval(ctx, p)
	if settlement.KindOf(err) == settlement.KindBlocked {
		found.Approval, err = settlement.ReasonOf(err), nil
	}
	return found, err
}
