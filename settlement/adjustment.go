package settlement

import (
	"slices"
	"strconv"
	"time"
)

// AdjustmentID names an adjustment: it is posted once.
type AdjustmentID string

// Adjustment corrects, by a posting of its own, what the ledger says that one
// bearer bears of a committed settlement. Two people agreed on it, and a
// document speaks for it. It changes nothing else: not what the patient was
// answered and paid, nor what the year has used of a cap, which stays what was
// granted to the person.
type Adjustment struct {
	ID       AdjustmentID
	Payer    PayerCode // whose part; "" for that of assistance
	From     Money     // what the ledger said before
	To       Money     // what the bearer says, and the ledger from then on
	Document string    // what proves it
	Cause    string    // why, for a person
	By       string    // who proposed it
	Approver string
	At       time.Time
}

// Amount is what is posted: below zero where less is borne than was booked.
func (a *Adjustment) Amount() Money { return a.To - a.From }

// Borne is what a payer's funds bear: what a hospital takes off its own bill
// is in a payer's answer, and in no list of its funds.
func (p Payment) Borne() Money {
	borne := p.Paid()
	for _, share := range p.Others {
		if share.Source == HospitalDerate {
			borne -= share.Amount
		}
	}
	return borne
}

// Borne is what the ledger says that the payer, or for "" assistance, bears of
// s while it stands, adjustments included.
func (s *Settlement) Borne(payer PayerCode) (borne Money) {
	if payer == "" && s.Adjudication != nil {
		borne = s.Adjudication.Benefit
	}
	for i := range s.Legs {
		if payer != "" && s.Legs[i].Payer == payer {
			borne += s.Legs[i].Payment.Borne()
		}
	}
	return borne + s.Correction(payer)
}

// Correction is what adjustments added to what the payer, or for ""
// assistance, bears.
func (s *Settlement) Correction(payer PayerCode) (sum Money) {
	for i := range s.Adjustments {
		if s.Adjustments[i].Payer == payer {
			sum += s.Adjustments[i].Amount()
		}
	}
	return sum
}

// Adjustment is that of a name, or nil.
func (s *Settlement) Adjustment(id AdjustmentID) *Adjustment {
	i := slices.IndexFunc(s.Adjustments, func(a Adjustment) bool { return a.ID == id })
	if i < 0 {
		return nil
	}
	return &s.Adjustments[i]
}

// Adjusted is s with an adjustment more. Blocked: s does not stand, the part is
// not one of it, or is not what the adjustment starts from. Invalid: nobody or
// nothing speaks for it, or a part would be below zero or above the bill.
func (s Settlement) Adjusted(a Adjustment) (Settlement, error) {
	switch {
	case a.ID == "" || a.Document == "" || a.By == "" || a.Approver == "" || a.By == a.Approver:
		return s, &Error{Kind: KindInvalid, Reason: ReasonInvalidArgument, Field: "document", Object: string(s.ID)}
	case a.Amount() == 0 || a.To < 0 || a.To > s.limit():
		return s, &Error{Kind: KindInvalid, Reason: ReasonInvalidArgument, Field: "amount", Object: string(s.ID), Value: a.To.String()}
	case s.State != StateCommitted || s.Adjudication == nil:
		return s, s.unadjustable("is " + string(s.State))
	case a.Payer == "" && s.Adjudication.Fund == "", a.Payer != "" && s.parts(a.Payer) != 1:
		return s, s.unadjustable("has no such part")
	case s.Borne(a.Payer) != a.From:
		return s, s.unadjustable("is booked with " + s.Borne(a.Payer).String() + " there now, not " + a.From.String())
	}
	s.Adjustments = append(slices.Clip(s.Adjustments), a)
	return s, nil
}

func (s *Settlement) unadjustable(says string) error {
	return &Error{Kind: KindBlocked, Reason: ReasonFixNotPossible, Object: string(s.ID), Value: says}
}

// limit is the most that anybody can bear: the bill, or of a grant, which has
// none, any amount.
func (s *Settlement) limit() Money {
	if s.Claim.Mode == Care {
		return MoneyMax
	}
	return s.Claim.Bill.Submitted
}

// parts is how many legs a payer has.
func (s *Settlement) parts(payer PayerCode) (n int) {
	for i := range s.Legs {
		if s.Legs[i].Payer == payer {
			n++
		}
	}
	return n
}

// The accounts of adjustments. One is below the bearer's account, so that it is
// in what the bearer owes; what it posts stands against an account of each
// bearer's, that nobody pays. That of grants, which no facility is paid, is
// apart.
const (
	AdjustmentBelow   = "/adjustment"       // as in "payer/nhsa-360827/adjustment"
	AdjustmentAgainst = "adjustment/"       // as in "adjustment/payer/nhsa-360827"
	AdjustmentOfGrant = "adjustment/grant/" // as in "adjustment/grant/fund/rural/360827/2012"
)

// AdjustingEntries are the ledger lines of one adjustment of s, in double entry.
func (s *Settlement) AdjustingEntries(a *Adjustment) []Entry {
	bearer := "payer/" + string(a.Payer)
	if a.Payer == "" {
		bearer = s.fundAccount()
	}
	from, to, amount := AdjustmentAgainst+bearer, bearer+AdjustmentBelow, a.Amount()
	if s.Claim.Mode == Care {
		from = AdjustmentOfGrant + bearer
	}
	if amount < 0 {
		from, to, amount = to, from, -amount
	}
	return []Entry{{Account: to, Debit: amount}, {Account: from, Credit: amount}}
}

// Booked are all the ledger lines of a settlement that stands: its entries and
// those of its adjustments.
func (s *Settlement) Booked() []Entry {
	entries := s.Entries()
	for i := range s.Adjustments {
		entries = append(entries, s.AdjustingEntries(&s.Adjustments[i])...)
	}
	return entries
}

// fundAccount is the account of the fund that assists.
func (s *Settlement) fundAccount() string {
	return "fund/" + string(s.Adjudication.Fund) + "/" + string(s.Beneficiary.Region) + "/" + strconv.Itoa(s.Year)
}
