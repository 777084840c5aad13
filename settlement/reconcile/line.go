package reconcile

import (
	"time"

	"github.com/onestop-gateway/onestop/settlement"
)

// Side says who holds a line.
type Side uint8

// The two sides.
const (
	Theirs Side = 1 // a payer's or an agency's
	Ours   Side = 2
)

// Status is where a booking of ours stands. Of theirs it follows from its rows,
// but for what a row denies.
type Status string

// The statuses.
const (
	Standing Status = ""         // the payer bears its part
	Reversed Status = "reversed" // settled once, and undone since
	Aborted  Status = "aborted"  // never settled; the payer should hold nothing
	Undoing  Status = "undoing"  // a reversal was sent and is not proved
	Doubted  Status = "doubted"  // not known yet
	Denied   Status = "denied"   // theirs only: the row says that they hold nothing of it
)

// Amount names one of the amounts that are compared.
type Amount uint8

// The amounts of a line. Assistance is compared in a share of its own: a
// payer's detail rows do not carry it.
const (
	Bill       Amount = iota // the whole bill
	Fund                     // what insurance funds bear of it
	Account                  // the person's own account money
	Assistance               // what civil-affairs assistance bears
	amounts
)

// Amounts are those of a line, in fen.
type Amounts [amounts]settlement.Money

// Plus is the sum of a and b.
func (a Amounts) Plus(b Amounts) Amounts {
	for i := range a {
		a[i] += b[i]
	}
	return a
}

// Minus is a without b.
func (a Amounts) Minus(b Amounts) Amounts {
	for i := range a {
		a[i] -= b[i]
	}
	return a
}

// Line is one row of one side's list, in the words of the domain. A reversal
// is a row of its own with amounts below zero.
type Line struct {
	Encounter settlement.EncounterID // never empty: lines meet by it
	Reference string                 // the payer's name of its own record
	Message   settlement.MessageID   // ours, of the settle call
	Person    settlement.Private     // the payer's number of the person
	Facility  settlement.FacilityID
	Day       settlement.Date // of the payer's settlement, not ours
	Insurance settlement.Scheme
	Clearing  settlement.Mode
	Category  settlement.CategoryID
	Reverses  bool // takes back what another row says
	Amounts   Amounts

	// Of one side only.
	Row        int                     // theirs: where it stands in the file
	Status     Status                  // ours, or Denied
	Settlement settlement.SettlementID // ours
	At         time.Time               // ours: the instant of Day
}

// Fields is a set of what the rows of a list state.
type Fields uint16

// What a list may state beside the encounter. Only what it states is compared.
const (
	StatesReference Fields = 1 << iota
	StatesMessage
	StatesPerson
	StatesFacility
	StatesDay
	StatesInsurance
	StatesClearing
	StatesCategory
	StatesBill
	StatesFund
	StatesAccount
	StatesAssistance
)

// Has reports whether all of other are among f.
func (f Fields) Has(other Fields) bool { return f&other == other }

// states is the field of an amount.
func (a Amount) states() Fields { return StatesBill << a }

// project leaves of a line what a list states, so that both sides are counted
// and compared alike.
func (f Fields) project(l Line) Line {
	blank(f, StatesReference, &l.Reference)
	blank(f, StatesMessage, &l.Message)
	blank(f, StatesPerson, &l.Person)
	blank(f, StatesFacility, &l.Facility)
	blank(f, StatesDay, &l.Day)
	blank(f, StatesInsurance, &l.Insurance)
	blank(f, StatesClearing, &l.Clearing)
	blank(f, StatesCategory, &l.Category)
	for a := range amounts {
		blank(f, a.states(), &l.Amounts[a])
	}
	return l
}

func blank[T any](f, field Fields, value *T) {
	if !f.Has(field) {
		*value = *new(T)
	}
}
