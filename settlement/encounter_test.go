package settlement_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/onestop-gateway/onestop/settlement"
)

// encounter is one claim under a policy, with everything it depends on. Its
// methods change one thing and return it, so that a case reads as a sentence.
type encounter struct {
	policy   *settlement.Policy
	who      settlement.Beneficiary
	claim    settlement.Claim
	coverage settlement.Coverage
	used     settlement.Accumulator
}

// stay is an inpatient stay in March 2020 of a person with the categories for
// life, insured as a resident, whose bill is all eligible and whom nobody has
// paid for yet.
func stay(eligible string, held ...settlement.CategoryID) *encounter {
	e := &encounter{policy: county()}
	e.who = settlement.Beneficiary{ID: "p1", Residence: settlement.Rural}
	for _, category := range held {
		e.who.Entitlements = append(e.who.Entitlements, settlement.Entitlement{
			Category: category, Period: settlement.Period{From: day("2000-01-01")},
		})
	}
	e.claim = settlement.Claim{
		Mode: settlement.Inpatient, DiseaseClass: settlement.General,
		Admission: day("2020-03-01"), Discharge: day("2020-03-10"),
		Bill:      settlement.Bill{Submitted: yuan(eligible), Eligible: yuan(eligible)},
		Treatment: settlement.Treatment{Designated: true, InArea: true, Referral: settlement.ReferralNone},
	}
	e.coverage = settlement.Coverage{Scheme: settlement.SchemeResident}
	return e
}

func (e *encounter) mode(mode settlement.Mode) *encounter { e.claim.Mode = mode; return e }

func (e *encounter) class(class settlement.DiseaseClass, disease string) *encounter {
	e.claim.DiseaseClass, e.claim.Disease = class, disease
	return e
}

func (e *encounter) basic(amount string) *encounter { e.coverage.Basic = yuan(amount); return e }

func (e *encounter) scheme(scheme settlement.Scheme) *encounter {
	e.coverage.Scheme = scheme
	return e
}

func (e *encounter) urban() *encounter { e.who.Residence = settlement.Urban; return e }

// beyond adds to the bill what no assistance is for.
func (e *encounter) beyond(selfFunded, firstSelfPay, overLimit string) *encounter {
	b := &e.claim.Bill
	b.SelfFunded, b.FirstSelfPay, b.OverLimit = yuan(selfFunded), yuan(firstSelfPay), yuan(overLimit)
	b.Submitted = b.SelfFunded + b.FirstSelfPay + b.OverLimit + b.Eligible
	return e
}

func (e *encounter) other(source settlement.Source, amount string) *encounter {
	e.coverage.Others = append(e.coverage.Others, settlement.Share{Source: source, Amount: yuan(amount)})
	return e
}

func (e *encounter) given(amount string) *encounter {
	e.coverage.CriticalIllness = yuan(amount)
	return e
}

func (e *encounter) compute() *encounter { e.coverage.ComputeCriticalIllness = true; return e }

func (e *encounter) dates(admission, discharge string) *encounter {
	e.claim.Admission, e.claim.Discharge = day(admission), day(discharge)
	return e
}

// heldFrom gives the person's categories other dates.
func (e *encounter) held(from, to string) *encounter {
	period := settlement.Period{From: day(from)}
	if to != "" {
		period.To = day(to)
	}
	for i := range e.who.Entitlements {
		e.who.Entitlements[i].Period = period
	}
	return e
}

func (e *encounter) drawn(bucket settlement.BucketID, amount string) *encounter {
	e.used = e.used.Plus(settlement.Accumulator{Used: map[settlement.BucketID]settlement.Money{bucket: yuan(amount)}})
	return e
}

func (e *encounter) year(change func(*settlement.Accumulator)) *encounter { change(&e.used); return e }

func (e *encounter) under(change func(*settlement.Version)) *encounter {
	change(&e.policy.Versions[0])
	return e
}

func (e *encounter) at(change func(*settlement.Treatment)) *encounter {
	change(&e.claim.Treatment)
	return e
}

func (e *encounter) adjudicate() (settlement.Adjudication, error) {
	return settlement.Adjudicate(e.policy, e.who, e.claim, e.coverage, e.used)
}

// answer says what came out in one line, without what is zero: the outcome,
// the reason, the category, the amounts, and what is added to the year.
func (e *encounter) answer() string {
	a, err := e.adjudicate()
	if err != nil {
		return "error " + string(settlement.ReasonOf(err))
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s", a.Outcome, a.Reason)
	for _, word := range []string{string(a.Category), string(a.Fund)} {
		if word != "" {
			b.WriteString(" " + word)
		}
	}
	for _, part := range []struct {
		name   string
		amount settlement.Money
	}{
		{"critical", a.CriticalIllness}, {"base", a.Base}, {"deductible", a.Deductible},
		{"ordinary", a.Ordinary}, {"inclined", a.Inclined},
	} {
		if part.amount != 0 {
			fmt.Fprintf(&b, ", %s %s", part.name, part.amount)
		}
	}
	for _, share := range a.After {
		fmt.Fprintf(&b, ", %s %s", share.Source, share.Amount)
	}
	fmt.Fprintf(&b, ", patient %s", a.PatientPays)
	for _, warning := range a.Warnings {
		fmt.Fprintf(&b, ", %s", warning)
	}
	return b.String()
}

// spec is one line of a specification: a claim and what it comes to.
type spec struct {
	says string
	e    *encounter
	want string
}

func check(t *testing.T, specs []spec) {
	t.Helper()
	for _, s := range specs {
		t.Run(s.says, func(t *testing.T) {
			if got := s.e.answer(); got != s.want {
				t.Errorf("\n got %s\nwant %s", got, s.want)
			}
		})
	}
}
