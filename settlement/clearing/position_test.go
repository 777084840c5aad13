package clearing_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/clearing"
)

// entry is a line of the ledger: what is above zero is a debit.
func entry(account string, amount settlement.Money) settlement.Entry {
	if amount < 0 {
		return settlement.Entry{Account: account, Credit: -amount}
	}
	return settlement.Entry{Account: account, Debit: amount}
}

func movement(id string, discharged settlement.Date, entries ...settlement.Entry) clearing.Movement {
	return clearing.Movement{Settlement: settlement.SettlementID(id), Revision: 2, Facility: "H1", Discharged: discharged, Entries: entries}
}

func counter(m clearing.Movement) clearing.Movement {
	m.Revision, m.Entries = m.Revision+1, settlement.Counter(m.Entries)
	return m
}

func sum(movements ...clearing.Movement) []clearing.Position {
	adder := clearing.NewAdder()
	for i := range movements {
		adder.Add(&movements[i])
	}
	return adder.Positions()
}

// day is 2012-07-01 as days since 1970.
const day = 15_522

// A bill of 5600: the payer bears 3000 and 500, the fund 1200 by two levels,
// charity 300, the patient 600. Another like it is reversed.
func TestPositionsOfABill(t *testing.T) {
	bill := movement("s-1", 20120701,
		entry("payer/nhsa/basic", 300_000), entry("payer/nhsa/critical_illness", 50_000), entry("source/charity", 30_000),
		entry("fund/rural/360827/2012/county", 40_000), entry("fund/rural/360827/2012/province", 80_000),
		entry("person/p-1", 60_000), entry("facility/H1", -560_000))
	undone := bill
	undone.Settlement, undone.Discharged = "s-2", 20120703
	positions := sum(bill, undone, counter(undone))
	want := []clearing.Position{
		{Facility: "H1", Account: "bills", Settled: 1_120_000, Reversed: 560_000, Settlements: 2, Reversals: 1, Days: day},
		{Facility: "H1", Account: "fund/rural/360827/2012/county", Settled: 80_000, Reversed: 40_000, Settlements: 2, Reversals: 1, Days: day},
		{Facility: "H1", Account: "fund/rural/360827/2012/province", Settled: 160_000, Reversed: 80_000, Settlements: 2, Reversals: 1, Days: day},
		{Facility: "H1", Account: "patients", Settled: 120_000, Reversed: 60_000, Settlements: 2, Reversals: 1, Days: day},
		{Facility: "H1", Account: "payer/nhsa/basic", Settled: 600_000, Reversed: 300_000, Settlements: 2, Reversals: 1, Days: day},
		{Facility: "H1", Account: "payer/nhsa/critical_illness", Settled: 100_000, Reversed: 50_000, Settlements: 2, Reversals: 1, Days: day},
		{Facility: "H1", Account: "source/charity", Settled: 60_000, Reversed: 30_000, Settlements: 2, Reversals: 1, Days: day},
	}
	if diff := cmp.Diff(want, positions); diff != "" {
		t.Error(diff)
	}
	totals := clearing.Total(positions, nil)
	if want := (clearing.Totals{Bills: 560_000, Patients: 60_000, Borne: 500_000, Settlements: 2, Reversals: 1}); totals != want || !totals.Balanced() {
		t.Errorf("%+v", totals)
	}
	var shown []string
	for _, s := range clearing.Statements(positions, nil) {
		shown = append(shown, string(s.Bearer)+" "+s.Due().String())
	}
	if diff := cmp.Diff([]string{"fund/rural/360827/2012 1200.00", "payer/nhsa 3500.00", "source/charity 300.00"}, shown); diff != "" {
		t.Error(diff)
	}
}

// An adjustment is in what its bearer owes, to whom the bill is paid, and is no
// settlement: no bill, no patient and no number of days changes by it.
func TestPositionsOfAnAdjustment(t *testing.T) {
	bill := movement("s-1", 20120701, entry("payer/a/basic", 300), entry("person/p-1", 700), entry("facility/H1", -1_000))
	less := movement("s-1", 20120701, entry("adjustment/payer/a", 40), entry("payer/a/adjustment", -40))
	more := movement("s-2", 20120701, entry("payer/a/adjustment", 15), entry("adjustment/payer/a", -15))
	positions := sum(bill, less, more)
	want := []clearing.Position{
		{Facility: "H1", Account: "adjustment/payer/a", Settled: 40, Reversed: 15},
		{Facility: "H1", Account: "bills", Settled: 1_000, Settlements: 1, Days: day},
		{Facility: "H1", Account: "patients", Settled: 700, Settlements: 1, Days: day},
		{Facility: "H1", Account: "payer/a/adjustment", Settled: 15, Reversed: 40},
		{Facility: "H1", Account: "payer/a/basic", Settled: 300, Settlements: 1, Days: day},
	}
	if diff := cmp.Diff(want, positions); diff != "" {
		t.Error(diff)
	}
	totals := clearing.Total(positions, nil)
	if want := (clearing.Totals{Bills: 1_000, Patients: 700, Borne: 275, Adjusted: -25, Against: -25, Settlements: 1}); totals != want || !totals.Balanced() {
		t.Errorf("%+v", totals)
	}
	s := clearing.Statements(positions, nil)
	if len(s) != 1 || s[0].Due() != 275 || s[0].Adjusted() != -25 {
		t.Fatalf("%+v", s)
	}
	if days, ok := s[0].DaysToMoney(20120731); days != 30 || !ok {
		t.Errorf("%d days, %t", days, ok)
	}
	for name, off := range map[string]func(*clearing.Totals){
		"a bearer owes a fen more":                          func(t *clearing.Totals) { t.Borne++ },
		"an adjustment stands against less":                 func(t *clearing.Totals) { t.Against++ },
		"an adjustment and what is owed do not go together": func(t *clearing.Totals) { t.Adjusted++ },
	} {
		if wrong := totals; !wrong.Balanced() {
			t.Error(name)
		} else if off(&wrong); wrong.Balanced() {
			t.Errorf("%s, and it balances", name)
		}
	}
}

// What is adjusted of a grant is nobody's hospital's; what is adjusted of a
// settlement that is reversed goes with it.
func TestPositionsOfAdjustmentsUndone(t *testing.T) {
	grant := movement("s-1", 20120701, entry("fund/urban/360827/2012/adjustment", 500), entry("adjustment/grant/fund/urban/360827/2012", -500))
	positions := sum(grant)
	want := []clearing.Position{
		{Account: "adjustment/grant/fund/urban/360827/2012", Reversed: 500},
		{Account: "fund/urban/360827/2012/adjustment", Settled: 500},
	}
	if diff := cmp.Diff(want, positions); diff != "" {
		t.Error(diff)
	}
	if s := clearing.Statements(positions, nil); len(s) != 1 || s[0].Bearer != "fund/urban/360827/2012" || s[0].Due() != 500 {
		t.Errorf("%+v", s)
	}
	bill := movement("s-2", 20120701, entry("payer/a/basic", 1_000), entry("facility/H1", -1_000))
	less := movement("s-2", 20120701, entry("adjustment/payer/a", 40), entry("payer/a/adjustment", -40))
	undone := movement("s-2", 20120701, settlement.Counter(append(bill.Entries, less.Entries...))...)
	left := sum(bill, less, undone)
	for _, p := range left {
		if p.Due() != 0 || p.Days != 0 || p.Settlements != p.Reversals {
			t.Errorf("left %+v", p)
		}
	}
}

// A grant goes to the person: no hospital is to be paid, and nobody is named.
func TestPositionsOfAGrant(t *testing.T) {
	positions := sum(movement("s-1", 20120701, entry("fund/urban/360827/2012", 50_000), entry("person/p-1", -50_000)))
	want := []clearing.Position{
		{Account: "bills", Settled: 50_000, Settlements: 1, Days: day},
		{Account: "fund/urban/360827/2012", Settled: 50_000, Settlements: 1, Days: day},
	}
	if diff := cmp.Diff(want, positions); diff != "" {
		t.Error(diff)
	}
}

// One share may be named twice, as where two payers say what charity gave: it
// is one settlement.
func TestAnAccountNamedTwiceIsOneSettlement(t *testing.T) {
	positions := sum(movement("s-1", 20120701, entry("source/charity", 10), entry("source/charity", 20), entry("facility/H1", -30)))
	if p := positions[1]; p.Settled != 30 || p.Settlements != 1 || p.Days != day {
		t.Errorf("%+v", p)
	}
}

// What is reversed after its period is taken off the next one, which may then
// be owed to the bearer.
func TestAReversalAfterItsPeriodNetsInTheNext(t *testing.T) {
	bill := movement("s-1", 20120701, entry("payer/a/basic", 100), entry("facility/H1", -100))
	next := sum(counter(bill))
	s := clearing.Statements(next, nil)[0]
	if s.Due() != -100 || s.Standing() != clearing.Unpaid {
		t.Errorf("due %s, %s", s.Due(), s.Standing())
	}
	if _, ok := s.DaysToMoney(20120901); ok {
		t.Error("nothing was settled, and it has days to money")
	}
	s.Payments = []clearing.Payment{{Amount: -100}}
	if s.Standing() != clearing.PaidFull {
		t.Error(s.Standing())
	}
}

func TestBearers(t *testing.T) {
	for account, want := range map[clearing.Account]clearing.Bearer{
		"payer/nhsa-360827/basic":        "payer/nhsa-360827",
		"payer/nhsa-360827":              "payer/nhsa-360827",
		"fund/rural/360827/2012":         "fund/rural/360827/2012",
		"fund/rural/360827/2012/charity": "fund/rural/360827/2012",
		"critical_illness/360827":        "critical_illness/360827",
		"source/commercial":              "source/commercial",
		clearing.Bills:                   "",
		clearing.Patients:                "",
	} {
		if got := account.Bearer(); got != want {
			t.Errorf("%s: %q, want %q", account, got, want)
		}
	}
}

func TestStandings(t *testing.T) {
	for _, c := range []struct {
		due  settlement.Money
		paid []settlement.Money
		want clearing.Standing
	}{
		{100, nil, clearing.Unpaid},
		{100, []settlement.Money{60}, clearing.PartPaid},
		{100, []settlement.Money{60, 40}, clearing.PaidFull},
		{100, []settlement.Money{60, 41}, clearing.OverPaid},
		{100, []settlement.Money{60, -60}, clearing.Unpaid},
		{0, nil, clearing.PaidFull},
		{0, []settlement.Money{1}, clearing.OverPaid},
		{-100, []settlement.Money{-60}, clearing.PartPaid},
		{-100, []settlement.Money{-101}, clearing.OverPaid},
	} {
		s := clearing.Statement{Lines: []clearing.Position{{Settled: max(c.due, 0), Reversed: max(-c.due, 0)}}}
		for _, amount := range c.paid {
			s.Payments = append(s.Payments, clearing.Payment{Amount: amount})
		}
		if got := s.Standing(); got != c.want {
			t.Errorf("%s due, %v paid: %s, want %s", c.due, c.paid, got, c.want)
		}
	}
}

func TestDaysToMoney(t *testing.T) {
	positions := sum(
		movement("s-1", 20120701, entry("payer/a/basic", 1), entry("facility/H1", -1)),
		movement("s-2", 20120711, entry("payer/a/basic", 1), entry("facility/H1", -1)))
	days, ok := clearing.Statements(positions, nil)[0].DaysToMoney(20120805)
	if days != 30 || !ok {
		t.Errorf("%d %t, want 30", days, ok)
	}
}

// book draws a movement whose entries sum to zero.
func book(t *rapid.T) clearing.Movement {
	amount := func(label string) settlement.Money {
		return settlement.Money(rapid.Int64Range(0, 1_000_000_00).Draw(t, label))
	}
	m := movement(rapid.StringMatching(`s-[a-z]{4}`).Draw(t, "id"), 20120701)
	m.Facility = settlement.FacilityID(rapid.SampledFrom([]string{"H1", "H2", "H3"}).Draw(t, "facility"))
	bill := settlement.Money(0)
	for _, account := range []string{"payer/a/basic", "payer/b/basic", "payer/b/critical_illness", "fund/rural/1/2012", "source/charity", "person/p"} {
		if share := amount(account); share > 0 && rapid.Bool().Draw(t, "has "+account) {
			m.Entries = append(m.Entries, entry(account, share))
			bill += share
		}
	}
	m.Entries = append(m.Entries, entry("facility/"+string(m.Facility), -bill))
	if rapid.Bool().Draw(t, "reversal") {
		m = counter(m)
	}
	return m
}

// Whatever is booked: every fen has its bearer, the order does not matter, what
// is cut in two sums to the whole, and a bearer's sum is that of the ledger.
func TestPositionsTieToTheLedger(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		movements := rapid.SliceOfN(rapid.Custom(book), 0, 30).Draw(t, "movements")
		positions := sum(movements...)
		totals := clearing.Total(positions, nil)
		if !totals.Balanced() {
			t.Fatalf("not balanced: %+v", totals)
		}
		backwards := slices.Clone(movements)
		slices.Reverse(backwards)
		if clearing.Digest(positions) != clearing.Digest(sum(backwards...)) {
			t.Fatal("another order, other positions")
		}
		cut := rapid.IntRange(0, len(movements)).Draw(t, "cut")
		first, second := clearing.Total(sum(movements[:cut]...), nil), clearing.Total(sum(movements[cut:]...), nil)
		if first.Borne+second.Borne != totals.Borne || first.Settlements+second.Settlements != totals.Settlements {
			t.Fatalf("%+v and %+v are not %+v", first, second, totals)
		}
		ledger := settlement.Money(0)
		for _, m := range movements {
			for _, e := range m.Entries {
				if e.Account == "payer/b/basic" || e.Account == "payer/b/critical_illness" {
					ledger += e.Debit - e.Credit
				}
			}
		}
		owed := settlement.Money(0)
		for _, s := range clearing.Statements(positions, nil) {
			if s.Bearer == "payer/b" {
				owed += s.Due()
			}
		}
		if owed != ledger {
			t.Fatalf("payer b owes %s, by the ledger %s", owed, ledger)
		}
	})
}

// A digest tells any two lists of positions apart that differ anywhere.
func TestDigestTellsPositionsApart(t *testing.T) {
	base := clearing.Position{Facility: "H1", Account: "payer/a", Settled: 1, Reversed: 2, Settlements: 3, Reversals: 4, Days: 5}
	seen := map[string]bool{clearing.Digest(nil): true, clearing.Digest([]clearing.Position{base}): true}
	for _, change := range []func(*clearing.Position){
		func(p *clearing.Position) { p.Facility = "H2" }, func(p *clearing.Position) { p.Account = "payer/b" },
		func(p *clearing.Position) { p.Settled++ }, func(p *clearing.Position) { p.Reversed++ },
		func(p *clearing.Position) { p.Settlements++ }, func(p *clearing.Position) { p.Reversals++ }, func(p *clearing.Position) { p.Days++ },
	} {
		p := base
		change(&p)
		seen[clearing.Digest([]clearing.Position{p})] = true
	}
	if len(seen) != 9 {
		t.Errorf("%d digests of 9 lists", len(seen))
	}
}
