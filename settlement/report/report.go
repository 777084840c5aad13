// Package report adds up a year of a county's assistance as the county reports
// tell it: persons assisted and person-times, amounts by urban and rural fund,
// by category and mode, what other sources gave, and what each level of
// government bore.
package report

import (
	"cmp"
	"slices"

	"github.com/onestop-gateway/onestop/settlement"
)

// Count is how often and how much. A person is counted once in each line,
// however often they were assisted.
type Count struct {
	Persons int
	Times   int              // settlements (人次)
	Amount  settlement.Money // fen
}

// Line is what one fund paid in one category and mode.
type Line struct {
	Fund     settlement.Fund
	Category settlement.CategoryID
	Mode     settlement.Mode
	Count
}

// Part is a count by one word: a fund, a category, a mode, a source of aid or a
// level of government.
type Part[T ~string] struct {
	Of T
	Count
}

// Year is a county's report.
type Year struct {
	Total      Count
	Lines      []Line // by fund, category and mode
	Funds      []Part[settlement.Fund]
	Categories []Part[settlement.CategoryID]
	Modes      []Part[settlement.Mode]
	// Sources gave beside the fund, such as charity; their amounts are not in
	// Total.
	Sources []Part[settlement.Source]
	// Levels bore the amounts of Total, where the policy tells them apart.
	Levels []Part[settlement.Level]
	// Adjusted is by how much adjustments changed what each fund bears of what it
	// granted, in no other line: persons got what Total says, and Total and
	// Adjusted together are what the ledger has.
	Adjusted []Part[settlement.Fund]
	// Average is the amount a person, half-up to the fen; zero if there is none.
	Average settlement.Money
}

// Adder adds settlements up. They come in order of the person, so that no more
// than one person is remembered, however many there are.
type Adder struct {
	person settlement.BeneficiaryID
	lines  map[lineKey]*tally
	funds  tallies[settlement.Fund]
	cats   tallies[settlement.CategoryID]
	modes  tallies[settlement.Mode]
	aid    tallies[settlement.Source]
	levels tallies[settlement.Level]
	after  tallies[settlement.Fund] // adjusted
	total  tally
}

type lineKey struct {
	fund     settlement.Fund
	category settlement.CategoryID
	mode     settlement.Mode
}

// tally counts, and knows for whom it counted last.
type tally struct {
	Count
	last settlement.BeneficiaryID
}

func (t *tally) add(person settlement.BeneficiaryID, amount settlement.Money) {
	if t.Persons == 0 || t.last != person {
		t.Persons++
		t.last = person
	}
	t.Times++
	t.Amount += amount
}

type tallies[T ~string] map[T]*tally

func (t tallies[T]) add(of T, person settlement.BeneficiaryID, amount settlement.Money) {
	one := t[of]
	if one == nil {
		one = &tally{}
		t[of] = one
	}
	one.add(person, amount)
}

func (t tallies[T]) parts() []Part[T] {
	parts := make([]Part[T], 0, len(t))
	for of, one := range t {
		parts = append(parts, Part[T]{of, one.Count})
	}
	slices.SortFunc(parts, func(a, b Part[T]) int { return cmp.Compare(a.Of, b.Of) })
	return parts
}

// NewAdder has counted nothing.
func NewAdder() *Adder {
	return &Adder{
		lines: map[lineKey]*tally{}, funds: tallies[settlement.Fund]{}, cats: tallies[settlement.CategoryID]{},
		modes: tallies[settlement.Mode]{}, aid: tallies[settlement.Source]{}, levels: tallies[settlement.Level]{},
		after: tallies[settlement.Fund]{},
	}
}

// Add counts a settlement that stands and was assisted, or whose assistance was
// adjusted; others count for nothing. Invalid: it comes before one of its person
// that was added already.
func (a *Adder) Add(s *settlement.Settlement) error {
	adjusted := adjusted(s)
	if !adjusted && !Assisted(s) {
		return nil
	}
	person := s.Beneficiary.ID
	if person < a.person {
		return &settlement.Error{Kind: settlement.KindInvalid, Reason: settlement.ReasonInvalidArgument, Field: "order", Object: string(s.ID)}
	}
	a.person = person
	if adjusted {
		a.after.add(s.Adjudication.Fund, person, s.Correction(""))
	}
	if Assisted(s) {
		a.granted(s)
	}
	return nil
}

// granted counts what a settlement granted.
func (a *Adder) granted(s *settlement.Settlement) {
	person, result := s.Beneficiary.ID, s.Adjudication
	a.total.add(person, result.Benefit)
	key := lineKey{result.Fund, result.Category, s.Claim.Mode}
	if a.lines[key] == nil {
		a.lines[key] = &tally{}
	}
	a.lines[key].add(person, result.Benefit)
	a.funds.add(result.Fund, person, result.Benefit)
	a.cats.add(result.Category, person, result.Benefit)
	a.modes.add(s.Claim.Mode, person, result.Benefit)
	for _, shares := range [][]settlement.Share{result.Before, result.After} {
		for _, share := range shares {
			if share.Amount > 0 {
				a.aid.add(share.Source, person, share.Amount)
			}
		}
	}
	for _, funded := range result.Funding {
		if funded.Amount > 0 {
			a.levels.add(funded.Level, person, funded.Amount)
		}
	}
}

// adjusted reports whether s stands and what a fund bears of it was adjusted.
func adjusted(s *settlement.Settlement) bool {
	return s.State == settlement.StateCommitted && s.Adjudication != nil &&
		slices.ContainsFunc(s.Adjustments, func(a settlement.Adjustment) bool { return a.Payer == "" })
}

// Assisted reports whether s stands and a fund paid for it.
func Assisted(s *settlement.Settlement) bool {
	return s.State == settlement.StateCommitted && s.Adjudication != nil && s.Adjudication.Benefit > 0
}

// Year is what was added so far.
func (a *Adder) Year() Year {
	y := Year{
		Total: a.total.Count, Funds: a.funds.parts(), Categories: a.cats.parts(), Modes: a.modes.parts(),
		Sources: a.aid.parts(), Levels: a.levels.parts(), Adjusted: a.after.parts(),
	}
	for key, one := range a.lines {
		y.Lines = append(y.Lines, Line{key.fund, key.category, key.mode, one.Count})
	}
	slices.SortFunc(y.Lines, func(x, z Line) int {
		return cmp.Or(cmp.Compare(x.Fund, z.Fund), cmp.Compare(x.Category, z.Category), cmp.Compare(x.Mode, z.Mode))
	})
	if persons := settlement.Money(y.Total.Persons); persons > 0 {
		y.Average = (2*y.Total.Amount + persons) / (2 * persons)
	}
	return y
}
