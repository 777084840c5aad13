package storetest

import (
	"testing"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

var accumulatorScenarios = []scenario{
	{"a person never seen has used nothing", accumulatorUnseen},
	{"adds every part of a difference", accumulatorAdds},
	{"keeps many buckets of any name", accumulatorBuckets},
	{"gives back what a reversal takes off", accumulatorReverses},
	{"refuses any part below zero", accumulatorNegative},
	{"takes a part down to zero", accumulatorToZero},
	{"is not moved by an empty difference", accumulatorUnmoved},
	{"keeps two years apart", accumulatorYears},
	{"keeps the largest amounts exact", accumulatorLarge},
	{"is not read when given up", accumulatorGivenUp},
}

func accumulatorUnseen(t *testing.T, o Opened) {
	same(t, "zero", o.uses(t, record("1")).Zero(), true)
}

// adds closes a new settlement of person p-1 with delta.
func (o Opened) adds(t *testing.T, name string, delta settlement.Accumulator) (settlement.Settlement, error) {
	t.Helper()
	s := record(name)
	s.Beneficiary.ID = "p-1"
	s = o.opens(t, s)
	return o.Store.Close(t.Context(), s, func(ground lifecycle.Ground) (lifecycle.Change, error) {
		change := committing(s, ground.Sequence, 0)
		change.Delta = delta
		return change, nil
	})
}

var (
	oneDelta = settlement.Accumulator{
		Used:          map[settlement.BucketID]settlement.Money{total: 100, "outpatient": 7},
		DeductibleMet: 20, CriticalIllnessBase: 3_000, CriticalIllnessPaid: 400, CareGrants: 1,
	}
	otherDelta = settlement.Accumulator{
		Used:          map[settlement.BucketID]settlement.Money{total: 50, "inpatient": 9},
		DeductibleMet: 5, CriticalIllnessBase: 700, CriticalIllnessPaid: 60, CareGrants: 2,
	}
)

func accumulatorAdds(t *testing.T, o Opened) {
	s, err := o.adds(t, "1", oneDelta)
	same(t, "error", err, nil)
	same(t, "used", o.uses(t, s), oneDelta)
	_, err = o.adds(t, "2", otherDelta)
	same(t, "error", err, nil)
	same(t, "used", o.uses(t, s), oneDelta.Plus(otherDelta))
}

func accumulatorBuckets(t *testing.T, o Opened) {
	delta := settlement.Accumulator{Used: map[settlement.BucketID]settlement.Money{
		"total": 1, "Total": 2, "年度封顶": 3, `"quoted"`: 4, "a,b": 5, "with blank ": 6, "<&>": 7, "{}": 8,
	}}
	s, err := o.adds(t, "1", delta)
	same(t, "error", err, nil)
	same(t, "used", o.uses(t, s), delta)
}

func accumulatorReverses(t *testing.T, o Opened) {
	first := o.commits(t, record("1"), 500)
	second := record("2")
	second.Beneficiary = first.Beneficiary
	second = o.commits(t, second, 300)
	o.reverses(t, first)
	same(t, "used", o.uses(t, first).Used[total], settlement.Money(300))
	o.reverses(t, second)
	same(t, "nothing used", o.uses(t, first).Zero(), true)
}

func accumulatorNegative(t *testing.T, o Opened) {
	s, err := o.adds(t, "1", oneDelta)
	same(t, "error", err, nil)
	for name, delta := range map[string]settlement.Accumulator{
		"a bucket":              {Used: map[settlement.BucketID]settlement.Money{total: -101}},
		"a bucket not there":    {Used: map[settlement.BucketID]settlement.Money{"new": -1}},
		"one bucket of two":     {Used: map[settlement.BucketID]settlement.Money{total: 10, "outpatient": -8}},
		"deductible":            {DeductibleMet: -21},
		"critical illness base": {CriticalIllnessBase: -3_001},
		"critical illness paid": {CriticalIllnessPaid: -401},
		"care grants":           {CareGrants: -2},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := o.adds(t, name, delta)
			refused(t, "closing", err, settlement.KindInternal)
			same(t, "used", o.uses(t, s), oneDelta)
			same(t, "state", o.reads(t, settlement.SettlementID("s-"+name)).State, settlement.StateSettling)
		})
	}
}

func accumulatorToZero(t *testing.T, o Opened) {
	s, err := o.adds(t, "1", oneDelta)
	same(t, "error", err, nil)
	_, err = o.adds(t, "2", settlement.Accumulator{}.Minus(oneDelta))
	same(t, "error", err, nil)
	same(t, "nothing used", o.uses(t, s).Zero(), true)
}

func accumulatorUnmoved(t *testing.T, o Opened) {
	s, err := o.adds(t, "1", oneDelta)
	same(t, "error", err, nil)
	for name, delta := range map[string]settlement.Accumulator{
		"absent": {},
		"zero":   {Used: map[settlement.BucketID]settlement.Money{total: 0}},
	} {
		_, err = o.adds(t, name, delta)
		same(t, "error", err, nil)
		same(t, "used", o.uses(t, s), oneDelta)
	}
}

// A reversal gives back to the year it took from, even next January.
func accumulatorYears(t *testing.T, o Opened) {
	first, second := record("1"), record("2")
	second.Beneficiary, second.Year = first.Beneficiary, 2013
	first, second = o.commits(t, first, 500), o.commits(t, second, 300)
	same(t, "used in 2012", o.uses(t, first).Used[total], settlement.Money(500))
	same(t, "used in 2013", o.uses(t, second).Used[total], settlement.Money(300))
	o.reverses(t, first)
	same(t, "nothing used in 2012", o.uses(t, first).Zero(), true)
	same(t, "used in 2013", o.uses(t, second).Used[total], settlement.Money(300))
}

func accumulatorLarge(t *testing.T, o Opened) {
	s := o.commits(t, record("1"), settlement.MoneyMax)
	same(t, "used", o.uses(t, s).Used[total], settlement.MoneyMax)
	entry := o.trails(t, s.ID).Entries[0]
	same(t, "entry", entry.Debit, settlement.MoneyMax)
	same(t, "benefit", o.reads(t, s.ID).Adjudication.Benefit, settlement.MoneyMax)
}

func accumulatorGivenUp(t *testing.T, o Opened) {
	_, err := o.Store.Accumulator(cancelled(t), lifecycle.AccumulatorKey{Beneficiary: "p-1", Year: 2012})
	unread(t, "an accumulator", err)
}
