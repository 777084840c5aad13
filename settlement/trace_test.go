package settlement_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/onestop-gateway/onestop/settlement"
)

// audit recomputes an adjudication from its working alone, as an auditor with
// a pocket calculator would, and says where a figure does not follow.
func audit(a settlement.Adjudication) (faults []string) {
	fault := func(format string, args ...any) { faults = append(faults, fmt.Sprintf(format, args...)) }
	w := map[string][]settlement.Step{}
	for i, s := range a.Trace {
		if s.Article == "" {
			fault("step %d, %s, names no article", i, s.Rule)
		}
		if s.Ratio != "" && s.Rule != settlement.StepFacility && s.Output != s.Input.Times(rate(s.Ratio)) {
			fault("step %d, %s: %s × %s is not %s", i, s.Rule, s.Input, s.Ratio, s.Output)
		}
		w[s.Rule] = append(w[s.Rule], s)
	}
	auditPayers(a, w, fault)
	auditBase(a, w, fault)
	auditOrdinary(a, w, fault)
	auditInclined(a, w, fault)
	auditStages(a, fault)
	auditReason(a, fault)
	return faults
}

func sum(steps []settlement.Step) (total settlement.Money) {
	for _, s := range steps {
		total += s.Output
	}
	return total
}

func only(steps []settlement.Step) settlement.Step {
	if len(steps) == 0 {
		return settlement.Step{}
	}
	return steps[len(steps)-1]
}

type faulter = func(string, ...any)

// auditPayers: what all pay and what the patient pays make the bill.
func auditPayers(a settlement.Adjudication, w map[string][]settlement.Step, fault faulter) {
	patient := only(w[settlement.StepPatient])
	others := sum(w[settlement.StepBasic]) + sum(w[settlement.StepCritical]) + sum(w[settlement.StepBefore]) + sum(w[settlement.StepAfter])
	if len(w[settlement.StepGrant]) == 0 {
		others += only(w[settlement.StepBenefit]).Output
	}
	if patient.Input-others != patient.Output || patient.Output != a.PatientPays || a.PatientPays < 0 {
		fault("%s submitted less %s paid is not %s of the patient", patient.Input, others, a.PatientPays)
	}
	if got := sum(w[settlement.StepCritical]); got != a.CriticalIllness {
		fault("critical illness %s, result %s", got, a.CriticalIllness)
	}
	if base := w[settlement.StepCriticalBase]; len(base) > 0 {
		pay := sum(w[settlement.StepCriticalBand]) - sum(w[settlement.StepCriticalPrior])
		if limit := w[settlement.StepCriticalCap]; len(limit) > 0 {
			if only(limit).Input != pay || only(limit).Output > pay {
				fault("critical illness: bands make %s, the cap saw %s", pay, only(limit).Input)
			}
			pay = only(limit).Output
		}
		if pay != a.CriticalIllness || a.Delta.CriticalIllnessPaid != pay {
			fault("critical illness: bands and cap make %s, result %s", pay, a.CriticalIllness)
		}
		if growth := base[0].Output - base[0].Input; a.Delta.CriticalIllnessBase != growth {
			fault("critical illness grew by %s, result %s", growth, a.Delta.CriticalIllnessBase)
		}
	}
}

// auditBase: the eligible amount less who paid before, floored.
func auditBase(a settlement.Adjudication, w map[string][]settlement.Step, fault faulter) {
	base := only(w[settlement.StepBase])
	start := only(w[settlement.StepEligible]).Output
	if of := w[settlement.StepBaseOf]; len(of) > 0 {
		start = of[0].Output
	}
	if part := w[settlement.StepUninsured]; len(part) > 0 {
		start = part[0].Output
	}
	left := start - sum(w[settlement.StepBasic]) - sum(w[settlement.StepCritical]) - sum(w[settlement.StepBefore])
	if base.Input != start || base.Output != max(0, left) || base.Output != a.Base {
		fault("base: %s less who paid before is %s, step %s, result %s", start, left, base.Output, a.Base)
	}
}

// auditOrdinary: base less deductible, times ratios, rounded, within each cap
// in turn.
func auditOrdinary(a settlement.Adjudication, w map[string][]settlement.Step, fault faulter) {
	deductible := sum(w[settlement.StepDeductible]) + sum(w[settlement.StepThreshold])
	for _, s := range w[settlement.StepThreshold] {
		if a.Base > s.Input && s.Output != 0 || a.Base <= s.Input && s.Output != a.Base {
			fault("threshold %s on %s takes %s", s.Input, a.Base, s.Output)
		}
	}
	if deductible != a.Deductible {
		fault("deductible %s, result %s", deductible, a.Deductible)
	}
	products := append(append(w[settlement.StepFlat], w[settlement.StepBand]...), w[settlement.StepSlab]...)
	var amount settlement.Money
	for _, product := range products {
		amount += product.Input
	}
	for _, prior := range w[settlement.StepBandPrior] {
		amount -= prior.Input
	}
	if year := w[settlement.StepBandYear]; len(year) > 0 && only(year).Output-only(year).Input != amount {
		fault("%s accumulated of %s", only(year).Output-only(year).Input, amount)
	}
	if len(products) > 0 && amount != a.Base-deductible {
		fault("ratios were applied to %s of %s", amount, a.Base-deductible)
	}
	paid := auditLimits(a, sum(products)-sum(w[settlement.StepBandPrior]), [2]string{settlement.StepCap, settlement.StepWhole}, fault)
	if grant := w[settlement.StepGrant]; len(grant) > 0 {
		paid = grant[0].Output
	}
	got := a.Ordinary
	if len(w[settlement.StepInclinedThreshold]) == 0 && a.Ordinary == 0 {
		got = a.Inclined // on application, the one assistance there is
	}
	if paid != got {
		fault("the working pays %s, result %s", paid, got)
	}
}

// auditInclined: what is left above the threshold, times a ratio, within caps.
func auditInclined(a settlement.Adjudication, w map[string][]settlement.Step, fault faulter) {
	if benefit := only(w[settlement.StepBenefit]).Output; benefit != a.Benefit || a.Benefit != a.Ordinary+a.Inclined {
		fault("benefit %s of %s and %s, step %s", a.Benefit, a.Ordinary, a.Inclined, benefit)
	}
	threshold := w[settlement.StepInclinedThreshold]
	if len(threshold) == 0 {
		return
	}
	if threshold[0].Input != a.Base-a.Ordinary {
		fault("inclined assistance looked at %s, still owed is %s", threshold[0].Input, a.Base-a.Ordinary)
	}
	paid := sum(w[settlement.StepInclined])
	if product := w[settlement.StepInclined]; len(product) > 0 && product[0].Input != threshold[0].Output {
		fault("inclined ratio applied to %s, above the threshold is %s", product[0].Input, threshold[0].Output)
	}
	paid = auditLimits(a, paid, [2]string{settlement.StepInclinedCap, settlement.StepInclinedWhole}, fault)
	if paid != a.Inclined {
		fault("the working pays %s inclined, result %s", paid, a.Inclined)
	}
}

// auditReason: exactly one step decided the reason.
func auditReason(a settlement.Adjudication, fault faulter) {
	deciding := 0
	for _, s := range a.Trace {
		if s.Reason != "" {
			deciding++
			if s.Reason != a.Reason {
				fault("step %s says %s, result %s", s.Rule, s.Reason, a.Reason)
			}
		}
	}
	if deciding != 1 {
		fault("%d steps claim to have decided %s", deciding, a.Reason)
	}
}

func TestTraceReadsAsTheWorking(t *testing.T) {
	e := stay("70000", "special_care", "illness_poverty").basic("9000").beyond("500", "0", "0").compute()
	e.other(settlement.Commercial, "1000").other(settlement.Charity, "100").year(accumulated("1000", "0")).drawn("total", "29000")
	a, err := e.adjudicate()
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range a.Trace {
		line := fmt.Sprintf("%s %s [%s] %s", s.Rule, s.Subject, s.Article, s.Input)
		if s.Ratio != "" {
			line += " × " + s.Ratio
		}
		line += " = " + s.Output.String()
		if s.Reason != "" {
			line += " " + string(s.Reason)
		}
		got = append(got, line)
	}
	want := []string{
		"bill.eligible  [A02] 70500.00 = 70000.00",
		"pay.basic  [A03] 70000.00 = 9000.00",
		"critical.base  [A16] 1000.00 = 62000.00",
		"critical.band  [art. critical illness] 40000.00 × 0.5 = 20000.00",
		"critical.band  [art. critical illness] 12000.00 × 0.6 = 7200.00",
		"critical.cap  [art. critical illness] 27200.00 = 27200.00",
		"pay.critical_illness computed [art. critical illness] 27200.00 = 27200.00",
		"pay.before commercial [A03] 1000.00 = 1000.00",
		"category special_care [art. inpatient any] 0.00 = 0.00",
		"base  [A04] 70000.00 = 32800.00",
		"deductible  [art. inpatient any] 32800.00 = 500.00",
		"ratio.slab  [art. inpatient any] 32300.00 × 0.6 = 19380.00",
		"cap total [art. inpatient any] 19380.00 = 1000.00 CAP_LIMITED",
		"benefit special_care [A14] 32800.00 = 1000.00",
		"pay.after charity [A20] 100.00 = 100.00",
		"patient.pays  [A03] 70500.00 = 32200.00",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if faults := audit(a); len(faults) > 0 {
		t.Errorf("audit: %q", faults)
	}
}

func TestTraceNamesTheDecidingStep(t *testing.T) {
	undesignated := func(c *settlement.Treatment) { c.Designated = false }
	tests := []struct {
		e    *encounter
		rule string
	}{
		{stay("10", "rural_dibao"), settlement.StepBenefit},
		{stay("10"), settlement.StepCategory},
		{stay("10", "marginal").mode(settlement.Outpatient), settlement.StepCategory},
		{stay("10", "rural_dibao").at(undesignated), settlement.StepFacility},
		{stay("10", "rural_dibao").scheme(settlement.SchemeNone).under(func(v *settlement.Version) { v.Uninsured.Covered = false }), settlement.StepBase},
		{stay("0", "tekun").mode(settlement.Care).class(settlement.General, "uremia").year(func(a *settlement.Accumulator) { a.CareGrants = 1 }), settlement.StepGrants},
		{stay("0", "rural_dibao"), settlement.StepBase},
		{stay("10", "marginal"), settlement.StepDeductible},
		{stay("10000.01", "urban_dibao").mode(settlement.Inclined), settlement.StepFlat},
		{stay("10", "rural_dibao").drawn("total", "60000"), settlement.StepCap},
		{stay("30000", "rural_dibao").under(func(v *settlement.Version) { v.Inclined = inclinedRule(capAt("i", "1")) }), settlement.StepInclinedCap},
		{stay("10", "rural_dibao", "special_care").drawn("total", "60000"), settlement.StepCap},
	}
	for _, test := range tests {
		a, err := test.e.adjudicate()
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range a.Trace {
			if s.Reason != "" && s.Rule != test.rule {
				t.Errorf("%s was decided by %s, want %s", a.Reason, s.Rule, test.rule)
			}
		}
		if faults := audit(a); len(faults) > 0 {
			t.Errorf("%s: %q", a.Reason, faults)
		}
	}
}

func TestTheCapThatBindsDecides(t *testing.T) {
	out := func(outpatient, total string) *encounter {
		return stay("5000", "urban_dibao").mode(settlement.Outpatient).drawn("outpatient", outpatient).drawn("total", total)
	}
	inclined := func(v *settlement.Version) { v.Inclined = inclinedRule(capAt("i", "1")) }
	for _, test := range []struct {
		says    string
		e       *encounter
		rule    string
		subject string
	}{
		{"2500, cut to 1500, cut to 1000", out("500", "59000"), settlement.StepCap, "total"},
		{"2500, cut to 800, which the other has left", out("1200", "58000"), settlement.StepCap, "outpatient"},
		{"2500, cut to 1500, cut to nothing", out("500", "60000"), settlement.StepCap, "total"},
		{"ordinary assistance cut before inclined", stay("30000", "rural_dibao").drawn("total", "59000").under(inclined), settlement.StepCap, "total"},
		{"inclined assistance alone cut", stay("30000", "rural_dibao").under(inclined), settlement.StepInclinedCap, "i"},
	} {
		a, err := test.e.adjudicate()
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range a.Trace {
			if s.Reason != "" && (s.Rule != test.rule || s.Subject != test.subject) {
				t.Errorf("%s: decided by %s %s", test.says, s.Rule, s.Subject)
			}
		}
	}
}
