package words

import (
	"strings"
	"testing"

	"github.com/onestop-gateway/onestop/settlement"
)

// Every kind of rule the engine can give a step has a sentence in both
// languages, with the figures that matter in it.
func TestEveryRuleHasASentence(t *testing.T) {
	for name, rule := range declared(t, "trace.go", "Step") {
		if _, found := steps[rule]; !found {
			t.Errorf("%s (%s) has no sentence", name, rule)
		}
		for _, step := range []settlement.Step{
			{Rule: rule, Subject: "total", Input: 12_345_67, Ratio: "0.625", Output: 7_716_04},
			{Rule: rule, Input: 12_345_67, Output: 7_716_04},
			{Rule: rule, Subject: "given", Input: 7_716_04, Output: 7_716_04},
			{Rule: rule},
		} {
			text := Step(step)
			if wrong := sentence(text); wrong != "" {
				t.Errorf("%s %+v: %s: %v", name, step, wrong, text)
			}
		}
	}
}

// There is no sentence for a rule the engine does not have.
func TestNoSentenceWithoutARule(t *testing.T) {
	rules := make(map[string]bool)
	for _, rule := range declared(t, "trace.go", "Step") {
		rules[rule] = true
	}
	for variant := range steps {
		if rule, _, _ := strings.Cut(variant, "/"); !rules[rule] {
			t.Errorf("%s is no rule", variant)
		}
	}
}

func TestStepSentences(t *testing.T) {
	for _, c := range []struct {
		step settlement.Step
		want Text
	}{
		{
			settlement.Step{Rule: settlement.StepFlat, Input: 4_500_00, Ratio: "0.7", Output: 3_150_00},
			Text{"4500.00元×救助比例0.7=3150.00元。", "4500.00 × reimbursement ratio 0.7 = 3150.00."},
		},
		{
			settlement.Step{Rule: settlement.StepCap, Subject: "total", Input: 5_000_00, Output: 2_000_00},
			Text{"年度总封顶线余额内：5000.00元→2000.00元。", "Within what remains of the annual cap in total: 5000.00 → 2000.00."},
		},
		{
			settlement.Step{Rule: settlement.StepCap, Subject: "a_bucket_of_its_own", Input: 1, Output: 1},
			Text{"a_bucket_of_its_own余额内：0.01元→0.01元。", "Within what remains of the a_bucket_of_its_own: 0.01 → 0.01."},
		},
		{
			settlement.Step{Rule: settlement.StepBefore, Subject: "hospital_derate", Input: 400_00, Output: 400_00},
			Text{"医院减免在救助前支付400.00元。", "Before assistance, hospital derate pays 400.00."},
		},
		{
			settlement.Step{Rule: settlement.StepCategory, Subject: "rural_dibao"},
			Text{"按对象类别“农村低保对象”的规定办理。", "The rules for the category “rural minimum-living-allowance recipient” apply."},
		},
		{
			settlement.Step{Rule: settlement.StepCategory},
			Text{"就诊期间没有有效的救助对象类别。", "No category of assistance was in force during the stay."},
		},
		{
			settlement.Step{Rule: settlement.StepFacility, Ratio: "0.2"},
			Text{"未按规定备案，各救助比例降低0.2。", "Without the required filing every ratio is reduced by 0.2."},
		},
		{
			settlement.Step{Rule: settlement.StepFacility},
			Text{"就诊机构不在救助范围内。", "Care at this facility is not covered."},
		},
		{
			settlement.Step{Rule: settlement.StepCritical, Subject: "given", Input: 1_00, Output: 1_00},
			Text{"按保险机构给出的数额，大病保险支付1.00元。", "By the insurer's own figure, critical-illness insurance pays 1.00."},
		},
		{
			settlement.Step{Rule: settlement.StepGrant, Subject: "尿毒症{out}", Output: 1_000_00},
			Text{"关怀救助病种“尿毒症{out}”，年度定额1000.00元。", "Care grant for “尿毒症{out}”: 1000.00 for the year."},
		},
		{
			settlement.Step{Rule: "brand.new", Input: 1_00, Output: 2_00},
			Text{"brand.new:1.00 → 2.00。", "brand.new: 1.00 → 2.00."},
		},
	} {
		if got := Step(c.step); got != c.want {
			t.Errorf("%+v:\n%s\n%s", c.step, got.Zh, got.En)
		}
	}
}
