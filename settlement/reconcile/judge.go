package reconcile

import (
	"fmt"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
)

// The measures of suspicion.
const (
	roundingMost = settlement.Money(1) // fen that rounding moves an amount by
	aroundNight  = 10 * time.Minute    // clocks and queues move a booking no further over midnight
)

// judge says what differs about a pair; nil where nothing does.
func (s *Scope) judge(p pair) *Difference {
	t, o := p.theirs, p.ours
	if (t == nil || !t.counts) && (o == nil || !o.counts) {
		return nil
	}
	d := &Difference{Theirs: t, Ours: o, Off: t.total().Minus(o.total())}
	switch {
	case (t == nil || t.Status == Denied) && o != nil && o.Status == Standing:
		s.oursOnly(d)
	case t == nil:
		return nil
	case o == nil && t.Status != Standing:
		return nil
	case o == nil && p.twin != nil:
		d.repeats(p.twin)
	case o == nil:
		d.payerOnly()
	case t.Status == Standing && o.Status == Standing && !t.Reverses:
		if !s.fields(d) {
			return nil
		}
	case (t.Status == Standing) != (o.Status == Standing) || t.Reverses:
		d.standing()
	default:
		return nil
	}
	return d
}

func (d *Difference) say(class Class, cause Cause, fix Fix, evidence string, args ...any) {
	d.Class, d.Cause, d.Fix, d.Evidence = class, cause, fix, fmt.Sprintf(evidence, args...)
}

// oursOnly: they hold nothing of what we settled.
func (s *Scope) oursOnly(d *Difference) {
	at := d.Ours.full.At
	day := d.Ours.full.Day
	early, late := night(at)
	if day == s.Period.From && early || day == s.Period.To && late {
		d.say(OursOnly, CutOff, Requery, "booked at %s, at the edge of the period: look in the list beside it", clock(at))
		return
	}
	d.say(OursOnly, Unexplained, Requery, "no row of theirs has the record, the message or the encounter")
}

// repeats: they hold once more what another row holds already. A message that
// has two records cannot tell which of them its reversal undoes.
func (d *Difference) repeats(twin *Booking) {
	t := &d.Theirs.Line
	switch {
	case sameReference(t, &twin.Line):
		d.say(Duplicated, RowRepeated, Requery, "record %s stands in rows %d and %d", t.Reference, twin.Row, t.Row)
	case sameMessage(t, &twin.Line):
		d.say(Duplicated, DoubleSubmit, Requery, "message %s has two records, %s and %s: its reversal could undo either", t.Message, twin.Reference, t.Reference)
	case t.Message != "":
		d.say(Duplicated, DoubleSubmit, ReverseMessage, "the same person, encounter and amounts as record %s, under message %s", twin.Reference, t.Message)
	default:
		d.say(Duplicated, DoubleSubmit, Requery, "the same person, encounter and amounts as record %s", twin.Reference)
	}
}

// payerOnly: we know nothing of what they hold.
func (d *Difference) payerOnly() {
	switch t := &d.Theirs.Line; {
	case t.Reverses:
		d.say(PayerOnly, OneSidedReversal, Requery, "takes back a record that neither list has")
	case t.Message != "":
		d.say(PayerOnly, LostAnswer, ReverseMessage, "they name message %s, of which nothing is kept here", t.Message)
	default:
		d.say(PayerOnly, LostAnswer, Requery, "nothing kept here has the record or the encounter")
	}
}

// standing: it stands on one side only.
func (d *Difference) standing() {
	switch o := d.Ours; {
	case d.Theirs.Reverses && o.Status != Standing:
		d.say(StatusDiffers, CutOff, AcceptTheirs, "both sides have reversed it; the row it takes back is in another list")
	case d.Theirs.Reverses || d.Theirs.Status != Standing:
		d.say(StatusDiffers, OneSidedReversal, Requery, "they have reversed it, and settlement %s stands", o.Settlement)
	case o.Status == Aborted:
		d.say(PayerOnly, LostAnswer, ReverseMessage, "settlement %s was given up, and its message %s was applied there", o.Settlement, o.full.Message)
	case o.Status == Doubted:
		d.say(PayerOnly, LostAnswer, Requery, "no usable answer came to message %s of settlement %s", o.full.Message, o.Settlement)
	case o.Status == Undoing:
		d.say(StatusDiffers, OneSidedReversal, Requery, "the reversal of settlement %s was sent and is not proved", o.Settlement)
	default:
		d.say(StatusDiffers, OneSidedReversal, ReverseMessage, "settlement %s is reversed here, and stands there", o.Settlement)
	}
}

// fields compares two bookings that both stand, and says whether they differ.
func (s *Scope) fields(d *Difference) bool {
	d.Fields = differing(&d.Theirs.Line, &d.Ours.Line)
	switch {
	case s.elsewhere(d):
		d.say(WrongFacility, Unexplained, Requery, "the record is listed for another facility than settlement %s is of", d.Ours.Settlement)
	case s.otherDay(d):
		d.wrongDay()
	case len(d.Fields) > 0:
		d.amounts()
	default:
		return false
	}
	return true
}

// elsewhere: of another facility, as the row says or as the list is asked for.
func (s *Scope) elsewhere(d *Difference) bool {
	theirs, ours := d.Theirs.Facility, d.Ours.full.Facility
	if theirs == "" {
		theirs = s.Facility
	}
	return theirs != "" && theirs != ours
}

// otherDay: on another day, as the row says or as the list is asked for.
func (s *Scope) otherDay(d *Difference) bool {
	if d.Theirs.Day == 0 {
		return !d.Ours.counts
	}
	return d.Theirs.Day != d.Ours.full.Day
}

func (d *Difference) wrongDay() {
	theirs, ours, at := d.Theirs.Day, d.Ours.full.Day, d.Ours.full.At
	early, late := night(at)
	if late && (theirs == 0 || theirs == ours.Next()) || early && (theirs == 0 || theirs == ours.Previous()) {
		d.say(WrongDay, CutOff, AcceptTheirs, "booked at %s, and their day counts", clock(at))
		return
	}
	d.say(WrongDay, Unexplained, Requery, "booked at %s, which no clock explains", clock(at))
}

// amounts suspects what is behind differing amounts.
func (d *Difference) amounts() {
	t, o := &d.Theirs.Line, &d.Ours.Line
	least, bill := true, t.Amounts[Bill] == o.Amounts[Bill]
	for _, off := range t.Amounts.Minus(o.Amounts) {
		least = least && max(off, -off) <= roundingMost
	}
	switch {
	case t.Category != "" && o.Category != "" && t.Category != o.Category, t.Insurance != "" && t.Insurance != o.Insurance:
		d.say(AmountDiffers, Recategorised, PostAdjustment, "the person counts as another category or insurance there")
	case t.Amounts == o.Amounts:
		d.say(AmountDiffers, Unexplained, Requery, "the amounts agree, and what they are for does not")
	case least:
		d.say(AmountDiffers, Rounding, AcceptTheirs, "no amount is off by more than %s", roundingMost)
	case bill:
		d.say(AmountDiffers, Recategorised, Requery, "the bill agrees, and what is borne of it does not")
	default:
		d.say(AmountDiffers, Unexplained, Requery, "the bills themselves differ")
	}
}

// night reports whether an instant is just after or just before a midnight.
func night(at time.Time) (early, late bool) {
	if at.IsZero() {
		return false, false
	}
	since := at.Sub(dayOf(at).Midnight())
	return since < aroundNight, since >= 24*time.Hour-aroundNight
}

func clock(at time.Time) string { return at.In(settlement.China).Format("2006-01-02 15:04:05") }
