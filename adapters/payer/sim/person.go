package sim

import (
	"fmt"

	"github.com/onestop-gateway/onestop/settlement"
)

// Person is one insured and how the payer pays for them. Amounts are yuan and
// ratios decimals, as text; empty is zero.
type Person struct {
	Name            string `json:"name"`
	Certificate     string `json:"certificate"` // identity number
	Scheme          string `json:"scheme"`      // code of the scheme, as in "390"
	Area            string `json:"area"`        // division insured in
	Stopped         bool   `json:"stopped"`     // the insurance is not in force
	Ratio           string `json:"ratio"`
	Deductible      string `json:"deductible"`
	SelfFundedRatio string `json:"self_funded_ratio"`
	FirstPayRatio   string `json:"first_pay_ratio"`
	CriticalAbove   string `json:"critical_above"`
	CriticalRatio   string `json:"critical_ratio"`
	MinimumRatio    string `json:"minimum_ratio"` // of the eligible amount, guaranteed
	AssistanceRatio string `json:"assistance_ratio"`
	SpecialCare     string `json:"special_care"`
	Commercial      string `json:"commercial"`
	HospitalDerate  string `json:"hospital_derate"`
	Balance         string `json:"balance"` // of the personal account
}

// benefits is Person understood.
type benefits struct {
	Ratio, SelfFunded, FirstPay, Critical, Minimum, Assistance                  settlement.Ratio
	Deductible, CriticalAbove, SpecialCare, Commercial, HospitalDerate, Balance settlement.Money
}

// terms reads the person's figures.
func (p Person) terms() (benefits, error) {
	var b benefits
	for _, ratio := range []struct {
		text string
		to   *settlement.Ratio
	}{
		{p.Ratio, &b.Ratio}, {p.SelfFundedRatio, &b.SelfFunded}, {p.FirstPayRatio, &b.FirstPay},
		{p.CriticalRatio, &b.Critical}, {p.MinimumRatio, &b.Minimum}, {p.AssistanceRatio, &b.Assistance},
	} {
		if ratio.text == "" {
			continue
		}
		value, err := settlement.ParseRatio(ratio.text)
		if err != nil {
			return benefits{}, err
		}
		*ratio.to = value
	}
	for _, amount := range []struct {
		text string
		to   *settlement.Money
	}{
		{p.Deductible, &b.Deductible}, {p.CriticalAbove, &b.CriticalAbove}, {p.SpecialCare, &b.SpecialCare},
		{p.Commercial, &b.Commercial}, {p.HospitalDerate, &b.HospitalDerate}, {p.Balance, &b.Balance},
	} {
		if amount.text == "" {
			continue
		}
		value, err := settlement.ParseMoney(amount.text)
		if err != nil {
			return benefits{}, err
		}
		*amount.to = value
	}
	if !b.possible() {
		return benefits{}, fmt.Errorf("ratios above 1 or amounts below 0")
	}
	return b, nil
}

func (b benefits) possible() bool {
	ratios := b.Ratio.AtMostOne() && b.SelfFunded.Plus(b.FirstPay).AtMostOne() && b.Critical.AtMostOne() && b.Minimum.AtMostOne() && b.Assistance.AtMostOne()
	return ratios && min(b.Deductible, b.CriticalAbove, b.SpecialCare, b.Commercial, b.HospitalDerate, b.Balance) >= 0
}

// identify says who has an identity number.
func (s *Simulator) identify(q question) answer {
	number, person, known := s.stage.byCertificate(q.Input.Data.Certificate)
	if !known {
		return noSuchPerson
	}
	return answer{content: identified, insured: &insured{number, person}}
}
