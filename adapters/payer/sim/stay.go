package sim

import "encoding/json"

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

// noSuchStay is the answer about a stay nobody admitted.
var noSuchStay = refusal("[P408] 未找到住院登记")

// fill puts into a question what the payer knows of its stay, and reports
// whether it knows it.
func (s Script) fill(q *question) bool {
	stay, known := s.Stays[q.Input.Data.Encounter]
	if !known && s.AnyStay != nil {
		stay, known = *s.AnyStay, true
	}
	input := &q.Input.Data
	input.Person, input.Scheme, input.VoucherType, input.UseAccount = stay.Person, s.People[stay.Person].Scheme, "02", "1"
	input.Total, input.SelfFunded, input.OverLimit = stay.Total, stay.SelfFunded, stay.OverLimit
	input.FirstSelfPay, input.Eligible = stay.FirstSelfPay, stay.Eligible
	return known
}
