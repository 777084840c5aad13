package settlement

import "time"

// Settlement is the record of one bill decided across payers. What was asked
// is fixed when it is opened; only the part under "moving" changes, by the
// transitions of this package.
type Settlement struct {
	ID          SettlementID
	Tenant      TenantID
	Request     RequestID
	Fingerprint string // of the business content of the request
	Facility    FacilityID
	Discharge   DischargeID
	Encounter   EncounterID
	Insured     Private // the payer's number of the person
	Beneficiary Beneficiary
	Policy      PolicyID
	Version     VersionID
	Year        int // benefit year, decided once (A08)
	Claim       Claim
	Coverage    Coverage // as known at opening; Total adds what the legs paid
	// BillStated tells a bill whose four parts the facility stated from one
	// that only states the total and takes the parts from the payer.
	BillStated bool
	OpenedAt   time.Time
	DecideBy   time.Time   // still undecided then, it is aborted
	Quote      QuoteID     // the held quote it was asked to be settled by, if any
	Admission  AdmissionID // the stay that was registered before, if any

	// Moving.
	State        State
	Decision     Decision
	Reason       Reason // why it was aborted or needs attention
	Message      string // the payer's own words behind Reason, if any
	Legs         []Leg
	Used         Accumulator   // what it was adjudicated on: used by the person, held by others
	Promise      *Promise      // of the quote it took up, once committed
	Adjudication *Adjudication // once committed
	Sequence     int64         // order among the closed, given by the store (A24)
	ClosedAt     time.Time     // committed or aborted
	Reversal     *Reversal     // once asked for
	Proposal     *Proposal     // one person's word on what needs attention, waiting for another's
	RetriedAt    time.Time     // when people last had it tried again
	Review       bool          // an earlier settlement this one built on was reversed
	Adjustments  []Adjustment  // posted since it was committed, in order

	// Fencing and timing.
	Revision   int64     // rises by one with every durable write
	Epoch      int64     // rises with every change of owner
	Owner      string    // instance working on it
	LeaseUntil time.Time // until when the owner may act
	NextAt     time.Time // when it should be looked at again
	Seal       Seal      // of the last line of its audit trail
}

// Seal is a digest that covers a line of an audit trail and every line before
// it; the zero value covers none.
type Seal [32]byte

// Reversal is the counter-part of a committed settlement: who asked, why, and
// how it ended.
type Reversal struct {
	Request RequestID
	Cause   string // the facility's reason, free text
	AskedAt time.Time
	DoneAt  time.Time // when it was complete, or refused
	Refused Reason    // set when the payer said no and the settlement stands
}

// Leg is one payer's part in a settlement.
type Leg struct {
	Payer      PayerCode
	State      LegState
	Message    MessageID // of the settle call, allocated before it is sent
	SentAt     time.Time
	QuietUntil time.Time // before it, "not found" proves nothing
	Doubted    bool      // was ever in doubt: may never become rejected
	Sends      int       // attempts at sending the settle; all but the last never left
	Inquiries  int
	Payment    Payment   // what the payer said it pays
	Undo       MessageID // of the reversal, allocated once
	Undos      int       // reversals sent
	Unsent     int       // reversals that never left
	NextAt     time.Time // not to be called again before
}

// Payment is a payer's answer in the words of the domain.
type Payment struct {
	Reference       string // the payer's id of its own record (setl_id)
	Encounter       EncounterID
	Bill            Bill // as the payer sees it
	Basic           Money
	CriticalIllness Money
	Assistance      Money // the payer's own assistance, which excludes ours
	Others          []Share
	PersonalAccount Money // the person's own account money, part of what they pay
	At              time.Time
}

// Paid is what the payer itself bears of the bill; the person's own account
// money is no part of it.
func (p Payment) Paid() Money {
	paid := p.Basic + p.CriticalIllness + p.Assistance
	for _, share := range p.Others {
		paid += share.Amount
	}
	return paid
}

// Objection is why the payment of one of s's legs cannot stand beside what was
// asked for: the payer assists already, or pays critical illness that another
// leg's payer pays too or the policy computes; "" where nothing is wrong.
func (s *Settlement) Objection(p Payment) Reason {
	switch {
	case p.Assistance != 0:
		return ReasonPayerAssists
	case p.CriticalIllness == 0:
		return ""
	case s.Coverage.ComputeCriticalIllness:
		return ReasonCriticalTwice
	}
	paying := 0
	for i := range s.Legs {
		if s.Legs[i].Payment.CriticalIllness != 0 {
			paying++
		}
	}
	if paying > 1 {
		return ReasonCriticalTwice
	}
	return ""
}

// Total is the coverage with what the legs paid added: the input of the
// adjudication.
func (s *Settlement) Total() Coverage {
	total := s.Coverage
	total.Others = append([]Share(nil), s.Coverage.Others...)
	for _, leg := range s.Legs {
		total.Basic += leg.Payment.Basic
		total.CriticalIllness += leg.Payment.CriticalIllness
		total.Others = append(total.Others, leg.Payment.Others...)
	}
	return total
}

// Billed is the claim with the parts of its bill taken from the payer where
// the facility stated only the total.
func (s *Settlement) Billed() Claim {
	claim := s.Claim
	if !s.BillStated && len(s.Legs) > 0 {
		claim.Bill = s.Legs[0].Payment.Bill
	}
	return claim
}

// Posting is a committed settlement as later ones of the same person see it.
func (s *Settlement) Posting() Posting {
	return Posting{
		ID: s.ID, Person: s.Beneficiary.ID, Year: s.Year, Sequence: s.Sequence,
		CapLimited: s.Adjudication.CapLimited, Accumulated: s.Adjudication.Accumulated,
		Reversed: s.State == StateReversed,
	}
}

// Entry is one immutable line of the ledger. The entries of a settlement sum
// to zero, and so do those of its reversal.
type Entry struct {
	Account string // as in "fund/rural/360827/2012", "facility/H36082700001"
	Debit   Money
	Credit  Money
}

// Entries are the ledger lines of a committed settlement: every bearer is
// debited its share and the facility is credited the bill; a care grant is
// credited to the person.
func (s *Settlement) Entries() []Entry {
	adjudication, total := s.Adjudication, s.Total()
	entries := make([]Entry, 0, 8)
	debit := func(account string, amount Money) {
		if amount != 0 {
			entries = append(entries, Entry{Account: account, Debit: amount})
		}
	}
	for _, leg := range s.Legs {
		debit("payer/"+string(leg.Payer)+"/basic", leg.Payment.Basic)
		debit("payer/"+string(leg.Payer)+"/critical_illness", leg.Payment.CriticalIllness)
	}
	if total.ComputeCriticalIllness {
		debit("critical_illness/"+string(s.Beneficiary.Region), adjudication.CriticalIllness)
	}
	for _, share := range adjudication.Before {
		debit("source/"+string(share.Source), share.Amount)
	}
	fund := s.fundAccount()
	if len(adjudication.Funding) == 0 {
		debit(fund, adjudication.Benefit)
	}
	for _, funded := range adjudication.Funding {
		debit(fund+"/"+string(funded.Level), funded.Amount)
	}
	for _, share := range adjudication.After {
		debit("source/"+string(share.Source), share.Amount)
	}
	if s.Claim.Mode == Care {
		return append(entries, Entry{Account: "person/" + string(s.Beneficiary.ID), Credit: adjudication.Benefit})
	}
	debit("person/"+string(s.Beneficiary.ID), adjudication.PatientPays)
	return append(entries, Entry{Account: "facility/" + string(s.Facility), Credit: s.Claim.Bill.Submitted})
}

// Balanced reports whether entries sum to zero, which those of a settlement
// and those of its reversal must.
func Balanced(entries []Entry) bool {
	sum := Money(0)
	for _, entry := range entries {
		sum += entry.Debit - entry.Credit
	}
	return sum == 0
}

// Counter are the entries that undo entries: debit and credit swapped.
func Counter(entries []Entry) []Entry {
	counter := make([]Entry, len(entries))
	for i, entry := range entries {
		counter[i] = Entry{Account: entry.Account, Debit: entry.Credit, Credit: entry.Debit}
	}
	return counter
}
