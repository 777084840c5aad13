package store

import "github.com/onestop-gateway/onestop/settlement"

// The documents of a settlement. What is searched, ordered or fenced by is
// kept in columns instead: identity, tenant, facility, discharge, year,
// opening time, state, decision, sequence, review and the fencing.
var (
	askedDocument        = document{'q', 1}
	movedDocument        = document{'m', 1}
	adjudicationDocument = document{'j', 1}

	// The second versions say more of a settlement that has to do with quotes
	// that hold. All others are written as before, so that a gateway from
	// before goes on reading them while it is upgraded.
	askedByQuote = document{'q', 2}
	movedByHolds = document{'m', 2}

	// The third versions say more of one that was adjusted, and of one of a stay
	// that was registered before, likewise.
	movedAdjusted    = document{'m', 3}
	askedOfAdmission = document{'q', 3}
)

// EncodeAsked writes the part of s that is fixed when it is opened.
func EncodeAsked(s *settlement.Settlement) []byte {
	if s.Admission != "" {
		return encode(askedOfAdmission, s, askedAfter)
	}
	if s.Quote != "" {
		return encode(askedByQuote, s, askedFor)
	}
	return encode(askedDocument, s, asked)
}

// DecodeAsked reads into s what EncodeAsked wrote. Internal: not readable.
func DecodeAsked(text []byte, s *settlement.Settlement) error {
	switch {
	case askedOfAdmission.heads(text):
		return decode(askedOfAdmission, text, s, askedAfter)
	case askedByQuote.heads(text):
		return decode(askedByQuote, text, s, askedFor)
	}
	return decode(askedDocument, text, s, asked)
}

// EncodeMoved writes the part of s that its transitions change.
func EncodeMoved(s *settlement.Settlement) []byte {
	if s.Adjustments != nil {
		return encode(movedAdjusted, s, movedSince)
	}
	if s.Promise != nil || s.Used.Held != nil || s.Used.GrantsHeld != 0 {
		return encode(movedByHolds, s, movedBeside)
	}
	return encode(movedDocument, s, moved)
}

// DecodeMoved reads into s what EncodeMoved wrote. Internal: not readable.
func DecodeMoved(text []byte, s *settlement.Settlement) error {
	if movedAdjusted.heads(text) {
		return decode(movedAdjusted, text, s, movedSince)
	}
	if movedByHolds.heads(text) {
		return decode(movedByHolds, text, s, movedBeside)
	}
	return decode(movedDocument, text, s, moved)
}

// EncodeAdjudication writes a with its trace; nil gives nil.
func EncodeAdjudication(a *settlement.Adjudication) []byte {
	if a == nil {
		return nil
	}
	return encode(adjudicationDocument, a, adjudication)
}

// DecodeAdjudication reads what EncodeAdjudication wrote. Internal: not
// readable.
func DecodeAdjudication(text []byte) (*settlement.Adjudication, error) {
	if len(text) == 0 {
		return nil, nil
	}
	a := new(settlement.Adjudication)
	err := decode(adjudicationDocument, text, a, adjudication)
	if err != nil {
		return nil, err
	}
	return a, nil
}

func asked(c *cursor, s *settlement.Settlement) {
	text(c, &s.Request)
	text(c, &s.Fingerprint)
	text(c, &s.Encounter)
	private(c, &s.Insured)
	beneficiary(c, &s.Beneficiary)
	text(c, &s.Policy)
	text(c, &s.Version)
	claim(c, &s.Claim)
	coverage(c, &s.Coverage)
	boolean(c, &s.BillStated)
	instant(c, &s.DecideBy)
}

// askedFor is asked of a settlement by a quote that holds.
func askedFor(c *cursor, s *settlement.Settlement) {
	asked(c, s)
	text(c, &s.Quote)
}

// askedAfter is asked of a settlement of a stay that was registered before.
func askedAfter(c *cursor, s *settlement.Settlement) {
	askedFor(c, s)
	text(c, &s.Admission)
}

// movedBeside is moved of a settlement that took up a hold or met others'.
func movedBeside(c *cursor, s *settlement.Settlement) {
	moved(c, s)
	held(c, &s.Used)
	optional(c, &s.Promise, promise)
}

// movedSince is moved of a settlement that was adjusted after its commit.
func movedSince(c *cursor, s *settlement.Settlement) {
	movedBeside(c, s)
	list(c, &s.Adjustments, adjustment)
}

func moved(c *cursor, s *settlement.Settlement) {
	text(c, &s.Reason)
	text(c, &s.Message)
	list(c, &s.Legs, leg)
	accumulator(c, &s.Used)
	instant(c, &s.ClosedAt)
	optional(c, &s.Reversal, reversal)
	optional(c, &s.Proposal, proposal)
	instant(c, &s.RetriedAt)
}

func claim(c *cursor, v *settlement.Claim) {
	text(c, &v.Mode)
	text(c, &v.DiseaseClass)
	text(c, &v.Disease)
	number(c, &v.Admission)
	number(c, &v.Discharge)
	bill(c, &v.Bill)
	boolean(c, &v.Treatment.Designated)
	boolean(c, &v.Treatment.Emergency)
	boolean(c, &v.Treatment.InArea)
	text(c, &v.Treatment.Referral)
	text(c, &v.Treatment.Level)
	text(c, &v.Choice)
	boolean(c, &v.Continued)
	number(c, &v.Filed)
	number(c, &v.Born)
	number(c, &v.Registered)
}

func bill(c *cursor, v *settlement.Bill) {
	number(c, &v.Submitted)
	number(c, &v.SelfFunded)
	number(c, &v.FirstSelfPay)
	number(c, &v.OverLimit)
	number(c, &v.Eligible)
}

func coverage(c *cursor, v *settlement.Coverage) {
	text(c, &v.Scheme)
	number(c, &v.Basic)
	number(c, &v.CriticalIllness)
	boolean(c, &v.ComputeCriticalIllness)
	list(c, &v.Others, share)
}

func share(c *cursor, v *settlement.Share) {
	text(c, &v.Source)
	number(c, &v.Amount)
}

func funded(c *cursor, v *settlement.Funded) {
	text(c, &v.Level)
	number(c, &v.Amount)
}

func leg(c *cursor, v *settlement.Leg) {
	text(c, &v.Payer)
	text(c, &v.State)
	text(c, &v.Message)
	instant(c, &v.SentAt)
	instant(c, &v.QuietUntil)
	boolean(c, &v.Doubted)
	number(c, &v.Sends)
	number(c, &v.Inquiries)
	payment(c, &v.Payment)
	text(c, &v.Undo)
	number(c, &v.Undos)
	number(c, &v.Unsent)
	instant(c, &v.NextAt)
}

func payment(c *cursor, v *settlement.Payment) {
	text(c, &v.Reference)
	text(c, &v.Encounter)
	bill(c, &v.Bill)
	number(c, &v.Basic)
	number(c, &v.CriticalIllness)
	number(c, &v.Assistance)
	list(c, &v.Others, share)
	number(c, &v.PersonalAccount)
	instant(c, &v.At)
}

func reversal(c *cursor, v *settlement.Reversal) {
	text(c, &v.Request)
	text(c, &v.Cause)
	instant(c, &v.AskedAt)
	instant(c, &v.DoneAt)
	text(c, &v.Refused)
}

func proposal(c *cursor, v *settlement.Proposal) {
	text(c, &v.By)
	instant(c, &v.At)
	text(c, &v.Resolution)
	number(c, &v.Leg)
	text(c, &v.Document)
}

func adjustment(c *cursor, v *settlement.Adjustment) {
	text(c, &v.ID)
	text(c, &v.Payer)
	number(c, &v.From)
	number(c, &v.To)
	text(c, &v.Document)
	text(c, &v.Cause)
	text(c, &v.By)
	text(c, &v.Approver)
	instant(c, &v.At)
}

func adjudication(c *cursor, v *settlement.Adjudication) {
	text(c, &v.Outcome)
	text(c, &v.Reason)
	text(c, &v.Version)
	text(c, &v.Category)
	text(c, &v.Fund)
	number(c, &v.CriticalIllness)
	number(c, &v.Base)
	number(c, &v.Deductible)
	number(c, &v.Ordinary)
	number(c, &v.Inclined)
	number(c, &v.Benefit)
	list(c, &v.Funding, funded)
	list(c, &v.Before, share)
	list(c, &v.After, share)
	number(c, &v.PatientPays)
	boolean(c, &v.CapLimited)
	boolean(c, &v.Accumulated)
	list(c, &v.Warnings, text[settlement.Warning])
	accumulator(c, &v.Delta)
	list(c, &v.Candidates, candidate)
	list(c, &v.Trace, step)
}

func accumulator(c *cursor, v *settlement.Accumulator) {
	buckets(c, &v.Used)
	number(c, &v.DeductibleMet)
	number(c, &v.CriticalIllnessBase)
	number(c, &v.CriticalIllnessPaid)
	number(c, &v.CareGrants)
}

// ground is an accumulator with what others hold of it.
func ground(c *cursor, v *settlement.Accumulator) {
	accumulator(c, v)
	held(c, v)
}

func held(c *cursor, v *settlement.Accumulator) {
	buckets(c, &v.Held)
	number(c, &v.GrantsHeld)
}

func promise(c *cursor, v *settlement.Promise) {
	text(c, &v.Quote)
	number(c, &v.Benefit)
}

func candidate(c *cursor, v *settlement.Candidate) {
	text(c, &v.Category)
	number(c, &v.Benefit)
	text(c, &v.Reason)
}

func step(c *cursor, v *settlement.Step) {
	text(c, &v.Rule)
	text(c, &v.Subject)
	text(c, &v.Article)
	number(c, &v.Input)
	text(c, &v.Ratio)
	number(c, &v.Output)
	text(c, &v.Reason)
}
