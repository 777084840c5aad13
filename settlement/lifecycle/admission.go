package lifecycle

import (
	"context"
	"slices"

	"github.com/onestop-gateway/onestop/settlement"
)

// Admissions knows stays that were registered with a payer before their
// discharge. It is read when a claim names one; who keeps it is package stay's.
type Admissions interface {
	// Admission reads a stay. NotFound, also for another tenant's.
	Admission(ctx context.Context, tenant settlement.TenantID, id settlement.AdmissionID) (Admission, error)

	// TakeUp keeps durably that a stay is settled by a discharge of its tenant,
	// so that no other discharge can be settled by it, until two people release
	// it, which no live settlement of it lets them. Saying so again changes
	// nothing. NotFound; Blocked: it is another's.
	TakeUp(ctx context.Context, take AdmissionTake) error
}

// AdmissionTake says by which discharge a stay is settled.
type AdmissionTake struct {
	Tenant    settlement.TenantID
	Actor     string
	Admission settlement.AdmissionID
	Discharge settlement.DischargeID
}

// Admission is a registered stay as a settlement needs it.
type Admission struct {
	Facility settlement.FacilityID
	Person   settlement.BeneficiaryID
	Scheme   settlement.Scheme
	Day      settlement.Date        // of admission; 0 where it was not told
	Taken    settlement.DischargeID // it is settled by; "": none so far
	Payer    settlement.PayerCode   // it is registered with; "": none wanted it
	State    string                 // for whoever is refused
	// Registered: the payer has given Encounter, its number of the stay, to the
	// person whom it knows as Insured.
	Registered bool
	Encounter  settlement.EncounterID
	Insured    settlement.Private
	Charged    settlement.Money // what the rows come to that the payer has taken
	Missing    string           // a row that it has not taken; "": none
}

// checkAdmission takes the payer's numbers of stay and person from the stay
// that a claim names, and refuses one that is another's, is not registered or is
// not charged in full: the payer settles by what it was told of before. A stay
// that no payer wanted gives no numbers and has no charges.
func (l *Lifecycle) checkAdmission(ctx context.Context, p *prepared) error {
	p.encounter = p.ask.Encounter
	id := p.ask.Admission
	if id == "" {
		return nil
	}
	leave := reading(ctx)
	found, err := l.Admissions.Admission(ctx, p.ask.Tenant, id)
	leave()
	if settlement.KindOf(err) == settlement.KindNotFound {
		return blocked(settlement.ReasonAdmissionNotFound, "admission_id", string(id))
	}
	if err == nil {
		err = found.matches(p)
	}
	if err != nil || found.Payer == "" {
		return err
	}
	p.encounter, p.insured = found.Encounter, found.Insured
	return nil
}

// takeUpAdmission binds the stay that a settlement names to its discharge, before
// anybody is asked: a payer may settle one stay twice if it is told to. To a
// discharge that has a live settlement nothing is bound: a stay that was named
// with another's by mistake could never be settled by its own.
func (l *Lifecycle) takeUpAdmission(ctx context.Context, ask *Ask) error {
	if ask.Admission == "" {
		return nil
	}
	if err := l.dischargeTaken(ctx, ask); err != nil {
		return err
	}
	return l.Admissions.TakeUp(ctx, AdmissionTake{ask.Tenant, ask.Actor, ask.Admission, ask.Discharge})
}

// matches refuses a claim that the stay is not of.
func (a *Admission) matches(p *prepared) error {
	ask := p.ask
	for _, part := range []struct {
		field string
		same  bool
	}{
		{"mode", p.claim.Mode == settlement.Inpatient},
		{"facility_id", a.Facility == p.facility.ID},
		{"beneficiary.id_number", a.Person == p.person.ID},
		{"discharge_id", a.Taken == "" || ask.Discharge == "" || a.Taken == ask.Discharge},
		{"scheme", a.Scheme == p.coverage.Scheme},
		{"admission_date", a.Day == 0 || a.Day == p.claim.Admission},
		{"encounter_id", a.Encounter == "" || ask.Encounter == "" || ask.Encounter == a.Encounter},
		{"beneficiary.insured_number", a.Payer == "" || ask.Insured == "" || ask.Insured == a.Insured},
	} {
		if !part.same {
			return blocked(settlement.ReasonAdmissionMismatch, part.field, string(ask.Admission))
		}
	}
	switch {
	case a.Payer == "":
		return nil
	case !slices.ContainsFunc(p.payers, func(payer Payer) bool { return payer.Code() == a.Payer }):
		return blocked(settlement.ReasonAdmissionMismatch, "scheme", string(ask.Admission))
	case !a.Registered:
		return blocked(settlement.ReasonAdmissionUnregistered, "admission_id", a.State)
	case a.Missing != "":
		return blocked(settlement.ReasonAdmissionUncharged, "admission_id", a.Missing)
	case a.Charged != p.claim.Bill.Submitted:
		return blocked(settlement.ReasonAdmissionBill, "bill.submitted", a.Charged.String())
	}
	return nil
}
