package settlement

// Level is who gives money to an assistance fund.
type Level string

// The levels of government, and charity.
const (
	Central    Level = "central"
	Province   Level = "province"
	City       Level = "city"
	County     Level = "county"
	Township   Level = "township"
	Charitable Level = "charity"
)

// Levels are all, from the top.
var Levels = []Level{Central, Province, City, County, Township, Charitable}

// FundingRule says which level bears what part of assistance (分级负担), as in
// the 91 district and 44 municipal cases of one county report. It moves no
// money of the patient's: only the fund's accounts are told apart by it.
type FundingRule struct {
	Parts   []LevelPart // together the whole
	Article string
}

// LevelPart is the part one level bears.
type LevelPart struct {
	Level Level
	Part  Ratio
}

// Funded is what one level bears of a settlement's assistance.
type Funded struct {
	Level  Level
	Amount Money
}

// fund splits the benefit among the levels. Each bears the rounded sum of the
// parts up to its own less what those before it bear: no part is negative, they
// sum to the benefit, and the last fen falls to whoever's part reaches it.
func (w *working) fund() {
	rule, benefit := w.version.Funding, w.result.Benefit
	if rule == nil || benefit == 0 {
		return
	}
	var reached Ratio
	borne := Money(0)
	for _, part := range rule.Parts {
		reached = reached.Plus(part.Part)
		amount := benefit.Times(reached) - borne
		borne += amount
		w.result.Funding = append(w.result.Funding, Funded{part.Level, amount})
		w.step(Step{Rule: StepFunding, Subject: string(part.Level), Article: rule.Article, Input: benefit, Output: amount})
	}
}

// decodeFunding reads which level bears what part. Parts that are not the
// whole would lose money or make some.
func decodeFunding(p *Place) *FundingRule {
	if p == nil || !p.Map("parts", "source") {
		return nil
	}
	rule := &FundingRule{Article: p.Need("source").Text()}
	parts := p.Need("parts")
	var sum Ratio
	seen := map[Level]bool{}
	for _, place := range parts.Items() {
		if !place.Map("level", "part") {
			return nil
		}
		part := LevelPart{Word(place.Need("level"), Levels...), place.Need("part").Ratio()}
		if seen[part.Level] {
			place.Refuse("%s bears a part twice", part.Level)
		}
		if part.Part.Zero() {
			place.Refuse("a level that bears nothing is left out")
		}
		seen[part.Level] = true
		sum = sum.Plus(part.Part)
		rule.Parts = append(rule.Parts, part)
	}
	if !sum.Whole() {
		parts.Refuse("the parts sum to %s instead of 1", sum)
	}
	return rule
}
