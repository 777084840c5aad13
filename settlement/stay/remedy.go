package stay

import (
	"context"
	"fmt"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// Suggestion is what one person proposes to do to a stay.
type Suggestion struct {
	Tenant   settlement.TenantID
	Actor    string
	Stay     ID
	Remedy   Remedy
	Rows     []string // to end; none where the stay is to be released
	Document string   // what shows it
}

// Decision is what another person decides on a proposal. Seen is how many events
// the stay had when it was read.
type Decision struct {
	Tenant settlement.TenantID
	Actor  string
	Stay   ID
	Seen   int
}

// Propose takes down one person's word; nothing changes by it. A later proposal
// takes the place of an earlier one, and saying the same again changes nothing.
// NotFound; Invalid: a row that is not there; Blocked: a row that is taken, ended
// or under way, a stay that is bound to nothing, or used.
func (w *Ward) Propose(ctx context.Context, said Suggestion) (Stay, error) {
	return w.decide(ctx, said.Tenant, said.Stay, func(found *Stay) (*Event, error) {
		p := found.Proposal
		if p != nil && p.same(&said) && (p.open() || p.Decided == ActApproved && (p.Remedy != Release || found.Taken == "")) {
			return nil, nil
		}
		event := Event{Actor: said.Actor, Act: said.Remedy, Words: said.Document}
		for _, row := range said.Rows {
			event.Lines = append(event.Lines, Line{Of: row})
		}
		return &event, w.may(ctx, found, said.Remedy, said.Rows)
	})
}

// Approve does what another person proposed, if the stay still is as it was read.
// Approving again changes nothing. Kinds as in Propose; Blocked: nothing waits, it
// is the same person, or the stay has changed.
func (w *Ward) Approve(ctx context.Context, said Decision) (Stay, error) {
	return w.decide(ctx, said.Tenant, said.Stay, func(found *Stay) (*Event, error) {
		p := found.Proposal
		switch {
		case p != nil && p.Decided == ActApproved && p.DecidedBy == said.Actor && p.decision == said.Seen+1:
			return nil, nil
		case !p.open():
			return nil, blocked(settlement.ReasonAdmissionUnproposed, "id")
		case p.By == said.Actor:
			return nil, blocked(settlement.ReasonSamePerson, "operator")
		case found.Events != said.Seen:
			return nil, blocked(settlement.ReasonProposalChanged, "etag")
		}
		return &Event{Actor: said.Actor, Act: ActApproved}, w.may(ctx, found, p.Remedy, p.Rows)
	})
}

// Decline turns down what was proposed; whoever proposed it may take it back so.
// Declining again changes nothing. NotFound; Blocked: nothing waits.
func (w *Ward) Decline(ctx context.Context, said Decision) (Stay, error) {
	return w.decide(ctx, said.Tenant, said.Stay, func(found *Stay) (*Event, error) {
		p := found.Proposal
		switch {
		case p != nil && p.Decided == ActDeclined && p.DecidedBy == said.Actor:
			return nil, nil
		case !p.open():
			return nil, blocked(settlement.ReasonAdmissionUnproposed, "id")
		}
		return &Event{Actor: said.Actor, Act: ActDeclined}, nil
	})
}

// decide keeps what step makes of a stay as it stands, none where it makes
// nothing, until nobody wrote in between.
func (w *Ward) decide(ctx context.Context, tenant settlement.TenantID, id ID, step func(*Stay) (*Event, error)) (Stay, error) {
	for range racesMost {
		found, err := w.Find(ctx, tenant, id)
		if err != nil {
			return Stay{}, err
		}
		event, err := step(&found)
		if err != nil || event == nil {
			return found, err
		}
		event.Stay, event.At = id, w.Now()
		done, err := w.keep(ctx, found.events, *event)
		if settlement.KindOf(err) != settlement.KindInFlight {
			return done, err
		}
	}
	return Stay{}, &settlement.Error{Kind: settlement.KindInFlight, Reason: settlement.ReasonRequestInFlight}
}

// may refuses a remedy that cannot be done as things are now.
func (w *Ward) may(ctx context.Context, found *Stay, remedy Remedy, rows []string) error {
	if remedy == Release {
		return w.unused(ctx, found)
	}
	payer := w.Payers[found.Form.Payer]
	underWay := payer != nil && w.Now().Sub(found.Uploaded.At) <= payer.StayTimeout()+answerWithin
	for i, row := range rows {
		field := fmt.Sprintf("row_ids[%d]", i)
		at, known := found.place[row]
		if !known {
			return &settlement.Error{Kind: settlement.KindInvalid, Reason: settlement.ReasonInvalidArgument, Field: field, Value: row}
		}
		if c := &found.Charges[at]; !c.missing() || c.owed() && underWay {
			return &settlement.Error{Kind: settlement.KindBlocked, Reason: settlement.ReasonAdmissionRow, Field: field, Value: row}
		}
	}
	return nil
}

// unused refuses to release a stay that is bound to nothing, or by whose discharge
// something of it is settled, is being settled, or is promised; a discharge of
// tomorrow may be promised today.
func (w *Ward) unused(ctx context.Context, found *Stay) error {
	if found.Taken == "" {
		return blocked(settlement.ReasonAdmissionUnbound, "id")
	}
	used := &settlement.Error{Kind: settlement.KindBlocked, Reason: settlement.ReasonAdmissionUsed, Field: "id"}
	live, err := w.Uses.List(ctx, lifecycle.LiveOf(found.Tenant, found.Taken))
	if err != nil {
		return err
	}
	if len(live) > 0 && live[0].Admission == found.Event.Stay {
		used.Object, used.Value = string(live[0].ID), string(live[0].State)
		return used
	}
	first := found.Form.Details.Admission
	if first == 0 {
		first = settlement.DayOf(found.At)
	}
	for year := first.Year(); year <= settlement.DayOf(w.Now()).Next().Year(); year++ {
		row, err := w.Uses.Year(ctx, lifecycle.AccumulatorKey{Beneficiary: found.Form.Person, Year: year})
		if err != nil {
			return err
		}
		held, _ := row.Holds.Live(w.Now())
		if hold := held.Of(found.Tenant, found.Taken); hold != nil {
			used.Object, used.Value = string(hold.Quote), "HELD"
			return used
		}
	}
	return nil
}
