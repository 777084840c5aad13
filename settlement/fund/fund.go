// Package fund says how an assistance fund stands: what the levels of
// government and charity raised for it, what settlements and enrolment
// subsidies drew, and when it runs out at the present pace. A fund is a budget
// that warns, never a refusal at the window: the county reports tell of 121.3 %
// and 122.6 % of the year's money paid out.
package fund

import (
	"strconv"

	"github.com/onestop-gateway/onestop/settlement"
)

// Key names one fund of one region in one year.
type Key struct {
	Region settlement.RegionID
	Fund   settlement.Fund
	Year   int
}

// Account is the fund's account in the ledger. What settlements draw by the
// share of a level stands in accounts below it.
func (k Key) Account() string {
	return "fund/" + string(k.Fund) + "/" + string(k.Region) + "/" + strconv.Itoa(k.Year)
}

// Check refuses a key that can name no fund.
func (k Key) Check() error {
	switch {
	case !regionCode(k.Region):
		return wrong("region_id", string(k.Region))
	case k.Fund != settlement.UrbanFund && k.Fund != settlement.RuralFund:
		return wrong("fund", string(k.Fund))
	case k.Year < 1990 || k.Year > 2999:
		return wrong("year", strconv.Itoa(k.Year))
	}
	return nil
}

// regionCode reports whether a region is six digits (GB/T 2260).
func regionCode(region settlement.RegionID) bool {
	if len(region) != 6 {
		return false
	}
	for i := range len(region) {
		if region[i] < '0' || region[i] > '9' {
			return false
		}
	}
	return true
}

// Kind is what a posting does to a fund.
type Kind string

// The kinds.
const (
	Budget    Kind = "budget"    // money raised for the year
	Enrolment Kind = "enrolment" // premiums of the poor paid out of the fund (资助参保)
)

// PostingID names a posting.
type PostingID string

// Posting is one line in a fund's books beside its settlements. It is never
// changed: what was wrong is put right by another with the amount negative.
type Posting struct {
	ID       PostingID
	Tenant   settlement.TenantID  // in whose scope Request is
	Request  settlement.RequestID // of the caller; one posting each
	Key      Key
	Kind     Kind
	Level    settlement.Level // budgets: who gives
	Amount   settlement.Money // fen; negative takes back what an earlier one said
	Persons  int              // enrolments: how many are subsidised; negative as the amount
	Document string           // the official document that says so
	Day      settlement.Date  // on which it takes effect
	By       string           // who posted it
	At       int64            // when, microseconds since 1970
}

// documentMax bounds the name of a document, bytes.
const documentMax = 200

// Check refuses a posting that could not be explained later, naming the field.
func (p *Posting) Check() error {
	if err := p.Key.Check(); err != nil {
		return err
	}
	switch {
	case p.Amount == 0 || p.Amount > amountMax || p.Amount < -amountMax:
		return wrong("amount", p.Amount.String())
	case p.Document == "" || len(p.Document) > documentMax:
		return wrong("document", "")
	case p.Day.Year() != p.Key.Year:
		return wrong("day", p.Day.String())
	}
	switch p.Kind {
	case Budget:
		return p.checkBudget()
	case Enrolment:
		return p.checkEnrolment()
	}
	return wrong("kind", string(p.Kind))
}

// amountMax bounds one posting: ten thousand million yuan.
const amountMax = settlement.Money(1_000_000_000_000)

func (p *Posting) checkBudget() error {
	for _, level := range settlement.Levels {
		if p.Level == level && p.Persons == 0 {
			return nil
		}
	}
	return wrong("level", string(p.Level))
}

func (p *Posting) checkEnrolment() error {
	if p.Level != "" {
		return wrong("level", string(p.Level))
	}
	if p.Persons == 0 || (p.Persons > 0) != (p.Amount > 0) {
		return wrong("persons", strconv.Itoa(p.Persons))
	}
	return nil
}

// Same reports whether two postings say the same, whoever posted them when.
func (p *Posting) Same(other *Posting) bool {
	said := *p
	said.ID, said.Tenant, said.Request, said.By, said.At = other.ID, other.Tenant, other.Request, other.By, other.At
	return said == *other
}

// Entries are the posting in the ledger, in double entry. A fund's account is
// debited with what it pays and credited with what it is given.
func (p *Posting) Entries() []settlement.Entry {
	given := "budget/" + string(p.Level) + "/" + string(p.Key.Region)
	from, to := given, p.Key.Account()
	if p.Kind == Enrolment {
		from, to = p.Key.Account(), "enrolment/"+string(p.Key.Region)
	}
	amount := p.Amount
	if amount < 0 {
		from, to, amount = to, from, -amount
	}
	return []settlement.Entry{{Account: from, Debit: amount}, {Account: to, Credit: amount}}
}

func wrong(field, value string) error {
	return &settlement.Error{Kind: settlement.KindInvalid, Reason: settlement.ReasonInvalidArgument, Field: field, Value: value}
}
