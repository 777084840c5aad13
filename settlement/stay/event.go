package stay

import (
	"time"

	"github.com/onestop-gateway/onestop/settlement"
)

// ID is a stay's.
type ID = settlement.AdmissionID

// Act is what an event tells.
type Act string

// The acts. A stay begins with ActSkip or with ActRegister.
const (
	ActSkip       Act = "skip"       // no payer of the person's scheme wants it
	ActRegister   Act = "register"   // the registration is about to be sent
	ActRegistered Act = "registered" // what came of it
	ActCharge     Act = "charge"     // charged rows are about to be sent
	ActCharged    Act = "charged"    // what came of them
	ActTaken      Act = "taken"      // a discharge is settled by it
	ActStated     Act = "stated"     // what a person found out about a registration in doubt
)

// Event is one line of a stay's history. The first also says what was asked.
type Event struct {
	Stay    ID
	No      int // from 1, without gaps
	At      time.Time
	Actor   string
	Act     Act
	Tenant  settlement.TenantID  // of the first only
	Request settlement.RequestID // of the first only

	Form Form  // of the first only
	Rows []Row // about to be sent

	Result    settlement.Result      // what came of it
	Encounter settlement.EncounterID // the payer's number of the stay, where it gave one
	Lines     []Line                 // what came of each row
	Words     string                 // the payer's own, of a refusal; what proves a statement
	Body      settlement.Private     // the exact bytes sent or heard
	Discharge settlement.DischargeID // that it is settled by
}

// Form is what a hospital tells of an admission. It names the person by
// pseudonym and by the payer's number.
type Form struct {
	Fingerprint string // of the whole request
	Facility    settlement.FacilityID
	Person      settlement.BeneficiaryID
	Region      settlement.RegionID
	Scheme      settlement.Scheme
	Payer       settlement.PayerCode // "": none wants it
	Insured     settlement.Private   // the payer's number of the person
	Details     Details
}

// Details are of the hospital's own system; codes are the payer's.
type Details struct {
	Inpatient  settlement.Private // the hospital's own number of the stay (住院号)
	Admission  settlement.Date
	Department string
	Doctor     string
	Status     string // at admission
	Disease    string
	Bed        string
	Referred   bool
	Notice     string // 民政通知书号
}

// Row is one charge. Amounts are yuan; Number and Price have up to four
// decimals and are passed on as they are.
type Row struct {
	ID     string // the hospital's own, unique within the stay
	Item   string // the payer's code
	Name   string
	Number string
	Price  string
	Total  settlement.Money
}

// Line is what the payer said of a row.
type Line struct {
	Of       string // the row
	Taken    bool
	Eligible settlement.Money // of a row that was taken
	Words    string           // of one that was not
}

// State is how a stay stands with its payer.
type State string

// The states. A refused registration is final for its request key.
const (
	NotNeeded  State = "NOT_NEEDED" // no payer wants it
	Sending    State = "SENDING"    // no answer yet; after the payer's time it is in doubt
	Unsent     State = "UNSENT"     // it never left: ask again with the same key
	InDoubt    State = "IN_DOUBT"   // the payer may know the stay; it must be asked by other means
	Refused    State = "REFUSED"
	Registered State = "REGISTERED"
)

// Stay is a stay as its events tell it.
type Stay struct {
	Summary
	Charges []Charge // in the order they were first sent
	events  []Event
}

// Charge is a row with what came of it.
type Charge struct {
	Row
	Line
	Known bool // the payer has answered for it
	// doubted: it was sent before and not answered for, so that a no to all of
	// what was sent with it later does not prove that it is not there.
	doubted bool
}

// Fold tells a stay from its events, which are whole and in order.
func Fold(events []Event) Stay {
	s := Stay{Summary: Summary{Event: events[0], Events: len(events), State: NotNeeded}, events: events}
	s.Event.Body = ""
	place := map[string]int{}
	for i := range events {
		e := &events[i]
		switch e.Act {
		case ActRegister:
			s.State = Sending
			s.Asked.add(e.At)
		case ActRegistered:
			s.told(stateOf(e.Result), e)
		case ActStated:
			state := Unsent // to the payer it is as if nothing had come
			if e.Encounter != "" {
				state = Registered
			}
			s.told(state, e)
		case ActTaken:
			s.Taken = e.Discharge
		case ActCharge:
			s.Uploaded.add(e.At)
			s.sending(e.Rows, place)
		case ActCharged:
			s.heard(e, place)
			if e.Result == settlement.ResultApplied {
				s.Uploaded.Times = 0
			}
		}
	}
	s.sum()
	return s
}

// told takes what came of the registration; what comes late takes no number
// back.
func (s *Stay) told(state State, e *Event) {
	if s.State != Registered {
		s.State, s.Encounter, s.Words = state, e.Encounter, e.Words
	}
}

// sending takes rows that are about to be sent; place is where each row is.
func (s *Stay) sending(rows []Row, place map[string]int) {
	for _, row := range rows {
		at, known := place[row.ID]
		if !known {
			at = len(s.Charges)
			place[row.ID], s.Charges = at, append(s.Charges, Charge{Known: true})
		}
		s.Charges[at] = Charge{Row: row, doubted: !s.Charges[at].Known || s.Charges[at].doubted}
	}
}

// heard takes what came of rows. Only an answer for the row itself ends its
// doubt.
func (s *Stay) heard(e *Event, place map[string]int) {
	for _, line := range e.Lines {
		at, known := place[line.Of]
		if !known {
			continue
		}
		c := &s.Charges[at]
		if answered := e.Result == settlement.ResultApplied; answered || !c.doubted && !c.Taken {
			c.Line, c.Known, c.doubted = line, true, c.doubted && !answered
		}
	}
}

func stateOf(result settlement.Result) State {
	switch result {
	case settlement.ResultApplied:
		return Registered
	case settlement.ResultRefused:
		return Refused
	case settlement.ResultUnsent:
		return Unsent
	}
	return InDoubt
}
