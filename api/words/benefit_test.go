package words

import (
	"testing"

	"github.com/onestop-gateway/onestop/settlement"
)

func parsed(t *testing.T, text string) settlement.Ratio {
	t.Helper()
	r, err := settlement.ParseRatio(text)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// What a rule gives is told in words of both languages.
func TestRulesInWords(t *testing.T) {
	half, limit := parsed(t, "0.5"), settlement.Money(2_000_00)
	bands := []settlement.Band{{UpTo: &limit, Rate: half}, {Rate: parsed(t, "0.7")}}
	for _, c := range []struct{ got, want Text }{
		{Deductible(settlement.Deductible{Kind: settlement.DeductibleNone}), Text{"不设起付线。", "No deductible."}},
		{Deductible(settlement.Deductible{Kind: settlement.DeductiblePerStay, Amount: limit}), Text{"每次起付线2000.00元。", "A deductible of 2000.00 yuan each stay."}},
		{Deductible(settlement.Deductible{Kind: settlement.DeductiblePerYear, IncomeRate: &half}), Text{"年度起付线上年居民人均可支配收入的0.5倍。", "A deductible of 0.5 times last year's income a head each year."}},
		{Deductible(settlement.Deductible{Kind: settlement.DeductibleThreshold, Amount: limit}), Text{"超过2000.00元的方予救助，且全额计入。", "Nothing up to 2000.00 yuan; above it, the whole counts."}},
		{RatioRule(settlement.RatioRule{Kind: settlement.RatioFlat, Rate: half}), Text{"救助比例0.5。", "Reimbursement ratio 0.5."}},
		{RatioRule(settlement.RatioRule{Kind: settlement.RatioMarginal, Bands: bands}), Text{"分段计算：2000.00元以内0.5，以上0.7。", "Each band at its own ratio: up to 2000.00 yuan 0.5, above 0.7."}},
		{RatioRule(settlement.RatioRule{Kind: settlement.RatioSlab, Bands: bands}), Text{"按总额所在档计算：2000.00元以内0.5，以上0.7。", "The whole at the ratio of its band: up to 2000.00 yuan 0.5, above 0.7."}},
		{Grant(limit), Text{"关怀救助每年2000.00元。", "A grant of 2000.00 yuan a year."}},
	} {
		if c.got != c.want {
			t.Errorf("got %v, want %v", c.got, c.want)
		}
	}
}
