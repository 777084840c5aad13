package report

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/onestop-gateway/onestop/settlement"
)

func TestMask(t *testing.T) {
	for name, want := range map[settlement.Private]string{
		"": "", "张": "张*", "张测": "张*", "张测试": "张*试", "欧阳测试": "欧**试", " 张测试 ": "张*试", "A·B": "A*B",
	} {
		if got := Mask(name); got != want {
			t.Errorf("%s is posted as %q, want %q", name.Reveal(), got, want)
		}
	}
}

// A person has one line for each category and fund, and none for what does not
// stand.
func TestPosted(t *testing.T) {
	reversed := assisted("p1", settlement.RuralFund, "dibao", settlement.Inpatient, 9)
	reversed.State = settlement.StateReversed
	all := []settlement.Settlement{
		assisted("p1", settlement.RuralFund, "dibao", settlement.Inpatient, 1), reversed,
		assisted("p1", settlement.RuralFund, "dibao", settlement.Outpatient, 2),
		assisted("p1", settlement.RuralFund, "tekun", settlement.Inpatient, 4),
		assisted("p2", settlement.UrbanFund, "dibao", settlement.Inpatient, 8),
	}
	names := map[settlement.BeneficiaryID]settlement.Private{"p1": "张测试"}
	var posted Posted
	var got [][]Disclosure
	for i := range all {
		if lines := posted.Add(&all[i], names[all[i].Beneficiary.ID]); len(lines) > 0 {
			got = append(got, lines)
		}
	}
	got = append(got, posted.Rest())
	want := [][]Disclosure{
		{{"张*试", "dibao", settlement.RuralFund, 2, 3}, {"张*试", "tekun", settlement.RuralFund, 1, 4}},
		{{"", "dibao", settlement.UrbanFund, 1, 8}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
