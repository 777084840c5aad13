package registry

import (
	"cmp"
	"slices"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
)

// State is what is known of a person, at a time, for a day.
type State struct {
	// Person is as settling reads it. Its facts are those of the day, its
	// entitlements all that are known, whatever their days.
	Person    settlement.Person
	Household string
	Died      settlement.Date // the last day of life, or 0
	Watched   settlement.Date // on the watch list since, or 0
	Surveyed  settlement.Date // of the last survey, or 0
	Survey    Survey
	Suspended []settlement.CategoryID // on the day
}

// everDay is after every day a change can name.
const everDay = settlement.Date(9999_12_31)

// At is what was known of person id at a time for a day: a fold over the rows
// recorded by then. A row recorded later changes no earlier answer. False: the
// person was not registered for that day yet.
func At(id settlement.BeneficiaryID, history []Change, known time.Time, on settlement.Date) (State, bool) {
	rows := Standing(history, known)
	state := State{Person: settlement.Person{Beneficiary: settlement.Beneficiary{ID: id}}}
	registered := false
	for i := range rows {
		row := &rows[i]
		if row.Effective > on {
			break
		}
		registered = registered || row.Action == Registered
		state.take(row)
	}
	state.Person.Entitlements, state.Suspended = periods(rows, on)
	return state, registered
}

// Project is what settling reads of person id: everything known now, whatever
// its day.
func Project(id settlement.BeneficiaryID, history []Change) settlement.Person {
	state, _ := At(id, history, lastRecorded(history), everDay)
	return state.Person
}

func lastRecorded(history []Change) (last time.Time) {
	for i := range history {
		if history[i].Recorded.After(last) {
			last = history[i].Recorded
		}
	}
	return last
}

// take applies what a row says of anything but a category.
func (s *State) take(row *Change) {
	p, facts := &s.Person, &row.Facts
	switch row.Action {
	case Registered:
		p.Name, p.Certificate, s.Household = facts.Name, facts.Certificate, facts.Household
		p.Region, p.Residence = facts.Region, facts.Residence
		p.Scheme, p.Insured = facts.Scheme, facts.Insured
	case Moved:
		p.Region, p.Residence = facts.Region, facts.Residence
	case SchemeChanged:
		p.Scheme, p.Insured = facts.Scheme, facts.Insured
	case Died:
		s.Died = row.Effective
	case Watched:
		s.Watched = row.Effective
	case Released:
		s.Watched = 0
	case Surveyed:
		s.Survey, s.Surveyed = row.Survey, row.Effective
	}
}

// Standing are the rows that were recorded by a time and that no row recorded
// by then had corrected or withdrawn, in the order in which they take effect.
// On one day that is the order of recording, a correction in the place of what
// it corrects. A row once corrected never stands again.
func Standing(history []Change, known time.Time) []Change {
	corrects := make(map[int]int, len(history))
	gone := map[int]bool{}
	for i := range history {
		row := &history[i]
		corrects[row.Number] = row.Corrects
		if row.Corrects != 0 && !row.Recorded.After(known) {
			gone[row.Corrects] = true
		}
	}
	var rows []Change
	for _, row := range history {
		if !row.Recorded.After(known) && !gone[row.Number] && row.Action != Withdrawn {
			rows = append(rows, row)
		}
	}
	place := func(number int) int {
		for corrects[number] != 0 && corrects[number] < number {
			number = corrects[number]
		}
		return number
	}
	slices.SortFunc(rows, func(a, b Change) int {
		return cmp.Or(cmp.Compare(a.Effective, b.Effective), cmp.Compare(a.Action.hour(), b.Action.hour()),
			cmp.Compare(place(a.Number), place(b.Number)))
	})
	return rows
}

// hour orders the rows of one day: what makes a person known comes first, what
// ends with the day last.
func (a Action) hour() int {
	switch a {
	case Registered:
		return 0
	case Ended, Died:
		return 2
	default:
		return 1
	}
}
