package clearance

import (
	"context"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/approval"
)

// write answers from what is kept, else tries until nobody was in between. Line
// and time of the event are not the caller's to say.
func (d *Desk) write(ctx context.Context, note Note) (Outcome, error) {
	return settlement.Once(
		func() (Outcome, error) { return d.replay(ctx, &note) },
		func() (Outcome, error) { return d.attempt(ctx, note) },
		func(err error) bool {
			return settlement.Raced(err) && settlement.ReasonOf(err) != settlement.ReasonApprovalExists
		},
	)
}

// attempt checks a step against the history as it is and writes it.
func (d *Desk) attempt(ctx context.Context, note Note) (Outcome, error) {
	current, err := d.current(ctx, &note)
	if err != nil {
		return Outcome{}, err
	}
	note.Event.Line = len(current.History) + 1
	note.Event.At = after(current.History, d.Now().Truncate(time.Microsecond))
	if err := current.CheckNext(note.Event); err != nil {
		return Outcome{}, err
	}
	if err := d.Store.Note(ctx, note); err != nil {
		return Outcome{}, err
	}
	current.History = append(current.History, note.Event)
	return Outcome{Approval: current}, nil
}

// current is what the step is to follow: nothing yet for a form that can be
// taken in, else what is kept.
func (d *Desk) current(ctx context.Context, note *Note) (approval.Approval, error) {
	if note.Form == nil {
		return d.Store.Approval(ctx, note.Number)
	}
	if err := note.Form.Check(); err != nil {
		return approval.Approval{}, err
	}
	if !d.Known(note.Form.Facility) {
		return approval.Approval{}, blocked(settlement.ReasonUnknownFacility, "facility_id")
	}
	_, err := d.Persons.Person(ctx, note.Form.Person)
	if settlement.KindOf(err) == settlement.KindNotFound {
		err = blocked(settlement.ReasonUnknownPerson, "person_id")
	}
	return approval.Approval{Form: *note.Form}, err
}

func blocked(reason settlement.Reason, field string) error {
	return &settlement.Error{Kind: settlement.KindBlocked, Reason: reason, Field: field}
}

// after is now, or just behind the last line where a clock lags.
func after(history []approval.Event, now time.Time) time.Time {
	if len(history) == 0 {
		return now
	}
	if next := history[len(history)-1].At.Add(time.Microsecond); next.After(now) {
		return next
	}
	return now
}

// replay gives the answer that a request key was given first. NotFound: the key
// is new. KeyReused: it became something else.
func (d *Desk) replay(ctx context.Context, note *Note) (Outcome, error) {
	mark, err := d.Store.Noted(ctx, note.Key)
	if err != nil {
		return Outcome{}, err
	}
	kept, err := d.Store.Approval(ctx, mark.Number)
	if err != nil {
		return Outcome{}, err
	}
	if field := differing(note, &kept, mark.Line); field != "" {
		return Outcome{}, &settlement.Error{Kind: settlement.KindKeyReused, Reason: settlement.ReasonKeyReused, Field: field}
	}
	kept.History = kept.History[:mark.Line]
	return Outcome{Approval: kept, Replayed: true}, nil
}

// differing names the first field in which a request differs from the line its
// key became, as the caller names it, or "".
func differing(note *Note, kept *approval.Approval, line int) string {
	was := kept.History[line-1]
	form := kept.Form
	if note.Form != nil {
		form = *note.Form
	}
	for _, field := range []struct {
		name string
		same bool
	}{
		{"number", note.Number == kept.Number},
		{"act", note.Event.Act == was.Act},
		{"operator", note.Event.By == was.By},
		{"cause", note.Event.Cause == was.Cause},
		{"person_id", form.Person == kept.Person},
		{"facility_id", form.Facility == kept.Facility},
		{"valid_from_date", form.Valid.From == kept.Valid.From},
		{"valid_to_date", form.Valid.To == kept.Valid.To},
		{"issuer", form.Issuer == kept.Issuer},
		{"mode", form.Mode == kept.Mode},
		{"disease_class", form.Class == kept.Class},
	} {
		if !field.same {
			return field.name
		}
	}
	return ""
}
