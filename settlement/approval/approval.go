package approval

import (
	"slices"
	"strconv"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
)

// Form is what is applied for, as on paper.
type Form struct {
	Number   settlement.ApprovalNumber // the bureau's number of the form
	Person   settlement.BeneficiaryID
	Facility settlement.FacilityID
	Valid    settlement.Period // days of discharge it is good for, both inclusive
	Issuer   string            // the office that decides, as 遂川县民政局
	// Mode and Class narrow what it is good for; "" and AnyDisease do not.
	Mode  settlement.Mode
	Class settlement.DiseaseClass
}

// Act is what happened to an approval.
type Act string

// The acts. Codes are stored: append, never rename.
const (
	Submitted Act = "submitted"
	Approved  Act = "approved"
	Refused   Act = "refused"
	Revoked   Act = "revoked"
)

// Event is one line of an approval's history.
type Event struct {
	Line  int // from 1
	Act   Act
	By    string // who; a staff id
	At    time.Time
	Cause string // why; refusing and revoking need one
}

// Use is the live settlement that names an approval.
type Use struct {
	Settlement settlement.SettlementID
	Tenant     settlement.TenantID
	Discharge  settlement.DischargeID
}

// Approval is a form with its history, oldest first, and its use, if any.
type Approval struct {
	Form
	History []Event
	Use     *Use
}

// Status is how an approval stands.
type Status string

// The statuses. Those before Used are the acts, by the same word.
const (
	StatusSubmitted Status = Status(Submitted)
	StatusApproved  Status = Status(Approved)
	StatusRefused   Status = Status(Refused)
	StatusRevoked   Status = Status(Revoked)
	StatusUsed      Status = "used"    // by a live settlement
	StatusExpired   Status = "expired" // its last day is over
)

// StatusOn is how the approval stands on a day.
func (a *Approval) StatusOn(day settlement.Date) Status {
	status := Status(a.last().Act)
	switch {
	case a.Use != nil:
		return StatusUsed
	case (status == StatusApproved || status == StatusSubmitted) && a.Valid.To < day:
		return StatusExpired
	}
	return status
}

// last is the newest line of the history.
func (a *Approval) last() Event {
	if len(a.History) == 0 {
		return Event{}
	}
	return a.History[len(a.History)-1]
}

// daysMax is the longest an approval may be good for: a year and a day.
const daysMax = 366

// Texts of a form are bounded, in bytes.
const (
	numberMax = 160
	issuerMax = 240
	causeMax  = 800
)

// Check refuses a form that could not be used or explained later. Invalid,
// naming the field.
func (f *Form) Check() error {
	switch {
	case f.Number == "" || len(f.Number) > numberMax:
		return wrong("number", "")
	case f.Person == "":
		return wrong("person_id", "")
	case f.Facility == "":
		return wrong("facility_id", "")
	case f.Issuer == "" || len(f.Issuer) > issuerMax:
		return wrong("issuer", "")
	case f.Valid.From == 0 || f.Valid.To < f.Valid.From:
		return &settlement.Error{Kind: settlement.KindInvalid, Reason: settlement.ReasonDateOrder, Field: "valid_to_date", Value: f.Valid.To.String()}
	case f.Valid.To >= f.Valid.From.Plus(daysMax):
		return wrong("valid_to_date", "more than "+strconv.Itoa(daysMax)+" days")
	}
	return nil
}

func wrong(field, value string) error {
	return &settlement.Error{Kind: settlement.KindInvalid, Reason: settlement.ReasonInvalidArgument, Field: field, Value: value}
}

// follows says which act may come after which; "" is before the first.
var follows = map[Act][]Act{
	"":        {Submitted},
	Submitted: {Approved, Refused},
	Approved:  {Revoked},
}

// CheckNext refuses an event that may not follow. Invalid: a cause is missing
// or too long; Blocked: SAME_PERSON where who decides is who submitted,
// APPROVAL_USED where a settlement that stands was made by what is revoked,
// APPROVAL_DECIDED where the status does not allow the act.
func (a *Approval) CheckNext(next Event) error {
	if next.By == "" {
		return wrong("operator", "")
	}
	if needs := next.Act == Refused || next.Act == Revoked; needs && next.Cause == "" || len(next.Cause) > causeMax {
		return wrong("cause", "")
	}
	last := a.last()
	if !slices.Contains(follows[last.Act], next.Act) {
		return blocked(settlement.ReasonApprovalDecided, "number", string(last.Act))
	}
	decides := next.Act == Approved || next.Act == Refused
	switch {
	case decides && next.By == a.History[0].By:
		return blocked(settlement.ReasonSamePerson, "operator", "")
	case next.Act == Revoked && a.Use != nil:
		return blocked(settlement.ReasonApprovalUsed, "number", "")
	}
	return nil
}

func blocked(reason settlement.Reason, field, value string) error {
	return &settlement.Error{Kind: settlement.KindBlocked, Reason: reason, Field: field, Value: value}
}
