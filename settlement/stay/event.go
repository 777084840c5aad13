package stay

import (
	"slices"
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
	ActHanded     Act = "handed"     // rows that the payer refuses each time are people's from now on

	// What one person proposes, and what is decided on it.
	ActNotUploaded Act = "propose_not_uploaded"
	ActByHand      Act = "propose_by_hand"
	ActRelease     Act = "propose_release"
	ActApproved    Act = "approved"
	ActDeclined    Act = "declined"
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
	Lines     []Line                 // what came of each row; which rows are meant
	Words     string                 // the payer's own, of a refusal; what proves a statement or a proposal
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
	Charges  []Charge  // in the order they were first sent
	Proposal *Proposal // the last one, decided or not; nil where there is none, or what it was about has changed
	events   []Event
	place    map[string]int // of each row in Charges
}

// Charge is a row with what came of it.
type Charge struct {
	Row
	Line
	Known    bool     // the payer has answered for it
	Refusals Refusals // of it with all that it was sent with, while it is in doubt
	Handed   bool     // to people, who end it; a hospital may send it again
	Ended    Remedy   // as two people did; "" otherwise
	// doubted: it was sent before and not answered for, so that a no to all of
	// what was sent with it later does not prove that it is not there.
	doubted bool
}

// Refusals count how often a payer refused.
type Refusals struct {
	Words string // of the last one
	Same  int    // with these words, without others in between
	All   int
}

func (r *Refusals) add(words string) {
	if r.Words != words {
		r.Same = 0
	}
	r.Words, r.Same, r.All = words, r.Same+1, r.All+1
}

// worn reports whether people must look into a row that was refused so often. A
// payer may give each refusal other words, such as a number of its own.
func (r *Refusals) worn(most int) bool { return r.Same >= most || r.All >= 3*most }

// missing reports whether a settlement waits for the row.
func (c *Charge) missing() bool { return !c.Taken && c.Ended == "" }

// counted reports whether the payer has the row.
func (c *Charge) counted() bool { return c.Taken || c.Ended == RowsByHand }

// owed reports whether the payer owes an answer for the row.
func (c *Charge) owed() bool { return !c.Known && c.Ended == "" }

// Fold tells a stay from its events, which are whole and in order.
func Fold(events []Event) Stay {
	s := Stay{Summary: Summary{Event: events[0], Events: len(events), State: NotNeeded}, events: events}
	s.Event.Body, s.place = "", map[string]int{}
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
			s.overtake(func(p *Proposal) bool { return p.Remedy == Release })
		case ActCharge:
			s.Uploaded.add(e.At)
			s.sending(e.Rows)
		case ActCharged:
			s.heard(e)
			if e.Result == settlement.ResultApplied {
				s.Uploaded.Times = 0
			}
		default:
			s.bySomebody(e)
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

// sending takes rows that are about to be sent.
func (s *Stay) sending(rows []Row) {
	for _, row := range rows {
		at, known := s.place[row.ID]
		if !known {
			at = len(s.Charges)
			s.place[row.ID], s.Charges = at, append(s.Charges, Charge{Known: true})
		}
		was := &s.Charges[at]
		now := Charge{Row: row, Ended: was.Ended, doubted: !was.Known || was.doubted}
		if now.doubted {
			now.Refusals, now.Handed = was.Refusals, was.Handed
		}
		s.Charges[at] = now
		s.overtake(func(p *Proposal) bool { return slices.Contains(p.Rows, row.ID) })
	}
}

// heard takes what came of rows. Only an answer for the row itself ends its
// doubt.
func (s *Stay) heard(e *Event) {
	for _, line := range e.Lines {
		at, known := s.place[line.Of]
		if !known {
			continue
		}
		c := &s.Charges[at]
		switch answered := e.Result == settlement.ResultApplied; {
		case answered || !c.doubted && !c.Taken:
			c.Line, c.Known, c.doubted = line, true, c.doubted && !answered
			c.Refusals, c.Handed = Refusals{}, false
		case e.Result == settlement.ResultRefused && !c.Known:
			c.Refusals.add(line.Words)
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
