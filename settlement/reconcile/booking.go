package reconcile

import (
	"cmp"
	"slices"

	"github.com/onestop-gateway/onestop/settlement"
)

// Booking is what one side holds of one settlement, its rows netted: a row and
// the row that takes it back stand for nothing.
type Booking struct {
	Line     // the row itself; the one that takes back where there is no other
	Rows int // that it was made of

	full   Line // before what their list does not state was left out
	counts bool // in the scope
}

// Said is the row with all that its side says, stated by their list or not.
func (b *Booking) Said() Line { return b.full }

// total is what the booking adds to the total of its side.
func (b *Booking) total() Total {
	if b == nil || !b.counts {
		return Total{}
	}
	return totalOf(&b.Line)
}

// net makes bookings of one encounter's rows of their list. Rows that take
// back find the row they take back by its reference, else by its message, else
// by its amounts alone, for a reversal may be a record with a name of its own.
// Rows of which only one counts in the scope do not meet, so that bookings add
// up to what the rows do. The order in which the rows came does not matter.
func net(lines []Line, scope *Scope) []Booking {
	slices.SortFunc(lines, byContent)
	var bookings []Booking
	var back []Line
	for _, l := range lines {
		if l.Reverses {
			back = append(back, l)
			continue
		}
		bookings = append(bookings, booked(l, scope))
	}
	ways := []func(a, b *Line) bool{sameReference, sameMessage, samePerson}
	for _, same := range ways {
		back = slices.DeleteFunc(back, func(l Line) bool {
			i := slices.IndexFunc(bookings, func(b Booking) bool {
				return b.Status == Standing && same(&b.Line, &l) && b.counts == scope.Covers(&l) && b.Amounts.Plus(l.Amounts) == Amounts{}
			})
			if i >= 0 {
				bookings[i].Status, bookings[i].Rows = Reversed, 2
			}
			return i >= 0
		})
	}
	for _, l := range back {
		bookings = append(bookings, booked(l, scope))
	}
	return bookings
}

// booked is a booking of one row.
func booked(l Line, scope *Scope) Booking {
	return Booking{Line: scope.States.project(l), Rows: 1, full: l, counts: scope.Covers(&l)}
}

func sameReference(a, b *Line) bool { return a.Reference != "" && a.Reference == b.Reference }
func sameMessage(a, b *Line) bool   { return a.Message != "" && a.Message == b.Message }

// samePerson: nothing says that the two are of different persons.
func samePerson(a, b *Line) bool { return a.Person == b.Person || a.Person == "" || b.Person == "" }

// byContent orders lines by all that they say, so that lines which compare
// equal are alike but for where they stood.
func byContent(a, b Line) int {
	return cmp.Or(
		cmp.Compare(a.Reference, b.Reference), cmp.Compare(a.Message, b.Message), cmp.Compare(a.Person, b.Person),
		cmp.Compare(a.Facility, b.Facility), cmp.Compare(a.Day, b.Day), cmp.Compare(a.Insurance, b.Insurance),
		cmp.Compare(a.Clearing, b.Clearing), cmp.Compare(a.Category, b.Category),
		slices.CompareFunc(a.Amounts[:], b.Amounts[:], cmp.Compare[settlement.Money]),
		cmp.Compare(a.Status, b.Status), cmp.Compare(a.Settlement, b.Settlement), cmp.Compare(a.Row, b.Row),
	)
}
