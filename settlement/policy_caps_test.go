package settlement

import (
	"fmt"
	"testing"
)

// Each bucket that bounds a category stands once, with the limit of the rule
// for the claim before that of any other; another category's do not stand.
func TestCapsOfACategory(t *testing.T) {
	low, high := Money(3_000_00), Money(60_000_00)
	v := &Version{
		Inclined: &InclinedRule{Caps: []Cap{{"inclined", &low}, {"total", &low}}},
		Categories: []CategoryRules{
			{ID: "other", Rules: []Rule{{Mode: Inpatient, DiseaseClass: AnyDisease, Caps: []Cap{{"serious", &low}}}}},
			{ID: "dibao", Rules: []Rule{
				{Mode: Inpatient, DiseaseClass: AnyDisease, Caps: []Cap{{"total", &high}}},
				{Mode: Outpatient, DiseaseClass: AnyDisease, Caps: []Cap{{"outpatient", nil}, {"total", &low}}},
			}},
		},
	}
	show := func(caps []Cap) (text string) {
		for _, c := range caps {
			limit := "none"
			if c.Limit != nil {
				limit = c.Limit.String()
			}
			text += fmt.Sprintf("%s %s; ", c.Bucket, limit)
		}
		return text
	}
	for _, c := range []struct {
		category CategoryID
		mode     Mode
		want     string
	}{
		{"dibao", Inpatient, "total 60000.00; outpatient none; inclined 3000.00; "},
		{"dibao", Outpatient, "outpatient none; total 3000.00; inclined 3000.00; "},
		{"dibao", Care, "total 60000.00; outpatient none; inclined 3000.00; "},
		{"", Inpatient, ""},
	} {
		if got := show(v.Caps(c.category, &Beneficiary{}, &Claim{Mode: c.mode, DiseaseClass: General}, &Coverage{})); got != c.want {
			t.Errorf("%s %s: %s", c.category, c.mode, got)
		}
	}
	v.Inclined = nil
	if got := show(v.Caps("dibao", &Beneficiary{}, &Claim{Mode: Inpatient, DiseaseClass: General}, &Coverage{})); got != "total 60000.00; outpatient none; " {
		t.Errorf("without inclined assistance: %s", got)
	}
}
