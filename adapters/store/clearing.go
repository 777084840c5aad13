package store

import (
	"strconv"
	"strings"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/clearing"
	"github.com/onestop-gateway/onestop/settlement/clearinghouse"
)

// NoClearing is the answer to a look-up of a clearing, or of a request about
// one, that found none.
func NoClearing(field string) error {
	return &settlement.Error{Kind: settlement.KindNotFound, Reason: settlement.ReasonClearingUnknown, Field: field}
}

// SoundEntering refuses a line of a clearing as Sound refuses a change.
func SoundEntering(note *clearinghouse.Note) error {
	var c checker
	column(&c, "tenant", note.Key.Tenant)
	column(&c, "request_id", note.Key.Request)
	column(&c, "operator", note.Event.By)
	column(&c, "cause", note.Event.Cause)
	if p := note.Event.Payment; p != nil {
		column(&c, "facility_id", p.Facility)
		column(&c, "bearer", p.Bearer)
		column(&c, "reference", p.Reference)
	}
	return c.err
}

// Owing are the beginnings of bearers as a list for SQL, which is never null.
func Owing(scope *clearinghouse.Scope) []string { return append([]string{}, scope.Bearers...) }

// Payees are the facilities of a scope, likewise.
func Payees(scope *clearinghouse.Scope) []string {
	list := make([]string, len(scope.Facilities))
	for i, facility := range scope.Facilities {
		list[i] = string(facility)
	}
	return list
}

// EventRow is a line of a clearing's history as it is kept: without a payment
// the columns of one are empty.
type EventRow struct {
	Number  clearing.Number
	Event   clearing.Event
	At      int64
	Payment clearing.Payment
}

// Columns are where a row is read into, in the order number, line, act, actor,
// at, cause, digest, facility, bearer, amount, reference, day.
func (r *EventRow) Columns() []any {
	e, p := &r.Event, &r.Payment
	return []any{&r.Number, &e.Line, &e.Act, &e.By, &r.At, &e.Cause, &e.Digest, &p.Facility, &p.Bearer, &p.Amount, &p.Reference, &p.Day}
}

// Line is the row as a line of a history.
func (r *EventRow) Line() clearing.Event {
	e := r.Event
	e.At = Time(r.At)
	if r.Payment != (clearing.Payment{}) {
		payment := r.Payment
		e.Payment = &payment
	}
	return e
}

// Values are what a line is written as, in the order of Columns and then tenant
// and request.
func Values(note *clearinghouse.Note) []any {
	e, p := &note.Event, clearing.Payment{}
	if e.Payment != nil {
		p = *e.Payment
	}
	return []any{
		int64(note.Number), int64(e.Line), string(e.Act), e.By, Micros(e.At), e.Cause, e.Digest, string(p.Facility), string(p.Bearer),
		int64(p.Amount), p.Reference, int64(p.Day), string(note.Key.Tenant), string(note.Key.Request),
	}
}

// MovementRow is one entry with the movement it is of.
type MovementRow struct {
	Settlement settlement.SettlementID
	Facility   settlement.FacilityID
	Discharged settlement.Date
	Revision   int64
	Booked     *int64 // microseconds; nil where no event tells
	In         string // numbers of clearings, divided by commas
	Entry      settlement.Entry
}

// Columns are where a row is read into.
func (r *MovementRow) Columns() []any {
	return []any{
		&r.Settlement, &r.Facility, &r.Discharged, &r.Revision, &r.Booked, &r.In, &r.Entry.Account, &r.Entry.Debit, &r.Entry.Credit,
	}
}

// Movements puts entries that come in order together to movements, and hands
// each once it is whole.
type Movements struct {
	Each    func(m *clearing.Movement, in []clearing.Number) error
	current clearing.Movement
	in      []clearing.Number
}

// Add takes the next entry.
func (g *Movements) Add(row *MovementRow) error {
	m := &g.current
	if m.Settlement != row.Settlement || m.Revision != row.Revision {
		if err := g.End(); err != nil {
			return err
		}
		*m = clearing.Movement{
			Settlement: row.Settlement, Revision: row.Revision, Facility: row.Facility, Discharged: row.Discharged, Entries: m.Entries[:0],
		}
		if row.Booked != nil {
			m.Booked = Time(*row.Booked)
		}
		g.in = numbersOf(g.in[:0], row.In)
	}
	m.Entries = append(m.Entries, row.Entry)
	return nil
}

// End hands the last movement, if there is one.
func (g *Movements) End() error {
	if len(g.current.Entries) == 0 {
		return nil
	}
	err := g.Each(&g.current, g.in)
	g.current.Entries = g.current.Entries[:0]
	return err
}

// numbersOf appends the numbers in a text that a store made of numbers.
func numbersOf(numbers []clearing.Number, text string) []clearing.Number {
	for part := range strings.SplitSeq(text, ",") {
		if number, err := strconv.ParseInt(part, 10, 64); err == nil {
			numbers = append(numbers, clearing.Number(number))
		}
	}
	return numbers
}
