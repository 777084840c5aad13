package worked

import "github.com/onestop-gateway/onestop/settlement"

// text is a figure as a case writes it. Figures are under test, as a caller's
// would be: one in the wrong form makes the settlement answer with an error,
// not the case unreadable.
type text struct {
	at    *settlement.Place
	field string
}

// input collects the figures of a settlement before any is understood, for
// errors of form have a precedence over all of them (A23).
type input struct {
	amounts []text // in the order of billKeys, then payerKeys; nil places read as zero
	dates   [2]text
}

// The amounts of a case, in the order they are read.
var (
	billKeys  = [...]string{"total", "out_of_scope", "pre_self_pay", "over_limit", "in_scope"}
	payerKeys = [...]string{"basic", "commercial", "hospital_derate", "special_care", "charity_offer"}
)

// bill notes the five amounts of a bill; none of them has a default.
func (in *input) bill(p *settlement.Place) {
	p.Map(billKeys[:]...)
	for _, key := range billKeys {
		in.amounts = append(in.amounts, text{p.Need(key), "bill." + key})
	}
}

// payers notes what others pay; an amount left out is nothing.
func (in *input) payers(p *settlement.Place, coverage *settlement.Coverage) {
	p.Map("scheme", "basic", "commercial", "hospital_derate", "special_care", "charity_offer", "critical_illness")
	coverage.Scheme = settlement.Word(p.Need("scheme"),
		settlement.SchemeNCMS, settlement.SchemeResident, settlement.SchemeEmployee, settlement.SchemeNone)
	for _, key := range payerKeys {
		in.amounts = append(in.amounts, text{p.Get(key), "payers." + key})
	}
	critical := p.Get("critical_illness")
	if critical != nil && critical.Map("source", "pay") {
		coverage.ComputeCriticalIllness = orWord(critical.Get("source"), "given", "compute") == "compute"
	}
	in.amounts = append(in.amounts, text{critical.Get("pay"), "payers.critical_illness.pay"})
}

// parse understands the figures: BAD_PRECISION over all amounts first, then
// what is no amount, then what is no day.
func (in *input) parse(s *step) error {
	var amounts [len(billKeys) + len(payerKeys) + 1]settlement.Money
	var unread error
	for i, figure := range in.amounts {
		if figure.at == nil {
			continue
		}
		amount, err := settlement.ParseMoney(figure.at.Text())
		if settlement.ReasonOf(err) == settlement.ReasonBadPrecision {
			return settlement.At(figure.field, err)
		}
		if err != nil && unread == nil {
			unread = settlement.At(figure.field, err)
		}
		amounts[i] = amount
	}
	if unread != nil {
		return unread
	}
	s.claim.Bill = settlement.Bill{
		Submitted: amounts[0], SelfFunded: amounts[1], FirstSelfPay: amounts[2], OverLimit: amounts[3], Eligible: amounts[4],
	}
	s.coverage.Basic = amounts[5]
	for i, source := range [...]settlement.Source{settlement.Commercial, settlement.HospitalDerate, settlement.SpecialCare, settlement.Charity} {
		if amounts[6+i] != 0 {
			s.coverage.Others = append(s.coverage.Others, settlement.Share{Source: source, Amount: amounts[6+i]})
		}
	}
	s.coverage.CriticalIllness = amounts[10]
	return in.parseDates(s)
}

// parseDates understands the days once all amounts are understood.
func (in *input) parseDates(s *step) error {
	for i, day := range []*settlement.Date{&s.claim.Admission, &s.claim.Discharge} {
		figure := in.dates[i]
		if figure.at == nil {
			continue // complained of as missing
		}
		var err error
		if *day, err = settlement.ParseDate(figure.at.Text()); err != nil {
			return settlement.At(figure.field, err)
		}
	}
	return nil
}
