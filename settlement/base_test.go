package settlement_test

import (
	"testing"

	"github.com/onestop-gateway/onestop/settlement"
)

func TestOrderOfPayers(t *testing.T) { // A03
	check(t, []spec{
		{
			"insurance, then sources before, then assistance, then charity, then the patient once",
			stay("20000", "urban_dibao").basic("9000").given("1000").other(settlement.Commercial, "2000").
				other(settlement.HospitalDerate, "500").other(settlement.SpecialCare, "500").
				other(settlement.Charity, "400").beyond("1000", "200", "100"),
			"ok OK urban_dibao urban, critical 1000.00, base 7000.00, ordinary 4900.00, charity 400.00, patient 3000.00",
		},
		{
			"nobody but the patient",
			stay("100"),
			"zero NOT_ELIGIBLE, base 100.00, patient 100.00",
		},
		{
			"a source the version places after assistance leaves the base alone",
			stay("10000", "urban_dibao").other(settlement.Commercial, "5000").under(func(v *settlement.Version) {
				v.Before = nil
				v.After = []settlement.Source{settlement.Commercial, settlement.Charity}
			}).other(settlement.Charity, "50"),
			"ok OK urban_dibao urban, base 10000.00, ordinary 7000.00, commercial 3000.00, charity 0.00, patient 0.00",
		},
		{
			"two shares of one source count together",
			stay("10000", "rural_dibao").other(settlement.Commercial, "1000").other(settlement.Commercial, "2000"),
			"ok OK rural_dibao rural, base 7000.00, ordinary 4900.00, patient 2100.00",
		},
	})
}

func TestBase(t *testing.T) { // A04, A05
	check(t, []spec{
		{
			"self-funded, first self-pay and over-limit never enter the base",
			stay("11000", "urban_dibao").basic("7000").beyond("500", "300", "200"),
			"ok OK urban_dibao urban, base 4000.00, ordinary 2800.00, patient 2200.00",
		},
		{
			"insurers at exactly the eligible amount leave nothing, without a warning",
			stay("5000", "urban_dibao").basic("5000").beyond("100", "0", "0"),
			"zero NOTHING_TO_ASSIST urban_dibao, patient 100.00",
		},
		{
			"insurers a fen above it: floored, with a warning",
			stay("5000", "urban_dibao").basic("5000.01").beyond("100", "0", "0"),
			"zero NOTHING_TO_ASSIST urban_dibao, patient 99.99, BASE_FLOORED",
		},
		{
			"sources before floor it as insurance does",
			stay("1000", "urban_dibao").basic("800").other(settlement.Commercial, "300").beyond("500", "0", "0"),
			"zero NOTHING_TO_ASSIST urban_dibao, patient 400.00, BASE_FLOORED",
		},
		{
			"floored also where nobody is eligible",
			stay("1000").basic("1200").beyond("500", "0", "0"),
			"zero NOT_ELIGIBLE, patient 300.00, BASE_FLOORED",
		},
	})
}

func TestUninsured(t *testing.T) { // A06
	none := settlement.SchemeNone
	check(t, []spec{
		{
			"half of the eligible amount, rounded half-up, is the base",
			stay("1000.01", "rural_dibao").scheme(none),
			"ok OK rural_dibao rural, base 500.01, ordinary 350.01, patient 650.00",
		},
		{
			"a category with a factor of its own",
			stay("1000.01", "tekun").scheme(none),
			"ok OK tekun rural, base 1000.01, ordinary 1000.01, patient 0.00",
		},
		{
			"an alias has its category's factor",
			stay("1000.01", "three_no").scheme(none),
			"ok OK tekun rural, base 1000.01, ordinary 1000.01, patient 0.00",
		},
		{
			"sources before come off after the factor",
			stay("1000", "rural_dibao").scheme(none).other(settlement.Commercial, "200"),
			"ok OK rural_dibao rural, base 300.00, ordinary 210.00, patient 590.00",
		},
		{
			"sources before above the part: floored",
			stay("1000", "rural_dibao").scheme(none).other(settlement.Commercial, "500.01"),
			"zero NOTHING_TO_ASSIST rural_dibao, patient 499.99, BASE_FLOORED",
		},
		{
			"nobody eligible: the usual factor all the same",
			stay("1000").scheme(none),
			"zero NOT_ELIGIBLE, base 500.00, patient 1000.00",
		},
		{
			"not covered by the version: base zero",
			stay("1000", "rural_dibao").scheme(none).under(func(v *settlement.Version) { v.Uninsured = settlement.UninsuredRule{} }),
			"zero UNINSURED_NOT_COVERED rural_dibao, patient 1000.00",
		},
		{
			"not covered and nobody eligible",
			stay("1000").scheme(none).under(func(v *settlement.Version) { v.Uninsured = settlement.UninsuredRule{} }),
			"zero NOT_ELIGIBLE, patient 1000.00",
		},
		{
			"an application for inclined assistance does not ask for insurance",
			stay("30000", "urban_dibao").scheme(none).mode(settlement.Inclined).
				under(func(v *settlement.Version) { v.Uninsured = settlement.UninsuredRule{} }),
			"ok OK urban_dibao urban, base 30000.00, deductible 10000.00, inclined 6000.00, patient 24000.00",
		},
		{
			"nor does a care grant",
			stay("0", "urban_dibao").scheme(none).mode(settlement.Care).class(settlement.General, "uremia").
				under(func(v *settlement.Version) { v.Uninsured = settlement.UninsuredRule{} }),
			"ok OK urban_dibao urban, ordinary 1000.00, patient 0.00",
		},
		{
			"critical illness is never computed for the uninsured",
			stay("50000", "rural_dibao").scheme(none).compute(),
			"ok OK rural_dibao rural, base 25000.00, ordinary 17500.00, patient 32500.00",
		},
	})
}

func TestFacility(t *testing.T) { // A25
	undesignated := func(c *settlement.Treatment) { c.Designated = false }
	away := func(c *settlement.Treatment) { c.InArea = false }
	rule := func(unreferred settlement.UnreferredRule, points string) func(*settlement.Version) {
		return func(v *settlement.Version) { v.Facility.Unreferred, v.Facility.Points = unreferred, rate(points) }
	}
	refused, minus := rule(settlement.UnreferredNotCovered, "0"), rule(settlement.UnreferredMinus, "0.20")
	emergency := func(c *settlement.Treatment) { c.Emergency = true }
	approved := func(c *settlement.Treatment) { c.Referral = settlement.ReferralApproved }
	paid := "ok OK rural_dibao rural, base 1000.00, ordinary 700.00, patient 300.00"
	reduced := "ok OK rural_dibao rural, base 1000.00, ordinary 500.00, patient 500.00"
	unpaid := "zero PROVIDER_NOT_COVERED rural_dibao, base 1000.00, patient 1000.00"
	check(t, []spec{
		{"designated, in area", stay("1000", "rural_dibao").under(refused), paid},
		{"not designated", stay("1000", "rural_dibao").at(undesignated), unpaid},
		{"not designated, in an emergency", stay("1000", "rural_dibao").at(undesignated).at(emergency), paid},
		{"not designated, though referred out of area", stay("1000", "rural_dibao").at(undesignated).at(away).at(approved), unpaid},
		{"out of area, covered by the policy", stay("1000", "rural_dibao").at(away), paid},
		{"out of area, not covered by the policy", stay("1000", "rural_dibao").at(away).under(refused), unpaid},
		{"out of area, referred", stay("1000", "rural_dibao").at(away).at(approved).under(refused), paid},
		{"out of area in an emergency", stay("1000", "rural_dibao").at(away).at(emergency).under(refused), paid},
		{"out of area, twenty points less", stay("1000", "rural_dibao").at(away).under(minus), reduced},
		{"referred, no points less", stay("1000", "rural_dibao").at(away).at(approved).under(minus), paid},
		{
			"every band has the points less, floored at nothing",
			stay("42000", "marginal").at(away).under(rule(settlement.UnreferredMinus, "0.55")),
			"ok OK marginal rural, base 42000.00, deductible 1000.00, ordinary 2650.00, patient 39350.00",
		},
		{
			"more points than the ratio has: nothing",
			stay("1000", "rural_dibao").at(away).under(rule(settlement.UnreferredMinus, "0.70")),
			"zero NOTHING_TO_ASSIST rural_dibao, base 1000.00, patient 1000.00",
		},
		{
			"automatic inclined assistance has the points less too",
			stay("20000", "rural_dibao").at(away).under(minus).
				under(func(v *settlement.Version) { v.Inclined = inclinedRule(capAt("inclined")) }),
			"ok OK rural_dibao rural, base 20000.00, ordinary 10000.00, inclined 1600.00, patient 8400.00",
		},
	})
}
