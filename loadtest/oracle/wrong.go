package oracle

import (
	"math/big"
	"slices"
	"strings"
)

// vocabulary is what a registry may hold.
var vocabulary = []string{
	"five_guarantee", "three_no", "urban_dibao", "rural_dibao", "new_four", "marginal", "special_care", "tekun", "dibao", "illness_poverty",
}

// texts are all amounts of a step.
func (s *Step) texts() []string {
	b, p := s.Bill, s.Payers
	all := []string{b.Total, b.OutOfScope, b.FirstSelfPay, b.OverLimit, b.InScope, p.Basic, p.Commercial, p.Derate, p.Special, p.Charity}
	if p.Critical != nil {
		all = append(all, p.Critical.Pay)
	}
	return all
}

// offer is what a source pays or offers.
func (p *Payers) offer(source string) *big.Rat {
	return yuan(map[string]string{
		"commercial": p.Commercial, "hospital_derate": p.Derate, "special_care": p.Special, "charity": p.Charity,
	}[source])
}

// offers is what several sources pay or offer together.
func (p *Payers) offers(sources []string) *big.Rat {
	sum := new(big.Rat)
	for _, source := range sources {
		sum = plus(sum, p.offer(source))
	}
	return sum
}

// given is the insurer's own figure of critical illness.
func (p *Payers) given() *big.Rat {
	if p.Critical == nil || p.Critical.Source != "given" {
		return new(big.Rat)
	}
	return yuan(p.Critical.Pay)
}

// versionOn is the version whose dates hold a day, or nil.
func (p *Policy) versionOn(day string) *Version {
	for _, v := range p.Versions {
		if v.From <= day && (v.To == nil || day <= *v.To) {
			return v
		}
	}
	return nil
}

// wrong names every error of a step; the answer is the first in precedence.
func wrong(s *Step, person *Person, v *Version) []string {
	before := []string{"commercial", "hospital_derate", "special_care"}
	if v != nil {
		before = v.Before
	}
	b := s.Bill
	parts := plus(yuan(b.OutOfScope), yuan(b.FirstSelfPay), yuan(b.OverLimit), yuan(b.InScope))
	paid := plus(yuan(s.Payers.Basic), s.Payers.given(), s.Payers.offers(before))
	holds := []struct {
		reason string
		is     bool
	}{
		{"BAD_PRECISION", slices.ContainsFunc(s.texts(), tooFine)},
		{"NEGATIVE_AMOUNT", slices.ContainsFunc(s.texts(), func(text string) bool { return yuan(text).Sign() < 0 })},
		{"BILL_UNBALANCED", parts.Cmp(yuan(b.Total)) != 0},
		{"PAYERS_EXCEED_TOTAL", paid.Cmp(yuan(b.Total)) > 0},
		{"DATE_ORDER", s.Discharge < s.Admission},
		{"NO_POLICY_VERSION", v == nil},
		{"UNKNOWN_CATEGORY", slices.ContainsFunc(person.Categories, func(h Held) bool { return !slices.Contains(vocabulary, h.ID) })},
		{"CARE_BILL_NOT_ZERO", s.Mode == "care" && slices.ContainsFunc(s.texts()[:5], func(text string) bool { return yuan(text).Sign() != 0 })},
		{"SCHEME_CONFLICT", s.uninsured() && plus(yuan(s.Payers.Basic), s.Payers.given()).Sign() > 0},
		{"SOURCE_NOT_PLACED", v != nil && unplaced(s.Payers, v)},
	}
	var all []string
	for _, each := range holds {
		if each.is {
			all = append(all, each.reason)
		}
	}
	return all
}

// tooFine reports more than two decimals.
func tooFine(text string) bool {
	_, fraction, _ := strings.Cut(text, ".")
	return len(fraction) > 2
}

// unplaced reports an offer of a source that pays neither before nor after.
func unplaced(p *Payers, v *Version) bool {
	placed := plus(p.offers(v.Before), p.offers(v.After))
	return placed.Cmp(p.offers([]string{"commercial", "hospital_derate", "special_care", "charity"})) != 0
}

// uninsured says whether the uninsured rule governs the step.
func (s *Step) uninsured() bool {
	return s.Payers.Scheme == "none" && (s.Mode == "inpatient" || s.Mode == "outpatient")
}
