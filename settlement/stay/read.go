package stay

import (
	"context"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// Find reads a stay as it stands. NotFound, also for another tenant's; an empty
// tenant may read all.
func (w *Ward) Find(ctx context.Context, tenant settlement.TenantID, id ID) (Stay, error) {
	events, err := w.Store.StayEvents(ctx, id)
	if settlement.KindOf(err) == settlement.KindNotFound || err == nil && tenant != "" && events[0].Tenant != tenant {
		return Stay{}, &settlement.Error{Kind: settlement.KindNotFound, Reason: settlement.ReasonAdmissionNotFound, Field: "id", Value: string(id)}
	}
	if err != nil {
		return Stay{}, err
	}
	return w.standing(events), nil
}

// standing is a stay now: one whose answer did not come in its time is in doubt.
func (w *Ward) standing(events []Event) Stay {
	found := Fold(events)
	w.doubt(&found.Summary)
	return found
}

// doubt puts in doubt what was to be answered by now.
func (w *Ward) doubt(found *Summary) {
	payer := w.Payers[found.Form.Payer]
	if found.State == Sending && (payer == nil || w.Now().Sub(found.Asked.At) > payer.StayTimeout()+answerWithin) {
		found.State = InDoubt
	}
}

// List reads one page of stays, newest first, and the place to go on after, if
// any. It reads no events but those of stays whose summary is behind, one stay at
// a time.
func (w *Ward) List(ctx context.Context, query Query) ([]Summary, *Mark, error) {
	limit := query.Limit
	query.Limit++
	listed, err := w.Store.Stays(ctx, query)
	if err != nil {
		return nil, nil, err
	}
	found := make([]Summary, min(len(listed), limit))
	for i := range found {
		if listed[i].Events == listed[i].Kept {
			found[i] = listed[i].Summary
			w.doubt(&found[i])
			continue
		}
		whole, err := w.Find(ctx, "", listed[i].Stay)
		if err != nil {
			return nil, nil, err
		}
		found[i] = whole.Summary
	}
	if len(listed) <= limit {
		return found, nil, nil
	}
	last := &found[limit-1]
	return found, &Mark{last.At, last.Stay}, nil
}

// Admission implements lifecycle.Admissions.
func (w *Ward) Admission(ctx context.Context, tenant settlement.TenantID, id ID) (lifecycle.Admission, error) {
	found, err := w.Find(ctx, tenant, id)
	if err != nil {
		return lifecycle.Admission{}, err
	}
	form := &found.Form
	return lifecycle.Admission{
		Facility: form.Facility, Person: form.Person, Scheme: form.Scheme, Day: form.Details.Admission, Payer: form.Payer, Taken: found.Taken,
		State: string(found.State), Registered: found.State == Registered, Encounter: found.Encounter, Insured: form.Insured,
		Charged: found.Charged, Missing: found.Missing,
	}, nil
}

// TakeUp implements lifecycle.Admissions. A stay whose release is proposed is taken
// up anew, which ends the proposal.
func (w *Ward) TakeUp(ctx context.Context, take lifecycle.AdmissionTake) error {
	for range racesMost {
		found, err := w.Find(ctx, take.Tenant, take.Admission)
		if err != nil {
			return err
		}
		releasing := found.Proposed && found.Proposal.Remedy == Release
		if found.Taken == take.Discharge && !releasing {
			return nil
		}
		if found.Taken != "" && found.Taken != take.Discharge {
			return &settlement.Error{Kind: settlement.KindBlocked, Reason: settlement.ReasonAdmissionMismatch, Field: "discharge_id", Value: string(take.Admission)}
		}
		_, err = w.keep(ctx, found.events, Event{Stay: take.Admission, At: w.Now(), Actor: take.Actor, Act: ActTaken, Discharge: take.Discharge})
		if settlement.KindOf(err) != settlement.KindInFlight {
			return err
		}
	}
	return &settlement.Error{Kind: settlement.KindUnavailable, Reason: settlement.ReasonStoreUnavailable}
}
