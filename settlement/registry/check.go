package registry

import (
	"slices"

	"github.com/onestop-gateway/onestop/settlement"
)

// Check refuses a change that does not fit behind a history on the day it is
// recorded. Invalid: a field is missing or wrong, and named. Blocked: what it
// speaks of is not so (CATEGORY_NOT_IN_FORCE, CHANGE_NOT_STANDING). Exists:
// the person is registered already. NotFound: the person is not.
func Check(history []Change, change Change, today settlement.Date) error {
	if err := checkForm(&change, today); err != nil {
		return err
	}
	if change.Corrects != 0 {
		return checkCorrection(history, &change)
	}
	registered := slices.ContainsFunc(history, func(c Change) bool { return c.Action == Registered })
	switch {
	case change.Action == Registered && registered:
		return &settlement.Error{Kind: settlement.KindExists, Reason: settlement.ReasonPersonExists}
	case change.Action != Registered && !registered:
		return &settlement.Error{Kind: settlement.KindNotFound, Reason: settlement.ReasonUnknownPerson}
	}
	return checkCategory(history, &change)
}

// checkForm looks at the change alone.
func checkForm(c *Change, today settlement.Date) error {
	ahead := c.Action == Granted || c.Action == Suspended || c.Action == Ended
	why := c.Action == Suspended || c.Action == Ended || c.Action == Withdrawn || c.Corrects != 0
	switch {
	case !slices.Contains(Actions, c.Action):
		return invalid("action", string(c.Action))
	case c.By == "":
		return invalid("operator", "")
	case c.Effective == 0 || c.Effective > everDay:
		return invalid("effective_date", c.Effective.String())
	case !ahead && c.Effective > today:
		return invalid("effective_date", c.Effective.String()+" is after today")
	case c.Cause != "" && !slices.Contains(Causes, c.Cause), why && c.Cause == "":
		return invalid("cause", string(c.Cause))
	case c.Action == Withdrawn && c.Corrects == 0:
		return invalid("corrects", "")
	}
	return checkContent(c)
}

// checkContent looks at what the action needs beside its day.
func checkContent(c *Change) error {
	switch c.Action {
	case Registered:
		if err := checkIdentity(&c.Facts); err != nil {
			return err
		}
		return checkPlace(&c.Facts)
	case Moved:
		return checkPlace(&c.Facts)
	case SchemeChanged:
		return checkScheme(c.Facts.Scheme)
	case Granted, Suspended, Resumed, Ended:
		switch {
		case !slices.Contains(settlement.Vocabulary, c.Category):
			return invalid("category", string(c.Category))
		case c.Until != 0 && (c.Action != Granted || c.Until < c.Effective):
			return invalid("until_date", c.Until.String())
		case c.Action == Granted && c.Document == "":
			return invalid("document", "")
		}
	case Surveyed:
		switch {
		case c.Survey.Members < 1 || c.Survey.Members > membersMost:
			return invalid("survey.members", "")
		case c.Survey.Income < 0:
			return invalid("survey.income", "")
		}
	}
	return nil
}

// schemes are the schemes a person may have.
var schemes = []settlement.Scheme{
	settlement.SchemeNCMS, settlement.SchemeResident, settlement.SchemeEmployee, settlement.SchemeNone,
}

// membersMost bounds a household.
const membersMost = 99

func checkIdentity(facts *Facts) error {
	if facts.Name == "" {
		return invalid("name", "")
	}
	if err := settlement.CheckIdentityNumber(facts.Certificate); err != nil {
		return settlement.At("id_number", err)
	}
	return checkScheme(facts.Scheme)
}

func checkPlace(facts *Facts) error {
	switch {
	case !divisionCode(string(facts.Region)):
		return invalid("region", string(facts.Region))
	case facts.Residence != settlement.Urban && facts.Residence != settlement.Rural:
		return invalid("residence", string(facts.Residence))
	}
	return nil
}

func checkScheme(scheme settlement.Scheme) error {
	if !slices.Contains(schemes, scheme) {
		return invalid("scheme", string(scheme))
	}
	return nil
}

// divisionCode reports whether text has the shape of a county's division code
// (GB/T 2260): six digits, the first of a province that is none of 0 and 9.
func divisionCode(text string) bool {
	if len(text) != 6 || text[0] == '0' || text[0] == '9' {
		return false
	}
	for i := range len(text) {
		if text[i] < '0' || text[i] > '9' {
			return false
		}
	}
	return true
}

// checkCorrection wants the row that is corrected to stand, and to be of the
// same action unless it is withdrawn; that a person is registered is corrected
// and never withdrawn.
func checkCorrection(history []Change, c *Change) error {
	for _, row := range Standing(history, lastRecorded(history)) {
		if row.Number != c.Corrects {
			continue
		}
		if c.Action == Withdrawn && row.Action != Registered || c.Action == row.Action {
			return nil
		}
		return invalid("action", string(c.Action))
	}
	return blocked(settlement.ReasonNotStanding, "corrects")
}

// checkCategory wants what is suspended or ended to be in force on its day or,
// as what is resumed, suspended.
func checkCategory(history []Change, c *Change) error {
	if c.Action != Suspended && c.Action != Resumed && c.Action != Ended {
		return nil
	}
	state, _ := At("", history, lastRecorded(history), c.Effective)
	_, runs := held(state.Person.Entitlements, c.Category, c.Effective)
	paused := slices.Contains(state.Suspended, c.Category)
	if c.Action == Suspended && runs || c.Action == Resumed && paused || c.Action == Ended && (runs || paused) {
		return nil
	}
	return blocked(settlement.ReasonNotInForce, "category")
}

func invalid(field, value string) error {
	return &settlement.Error{Kind: settlement.KindInvalid, Reason: settlement.ReasonInvalidArgument, Field: field, Value: value}
}

func blocked(reason settlement.Reason, field string) error {
	return &settlement.Error{Kind: settlement.KindBlocked, Reason: reason, Field: field}
}
