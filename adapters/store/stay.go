package store

import (
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/stay"
)

// stayDocument is one event of a stay, summaryDocument the stay without them.
var (
	stayDocument    = document{'y', 1}
	summaryDocument = document{'s', 1}
)

// EncodeStayEvent writes an event of a stay.
func EncodeStayEvent(e *stay.Event) []byte { return encode(stayDocument, e, stayEvent) }

// DecodeStayEvent reads what EncodeStayEvent wrote. Internal: not readable.
func DecodeStayEvent(text []byte) (stay.Event, error) {
	var e stay.Event
	err := decode(stayDocument, text, &e, stayEvent)
	return e, err
}

// EncodeStaySummary writes the summary of a stay.
func EncodeStaySummary(s *stay.Summary) []byte { return encode(summaryDocument, s, staySummary) }

// DecodeStaySummary reads what EncodeStaySummary wrote. Internal: not readable.
func DecodeStaySummary(text []byte) (stay.Summary, error) {
	var s stay.Summary
	err := decode(summaryDocument, text, &s, staySummary)
	return s, err
}

// NoStay is the answer to a look-up of a stay that found none.
func NoStay(id stay.ID) error {
	return &settlement.Error{Kind: settlement.KindNotFound, Reason: settlement.ReasonAdmissionNotFound, Field: "id", Object: string(id)}
}

// SoundStayEvent refuses an event as Sound refuses a change.
func SoundStayEvent(e *stay.Event) error {
	var c checker
	column(&c, "id", e.Stay)
	column(&c, "facility_id", e.Form.Facility)
	column(&c, "person_id", e.Form.Person)
	column(&c, "actor", e.Actor)
	column(&c, "tenant", e.Tenant)
	column(&c, "request_id", e.Request)
	return c.err
}

func stayEvent(c *cursor, v *stay.Event) {
	text(c, &v.Stay)
	number(c, &v.No)
	instant(c, &v.At)
	text(c, &v.Actor)
	text(c, &v.Act)
	text(c, &v.Tenant)
	text(c, &v.Request)
	stayForm(c, &v.Form)
	list(c, &v.Rows, stayRow)
	text(c, &v.Result)
	text(c, &v.Encounter)
	list(c, &v.Lines, stayLine)
	text(c, &v.Words)
	private(c, &v.Body)
	text(c, &v.Discharge)
}

func staySummary(c *cursor, v *stay.Summary) {
	stayEvent(c, &v.Event)
	number(c, &v.Events)
	text(c, &v.State)
	text(c, &v.Encounter)
	text(c, &v.Words)
	text(c, &v.Taken)
	number(c, &v.Charged)
	number(c, &v.Sent)
	number(c, &v.NotTaken)
	text(c, &v.Missing)
	boolean(c, &v.Outstanding)
	number(c, &v.Unanswered)
	number(c, &v.Handed)
	boolean(c, &v.Proposed)
	stayTries(c, &v.Asked)
	stayTries(c, &v.Uploaded)
}

func stayTries(c *cursor, v *stay.Tries) {
	instant(c, &v.At)
	number(c, &v.Times)
}

func stayForm(c *cursor, v *stay.Form) {
	text(c, &v.Fingerprint)
	text(c, &v.Facility)
	text(c, &v.Person)
	text(c, &v.Region)
	text(c, &v.Scheme)
	text(c, &v.Payer)
	private(c, &v.Insured)
	d := &v.Details
	private(c, &d.Inpatient)
	number(c, &d.Admission)
	text(c, &d.Department)
	text(c, &d.Doctor)
	text(c, &d.Status)
	text(c, &d.Disease)
	text(c, &d.Bed)
	boolean(c, &d.Referred)
	text(c, &d.Notice)
}

func stayRow(c *cursor, v *stay.Row) {
	text(c, &v.ID)
	text(c, &v.Item)
	text(c, &v.Name)
	text(c, &v.Number)
	text(c, &v.Price)
	number(c, &v.Total)
}

func stayLine(c *cursor, v *stay.Line) {
	text(c, &v.Of)
	boolean(c, &v.Taken)
	number(c, &v.Eligible)
	text(c, &v.Words)
}
