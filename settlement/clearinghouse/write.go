package clearinghouse

import (
	"context"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/clearing"
)

// request is what is asked, as it would be written.
type request struct {
	note Note
	etag string
}

// write answers from what is kept, else tries until nobody was in between.
func (h *House) write(ctx context.Context, ask *request) (Outcome, error) {
	return settlement.Once(
		func() (Outcome, error) { return h.replay(ctx, &ask.note) },
		func() (Outcome, error) { return h.attempt(ctx, *ask) },
		settlement.Raced,
	)
}

// attempt checks a step against the history as it is and writes it.
func (h *House) attempt(ctx context.Context, ask request) (Outcome, error) {
	current, err := h.current(ctx, &ask.note)
	if err != nil {
		return Outcome{}, err
	}
	event := &ask.note.Event
	event.Line, event.At = h.next(current.History)
	if err := h.check(ctx, &current, &ask); err != nil {
		return Outcome{}, err
	}
	if event.Act == clearing.Cut {
		err = h.Store.Cut(ctx, ask.note, current.Until())
	} else {
		err = h.Store.Enter(ctx, ask.note)
	}
	if err != nil {
		return Outcome{}, err
	}
	current.History = append(current.History, *event)
	return Outcome{Clearing: current}, nil
}

// check refuses a step that may not follow.
func (h *House) check(ctx context.Context, current *clearing.Clearing, ask *request) error {
	event := &ask.note.Event
	if err := current.CheckNext(event); err != nil {
		return err
	}
	switch event.Act {
	case clearing.Cut:
		if event.At.Before(current.Until()) {
			return clearing.Blocked(settlement.ReasonClearingPeriod, "number", current.Period.To.String())
		}
	case clearing.Approved:
		if ask.etag != current.Etag() {
			return clearing.Blocked(settlement.ReasonProposalChanged, "etag", "")
		}
	case clearing.Paid:
		if event.Payment.Day > settlement.DayOf(event.At) {
			return &settlement.Error{Kind: settlement.KindInvalid, Reason: settlement.ReasonDateOrder, Field: "day"}
		}
		_, err := h.statement(ctx, current, event.Payment.Facility, event.Payment.Bearer)
		return err
	}
	return nil
}

// current is what the step is to follow; a period that is opened gets the next
// number.
func (h *House) current(ctx context.Context, note *Note) (clearing.Clearing, error) {
	if note.Period == nil {
		return h.Store.Clearing(ctx, note.Number)
	}
	last, standing, err := h.before(ctx)
	if err != nil {
		return clearing.Clearing{}, err
	}
	act := last.Act()
	switch {
	case act == clearing.Opened || act == clearing.Cut:
		return clearing.Clearing{}, clearing.Blocked(settlement.ReasonClearingOpen, "from_date", last.Period.To.String())
	case standing.Number > 0 && note.Period.From != standing.Period.To.Next():
		return clearing.Clearing{}, clearing.Blocked(settlement.ReasonClearingPeriod, "from_date", standing.Period.To.Next().String())
	}
	note.Number = last.Number + 1
	return clearing.Clearing{Number: note.Number, Period: *note.Period, PayOn: note.PayOn}, nil
}

// pieceMost is how many clearings are read at once to find the one before.
const pieceMost = 24

// before is the newest clearing, and the newest that stands.
func (h *House) before(ctx context.Context) (last, standing clearing.Clearing, err error) {
	query := Query{Limit: pieceMost, Scope: Scope{All: true}}
	for {
		found, err := h.Store.Clearings(ctx, query)
		if err != nil {
			return last, standing, err
		}
		for _, c := range found {
			if last.Number == 0 {
				last = c
			}
			if c.Act() != clearing.Voided {
				return last, c, nil
			}
		}
		if len(found) < query.Limit {
			return last, standing, nil
		}
		query.Before = found[len(found)-1].Number
	}
}

// next is the line after a history, and its time: now, or just behind the last
// line where a clock lags.
func (h *House) next(history []clearing.Event) (line int, at time.Time) {
	at = h.Now().Truncate(time.Microsecond)
	if len(history) == 0 {
		return 1, at
	}
	last := &history[len(history)-1]
	if behind := last.At.Add(time.Microsecond); behind.After(at) {
		at = behind
	}
	return last.Line + 1, at
}

// replay gives the answer that a request key was given first. NotFound: the key
// is new. KeyReused: it became something else.
func (h *House) replay(ctx context.Context, note *Note) (Outcome, error) {
	mark, err := h.Store.Entered(ctx, note.Key)
	if err != nil {
		return Outcome{}, err
	}
	kept, err := h.Store.Clearing(ctx, mark.Number)
	if err != nil {
		return Outcome{}, err
	}
	if field := differing(note, &kept, mark.Line); field != "" {
		return Outcome{}, &settlement.Error{Kind: settlement.KindKeyReused, Reason: settlement.ReasonKeyReused, Field: field}
	}
	kept.History = kept.History[:mark.Line]
	return Outcome{Clearing: kept, Replayed: true}, nil
}

// differing names the first field in which a request differs from the line its
// key became, as the caller names it, or "".
func differing(note *Note, kept *clearing.Clearing, line int) string {
	was := &kept.History[line-1]
	period, payment, paid := kept.Period, clearing.Payment{}, clearing.Payment{}
	if note.Period != nil {
		period = *note.Period
	}
	if note.Event.Payment != nil {
		payment = *note.Event.Payment
	}
	if was.Payment != nil {
		paid = *was.Payment
	}
	for _, field := range []struct {
		name string
		same bool
	}{
		{"number", note.Period != nil || note.Number == kept.Number},
		{"act", note.Event.Act == was.Act},
		{"operator", note.Event.By == was.By},
		{"cause", note.Event.Cause == was.Cause},
		{"from_date", period.From == kept.Period.From},
		{"to_date", period.To == kept.Period.To},
		{"facility_id", payment.Facility == paid.Facility},
		{"bearer", payment.Bearer == paid.Bearer},
		{"amount", payment.Amount == paid.Amount},
		{"reference", payment.Reference == paid.Reference},
		{"day", payment.Day == paid.Day},
	} {
		if !field.same {
			return field.name
		}
	}
	return ""
}
