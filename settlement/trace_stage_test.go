package settlement_test

import (
	"testing"

	"github.com/onestop-gateway/onestop/settlement"
)

// auditLimits follows an amount through caps and rounding in the order of the
// working: what goes into each is what came out of the one before, and only
// rounding half up may add, less than a yuan.
func auditLimits(a settlement.Adjudication, paid settlement.Money, kinds [2]string, fault faulter) settlement.Money {
	for _, s := range a.Trace {
		if s.Rule != kinds[0] && s.Rule != kinds[1] {
			continue
		}
		most := paid
		if s.Rule == kinds[1] {
			most = paid + 50
			if s.Output%100 != 0 {
				fault("%s is not whole yuan", s.Output)
			}
		}
		if s.Input != paid || s.Output > most {
			fault("%s %s: %s in, %s out, after %s", s.Rule, s.Subject, s.Input, s.Output, paid)
		}
		paid = s.Output
	}
	return paid
}

// auditStages: each stage looks at what the person still bears of the eligible
// amount at its place, and pays what its bands and caps make of it.
func auditStages(a settlement.Adjudication, fault faulter) {
	var pay settlement.Money
	open, burden := "", settlement.Money(0)
	unpaid := only(byRule(a, settlement.StepEligible)).Output - sum(byRule(a, settlement.StepBasic)) - a.CriticalIllness
	unpaid -= sum(byRule(a, settlement.StepBefore)) + a.Benefit
	for _, s := range a.Trace {
		switch s.Rule {
		case settlement.StepStage:
			open, burden, pay = s.Subject, s.Output, 0
			if burden != max(0, unpaid) {
				fault("stage %s looks at %s, still borne is %s", s.Subject, burden, unpaid)
			}
		case settlement.StepStageYear:
			if s.Output-s.Input != burden {
				fault("stage %s accumulates %s of %s", open, s.Output-s.Input, burden)
			}
		case settlement.StepStageBand:
			pay += s.Output
		case settlement.StepStagePrior:
			pay -= s.Output
		case settlement.StepStageCap:
			if s.Input != pay || s.Output > pay {
				fault("stage cap %s: %s in, %s out, after %s", s.Subject, s.Input, s.Output, pay)
			}
			pay = s.Output
		case settlement.StepAfter:
			if s.Subject == open && (s.Input != pay || s.Output != pay || pay > burden) {
				fault("stage %s offers %s and pays %s; its bands make %s of %s", open, s.Input, s.Output, pay, burden)
			}
			unpaid -= s.Output
		}
	}
}

func byRule(a settlement.Adjudication, rule string) (steps []settlement.Step) {
	for _, s := range a.Trace {
		if s.Rule == rule {
			steps = append(steps, s)
		}
	}
	return steps
}

// again is a second share of the critical-illness fund: half above 3000.
func again(over settlement.Span, caps ...settlement.Cap) settlement.Stage {
	return settlement.Stage{
		Source: settlement.CriticalAgain, Schemes: []settlement.Scheme{settlement.SchemeResident}, Above: yuan("3000"),
		Bands: bands("@0.50"), Over: over, Bucket: "again", Caps: caps, Article: "art. again",
	}
}

// second is the assistance of another level: a tenth, for one category.
func second(to ...settlement.CategoryID) settlement.Stage {
	return settlement.Stage{
		Source: settlement.SecondAssistance, Schemes: []settlement.Scheme{settlement.SchemeResident}, Categories: to,
		Bands: bands("@0.10"), Caps: []settlement.Cap{capAt("second", "400")}, Article: "art. second",
	}
}

// staged places stages after assistance, before charity.
func staged(stages ...settlement.Stage) func(*settlement.Version) {
	return func(v *settlement.Version) {
		v.Stages, v.After = stages, nil
		for _, stage := range stages {
			v.After = append(v.After, stage.Source)
		}
		v.After = append(v.After, settlement.Charity)
	}
}

func TestStagesPayAfterAssistance(t *testing.T) {
	for _, test := range []struct {
		says  string
		e     *encounter
		after string // what each of the payers after takes, in order
		pays  string // of the patient
	}{
		{"30000 × 70 % leaves 9000; half of 6000", stay("30000", "rural_dibao").under(staged(again(settlement.OverStay, capAt("again_paid")))), "3000.00 ", "6000.00"},
		{"at the threshold", stay("10000", "rural_dibao").under(staged(again(settlement.OverStay, capAt("again_paid")))), "", "3000.00"},
		{"a fen above: 0.01 × 50 % rounds up", stay("10000.02", "rural_dibao").under(staged(again(settlement.OverStay, capAt("again_paid")))), "0.01 ", "3000.00"},
		{"to people without a category as well", stay("5000").under(staged(again(settlement.OverStay, capAt("again_paid")))), "1000.00 ", "4000.00"},
		{"under another scheme nothing", stay("30000", "rural_dibao").scheme(settlement.SchemeEmployee).under(staged(again(settlement.OverStay))), "", "9000.00"},
		{"over the year: 2500 were borne before", stay("10000", "rural_dibao").drawn("again", "2500").under(staged(again(settlement.OverYear))), "1250.00 ", "1750.00"},
		{"out of scope is not looked at", stay("30000", "rural_dibao").beyond("500", "0", "0").under(staged(again(settlement.OverStay))), "3000.00 ", "6500.00"},
		{"two in turn: the second sees what the first left, within its cap",
			stay("30000", "rural_dibao").under(staged(again(settlement.OverStay), second("rural_dibao"))), "3000.00 400.00 ", "5600.00"},
		{"the other way round, 900 are cut to 400 first",
			stay("30000", "rural_dibao").under(staged(second("rural_dibao"), again(settlement.OverStay))), "400.00 2800.00 ", "5800.00"},
		{"a stage for another category", stay("30000", "rural_dibao").under(staged(second("tekun"))), "", "9000.00"},
		{"charity comes after both", stay("30000", "rural_dibao").other(settlement.Charity, "7000").under(staged(again(settlement.OverStay))), "3000.00 6000.00 ", "0.00"},
		{"outpatient too", stay("30000", "tekun").mode(settlement.Outpatient).under(staged(again(settlement.OverStay))), "12000.00 ", "15000.00"},
		{"not on an application", stay("30000", "urban_dibao").mode(settlement.Inclined).under(staged(again(settlement.OverStay))), "", "24000.00"},
	} {
		a, err := test.e.adjudicate()
		if err != nil {
			t.Fatalf("%s: %v", test.says, err)
		}
		got := ""
		for _, share := range a.After {
			got += share.Amount.String() + " "
		}
		if got != test.after || a.PatientPays.String() != test.pays {
			t.Errorf("%s: %s| %s, want %s| %s", test.says, got, a.PatientPays, test.after, test.pays)
		}
		if faults := audit(a); len(faults) > 0 {
			t.Errorf("%s: %q", test.says, faults)
		}
	}
}

// What a stage adds to the year is what reversing takes off, and a later
// settlement that built on it is looked at again.
func TestStageAccumulates(t *testing.T) {
	a, err := stay("30000", "rural_dibao").under(staged(again(settlement.OverYear, capAt("again_paid", "2000")))).adjudicate()
	if err != nil {
		t.Fatal(err)
	}
	if got := a.Delta.Used; got["again"] != yuan("9000") || got["again_paid"] != yuan("2000") || got["total"] != yuan("21000") {
		t.Errorf("the year: %v", got)
	}
	if !a.Accumulated || a.CapLimited {
		t.Errorf("accumulated %v, limited %v: a stage's cap is not assistance's", a.Accumulated, a.CapLimited)
	}
}

// A share that is computed cannot be offered.
func TestComputedShareIsNotOffered(t *testing.T) {
	e := stay("30000", "rural_dibao").under(staged(again(settlement.OverStay))).other(settlement.CriticalAgain, "1")
	if _, err := e.adjudicate(); settlement.ReasonOf(err) != settlement.ReasonSourceNotPlaced {
		t.Errorf("error %v", err)
	}
}
