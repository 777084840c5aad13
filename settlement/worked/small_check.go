package worked

import (
	"fmt"

	"github.com/onestop-gateway/onestop/settlement"
)

// check is a small check of a file: it gives its differences.
type check func() []string

// factorMost bounds the marginal factor, so that every line is an amount.
const factorMost = 100

// eligibility reads checks of category by income: standards by residence, the
// factor of the marginal line, and incomes with the standing expected.
func (f *File) eligibility(p *settlement.Place) {
	if p == nil || !p.Map("note", "standards", "marginal_factor", "checks") {
		return
	}
	standards := p.Need("standards")
	standards.Map(string(settlement.Urban), string(settlement.Rural))
	factor := p.Need("marginal_factor").Decimal()
	if settlement.Money(1).Times(factor) > factorMost {
		p.Get("marginal_factor").Refuse("is more than %d", factorMost)
	}
	for i, at := range p.Need("checks").Items() {
		if !at.Map("residence", "income", "expect") {
			continue
		}
		residence := settlement.Word(at.Need("residence"), settlement.Urban, settlement.Rural)
		standard := standards.Need(string(residence)).Amount()
		income := at.Need("income").Amount()
		want := settlement.Word(at.Need("expect"), settlement.WithinDibao, settlement.MarginalHousehold, settlement.AboveMarginal)
		f.checks = append(f.checks, func() []string {
			got := settlement.StandingOf(income, standard, factor)
			return compare(fmt.Sprintf("eligibility_checks %d.standing", i+1), string(want), string(got))
		})
	}
}

// funds reads checks of fund utilisation and of the totals they add up to.
func (f *File) funds(p *settlement.Place) {
	if p == nil || !p.Map("note", "checks", "totals") {
		return
	}
	var disbursed settlement.Money
	for i, at := range p.Need("checks").Items() {
		if !at.Map("fund", "disbursed", "raised", "expect_percent") {
			continue
		}
		at.Need("fund").Text()
		paid, raised, want := at.Need("disbursed").Amount(), at.Need("raised").Amount(), at.Need("expect_percent").Text()
		disbursed += paid
		f.checks = append(f.checks, func() []string {
			got, err := settlement.Utilisation(paid, raised)
			if err != nil {
				got = string(settlement.ReasonOf(err))
			}
			return compare(fmt.Sprintf("fund_checks %d.percent", i+1), want, got)
		})
	}
	f.totals(p.Get("totals"), disbursed)
}

// totals reads the sums a report states beside its parts. Persons and money
// are compared in one check, as one sentence of a report states them.
func (f *File) totals(p *settlement.Place, disbursed settlement.Money) {
	if p == nil || !p.Map("persons_urban", "persons_rural", "persons_total", "disbursed_total") {
		return
	}
	persons := p.Need("persons_urban").Count() + p.Need("persons_rural").Count()
	wantPersons, wantDisbursed := p.Need("persons_total").Count(), p.Need("disbursed_total").Amount()
	f.checks = append(f.checks, func() []string {
		return append(
			compare("fund_checks totals.persons_total", fmt.Sprint(wantPersons), fmt.Sprint(persons)),
			compare("fund_checks totals.disbursed_total", wantDisbursed.String(), disbursed.String())...)
	})
}

// compare gives the one difference there can be, or none.
func compare(field, want, got string) []string {
	if want == got {
		return nil
	}
	return []string{difference(field, want, got)}
}
