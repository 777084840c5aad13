package oracle

import (
	"bytes"
	"encoding/json"
	"math/big"
	"strings"
	"testing"
)

func TestShareRoundsHalfUp(t *testing.T) {
	for _, test := range []struct{ amount, rate, want string }{
		{"0.01", "0.5", "0.01"}, {"0.01", "0.49", "0.00"}, {"0.03", "0.5", "0.02"}, {"15000.55", "0.30", "4500.17"},
		{"4001.01", "0.50", "2000.51"}, {"99999999999999.99", "1", "99999999999999.99"}, {"0", "0.7", "0.00"},
	} {
		if got := money(share(yuan(test.amount), yuan(test.rate))); got != test.want {
			t.Errorf("%s × %s = %s, want %s", test.amount, test.rate, got, test.want)
		}
	}
}

// byHand is a policy whose one rule has everything: a deductible, three
// bands, a cap, with critical illness before and inclined assistance after.
func byHand() *Policy {
	limit := func(text string) *string { return &text }
	bands := func(rates ...string) []Band {
		return []Band{{limit("10000"), rates[0]}, {limit("30000"), rates[1]}, {nil, rates[2]}}
	}
	v := &Version{
		ID: "h/1", From: "2020-01-01", Income: map[string]string{"2020": "20000.30"}, After: []string{"charity"},
		Uninsured: Uninsured{Covered: true, Factor: "0.5"},
		Critical:  &Critical{Schemes: []string{"ncms"}, IncomeRate: "0.5", Bands: bands("0.5", "0.6", "0.7"), Cap: "100000"},
		Inclined:  &Inclined{Auto: true, Threshold: "2000", Rate: "0.5", Caps: []Cap{{"inclined", limit("3000")}}},
		Categories: []*Category{{ID: "marginal", Fund: "by_residence", Rules: []*Rule{{
			Mode: "inpatient", Class: "any", Deductible: &Deductible{Kind: "per_stay", Amount: "1000"},
			Ratio: &Ratio{Kind: "marginal", Bands: bands("0.5", "0.6", "0.7")}, Caps: []Cap{{"total", limit("9000")}},
		}}}},
	}
	return &Policy{Versions: []*Version{v}}
}

func TestSolveByHand(t *testing.T) {
	stay := func(sid string, payers Payers, inScope string) *Step {
		return &Step{
			Op: "settle", SID: sid, Mode: "inpatient", Admission: "2020-02-01", Discharge: "2020-02-09",
			Bill: &Bill{inScope, "0", "0", "0", inScope}, Payers: &payers,
		}
	}
	c := &Case{Person: Person{Residence: "urban", Categories: []Held{{ID: "marginal", From: "2020-02-09"}}}, Steps: []*Step{
		stay("s1", Payers{Scheme: "ncms", Basic: "5000", Critical: &GivenOrMade{Source: "compute"}, Charity: "100"}, "25000"),
		stay("s2", Payers{Scheme: "none"}, "2000.01"),
		{Op: "reverse", SID: "s1"},
		{Op: "reverse", SID: "s1"},
		stay("s3", Payers{Scheme: "ncms", Basic: "-1"}, "10"),
	}}
	Solve(c, byHand())
	got, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		// deductible 10000.15; 20000 − 10000.15 = 9999.85 × 60 % = 5999.91; base 14000.09;
		// 13000.09: 5000 + 3000.09 × 60 % = 1800.05, cut by nothing; 7200.04 − 2000 = 5200.04 × 50 % = 2600.02
		`"ci_pay":"5999.91","base":"14000.09","deductible_applied":"1000.00","assist_ordinary":"6800.05","assist_inclined":"2600.02","assist":"9400.07","charity_applied":"100.00","critical_again_applied":"0.00","second_assistance_applied":"0.00","patient_pay":"4500.02"`,
		// 2000.01 × 50 % = 1000.005 → 1000.01; 0.01 × 50 % = 0.005 → 0.01
		`"ci_pay":"0.00","base":"1000.01","deductible_applied":"1000.00","assist_ordinary":"0.01"`,
		`"reason":"OK","review":[]`, `"reason":"ALREADY_REVERSED"`, `"reason":"NEGATIVE_AMOUNT"`,
		`"accumulators_after":{"2020":{"buckets":{"total":"0.01"}}}`,
	} {
		if !strings.Contains(string(got), want) {
			t.Errorf("%s\nis not in %s", want, got)
		}
	}
}

func TestSameSeedSameFile(t *testing.T) {
	text := func(seed uint64, asJSON bool) string {
		var b bytes.Buffer
		if err := NewAuthor(seed).Write(&b, 20, asJSON); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	for _, asJSON := range []bool{false, true} {
		first, again := text(7, asJSON), text(7, asJSON)
		if first != again {
			t.Error("the same seed wrote two files")
		}
		if first == text(8, asJSON) {
			t.Error("two seeds wrote the same file")
		}
	}
	if !json.Valid([]byte(text(7, true))) {
		t.Error("the JSON is none")
	}
}

// Every answer there is comes up, or the cases would prove less than they
// seem to.
func TestInventionReachesEveryReason(t *testing.T) {
	author := NewAuthor(3)
	policies := author.Policies(20)
	seen := map[string]int{}
	for i := range 4000 {
		for _, step := range author.Case(caseID(i), policies).Steps {
			seen[step.Expect.Reason]++
			if step.Expect.Review != nil && len(*step.Expect.Review) > 0 {
				seen["review"]++
			}
			if step.Expect.Answer == nil {
				continue
			}
			if len(step.Expect.Warnings) > 0 {
				seen["warning"]++
			}
			if step.Expect.Again != "0.00" {
				seen["critical_again"]++
			}
			if step.Expect.Second != "0.00" {
				seen["second_assistance"]++
			}
		}
	}
	for _, reason := range append([]string{
		"OK", "CAP_LIMITED", "review", "warning", "SETTLEMENT_NOT_FOUND", "ALREADY_REVERSED", "BAD_PRECISION", "NEGATIVE_AMOUNT", "BILL_UNBALANCED",
		"PAYERS_EXCEED_TOTAL", "DATE_ORDER", "NO_POLICY_VERSION", "UNKNOWN_CATEGORY", "CARE_BILL_NOT_ZERO", "SCHEME_CONFLICT", "SOURCE_NOT_PLACED",
		"LATE_CLAIM", "CROSS_YEAR_STAY", "DISEASE_NOT_LISTED", "CHOICE_NEEDED", "CHOICE_NOT_OFFERED", "critical_again", "second_assistance",
	}, precedence...) {
		if seen[reason] < 3 {
			t.Errorf("%s came up %d times", reason, seen[reason])
		}
	}
}

// What the oracle says adds up, whoever pays.
func TestAnswersAddUp(t *testing.T) {
	author := NewAuthor(4)
	policies := author.Policies(20)
	for i := range 2000 {
		c := author.Case(caseID(i), policies)
		for _, s := range c.Steps {
			a := s.Expect.Answer
			if a == nil || s.Mode == "care" {
				continue
			}
			v := policies[c.Policy].versionOn(s.Discharge)
			paid := plus(yuan(s.Payers.Basic), yuan(a.Critical), s.Payers.offers(v.Before), yuan(a.Benefit), yuan(a.Patient))
			rest := minus(yuan(s.Bill.Total), paid, yuan(a.Again), yuan(a.Second)) // what those who offered took after
			if rest.Sign() < 0 || rest.Cmp(s.Payers.offers(v.After)) > 0 || yuan(a.Patient).Cmp(new(big.Rat)) < 0 {
				t.Errorf("%s %s: %s is left of %+v", c.ID, s.SID, money(rest), a)
			}
		}
	}
}
