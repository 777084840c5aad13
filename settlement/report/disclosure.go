package report

import (
	"strings"

	"github.com/onestop-gateway/onestop/settlement"
)

// Disclosure is one person's line in the public list (张榜公示): enough for
// neighbours to object, not enough to harm.
type Disclosure struct {
	Name     string // masked: 张*, 欧*娜
	Category settlement.CategoryID
	Fund     settlement.Fund
	Times    int
	Amount   settlement.Money
}

// Mask keeps the first character of a name, and of one of three or more the
// last, too. An empty name stays empty.
func Mask(name settlement.Private) string {
	runes := []rune(strings.TrimSpace(name.Reveal()))
	switch n := len(runes); n {
	case 0:
		return ""
	case 1, 2:
		return string(runes[0]) + "*"
	default:
		return string(runes[0]) + strings.Repeat("*", n-2) + string(runes[n-1])
	}
}

// Posted makes the lines of a public list from settlements in order of the
// person. A person assisted in several categories has a line for each.
type Posted struct {
	person settlement.BeneficiaryID
	lines  []Disclosure
}

// Add takes one more settlement of the person with that name, and gives the
// lines of the person before once another begins.
func (p *Posted) Add(s *settlement.Settlement, name settlement.Private) (done []Disclosure) {
	if !Assisted(s) {
		return nil
	}
	if p.person != s.Beneficiary.ID {
		done = p.lines
		p.person, p.lines = s.Beneficiary.ID, nil
	}
	for i := range p.lines {
		line := &p.lines[i]
		if line.Category == s.Adjudication.Category && line.Fund == s.Adjudication.Fund {
			line.Times++
			line.Amount += s.Adjudication.Benefit
			return done
		}
	}
	p.lines = append(p.lines, Disclosure{
		Name: Mask(name), Category: s.Adjudication.Category, Fund: s.Adjudication.Fund, Times: 1, Amount: s.Adjudication.Benefit,
	})
	return done
}

// Rest is the lines of the last person.
func (p *Posted) Rest() []Disclosure { return p.lines }
