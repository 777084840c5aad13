package lifecycle

import (
	"context"
	"slices"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
)

// prepared is a request understood: who, where, under which rules, by which
// payer. Nothing of it is stored yet.
type prepared struct {
	ask       *Ask
	facility  Facility
	person    settlement.Person
	region    Region
	policy    *settlement.Policy
	version   *settlement.Version
	year      int // to which the claim counts
	claim     settlement.Claim
	coverage  settlement.Coverage
	payers    []Payer                // in the order they are asked; none where nobody is to be called
	encounter settlement.EncounterID // the payer's number of the stay
	insured   settlement.Private
	paid      settlement.Money // by the payers quoted so far
	decideBy  time.Time        // of a settlement by a quote, which holds at least until then
}

// prepare understands ask and refuses what can be refused before anything is
// stored or any money moves. It takes a place at every payer.
func (l *Lifecycle) prepare(ctx context.Context, ask *Ask, held *places) (*prepared, error) {
	p := &prepared{ask: ask}
	if err := l.understand(ctx, p); err != nil {
		return nil, err
	}
	if err := l.choosePayers(p); err != nil {
		return nil, err
	}
	if err := p.rehearse(); err != nil {
		return nil, err
	}
	if err := p.happened(); err != nil {
		return nil, err
	}
	if err := l.checkApproval(ctx, p); err != nil {
		return nil, err
	}
	if err := l.checkAdmission(ctx, p); err != nil {
		return nil, err
	}
	if err := l.enter(ctx, p, held); err != nil {
		return nil, err
	}
	if err := l.identify(ctx, p); err != nil {
		return nil, err
	}
	return p, nil
}

// understand finds who and where, and completes the claim and the coverage with
// what the directory and the register know.
func (l *Lifecycle) understand(ctx context.Context, p *prepared) error {
	if err := l.locate(ctx, p); err != nil {
		return err
	}
	p.claim = p.ask.Claim
	p.claim.Filed = l.today()
	if p.claim.Registered != 0 {
		born, _, err := settlement.IdentityFacts(p.ask.Person)
		if err != nil {
			return settlement.At("beneficiary.id_number", err)
		}
		p.claim.Born = born
	}
	p.claim.Treatment.Designated, p.claim.Treatment.Level = p.facility.Designated, p.facility.Level
	p.claim.Treatment.InArea = p.facility.Region == p.region.ID || slices.Contains(p.region.Area, p.facility.Region)
	p.coverage = settlement.Coverage{Scheme: p.ask.Scheme, Others: p.ask.Others}
	if p.ask.Scheme == "" {
		p.coverage.Scheme = p.person.Scheme
	}
	return nil
}

// locate finds the facility, the person, their region and its policy.
func (l *Lifecycle) locate(ctx context.Context, p *prepared) (err error) {
	var found bool
	if p.facility, found = l.Directory.Facilities[p.ask.Facility]; !found {
		return blocked(settlement.ReasonUnknownFacility, "facility_id", string(p.ask.Facility))
	}
	leave := reading(ctx)
	p.person, err = l.Registry.PersonByCertificate(ctx, p.ask.Person)
	leave()
	if settlement.KindOf(err) == settlement.KindNotFound {
		return blocked(settlement.ReasonUnknownPerson, "beneficiary.id_number", "")
	}
	if err != nil {
		return err
	}
	if p.ask.Name != "" && p.ask.Name != p.person.Name {
		return blocked(settlement.ReasonPersonMismatch, "beneficiary.name", "")
	}
	if p.region, found = l.Directory.Regions[p.person.Region]; !found {
		return blocked(settlement.ReasonUnknownRegion, "beneficiary.id_number", string(p.person.Region))
	}
	WatchOf(ctx).noteRegion(string(p.region.ID))
	if p.policy = l.policies.inForce(p.region.Policy); p.policy == nil {
		return blocked(settlement.ReasonNoPolicyVersion, "discharge_date", string(p.region.Policy))
	}
	return nil
}

func blocked(reason settlement.Reason, field, value string) error {
	return &settlement.Error{Kind: settlement.KindBlocked, Reason: reason, Field: field, Value: value}
}

// choosePayers finds who is to be called: nobody for a person without
// insurance, nor for care grants and inclined assistance, whose stay was
// settled before.
func (l *Lifecycle) choosePayers(p *prepared) error {
	insured := p.coverage.Scheme != settlement.SchemeNone
	if mode := p.claim.Mode; !insured || mode == settlement.Inclined || mode == settlement.Care {
		return nil
	}
	for _, code := range p.region.Payers[p.coverage.Scheme] {
		p.payers = append(p.payers, l.Directory.Payers[code])
	}
	if len(p.payers) == 0 {
		return blocked(settlement.ReasonNoPayer, "scheme", string(p.coverage.Scheme))
	}
	p.coverage.ComputeCriticalIllness = p.region.ComputeCriticalIllness
	return nil
}

// rehearse adjudicates as if no payer paid anything, so that a claim the
// policy cannot take is refused before a payer is asked.
func (p *prepared) rehearse() error {
	claim := p.claim
	if !p.ask.BillStated {
		claim.Bill.Eligible = claim.Bill.Submitted
		if len(p.payers) == 0 && claim.Bill.Submitted != 0 {
			return &settlement.Error{Kind: settlement.KindInvalid, Reason: settlement.ReasonBillUnbalanced, Field: "bill"}
		}
	}
	if _, err := settlement.Adjudicate(p.policy, p.person.Beneficiary, claim, p.coverage, settlement.Accumulator{}); err != nil {
		return err
	}
	version, err := p.policy.VersionOn(claim.Discharge)
	if err != nil {
		return err
	}
	p.version = version
	p.year, err = version.BenefitYear(&claim)
	return err
}

// happened refuses a discharge that is still to come: a mistyped year would pay
// from a cap and a fund that are not of this year. The next day is taken, since
// a hospital's clock may be ahead of this one around midnight.
func (p *prepared) happened() error {
	if p.claim.Discharge > p.claim.Filed.Next() {
		return &settlement.Error{
			Kind: settlement.KindInvalid, Reason: settlement.ReasonFutureDischarge, Field: "discharge_date", Value: p.claim.Discharge.String(),
		}
	}
	return nil
}

// identify asks the first payer for its number of the person where the facility
// does not state it. It changes nothing anywhere.
func (l *Lifecycle) identify(ctx context.Context, p *prepared) error {
	if p.insured == "" {
		p.insured = p.ask.Insured
	}
	if p.insured == "" {
		p.insured = p.person.Insured
	}
	if p.insured != "" || len(p.payers) == 0 {
		return nil
	}
	answer, err := l.ask(ctx, p, p.payers[0], settlement.OpIdentify)
	if err != nil {
		return err
	}
	p.insured = answer.Insured.Number
	return nil
}

// ask makes a call that changes nothing and turns its answer into a value or
// an error.
func (l *Lifecycle) ask(ctx context.Context, p *prepared, payer Payer, operation settlement.Operation) (PayerAnswer, error) {
	now := l.Now()
	wire, err := payer.Prepare(Call{
		Operation: operation, Message: l.numbers.next(p.facility.ID, now), Facility: p.facility, Region: p.region.ID,
		Insured: p.insured, Person: p.ask.Person, Scheme: p.coverage.Scheme,
		Encounter: p.encounter, Claim: p.claim, BillStated: p.ask.BillStated, Paid: p.paid, At: now,
	})
	if err != nil {
		return PayerAnswer{}, err
	}
	answer := l.send(ctx, payer, wire, "")
	switch answer.Result {
	case settlement.ResultApplied:
		if answer.Conflict != "" {
			return answer, blocked(answer.Conflict, "bill", "")
		}
		return answer, nil
	case settlement.ResultRefused:
		return answer, &settlement.Error{Kind: settlement.KindRefused, Reason: settlement.ReasonPayerRefused, Value: answer.Message}
	}
	return answer, &settlement.Error{Kind: settlement.KindUnavailable, Reason: settlement.ReasonPayerUnavailable, Cause: answer.Cause}
}

// send sends once, bounded by the payer's own time. about is the settlement the
// call is for, if there is one yet.
func (l *Lifecycle) send(caller context.Context, payer Payer, wire Wire, about settlement.SettlementID) PayerAnswer {
	ctx, cancel := context.WithTimeout(caller, payer.Terms().CallTimeout)
	defer cancel()
	step := Step{Kind: StepCall, Verb: string(wire.Call.Operation), Settlement: about, Payer: payer.Code()}
	within, end := l.begin(ctx, step, SharePayer)
	answer := payer.Send(within, wire)
	if telling(caller, &step, &answer) {
		l.Gate.Heard(payer.Code(), answer.Result)
		l.ears.heard(payer.Code(), answer.Result, l.Now())
	}
	end(Ended{Result: answer.Result})
	return answer
}
