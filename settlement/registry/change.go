package registry

import (
	"time"

	"github.com/onestop-gateway/onestop/settlement"
)

// Action is what a change says happened.
type Action string

// The actions. Each takes effect at the beginning of its day, but Ended and
// Died at the end of it: the last day still counts (A09).
const (
	Registered    Action = "registered"     // the person became known, with Facts
	Granted       Action = "granted"        // a category, from the day to Until
	Suspended     Action = "suspended"      // a category, from the day until resumed
	Resumed       Action = "resumed"        // a suspended category
	Ended         Action = "ended"          // a category; the day is its last
	Died          Action = "died"           // ends no category by itself: a review proposes that
	Watched       Action = "watched"        // put on the watch list (回访)
	Released      Action = "released"       // taken off it
	Surveyed      Action = "surveyed"       // the household's income
	SchemeChanged Action = "scheme_changed" // Facts.Scheme and Facts.Insured
	Moved         Action = "moved"          // Facts.Region and Facts.Residence
	Withdrawn     Action = "withdrawn"      // the change that Corrects names never was
)

// Actions are all of them, in the order a form offers them.
var Actions = []Action{
	Registered, Granted, Suspended, Resumed, Ended, Died, Watched, Released, Surveyed, SchemeChanged, Moved, Withdrawn,
}

// Cause is why a change was made.
type Cause string

// The causes. Codes are stored: append, never rename.
const (
	CauseApplied    Cause = "applied"         // on application, after hearing and posting
	CauseReview     Cause = "review"          // found by a review
	CauseIncome     Cause = "income_improved" // above the line
	CauseDeath      Cause = "death"
	CauseMoved      Cause = "moved" // out of the region
	CauseNoScheme   Cause = "scheme_gone"
	CauseUnsurveyed Cause = "not_surveyed" // for the quarters the standards allow
	CauseMistake    Cause = "mistake"      // what was recorded was wrong
	CauseOther      Cause = "other"        // the document says
)

// Causes are all of them, in the order a form offers them.
var Causes = []Cause{
	CauseApplied, CauseReview, CauseIncome, CauseDeath, CauseMoved, CauseNoScheme, CauseUnsurveyed, CauseMistake, CauseOther,
}

// Change is one row of a person's history. It is never edited: a correction is
// a further row of the same action that names, in Corrects, the row whose
// place it takes, and a Withdrawn one takes it away.
type Change struct {
	Number    int // place in the history, from 1
	Corrects  int // number of the row it corrects or withdraws, or 0
	Action    Action
	Effective settlement.Date
	Recorded  time.Time
	By        string // who recorded it; a staff id
	Document  string // approval document
	Cause     Cause  // "" where nothing needs a reason

	Category settlement.CategoryID // Granted, Suspended, Resumed, Ended
	Until    settlement.Date       // Granted: the last day, or 0 for open
	Facts    Facts                 // Registered; SchemeChanged and Moved in part
	Survey   Survey                // Surveyed
}

// Facts are what is known of a person beside the categories.
type Facts struct {
	Name        settlement.Private
	Certificate settlement.Private // citizen identity number of 18 characters
	Household   string             // number of the household; "" where unknown
	Region      settlement.RegionID
	Residence   settlement.Residence
	Scheme      settlement.Scheme
	Insured     settlement.Private // the insurer's number of the person
}

// Survey is what a visit found of a household.
type Survey struct {
	Members int              // persons of the household, at least 1
	Income  settlement.Money // of the whole household, a month
}
