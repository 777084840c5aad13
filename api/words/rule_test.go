package words

import (
	"reflect"
	"testing"

	"github.com/onestop-gateway/onestop/settlement"
)

// Every field a rule of a version may stand under has a name.
func TestEveryFieldOfAVersionIsNamed(t *testing.T) {
	seen := map[reflect.Type]bool{}
	var walk func(reflect.Type)
	walk = func(of reflect.Type) {
		switch of.Kind() {
		case reflect.Pointer, reflect.Slice, reflect.Map:
			walk(of.Elem())
		case reflect.Struct:
			if seen[of] || of == reflect.TypeFor[settlement.Ratio]() {
				return
			}
			seen[of] = true
			for i := range of.NumField() {
				field := of.Field(i)
				if name := ruleWords[field.Name]; name.Zh == "" || name.En == "" {
					if of != reflect.TypeFor[settlement.Version]() || field.Name != "Effective" {
						t.Errorf("%s.%s has no name", of, field.Name)
					}
				}
				walk(field.Type)
			}
		}
	}
	walk(reflect.TypeFor[settlement.Version]())
	if len(seen) < 20 {
		t.Errorf("%d types were looked at", len(seen))
	}
}

func TestRuleChange(t *testing.T) {
	for _, c := range []struct {
		path          []string
		before, after string
		zh, en        string
	}{
		{
			[]string{"Categories", "rural_dibao", "Rules", "inpatient/any", "Ratio", "Rate"}, "0.70", "0.80",
			"类别 / 农村低保对象 / 规则 / 住院救助·任何病种 / 救助比例 / 救助比例：0.70 → 0.80",
			"categories / rural minimum-living-allowance recipient / rules / inpatient assistance, any illness / reimbursement ratio / rate: 0.70 → 0.80",
		},
		{[]string{"Categories"}, "", "rural_dibao, marginal", "类别：无 → 农村低保对象、低保边缘家庭成员", "categories: none → rural minimum-living-allowance recipient, member of a marginal household"},
		{[]string{"Ratio", "Kind"}, "flat", "marginal", "救助比例 / 方式：固定比例 → 分段累进", "reimbursement ratio / kind: flat → by slices"},
		{[]string{"Stages", "1", "Above"}, "300.00", "", "计算环节 / 1 / 高于：300.00 → 无", "stages / 1 / above: 300.00 → none"},
	} {
		if got := RuleChange(c.path, c.before, c.after); got != (Text{c.zh, c.en}) {
			t.Errorf("%q\n%q", got.Zh, got.En)
		}
	}
}
