package registry

import (
	"slices"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
)

// Draft is a person as a file or a form has them: facts and the periods of
// their categories, without a history.
type Draft struct {
	ID      settlement.BeneficiaryID
	Facts   Facts
	Periods []settlement.Entitlement
	Survey  Survey          // Members is 0 where there is none
	Visited settlement.Date // day of the survey
}

// Stamp is who records changes, and when.
type Stamp struct {
	By       string
	At       time.Time
	Today    settlement.Date // the day of At in Asia/Shanghai
	Document string          // where a period names none of its own
}

// Amend gives the changes that bring a history to what a draft says, numbered
// behind it, or none where it says so already. A new person is registered. A
// period that is there with another last day is corrected; a period that the
// draft does not have stays. Facts that differ are corrected, but the scheme
// and the place of living change on the day of the stamp.
func Amend(history []Change, draft *Draft, stamp Stamp) []Change {
	a := amendment{history: history, stamp: stamp}
	if len(history) == 0 {
		first := stamp.Today
		for _, period := range draft.Periods {
			first = min(first, period.Period.From)
		}
		a.add(Change{Action: Registered, Effective: first, Facts: draft.Facts})
	} else {
		a.facts(&draft.Facts)
	}
	for _, period := range draft.Periods {
		a.period(period)
	}
	a.survey(draft)
	return a.made
}

// amendment gathers the changes of one draft.
type amendment struct {
	history []Change
	stamp   Stamp
	made    []Change
}

func (a *amendment) add(c Change) {
	c.Number = len(a.history) + len(a.made) + 1
	c.Recorded, c.By = a.stamp.At, a.stamp.By
	a.made = append(a.made, c)
}

// standing are the rows that stand before the draft.
func (a *amendment) standing() []Change { return Standing(a.history, lastRecorded(a.history)) }

// facts brings the facts to what the draft says.
func (a *amendment) facts(want *Facts) {
	state, _ := At("", a.history, lastRecorded(a.history), everDay)
	p := &state.Person
	if p.Name != want.Name || p.Certificate != want.Certificate || want.Household != "" && state.Household != want.Household {
		rows := a.standing()
		i := slices.IndexFunc(rows, func(c Change) bool { return c.Action == Registered })
		fixed := rows[i].Facts
		fixed.Name, fixed.Certificate = want.Name, want.Certificate
		if want.Household != "" {
			fixed.Household = want.Household
		}
		a.add(Change{Action: Registered, Effective: rows[i].Effective, Corrects: rows[i].Number, Facts: fixed, Cause: CauseMistake})
	}
	if p.Region != want.Region || p.Residence != want.Residence {
		a.add(Change{Action: Moved, Effective: a.stamp.Today, Facts: Facts{Region: want.Region, Residence: want.Residence}})
	}
	if p.Scheme != want.Scheme || want.Insured != "" && p.Insured != want.Insured {
		a.add(Change{Action: SchemeChanged, Effective: a.stamp.Today, Facts: Facts{Scheme: want.Scheme, Insured: want.Insured}})
	}
}

// period grants what is not there, or corrects the last day of what is.
func (a *amendment) period(want settlement.Entitlement) {
	if want.Document == "" {
		want.Document = a.stamp.Document
	}
	change := Change{
		Action: Granted, Category: want.Category, Effective: want.Period.From, Until: want.Period.To,
		Document: want.Document, Cause: CauseApplied,
	}
	for _, row := range a.standing() {
		if row.Action != Granted || row.Category != want.Category || row.Effective != want.Period.From {
			continue
		}
		if row.Until == want.Period.To || a.has(want) {
			return
		}
		change.Corrects, change.Cause = row.Number, CauseMistake
	}
	a.add(change)
}

// has reports whether the history comes to just this period.
func (a *amendment) has(want settlement.Entitlement) bool {
	held := Project("", a.history).Entitlements
	return slices.ContainsFunc(held, func(e settlement.Entitlement) bool {
		return e.Category == want.Category && e.Period == want.Period
	})
}

func (a *amendment) survey(draft *Draft) {
	if draft.Survey.Members == 0 {
		return
	}
	for _, row := range a.standing() {
		if row.Action == Surveyed && row.Effective == draft.Visited && row.Survey == draft.Survey {
			return
		}
	}
	a.add(Change{Action: Surveyed, Effective: draft.Visited, Survey: draft.Survey})
}
