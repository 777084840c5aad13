package settlement_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/onestop-gateway/onestop/adapters/document"
	"github.com/onestop-gateway/onestop/settlement"
)

// parts are a funding rule from texts like "central 0.50".
func parts(texts ...string) *settlement.FundingRule {
	rule := &settlement.FundingRule{Article: "县政办发 第九条"}
	for _, text := range texts {
		level, part, _ := strings.Cut(text, " ")
		rule.Parts = append(rule.Parts, settlement.LevelPart{Level: settlement.Level(level), Part: rate(part)})
	}
	return rule
}

// The last fen falls to the level whose part reaches it.
func TestFundingSplitsToTheFen(t *testing.T) {
	tests := []struct {
		name    string
		benefit string // what assistance comes to: the whole eligible amount
		rule    *settlement.FundingRule
		want    []settlement.Funded
	}{
		{"not told apart", "100.00", nil, nil},
		{"one bears all", "100.00", parts("county 1"), []settlement.Funded{{Level: settlement.County, Amount: 100_00}}},
		{"evenly", "100.00", parts("central 0.60", "province 0.30", "county 0.10"),
			[]settlement.Funded{{Level: settlement.Central, Amount: 60_00}, {Level: settlement.Province, Amount: 30_00}, {Level: settlement.County, Amount: 10_00}}},
		{"district and township, seven to three", "33.33", parts("county 0.70", "township 0.30"),
			[]settlement.Funded{{Level: settlement.County, Amount: 23_33}, {Level: settlement.Township, Amount: 10_00}}},
		{"a fen that two halves reach for", "0.01", parts("city 0.50", "county 0.50"),
			[]settlement.Funded{{Level: settlement.City, Amount: 1}, {Level: settlement.County, Amount: 0}}},
		{"three thirds, nearly", "1.00", parts("central 0.333", "province 0.333", "county 0.334"),
			[]settlement.Funded{{Level: settlement.Central, Amount: 33}, {Level: settlement.Province, Amount: 34}, {Level: settlement.County, Amount: 33}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := funded(t, test.rule, test.benefit)
			if diff := cmp.Diff(test.want, s.Adjudication.Funding); diff != "" {
				t.Error(diff)
			}
			if !settlement.Balanced(s.Entries()) {
				t.Errorf("entries %+v do not sum to zero", s.Entries())
			}
			steps := 0
			for _, step := range s.Adjudication.Trace {
				if step.Rule == settlement.StepFunding {
					steps++
				}
			}
			if steps != len(test.want) {
				t.Errorf("%d steps show the split, want %d", steps, len(test.want))
			}
		})
	}
}

// funded is a settlement whose assistance is the whole amount given.
func funded(t testing.TB, rule *settlement.FundingRule, amount string) settlement.Settlement {
	t.Helper()
	bill, err := settlement.ParseMoney(amount)
	if err != nil {
		t.Fatal(err)
	}
	version := settlement.Version{
		ID: "county/1", Effective: settlement.Period{From: 20200101}, Funding: rule,
		Uninsured: settlement.UninsuredRule{Covered: true, Factor: rate("1")}, Facility: settlement.FacilityRule{Unreferred: settlement.UnreferredCovered},
		Categories: []settlement.CategoryRules{{ID: "tekun", Fund: settlement.FundRural, Rules: []settlement.Rule{{
			Mode: settlement.Inpatient, DiseaseClass: settlement.AnyDisease, Deductible: settlement.Deductible{Kind: settlement.DeductibleNone},
			Ratio: settlement.RatioRule{Kind: settlement.RatioFlat, Rate: rate("1")}, Caps: []settlement.Cap{{Bucket: "total"}},
		}}}},
	}
	s := settlement.Settlement{
		Facility: "H36082700001", Year: 2026, Coverage: settlement.Coverage{Scheme: settlement.SchemeNone},
		Beneficiary: settlement.Beneficiary{ID: "p1", Region: "360827", Residence: settlement.Rural,
			Entitlements: []settlement.Entitlement{{Category: "tekun", Period: settlement.Period{From: 20200101}}}},
		Claim: settlement.Claim{Mode: settlement.Inpatient, DiseaseClass: settlement.General, Admission: 20260301, Discharge: 20260309,
			Bill: settlement.Bill{Submitted: bill, Eligible: bill}, Treatment: settlement.Treatment{Designated: true, InArea: true}},
	}
	result, err := version.Adjudicate(s.Beneficiary, s.Claim, s.Coverage, settlement.Accumulator{})
	if err != nil {
		t.Fatal(err)
	}
	if result.Benefit != bill {
		t.Fatalf("assistance is %s, want %s: %+v", result.Benefit, bill, result)
	}
	s.Adjudication = &result
	return s
}

// Whatever the parts and the amount: nobody bears less than nothing, together
// they bear the benefit, and nobody is off by a fen or more from the exact part.
func TestFundingLosesNothing(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		rest, texts := 1000, []string(nil) // thousandths
		levels := rapid.Permutation(settlement.Levels).Draw(r, "levels")
		for i, level := range levels {
			part := rapid.IntRange(1, rest-len(levels)+1+i).Draw(r, "part")
			if i == len(levels)-1 {
				part = rest
			}
			rest -= part
			texts = append(texts, fmt.Sprintf("%s 0.%03d", level, part))
		}
		rule := parts(texts...)
		benefit := settlement.Money(rapid.Int64Range(1, 100_000_00).Draw(r, "benefit"))
		s := funded(t, rule, benefit.String())
		sum := settlement.Money(0)
		for i, one := range s.Adjudication.Funding {
			exact := benefit.Times(rule.Parts[i].Part)
			if one.Amount < 0 || one.Amount > exact+1 || one.Amount < exact-1 {
				r.Fatalf("%s bears %s of %s, its part is %s", one.Level, one.Amount, benefit, exact)
			}
			sum += one.Amount
		}
		if sum != benefit || !settlement.Balanced(s.Entries()) {
			r.Fatalf("%+v sum to %s, want %s", s.Adjudication.Funding, sum, benefit)
		}
	})
}

// A funding rule that is not the whole, or says a thing twice, does not load.
func TestFundingIsRefused(t *testing.T) {
	const policy = `{"id": "p", "title": "t", "aliases": {}, "versions": [{"id": "p/1", "effective_from": "2020-01-01", "effective_to": null,
		"payers_before": [], "payers_after": [], "uninsured": {"covered": false, "source": "a"}, "provider": {"unreferred": {"rule": "covered"}, "source": "a"},
		"critical_illness": null, "funding": FUNDING, "categories": [{"id": "dibao", "fund": "rural", "rules": [{"mode": "inpatient", "disease_class": "any",
		"deductible": {"kind": "none"}, "ratio": {"kind": "flat", "rate": "0.70"}, "caps": [{"bucket": "total", "limit": null}], "source": "a"}]}]}]}`
	tests := []struct{ name, funding, want string }{
		{"sound", `{"parts": [{"level": "city", "part": "0.40"}, {"level": "county", "part": "0.60"}], "source": "a"}`, ""},
		{"too little", `{"parts": [{"level": "city", "part": "0.40"}], "source": "a"}`, "sum to 0.4"},
		{"too much", `{"parts": [{"level": "city", "part": "0.60"}, {"level": "county", "part": "0.60"}], "source": "a"}`, "sum to 1.2"},
		{"twice", `{"parts": [{"level": "city", "part": "0.40"}, {"level": "city", "part": "0.60"}], "source": "a"}`, "twice"},
		{"nothing", `{"parts": [{"level": "city", "part": "0"}, {"level": "county", "part": "1"}], "source": "a"}`, "left out"},
		{"nobody", `{"parts": [], "source": "a"}`, "sum to 0"},
		{"no such level", `{"parts": [{"level": "village", "part": "1"}], "source": "a"}`, "is not one of"},
		{"no source", `{"parts": [{"level": "city", "part": "1"}]}`, "source"},
		{"another key", `{"parts": [{"level": "city", "part": "1", "share": "1"}], "source": "a"}`, "share"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			doc, err := document.Read([]byte(strings.Replace(policy, "FUNDING", test.funding, 1)))
			if err != nil {
				t.Fatal(err)
			}
			read, err := settlement.DecodePolicy("", doc)
			if test.want == "" {
				if err != nil || !slices.EqualFunc(read.Versions[0].Funding.Parts, parts("city 0.4", "county 0.6").Parts,
					func(a, b settlement.LevelPart) bool { return a.Level == b.Level && a.Part.Equal(b.Part) }) {
					t.Errorf("%+v, %v", read, err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want something about %q", err, test.want)
			}
		})
	}
}
