package oracle

import (
	"math/big"
	"slices"
	"strconv"
	"strings"
)

// benefitYear is the year a step counts to, "" where it is too late.
func (v *Version) benefitYear(s *Step) string {
	year, _ := strconv.Atoi(s.Discharge[:4])
	if v.Late == nil || s.Filed == "" || s.Filed <= strconv.Itoa(year+1)+"-"+v.Late.Until {
		return s.Discharge[:4]
	}
	if next := strconv.Itoa(year + 1); v.Late.After == "current_year" && s.Filed[:4] == next {
		return next
	}
	return ""
}

// wrong names the errors of the local rules; the answer is the first.
func (q *question) wrong() []string {
	s, v := q.step, q.version
	split := v.CrossYear != nil && v.CrossYear.Settle == "split"
	crosses := s.Mode == "inpatient" && s.Admission[:4] != s.Discharge[:4]
	continues := split && s.Mode == "inpatient" && strings.HasSuffix(s.Admission, "-01-01")
	stated := s.Class != "" && s.Class != "general"
	offered := q.offered()
	holds := []struct {
		reason string
		is     bool
	}{
		{"LATE_CLAIM", v.benefitYear(s) == ""},
		{"CROSS_YEAR_STAY", split && crosses || s.Continued && !continues},
		{"DATE_ORDER", s.Newborn != nil && s.Newborn.Registered < s.Newborn.Born},
		{"DISEASE_NOT_LISTED", len(v.Lists) > 0 && stated && q.class() != s.Class},
		{"CHOICE_NEEDED", s.Choice == "" && len(offered) > 1},
		{"CHOICE_NOT_OFFERED", s.Choice != "" && !slices.Contains(offered, q.policy.own(s.Choice))},
	}
	var all []string
	for _, each := range holds {
		if each.is {
			all = append(all, each.reason)
		}
	}
	return all
}

// own is the policy's name of a category.
func (p *Policy) own(category string) string {
	if alias, ok := p.Aliases[category]; ok {
		return alias
	}
	return category
}

// offered are the categories in force that may be chosen.
func (q *question) offered() (all []string) {
	if q.version.Choice != nil {
		for _, category := range q.version.Choice.Between {
			if q.inForce(category) {
				all = append(all, category)
			}
		}
	}
	return all
}

// waived reports whether another category was chosen instead.
func (q *question) waived(category string) bool {
	return q.step.Choice != "" && category != q.policy.own(q.step.Choice) && slices.Contains(q.version.Choice.Between, category)
}

// days are the first and the last day on which identity is looked at.
func (q *question) days() (first, last string) {
	first, last = q.step.Admission, q.step.Discharge
	if rule := q.version.Identity; rule != nil {
		switch rule.Counts {
		case "at_admission":
			last = first
		case "at_discharge":
			first = last
		}
	}
	return first, last
}

// begins is the day from which a category counts: a newborn's from birth.
func (q *question) begins(h Held) string {
	n, rule := q.step.Newborn, q.version.Newborns
	if n == nil || rule == nil {
		return h.From
	}
	last := after(n.Born, rule.Days)
	if n.Registered > last || h.From > last || h.From < n.Born {
		return h.From
	}
	return n.Born
}

// class is that of the illness: by the lists where there are any.
func (q *question) class() string {
	if len(q.version.Lists) == 0 {
		if q.step.Class == "" {
			return "general"
		}
		return q.step.Class
	}
	for _, l := range q.version.Lists {
		if (l.Modes == nil || slices.Contains(l.Modes, q.step.Mode)) && l.has(q.step) {
			return l.Class
		}
	}
	return "general"
}

// has reports whether a list has the illness of a step on its last day.
func (l *List) has(s *Step) bool {
	low, high, ok := exact(s.Disease)
	if !ok || s.Discharge < l.From || l.To != nil && s.Discharge > *l.To {
		return false
	}
	return slices.ContainsFunc(l.Codes, func(codes string) bool {
		ends := strings.SplitN(codes, "-", 2)
		from, _, _ := exact(ends[0])
		_, to, _ := exact(ends[len(ends)-1])
		return from <= low && high <= to
	})
}

// exact gives the first and the last number a code can stand for: the letter
// counts millions, the digits are filled up to six.
func exact(code string) (low, high int, ok bool) {
	code = strings.ToUpper(strings.ReplaceAll(code, ".", ""))
	if len(code) < 3 || code[0] < 'A' || code[0] > 'Z' {
		return 0, 0, false
	}
	digits, _, _ := strings.Cut(code[1:], "X")
	low, err := strconv.Atoi((digits + "000000")[:6])
	if err != nil || len(digits) < 2 {
		return 0, 0, false
	}
	high, _ = strconv.Atoi((digits + "999999")[:6])
	letter := int(code[0]) * 1_000_000
	return letter + low, letter + high, true
}

// start is what the base of a category starts from.
func (q *question) start(category *Category) *big.Rat {
	b := q.step.Bill
	if category == nil || category.Base == nil {
		return yuan(b.InScope)
	}
	return map[string]*big.Rat{
		"in_scope": yuan(b.InScope), "in_scope_and_pre_self_pay": plus(yuan(b.InScope), yuan(b.FirstSelfPay)), "full_cost": yuan(b.Total),
	}[category.Base.Of]
}

// whole rounds to whole yuan, never beyond most.
func (v *Version) whole(amount, most *big.Rat) *big.Rat {
	if v.Rounding == nil {
		return amount
	}
	down := new(big.Rat).SetInt(new(big.Int).Div(amount.Num(), amount.Denom()))
	up := plus(down, big.NewRat(1, 1))
	nearer := minus(up, amount).Cmp(minus(amount, down)) <= 0 // a tie goes up
	if v.Rounding.To == "yuan_half_up" && nearer && up.Cmp(most) <= 0 {
		return up
	}
	return down
}

// stage is what a source computed after assistance pays of what is owed.
func (q *question) stage(s *Stage, o *outcome, owed *big.Rat) *big.Rat {
	visit := q.step.Mode == "inpatient" || q.step.Mode == "outpatient"
	named := len(s.Categories) == 0 || o.category != nil && slices.Contains(s.Categories, o.category.ID)
	if !visit || !named || !slices.Contains(s.Schemes, q.step.Payers.Scheme) {
		return new(big.Rat)
	}
	outside := minus(yuan(q.step.Bill.Total), yuan(q.step.Bill.InScope))
	burden := floor0(minus(owed, outside)) // what was paid, was paid of what is in scope
	old := new(big.Rat)
	if s.Over == "year" {
		old = q.used.get(bucketPrefix + s.Bucket)
		o.changes.post(ledger{bucketPrefix + s.Bucket: burden}, 1)
		o.climbed = o.climbed || burden.Sign() > 0
	}
	pay := minus(along(s.Bands, yuan(s.Above), plus(old, burden)), along(s.Bands, yuan(s.Above), old))
	cut := o.cut // a stage's cap is not assistance's
	pay = q.within(o, s.Caps, pay)
	o.cut = cut
	o.draw(s.Caps, pay)
	return pay
}

// along is what bands come to at an amount, from another on.
func along(bands []Band, from, amount *big.Rat) *big.Rat {
	sum := new(big.Rat)
	for i, band := range bands {
		sum = plus(sum, share(sliceOf(bands, i, from, amount), yuan(band.Rate)))
	}
	return sum
}

// open reports whether a rule is for the facility, and for the person.
func (w *When) open(q *question) (facility, person bool) {
	if w == nil {
		return true, true
	}
	at := q.step.Provider
	level, inArea := "", true
	if at != nil {
		level, inArea = at.Level, at.InArea
	}
	facility = (w.Levels == nil || slices.Contains(w.Levels, level)) && (w.InArea == nil || *w.InArea == inArea)
	person = (w.Schemes == nil || slices.Contains(w.Schemes, q.step.Payers.Scheme)) && (w.Residence == "" || w.Residence == q.person.Residence)
	return facility, person
}
