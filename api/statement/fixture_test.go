package statement

import (
	"testing"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

func yuan(text string) settlement.Money {
	amount, err := settlement.ParseMoney(text)
	if err != nil {
		panic(err)
	}
	return amount
}

func rate(text string) settlement.Ratio {
	ratio, err := settlement.ParseRatio(text)
	if err != nil {
		panic(err)
	}
	return ratio
}

// version is an invented county's rules, with the kinds of rule a sheet can
// have to explain.
func version() *settlement.Version {
	limit, ceiling := yuan("2000"), yuan("60000")
	total := []settlement.Cap{{Bucket: "total", Limit: &ceiling}}
	flat := settlement.RatioRule{Kind: settlement.RatioFlat, Rate: rate("0.7")}
	return &settlement.Version{
		ID: "suichuan_style/2", Effective: settlement.Period{From: settlement.NewDate(2012, 7, 1)},
		Before:    []settlement.Source{settlement.Commercial, settlement.HospitalDerate, settlement.SpecialCare},
		After:     []settlement.Source{settlement.Charity},
		Uninsured: settlement.UninsuredRule{Covered: true, Factor: rate("0.5"), Article: "第九条"},
		Facility:  settlement.FacilityRule{Unreferred: settlement.UnreferredMinus, Points: rate("0.2"), Article: "第十条"},
		Inclined:  &settlement.InclinedRule{Threshold: yuan("600"), Rate: rate("0.6"), Caps: []settlement.Cap{{Bucket: "inclined", Limit: &limit}}, Article: "第八条"},
		Categories: []settlement.CategoryRules{{
			ID: "rural_dibao", Fund: settlement.FundRural, Rules: []settlement.Rule{
				{
					Mode: settlement.Inpatient, DiseaseClass: settlement.AnyDisease, Ratio: flat, Caps: total, Article: "第五条",
					Deductible: settlement.Deductible{Kind: settlement.DeductiblePerStay, Amount: yuan("100")},
				},
				{
					Mode: settlement.Care, Diseases: []string{"尿毒症"}, Grant: yuan("1000"), Article: "第七条",
					Deductible: settlement.Deductible{Kind: settlement.DeductibleNone},
				},
			},
		}},
	}
}

// statement is the invented person's settled stay, adjudicated by the engine
// itself; adjust changes what is asked before that.
func statement(t testing.TB, adjust ...func(*settlement.Settlement)) *lifecycle.Statement {
	t.Helper()
	at := time.Date(2012, 8, 9, 6, 30, 0, 0, time.UTC)
	s := settlement.Settlement{
		ID: "st-1", Facility: "H36082700001", Discharge: "ZY20120809-17", Insured: "36082700000000000000000000000001",
		Policy: "suichuan_style", Version: "suichuan_style/2", Year: 2012, BillStated: true,
		Beneficiary: settlement.Beneficiary{ID: "p-1", Region: "360827", Residence: settlement.Rural, Entitlements: []settlement.Entitlement{
			{Category: "rural_dibao", Period: settlement.Period{From: settlement.NewDate(2010, 1, 1)}},
		}},
		Claim: settlement.Claim{
			Mode: settlement.Inpatient, DiseaseClass: settlement.General, Disease: "肺炎",
			Admission: settlement.NewDate(2012, 8, 1), Discharge: settlement.NewDate(2012, 8, 9),
			Bill:      settlement.Bill{Submitted: yuan("12000"), SelfFunded: yuan("500"), FirstSelfPay: yuan("300"), OverLimit: yuan("200"), Eligible: yuan("11000")},
			Treatment: settlement.Treatment{Designated: true, InArea: true},
		},
		Coverage: settlement.Coverage{Scheme: settlement.SchemeNCMS, Others: []settlement.Share{
			{Source: settlement.HospitalDerate, Amount: yuan("400")}, {Source: settlement.Charity, Amount: yuan("10")},
		}},
		Legs: []settlement.Leg{{Payer: "ncms-360827", State: settlement.LegApplied, Payment: settlement.Payment{
			Basic: yuan("7150"), CriticalIllness: yuan("50.05"), PersonalAccount: yuan("40"),
		}}},
		State: settlement.StateCommitted, Decision: settlement.Commit, ClosedAt: at,
	}
	for _, change := range adjust {
		change(&s)
	}
	if s.State == settlement.StateCommitted || s.State == settlement.StateReversed || s.State == settlement.StateReversing {
		adjudication, err := version().Adjudicate(s.Beneficiary, s.Claim, s.Total(), settlement.Accumulator{})
		if err != nil {
			t.Fatal(err)
		}
		s.Adjudication, s.Reason = &adjudication, adjudication.Reason
	}
	of := &lifecycle.Statement{
		Settlement: s,
		Person:     settlement.Person{Beneficiary: s.Beneficiary, Name: "张测试", Certificate: "360827195001010015"},
		Facility:   lifecycle.Facility{ID: s.Facility, Name: "遂川县人民医院", Level: "二级"},
		Policy:     "遂川县城乡医疗救助办法",
		Used:       settlement.Accumulator{Used: map[settlement.BucketID]settlement.Money{"total": yuan("4000")}},
	}
	if s.Adjudication != nil {
		of.Caps = version().Caps(s.Adjudication.Category, &s.Beneficiary, &s.Claim, &s.Coverage)
	}
	if s.State == settlement.StateCommitted {
		of.Used = of.Used.Plus(s.Adjudication.Delta)
	}
	return of
}

// undecided takes the payers' answers off, though not the time it was closed.
func undecided(state settlement.State, reason settlement.Reason) func(*settlement.Settlement) {
	return func(s *settlement.Settlement) {
		s.State, s.Decision, s.Reason = state, settlement.Undecided, reason
		s.Legs = nil
	}
}

// grant asks for a care grant in place of the stay.
func grant(s *settlement.Settlement) {
	s.Claim.Mode, s.Claim.Disease, s.Claim.Admission = settlement.Care, "尿毒症", s.Claim.Discharge
	s.Claim.Bill, s.Legs, s.Coverage.Others = settlement.Bill{}, nil, nil
}

// saying has the payer say why it refused.
func saying(message string) func(*settlement.Settlement) {
	return func(s *settlement.Settlement) { s.Message = message }
}
