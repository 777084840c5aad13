package sim

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/onestop-gateway/onestop/settlement"
)

// Stay is what was charged for one stay and whose it is. Amounts are yuan, as
// text.
type Stay struct {
	Person       string      `json:"person"` // the payer's number
	Total        json.Number `json:"total"`
	SelfFunded   json.Number `json:"self_funded"`
	OverLimit    json.Number `json:"over_limit"`
	FirstSelfPay json.Number `json:"first_self_pay"`
	Eligible     json.Number `json:"eligible"`
}

// upload is a stay that a hospital admitted and charged over the wire.
type upload struct {
	person          string
	inpatient       string            // the hospital's own number
	charges         map[string]charge // by the hospital's own code of the row
	total, eligible settlement.Money
}

// charge is one uploaded row.
type charge struct {
	Code     string           `json:"code"` // the hospital's own
	Total    settlement.Money `json:"total_fen"`
	Eligible settlement.Money `json:"eligible_fen"`
}

// row is a charge as it is uploaded.
type row struct {
	Code  string `xml:"hisDetailCode"`
	Item  string `xml:"detailCode"`
	Total string `xml:"totalCost"`
}

var (
	noSuchPerson = refusal("[P404] 未查询到人员信息")
	noSuchStay   = refusal("[P408] 未找到住院登记")
)

// admit opens a stay and gives it a number; where the script deduplicates, one
// that is open keeps its own.
func (s *Simulator) admit(q question) answer {
	person, known := s.stage.current().person(q.Input.Data.Person)
	if !known || person.Stopped {
		return noSuchPerson
	}
	if s.stage.current().Deduplicate {
		for number, open := range s.book.uploads {
			if open.person == q.Input.Data.Person && open.inpatient == q.inpatient {
				return answer{content: admitted, records: []record{{entry: entry{Encounter: number}}}}
			}
		}
	}
	e := s.book.add(entry{
		Person: q.Input.Data.Person, Inpatient: q.inpatient, Encounter: fmt.Sprintf("I%012d", s.book.lines+1), At: q.Time, Admission: true,
	})
	return answer{content: admitted, records: []record{{entry: e}}}
}

// charge takes rows of a stay: each is eligible by its item's ratio, and one
// that is known already is not stored again.
func (s *Simulator) charge(q question) answer {
	stay := s.book.uploads[q.Input.Data.Encounter]
	if stay == nil {
		return noSuchStay
	}
	a := answer{content: charged}
	for _, one := range q.rows {
		total, sound := fourDecimals(one.Total)
		kept, known := stay.charges[one.Code]
		switch {
		case one.Code == "" || !sound:
			a.charges = append(a.charges, charge{Code: one.Code, Total: -1})
			continue
		case !known:
			kept = charge{one.Code, total, total.Times(s.stage.current().ratioOf(one.Item))}
			s.book.add(entry{Person: stay.person, Encounter: q.Input.Data.Encounter, At: q.Time, Charge: &kept})
		}
		a.charges = append(a.charges, kept)
	}
	return a
}

// fourDecimals reads an amount that may carry two further noughts.
func fourDecimals(text string) (settlement.Money, bool) {
	if whole, fraction, _ := strings.Cut(text, "."); len(fraction) == 4 && fraction[2:] == "00" {
		text = whole + "." + fraction[:2]
	}
	total, err := settlement.ParseMoney(text)
	return total, err == nil && total >= 0
}

// ratioOf is the part of an item that is eligible: all of it unless Items says
// otherwise.
func (s Script) ratioOf(item string) settlement.Ratio {
	text, listed := s.Items[item]
	if !listed {
		text = "1"
	}
	return mustRatio(text)
}

// fill puts into a question what the payer knows of its stay: by the script,
// by upload, or by the script's stay for all others. It reports whether it
// knows it.
func (s *Simulator) fill(q *question) (known bool, err error) {
	script, input := s.stage.current(), &q.Input.Data
	stay, known := script.Stays[input.Encounter]
	if !known {
		err = s.book.visit(func() {
			if own := s.book.uploads[input.Encounter]; own != nil {
				stay, known = own.stay(), true
			}
		})
	}
	if !known && script.AnyStay != nil {
		stay, known = *script.AnyStay, true
	}
	person, _ := script.person(stay.Person)
	input.Person, input.Scheme, input.VoucherType, input.UseAccount = stay.Person, person.Scheme, "02", "1"
	input.Total, input.SelfFunded, input.OverLimit = stay.Total, stay.SelfFunded, stay.OverLimit
	input.FirstSelfPay, input.Eligible = stay.FirstSelfPay, stay.Eligible
	return known, err
}

// stay is what was uploaded so far; what is not eligible is self-funded.
func (u *upload) stay() Stay {
	return Stay{
		Person: u.person, Total: json.Number(u.total.String()), SelfFunded: json.Number((u.total - u.eligible).String()),
		Eligible: json.Number(u.eligible.String()),
	}
}
