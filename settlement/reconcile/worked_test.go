package reconcile_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/reconcile"
)

// everything is what the fullest list states.
const everything = reconcile.StatesReference | reconcile.StatesMessage | reconcile.StatesPerson | reconcile.StatesFacility |
	reconcile.StatesDay | reconcile.StatesInsurance | reconcile.StatesClearing | reconcile.StatesCategory |
	reconcile.StatesBill | reconcile.StatesFund | reconcile.StatesAccount

// detail is what the rows of the national platform's detail list state.
const detail = reconcile.StatesReference | reconcile.StatesPerson | reconcile.StatesBill | reconcile.StatesFund | reconcile.StatesAccount

var (
	july = settlement.Period{From: 20120701, To: 20120731}
	noon = time.Date(2012, 7, 10, 4, 0, 0, 0, time.UTC)
)

func scoped(states reconcile.Fields) reconcile.Scope {
	return reconcile.Scope{Share: reconcile.InsuranceShare, Payer: "A", Facility: "H1", Period: july, States: states}
}

// line is a booking of 100.00 yuan that both sides agree on.
func line() reconcile.Line {
	return reconcile.Line{
		Encounter: "E1", Reference: "R1", Message: "M1", Person: "360827P1", Facility: "H1", Day: 20120710,
		Insurance: settlement.SchemeResident, Clearing: settlement.Inpatient,
		Amounts: reconcile.Amounts{reconcile.Bill: 100_00, reconcile.Fund: 60_00, reconcile.Account: 5_00},
		At:      noon,
	}
}

// with is the line changed.
func with(change func(*reconcile.Line)) reconcile.Line {
	l := line()
	change(&l)
	return l
}

// taken is the row that takes a line back.
func taken(l reconcile.Line) reconcile.Line {
	l.Reverses = true
	l.Amounts = reconcile.Amounts{}.Minus(l.Amounts)
	return l
}

func lines(all ...reconcile.Line) []reconcile.Line { return all }

// Each row of the table is one encounter and what is said of it.
var worked = []struct {
	name         string
	states       reconcile.Fields
	theirs, ours []reconcile.Line
	class        reconcile.Class
	cause        reconcile.Cause
	fix          reconcile.Fix
	off          reconcile.Total
}{
	{name: "equal", states: everything, theirs: lines(line()), ours: lines(line())},
	{
		name: "nothing but the day is known of an answer that was lost", states: everything,
		theirs: lines(line()), ours: lines(with(func(l *reconcile.Line) { l.Status, l.Reference, l.Amounts[reconcile.Fund] = reconcile.Doubted, "", 0 })),
		class: reconcile.PayerOnly, cause: reconcile.LostAnswer, fix: reconcile.Requery, off: reconcile.Total{Count: 1, Amounts: line().Amounts},
	},
	{
		name: "given up here, applied there", states: detail,
		theirs: lines(line()), ours: lines(with(func(l *reconcile.Line) { l.Status, l.Reference = reconcile.Aborted, "" })),
		class: reconcile.PayerOnly, cause: reconcile.LostAnswer, fix: reconcile.ReverseMessage, off: reconcile.Total{Count: 1, Amounts: line().Amounts},
	},
	{
		name: "unheard of here, with our message", states: everything, theirs: lines(line()),
		class: reconcile.PayerOnly, cause: reconcile.LostAnswer, fix: reconcile.ReverseMessage, off: reconcile.Total{Count: 1, Amounts: line().Amounts},
	},
	{
		name: "unheard of here, without a message", states: detail, theirs: lines(line()),
		class: reconcile.PayerOnly, cause: reconcile.LostAnswer, fix: reconcile.Requery, off: reconcile.Total{Count: 1, Amounts: line().Amounts},
	},
	{name: "both hold nothing of what was given up", states: everything, ours: lines(with(func(l *reconcile.Line) { l.Status = reconcile.Aborted }))},
	{name: "in doubt here, and they hold nothing", states: everything, ours: lines(with(func(l *reconcile.Line) { l.Status = reconcile.Doubted }))},
	{
		name: "settled here, unheard of there", states: everything, ours: lines(line()),
		class: reconcile.OursOnly, cause: reconcile.Unexplained, fix: reconcile.Requery, off: reconcile.Total{}.Minus(reconcile.Total{Count: 1, Amounts: line().Amounts}),
	},
	{
		name: "settled here in the last minute of the period", states: detail,
		ours:  lines(with(func(l *reconcile.Line) { l.Day, l.At = 20120731, time.Date(2012, 7, 31, 15, 59, 30, 0, time.UTC) })),
		class: reconcile.OursOnly, cause: reconcile.CutOff, fix: reconcile.Requery, off: reconcile.Total{}.Minus(reconcile.Total{Count: 1, Amounts: line().Amounts}),
	},
	{
		name: "settled here, denied there", states: detail, ours: lines(line()),
		theirs: lines(with(func(l *reconcile.Line) { l.Status = reconcile.Denied })),
		class:  reconcile.OursOnly, cause: reconcile.Unexplained, fix: reconcile.Requery, off: reconcile.Total{}.Minus(reconcile.Total{Count: 1, Amounts: line().Amounts}),
	},
	{
		name: "given up here, denied there", states: detail, ours: lines(with(func(l *reconcile.Line) { l.Status = reconcile.Aborted })),
		theirs: lines(with(func(l *reconcile.Line) { l.Status = reconcile.Denied })),
	},
	{
		name: "one record in two rows", states: everything, theirs: lines(line(), line()), ours: lines(line()),
		class: reconcile.Duplicated, cause: reconcile.RowRepeated, fix: reconcile.Requery, off: reconcile.Total{Count: 1, Amounts: line().Amounts},
	},
	{
		name: "one message applied twice", states: everything, ours: lines(line()),
		theirs: lines(line(), with(func(l *reconcile.Line) { l.Reference = "R2" })),
		class:  reconcile.Duplicated, cause: reconcile.DoubleSubmit, fix: reconcile.Requery, off: reconcile.Total{Count: 1, Amounts: line().Amounts},
	},
	{
		name: "sent again under another message", states: everything, ours: lines(line()),
		theirs: lines(line(), with(func(l *reconcile.Line) { l.Reference, l.Message = "R0", "M2" })),
		class:  reconcile.Duplicated, cause: reconcile.DoubleSubmit, fix: reconcile.ReverseMessage, off: reconcile.Total{Count: 1, Amounts: line().Amounts},
	},
	{
		name: "entered by hand once more", states: detail, ours: lines(line()),
		theirs: lines(line(), with(func(l *reconcile.Line) { l.Reference = "R0" })),
		class:  reconcile.Duplicated, cause: reconcile.DoubleSubmit, fix: reconcile.Requery, off: reconcile.Total{Count: 1, Amounts: line().Amounts},
	},
	{
		name: "reversed by both", states: everything, theirs: lines(line(), taken(line())),
		ours: lines(with(func(l *reconcile.Line) { l.Status = reconcile.Reversed })),
	},
	{
		name: "reversed there by a record of its own name", states: detail,
		theirs: lines(line(), taken(with(func(l *reconcile.Line) { l.Reference = "R2" }))),
		ours:   lines(with(func(l *reconcile.Line) { l.Status = reconcile.Reversed })),
	},
	{
		name: "reversed there, standing here", states: everything, theirs: lines(taken(line()), line()), ours: lines(line()),
		class: reconcile.StatusDiffers, cause: reconcile.OneSidedReversal, fix: reconcile.Requery, off: reconcile.Total{}.Minus(reconcile.Total{Count: 1, Amounts: line().Amounts}),
	},
	{
		name: "standing there, reversed here", states: everything, theirs: lines(line()),
		ours:  lines(with(func(l *reconcile.Line) { l.Status = reconcile.Reversed })),
		class: reconcile.StatusDiffers, cause: reconcile.OneSidedReversal, fix: reconcile.ReverseMessage, off: reconcile.Total{Count: 1, Amounts: line().Amounts},
	},
	{
		name: "standing there, reversal not proved here", states: everything, theirs: lines(line()),
		ours:  lines(with(func(l *reconcile.Line) { l.Status = reconcile.Undoing })),
		class: reconcile.StatusDiffers, cause: reconcile.OneSidedReversal, fix: reconcile.Requery, off: reconcile.Total{Count: 1, Amounts: line().Amounts},
	},
	{
		name: "taken back from another list, reversed here", states: everything, theirs: lines(taken(line())),
		ours:  lines(with(func(l *reconcile.Line) { l.Status = reconcile.Reversed })),
		class: reconcile.StatusDiffers, cause: reconcile.CutOff, fix: reconcile.AcceptTheirs, off: reconcile.Total{Count: -1, Amounts: taken(line()).Amounts},
	},
	{
		name: "taken back from nowhere", states: detail, theirs: lines(taken(line())),
		class: reconcile.PayerOnly, cause: reconcile.OneSidedReversal, fix: reconcile.Requery, off: reconcile.Total{Count: -1, Amounts: taken(line()).Amounts},
	},
	{
		name: "reversed and settled again by both", states: everything,
		theirs: lines(line(), taken(line()), with(func(l *reconcile.Line) { l.Reference, l.Message = "R2", "M2" })),
		ours: lines(with(func(l *reconcile.Line) { l.Status = reconcile.Reversed }),
			with(func(l *reconcile.Line) { l.Reference, l.Message = "R2", "M2" })),
	},
	{
		name: "another facility", states: everything, theirs: lines(line()), ours: lines(with(func(l *reconcile.Line) { l.Facility = "H2" })),
		class: reconcile.WrongFacility, cause: reconcile.Unexplained, fix: reconcile.Requery, off: reconcile.Total{Count: 1, Amounts: line().Amounts},
	},
	{
		name: "another facility, which the list does not say", states: detail, theirs: lines(line()), ours: lines(with(func(l *reconcile.Line) { l.Facility = "H2" })),
		class: reconcile.WrongFacility, cause: reconcile.Unexplained, fix: reconcile.Requery, off: reconcile.Total{Count: 1, Amounts: line().Amounts},
	},
	{
		name: "their day is the next, ours two minutes before it", states: everything,
		theirs: lines(with(func(l *reconcile.Line) { l.Day = 20120711 })),
		ours:   lines(with(func(l *reconcile.Line) { l.At = time.Date(2012, 7, 10, 15, 58, 0, 0, time.UTC) })),
		class:  reconcile.WrongDay, cause: reconcile.CutOff, fix: reconcile.AcceptTheirs,
	},
	{
		name: "in their period, and ours begins it a minute later", states: detail, theirs: lines(line()),
		ours:  lines(with(func(l *reconcile.Line) { l.Day, l.At = 20120801, time.Date(2012, 7, 31, 16, 1, 0, 0, time.UTC) })),
		class: reconcile.WrongDay, cause: reconcile.CutOff, fix: reconcile.AcceptTheirs, off: reconcile.Total{Count: 1, Amounts: line().Amounts},
	},
	{
		name: "a day that no clock explains", states: everything,
		theirs: lines(with(func(l *reconcile.Line) { l.Day = 20120711 })), ours: lines(line()),
		class: reconcile.WrongDay, cause: reconcile.Unexplained, fix: reconcile.Requery,
	},
	{
		name: "a fen of rounding", states: detail, ours: lines(line()),
		theirs: lines(with(func(l *reconcile.Line) { l.Amounts[reconcile.Fund]++; l.Amounts[reconcile.Account]-- })),
		class:  reconcile.AmountDiffers, cause: reconcile.Rounding, fix: reconcile.AcceptTheirs,
		off: reconcile.Total{Amounts: reconcile.Amounts{reconcile.Fund: 1, reconcile.Account: -1}},
	},
	{
		name: "another insurance", states: everything, ours: lines(line()),
		theirs: lines(with(func(l *reconcile.Line) { l.Insurance = settlement.SchemeEmployee; l.Amounts[reconcile.Fund] += 10_00 })),
		class:  reconcile.AmountDiffers, cause: reconcile.Recategorised, fix: reconcile.PostAdjustment,
		off: reconcile.Total{Amounts: reconcile.Amounts{reconcile.Fund: 10_00}},
	},
	{
		name: "another part of the same bill", states: detail, ours: lines(line()),
		theirs: lines(with(func(l *reconcile.Line) { l.Amounts[reconcile.Fund] -= 2 })),
		class:  reconcile.AmountDiffers, cause: reconcile.Recategorised, fix: reconcile.Requery,
		off: reconcile.Total{Amounts: reconcile.Amounts{reconcile.Fund: -2}},
	},
	{
		name: "another bill", states: detail, ours: lines(line()),
		theirs: lines(with(func(l *reconcile.Line) { l.Amounts[reconcile.Bill] += 7_00 })),
		class:  reconcile.AmountDiffers, cause: reconcile.Unexplained, fix: reconcile.Requery,
		off: reconcile.Total{Amounts: reconcile.Amounts{reconcile.Bill: 7_00}},
	},
	{
		name: "another person under the same record", states: detail, ours: lines(line()),
		theirs: lines(with(func(l *reconcile.Line) { l.Person = "360827P2" })),
		class:  reconcile.AmountDiffers, cause: reconcile.Unexplained, fix: reconcile.Requery,
	},
	{
		name: "neither counts in the period", states: everything,
		theirs: lines(with(func(l *reconcile.Line) { l.Day = 20120630 })),
		ours:   lines(with(func(l *reconcile.Line) { l.Day = 20120630; l.Amounts[reconcile.Fund] = 1 })),
	},
}

func TestWorked(t *testing.T) {
	for _, w := range worked {
		t.Run(w.name, func(t *testing.T) {
			found, tally, totals := compared(t, scoped(w.states), w.theirs, w.ours)
			if totals.Agree() != (w.off == reconcile.Total{}) {
				t.Errorf("totals agree: %t, off by %+v", totals.Agree(), w.off)
			}
			if w.class == "" {
				if len(found) != 0 || tally.Differences() != 0 {
					t.Fatalf("invented %+v", found)
				}
				return
			}
			if len(found) != 1 {
				t.Fatalf("found %d: %+v", len(found), found)
			}
			d := found[0]
			got := []any{d.Class, d.Cause, d.Fix, d.Off, tally.Off, tally.Classes[w.class], tally.Causes[w.cause]}
			want := []any{w.class, w.cause, w.fix, w.off, w.off, 1, 1}
			if diff := cmp.Diff(want, got); diff != "" || d.Evidence == "" {
				t.Errorf("%q %s", d.Evidence, diff)
			}
		})
	}
}

// Every field that differs is told, each as both sides say it; a person's
// number is masked.
func TestFields(t *testing.T) {
	theirs := with(func(l *reconcile.Line) {
		l.Person, l.Category, l.Message, l.Clearing = "360827P2", "five_guarantee", "M2", settlement.Outpatient
		l.Amounts = reconcile.Amounts{reconcile.Bill: 1, reconcile.Fund: 2, reconcile.Account: 3}
	})
	found, _, _ := compared(t, scoped(everything), lines(theirs), lines(line()))
	want := []reconcile.Differing{
		{Field: "clearing", Theirs: "outpatient", Ours: "inpatient"}, {Field: "category", Theirs: "five_guarantee"},
		{Field: "message", Theirs: "M2", Ours: "M1"}, {Field: "person", Theirs: "***", Ours: "***"},
		{Field: "bill", Theirs: "0.01", Ours: "100.00"}, {Field: "fund", Theirs: "0.02", Ours: "60.00"}, {Field: "account", Theirs: "0.03", Ours: "5.00"},
	}
	if diff := cmp.Diff(want, found[0].Fields); diff != "" {
		t.Error(diff)
	}
}

// compared is what a comparison finds, and the totals of the same lines.
func compared(t interface{ Fatal(...any) }, scope reconcile.Scope, theirs, ours []reconcile.Line) ([]reconcile.Difference, reconcile.Tally, *reconcile.Totals) {
	var found []reconcile.Difference
	totals := reconcile.NewTotals(scope)
	c := reconcile.NewComparison(scope, func(d *reconcile.Difference) error {
		found = append(found, *d)
		return nil
	})
	for _, entry := range sorted(theirs, ours) {
		totals.Add(entry.side, entry.line)
		if err := c.Take(entry.side, entry.line); err != nil {
			t.Fatal(err)
		}
	}
	tally, err := c.End()
	if err != nil {
		t.Fatal(err)
	}
	return found, tally, totals
}

// alike compares differences whatever the rows in which they stood.
var alike = cmp.Options{
	cmpopts.IgnoreFields(reconcile.Line{}, "Row"), cmpopts.IgnoreUnexported(reconcile.Booking{}),
	cmpopts.IgnoreFields(reconcile.Difference{}, "Evidence"), // it names rows
}

// Nothing follows from what a list of differences does not have.
func TestPartial(t *testing.T) {
	scope := scoped(detail)
	scope.Partial = true
	other := with(func(l *reconcile.Line) { l.Encounter, l.Reference = "E2", "R2" })
	differs := with(func(l *reconcile.Line) { l.Amounts[reconcile.Fund]++ })
	found, tally, _ := compared(t, scope, lines(differs), lines(line(), other))
	if len(found) != 1 || found[0].Class != reconcile.AmountDiffers || tally.Outside != 1 {
		t.Errorf("%+v, %+v", found, tally)
	}
}
