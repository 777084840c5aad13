package clearinghouse

import (
	"context"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/clearing"
)

// Observer is told what is worth measuring.
type Observer interface {
	// Paid is told when a payment completes a statement, how many days had
	// passed on average since the discharges it pays for.
	Paid(bearer clearing.Bearer, days int64)
}

// Config is what a House is made of. Every field is required.
type Config struct {
	Store Store
	Now   func() time.Time
	// Term is how many days after the end of a period it is to be paid.
	Term     int
	Observer Observer
}

// House takes clearings from their opening to their last payment.
type House struct{ Config }

// New makes a House.
func New(config Config) *House { return &House{config} }

// Opening asks to open a period.
type Opening struct {
	Key    Key
	Period settlement.Period
	By     string
}

// Step asks to take a clearing one step further.
type Step struct {
	Key     Key
	Number  clearing.Number
	Act     clearing.Act // Cut, which freezes too, Proposed, Declined, Approved, Exported, Paid or Voided
	By      string
	Cause   string            // exporting: the form of the file
	Etag    string            // approving: what was read
	Payment *clearing.Payment // paying
}

// Outcome is a clearing as it stood after the request, the first time.
type Outcome struct {
	Clearing clearing.Clearing
	Replayed bool
}

// Open opens the next period, once for each request key. Invalid: the period
// cannot be cleared. Blocked: CLEARING_OPEN or CLEARING_PERIOD where it cannot
// follow. KeyReused: the key was used for something else.
func (h *House) Open(ctx context.Context, ask Opening) (Outcome, error) {
	period := ask.Period
	opened := clearing.Clearing{Period: period}
	if err := opened.Check(); err != nil {
		return Outcome{}, err
	}
	return h.write(ctx, &request{note: Note{
		Key: ask.Key, Period: &period, PayOn: period.To.Plus(h.Term),
		Event: clearing.Event{Act: clearing.Opened, By: ask.By},
	}})
}

// Take takes a clearing one step further, once for each request key. NotFound;
// Invalid and Blocked as clearing.CheckNext says; Blocked with CLEARING_PERIOD
// where a period is frozen that is not over, with PROPOSAL_CHANGED where what is
// approved is not what was read; NotFound with STATEMENT_NOT_FOUND where a
// payment is of no statement; KeyReused as in Open.
//
// A clearing that was cut and not frozen, because the gateway ended in between,
// is frozen by any further request to freeze it.
func (h *House) Take(ctx context.Context, ask Step) (Outcome, error) {
	done, err := h.write(ctx, &request{etag: ask.Etag, note: Note{Key: ask.Key, Number: ask.Number, Event: clearing.Event{
		Act: ask.Act, By: ask.By, Cause: ask.Cause, Payment: ask.Payment,
	}}})
	switch {
	case ask.Act == clearing.Cut && (err == nil || settlement.ReasonOf(err) == settlement.ReasonClearingStatus):
		return h.freeze(ctx, ask.Number, done, err)
	case err == nil && !done.Replayed && ask.Act == clearing.Paid:
		h.observe(ctx, &done.Clearing, ask.Payment)
	}
	return done, err
}

// freeze adds a cut clearing up and keeps its positions. What is in it does not
// change any more, so whoever does it comes to the same.
func (h *House) freeze(ctx context.Context, number clearing.Number, done Outcome, refused error) (Outcome, error) {
	current, err := h.Store.Clearing(ctx, number)
	if err != nil {
		return Outcome{}, err
	}
	if current.Act() != clearing.Cut {
		if frozen := current.Frozen(); refused == nil && frozen != nil {
			done.Clearing.History = current.History[:frozen.Line]
		}
		return done, refused
	}
	adder := clearing.NewAdder()
	err = h.Store.Movements(ctx, number, func(m *clearing.Movement) error {
		adder.Add(m)
		return ctx.Err()
	})
	if err != nil {
		return Outcome{}, err
	}
	positions := adder.Positions()
	event := clearing.Event{Act: clearing.Frozen, By: current.History[len(current.History)-1].By, Digest: clearing.Digest(positions)}
	event.Line, event.At = h.next(current.History)
	err = h.Store.Enter(ctx, Note{Number: number, Event: event, Positions: positions})
	if err != nil && settlement.KindOf(err) != settlement.KindConflict {
		return Outcome{}, err
	}
	done.Clearing, err = h.Store.Clearing(ctx, number)
	if frozen := done.Clearing.Frozen(); frozen != nil {
		done.Clearing.History = done.Clearing.History[:frozen.Line]
	}
	return done, err
}

// observe tells how long a statement took to be paid, if this payment completed
// it. The payment is kept: what cannot be read now is not measured.
func (h *House) observe(ctx context.Context, c *clearing.Clearing, p *clearing.Payment) {
	statement, err := h.statement(ctx, c, p.Facility, p.Bearer)
	if err != nil || statement.Standing() != clearing.PaidFull {
		return
	}
	if days, ok := statement.DaysToMoney(p.Day); ok {
		h.Observer.Paid(p.Bearer, days)
	}
}

// statement is one of a clearing's. NotFound.
func (h *House) statement(ctx context.Context, c *clearing.Clearing, facility settlement.FacilityID, bearer clearing.Bearer) (clearing.Statement, error) {
	positions, err := h.Store.Positions(ctx, c.Number)
	if err != nil {
		return clearing.Statement{}, err
	}
	for _, s := range clearing.Statements(positions, c.History) {
		if s.Facility == facility && s.Bearer == bearer {
			return s, nil
		}
	}
	return clearing.Statement{}, &settlement.Error{Kind: settlement.KindNotFound, Reason: settlement.ReasonStatementUnknown, Field: "bearer"}
}

// Clearing reads one, and its positions, as a scope sees them. NotFound.
func (h *House) Clearing(ctx context.Context, number clearing.Number, scope Scope) (clearing.Clearing, []clearing.Position, error) {
	return h.Store.Seen(ctx, number, scope)
}

// Positions are those of a clearing, by facility and account; none before it is
// frozen.
func (h *House) Positions(ctx context.Context, number clearing.Number) ([]clearing.Position, error) {
	return h.Store.Positions(ctx, number)
}

// Clearings reads one page, the newest first, and the number to go on before,
// if any.
func (h *House) Clearings(ctx context.Context, query Query) ([]clearing.Clearing, clearing.Number, error) {
	limit := query.Limit
	query.Limit++
	found, err := h.Store.Clearings(ctx, query)
	if err != nil || len(found) <= limit {
		return found, 0, err
	}
	return found[:limit], found[limit-1].Number, nil
}
