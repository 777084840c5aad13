package reconcile_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/reconcile"
)

type entry struct {
	side reconcile.Side
	line reconcile.Line
}

// sorted are the lines of both sides as a comparison wants them: packed, put
// in the order of bytes and unpacked.
func sorted(theirs, ours []reconcile.Line) []entry {
	var packed [][]byte
	for i := range theirs {
		packed = append(packed, reconcile.Pack(nil, reconcile.Theirs, &theirs[i]))
	}
	for i := range ours {
		packed = append(packed, reconcile.Pack(nil, reconcile.Ours, &ours[i]))
	}
	slices.SortFunc(packed, bytes.Compare)
	entries := make([]entry, len(packed))
	for i, b := range packed {
		side, line, err := reconcile.Unpack(b)
		if err != nil {
			panic(err)
		}
		entries[i] = entry{side, line}
	}
	return entries
}

// plant changes one agreed encounter so that it shows one thing.
type plant struct {
	class  reconcile.Class
	cause  reconcile.Cause
	change func(b *books, at int)
}

// books are both sides' lists; those of encounter n stand at n.
type books struct {
	theirs, ours [][]reconcile.Line
}

var plants = []plant{
	{"", "", func(*books, int) {}},
	{"", "", func(b *books, n int) { // reversed by both
		b.theirs[n] = append(b.theirs[n], taken(b.theirs[n][0]))
		b.ours[n][0].Status = reconcile.Reversed
	}},
	{reconcile.PayerOnly, reconcile.LostAnswer, func(b *books, n int) { b.ours[n] = nil }},
	{reconcile.PayerOnly, reconcile.LostAnswer, func(b *books, n int) { b.ours[n][0].Status, b.ours[n][0].Reference = reconcile.Doubted, "" }},
	{reconcile.OursOnly, reconcile.Unexplained, func(b *books, n int) { b.theirs[n] = nil }},
	{reconcile.Duplicated, reconcile.RowRepeated, func(b *books, n int) { b.theirs[n] = append(b.theirs[n], b.theirs[n][0]) }},
	{reconcile.Duplicated, reconcile.DoubleSubmit, func(b *books, n int) {
		again := b.theirs[n][0]
		again.Reference += "x"
		b.theirs[n] = append(b.theirs[n], again)
	}},
	{reconcile.StatusDiffers, reconcile.OneSidedReversal, func(b *books, n int) { b.theirs[n] = append(b.theirs[n], taken(b.theirs[n][0])) }},
	{reconcile.StatusDiffers, reconcile.OneSidedReversal, func(b *books, n int) { b.ours[n][0].Status = reconcile.Reversed }},
	{reconcile.WrongFacility, reconcile.Unexplained, func(b *books, n int) { b.theirs[n][0].Facility += "x" }},
	{reconcile.WrongDay, reconcile.CutOff, func(b *books, n int) {
		b.theirs[n][0].Day = b.ours[n][0].Day.Next()
		b.ours[n][0].At = b.ours[n][0].At.Add(12*time.Hour - time.Minute)
	}},
	{reconcile.AmountDiffers, reconcile.Rounding, func(b *books, n int) { b.theirs[n][0].Amounts[reconcile.Fund]++ }},
	{reconcile.AmountDiffers, reconcile.Recategorised, func(b *books, n int) {
		b.theirs[n][0].Insurance = settlement.SchemeEmployee
		b.theirs[n][0].Amounts[reconcile.Account] += 500
	}},
}

// drawn are lists with something planted in some of their encounters.
func drawn(rt *rapid.T) (b books, planted []plant) {
	for n := range rapid.IntRange(0, 30).Draw(rt, "encounters") {
		bill := settlement.Money(rapid.Int64Range(10_00, 99_999_99).Draw(rt, "bill"))
		l := with(func(l *reconcile.Line) {
			l.Encounter, l.Reference = settlement.EncounterID(fmt.Sprint("E", n)), fmt.Sprint("R", n)
			l.Message, l.Person = settlement.MessageID(fmt.Sprint("M", n)), settlement.Private(fmt.Sprint("P", n%5))
			l.Day = settlement.NewDate(2012, 7, 2+n%28)
			l.At = time.Date(2012, 7, 2+n%28, 4, 0, 0, 0, time.UTC)
			l.Amounts = reconcile.Amounts{reconcile.Bill: bill, reconcile.Fund: bill / 2, reconcile.Account: bill / 7}
		})
		b.theirs, b.ours = append(b.theirs, lines(l)), append(b.ours, lines(l))
		one := rapid.SampledFrom(plants).Draw(rt, "plant")
		one.change(&b, n)
		planted = append(planted, one)
	}
	return b, planted
}

// What was planted is found, each with its class and cause, and nothing else;
// the details add up to what the totals are off by.
func TestPlantedIsFound(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		b, planted := drawn(rt)
		scope := scoped(everything)
		scope.Facility = ""
		found, tally, totals := compared(rt, scope, slices.Concat(b.theirs...), slices.Concat(b.ours...))
		want, got := map[string]string{}, map[string]string{}
		for n, one := range planted {
			if one.class != "" {
				want[fmt.Sprint("E", n)] = string(one.class) + " " + string(one.cause)
			}
		}
		off := reconcile.Total{}
		for _, d := range found {
			got[string(d.Encounter)] += string(d.Class) + " " + string(d.Cause)
			off = off.Plus(d.Off)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			rt.Error(diff)
		}
		groups := reconcile.Total{}
		for _, group := range totals.Groups() {
			groups = groups.Plus(group.Theirs).Minus(group.Ours)
		}
		if off != groups || tally.Off != groups || tally.Differences() != len(found) {
			rt.Errorf("details are off by %+v, the tally by %+v, totals by %+v", off, tally.Off, groups)
		}
	})
}

// whatever are lines of few values, so that they meet in every way.
func whatever(rt *rapid.T, side reconcile.Side) (all []reconcile.Line) {
	statuses := []reconcile.Status{reconcile.Standing, reconcile.Standing, reconcile.Reversed, reconcile.Aborted, reconcile.Undoing, reconcile.Doubted}
	for n := range rapid.IntRange(0, 8).Draw(rt, "lines") {
		l := with(func(l *reconcile.Line) {
			l.Encounter = settlement.EncounterID(rapid.SampledFrom([]string{"E1", "E2"}).Draw(rt, "encounter"))
			l.Reference = rapid.SampledFrom([]string{"", "R1", "R2"}).Draw(rt, "reference")
			l.Message = settlement.MessageID(rapid.SampledFrom([]string{"", "M1", "M2"}).Draw(rt, "message"))
			l.Person = settlement.Private(rapid.SampledFrom([]string{"", "P1", "P2"}).Draw(rt, "person"))
			l.Facility = settlement.FacilityID(rapid.SampledFrom([]string{"H1", "H2"}).Draw(rt, "facility"))
			l.Day = rapid.SampledFrom([]settlement.Date{20120630, 20120701, 20120702}).Draw(rt, "day")
			l.Amounts[reconcile.Fund] = settlement.Money(rapid.IntRange(1, 3).Draw(rt, "fund"))
			l.Row = n + 1
		})
		if side == reconcile.Ours {
			l.Status, l.Row = rapid.SampledFrom(statuses).Draw(rt, "status"), 0
		} else if rapid.Bool().Draw(rt, "reverses") {
			l = taken(l)
		}
		all = append(all, l)
	}
	return all
}

// However the lists look, what is told adds up to what the totals are off by,
// whatever they state and in whatever order the rows come.
func TestWhateverTheListsTotalsTie(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		theirs, ours := whatever(rt, reconcile.Theirs), whatever(rt, reconcile.Ours)
		scope := scoped(rapid.SampledFrom([]reconcile.Fields{everything, detail, reconcile.StatesFund}).Draw(rt, "states"))
		scope.Facility = settlement.FacilityID(rapid.SampledFrom([]string{"", "H1"}).Draw(rt, "asked"))
		found, tally, totals := compared(rt, scope, theirs, ours)
		groups := reconcile.Total{}
		for _, group := range totals.Groups() {
			groups = groups.Plus(group.Theirs).Minus(group.Ours)
		}
		if tally.Off != groups {
			rt.Errorf("details are off by %+v, totals by %+v: %+v", tally.Off, groups, found)
		}
		chance := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "order"), 0))
		for _, side := range [][]reconcile.Line{theirs, ours} {
			chance.Shuffle(len(side), func(i, j int) { side[i], side[j] = side[j], side[i] })
			for i := range side { // rows are numbered as they come
				if side[i].Row != 0 {
					side[i].Row = i + 1
				}
			}
		}
		again, _, _ := compared(rt, scope, theirs, ours)
		if diff := cmp.Diff(found, again, alike); diff != "" {
			rt.Errorf("in another order: %s", diff)
		}
	})
}

func TestComparisonRefuses(t *testing.T) {
	c := reconcile.NewComparison(scoped(everything), func(*reconcile.Difference) error { return nil })
	second := with(func(l *reconcile.Line) { l.Encounter = "E2" })
	if err := errors.Join(c.Take(reconcile.Theirs, second), c.Take(reconcile.Ours, second)); err != nil {
		t.Fatal(err)
	}
	if err := c.Take(reconcile.Ours, line()); settlement.KindOf(err) != settlement.KindInternal {
		t.Errorf("out of order: %v", err)
	}
	var err error
	for n := 0; n < 2000 && err == nil; n++ {
		err = c.Take(reconcile.Theirs, second)
	}
	if settlement.KindOf(err) != settlement.KindTooManyRows {
		t.Errorf("an encounter without end: %v", err)
	}
	full := errors.New("full")
	c = reconcile.NewComparison(scoped(everything), func(*reconcile.Difference) error { return full })
	if err := c.Take(reconcile.Theirs, line()); err != nil {
		t.Fatal(err)
	}
	if err := c.Take(reconcile.Theirs, second); !errors.Is(err, full) {
		t.Errorf("%v", err)
	}
}

func TestUnpackRefuses(t *testing.T) {
	l := line()
	whole := reconcile.Pack(nil, reconcile.Theirs, &l)
	for _, bad := range [][]byte{nil, whole[:len(whole)-1], bytes.Replace(whole, []byte("6000"), []byte("6e00"), 1)} {
		if _, _, err := reconcile.Unpack(bad); settlement.KindOf(err) != settlement.KindInternal || err == nil {
			t.Errorf("%q: %v", bad, err)
		}
	}
}
