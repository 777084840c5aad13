package worked

import (
	"fmt"
	"strconv"

	"github.com/onestop-gateway/onestop/settlement"
)

// Case is one person's settlements and reversals in order, with what each
// should answer and what the years' accumulators should hold in the end.
type Case struct {
	ID     string
	policy settlement.PolicyID
	person settlement.Beneficiary
	start  years
	steps  []step
	after  *years // nil: the case does not say
	place  *settlement.Place
}

// years are accumulators by calendar year; a year that is absent is zero.
type years map[int]settlement.Accumulator

// Decode understands one case, the item of a file's list "cases" at index. The
// error is settlement.Problems.
func Decode(index int, node settlement.Node) (*Case, error) {
	place := settlement.Top(fmt.Sprintf("cases[%d]", index), node)
	place.Map("id", "title", "covers", "policy", "person", "accumulators", "steps", "accumulators_after", "explain")
	c := &Case{
		ID:     place.Need("id").Text(),
		policy: settlement.PolicyID(place.Need("policy").Text()),
		person: decodePerson(place.Need("person")),
		start:  decodeYears(place.Get("accumulators")),
		place:  place,
	}
	if after := place.Get("accumulators_after"); after != nil {
		years := decodeYears(after)
		c.after = &years
	}
	seen := map[string]bool{}
	for i, at := range place.Need("steps").Items() {
		next := decodeStep(at)
		next.label = next.sid
		if next.sid == "" || seen[next.sid] {
			next.label = strconv.Itoa(i + 1)
		}
		seen[next.sid] = true
		c.steps = append(c.steps, next)
	}
	return c, place.Err()
}

// decodePerson reads residence and categories. A category need not be known:
// that an unknown one is refused is itself worth a case.
func decodePerson(p *settlement.Place) (person settlement.Beneficiary) {
	if !p.Map("residence", "categories") {
		return person
	}
	person.Residence = settlement.Word(p.Need("residence"), settlement.Urban, settlement.Rural)
	for _, at := range p.Need("categories").Items() {
		if !at.Map("id", "from", "to") {
			continue
		}
		held := settlement.Entitlement{
			Category: settlement.CategoryID(at.Need("id").Text()),
			Period:   settlement.Period{From: at.Need("from").Date()},
		}
		if to := at.Get("to"); !to.Null() {
			held.Period.To = to.Date()
			if held.Period.To < held.Period.From {
				to.Refuse("is before from")
			}
		}
		person.Entitlements = append(person.Entitlements, held)
	}
	return person
}

// decodeYears reads accumulators by calendar year.
func decodeYears(p *settlement.Place) years {
	if p == nil {
		return nil
	}
	byYear := years{}
	for _, at := range p.Fields() {
		year, err := strconv.Atoi(at.Key())
		if err != nil || len(at.Key()) != 4 {
			at.Refuse("%s is not a year", at.Key())
		}
		byYear[year] = decodeAccumulator(at)
	}
	return byYear
}

// decodeAccumulator reads one year; what is left out is nothing used.
func decodeAccumulator(p *settlement.Place) (a settlement.Accumulator) {
	if !p.Map("buckets", "deductible_met", "ci_base", "ci_paid", "care_grants") {
		return a
	}
	if buckets := p.Get("buckets"); buckets != nil {
		a.Used = map[settlement.BucketID]settlement.Money{}
		for _, at := range buckets.Fields() {
			a.Used[settlement.BucketID(at.Key())] = at.Amount()
		}
	}
	a.DeductibleMet = p.Get("deductible_met").Amount()
	a.CriticalIllnessBase = p.Get("ci_base").Amount()
	a.CriticalIllnessPaid = p.Get("ci_paid").Amount()
	a.CareGrants = p.Get("care_grants").Count()
	return a
}
