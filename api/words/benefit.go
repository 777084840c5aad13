package words

import (
	"strings"

	"github.com/onestop-gateway/onestop/settlement"
)

// Deductible says what a person bears first under a rule.
func Deductible(d settlement.Deductible) Text {
	amount := Text{d.Amount.String() + "元", d.Amount.String() + " yuan"}
	if d.IncomeRate != nil {
		amount = Text{"上年居民人均可支配收入的" + d.IncomeRate.String() + "倍", d.IncomeRate.String() + " times last year's income a head"}
	}
	switch d.Kind {
	case settlement.DeductiblePerStay:
		return Text{"每次起付线" + amount.Zh + "。", "A deductible of " + amount.En + " each stay."}
	case settlement.DeductiblePerYear:
		return Text{"年度起付线" + amount.Zh + "。", "A deductible of " + amount.En + " each year."}
	case settlement.DeductibleThreshold:
		return Text{"超过" + amount.Zh + "的方予救助，且全额计入。", "Nothing up to " + amount.En + "; above it, the whole counts."}
	}
	return Text{"不设起付线。", "No deductible."}
}

// RatioRule says by which ratio a rule assists, or its bands.
func RatioRule(r settlement.RatioRule) Text {
	if r.Kind == settlement.RatioFlat {
		return Text{"救助比例" + r.Rate.String() + "。", "Reimbursement ratio " + r.Rate.String() + "."}
	}
	var zh, en []string
	for _, band := range r.Bands {
		rate := band.Rate.String()
		if band.UpTo == nil {
			zh, en = append(zh, "以上"+rate), append(en, "above "+rate)
			continue
		}
		zh, en = append(zh, band.UpTo.String()+"元以内"+rate), append(en, "up to "+band.UpTo.String()+" yuan "+rate)
	}
	how := Text{"分段计算：", "Each band at its own ratio: "}
	if r.Kind == settlement.RatioSlab {
		how = Text{"按总额所在档计算：", "The whole at the ratio of its band: "}
	}
	return Text{how.Zh + strings.Join(zh, "，") + "。", how.En + strings.Join(en, ", ") + "."}
}

// Grant is a flat yearly grant in a sentence.
func Grant(amount settlement.Money) Text {
	return Text{"关怀救助每年" + amount.String() + "元。", "A grant of " + amount.String() + " yuan a year."}
}
