package settlement_test

import (
	"testing"

	"github.com/onestop-gateway/onestop/settlement"
)

// broken is a claim with everything wrong that A23 knows; each of its mends
// takes away the error of the highest precedence still there.
func broken() *encounter {
	e := stay("1000", "rural_dibao", "martian").basic("-1").other(settlement.Commercial, "2000")
	e.claim.Bill.SelfFunded = 500
	return e.dates("2019-12-31", "2019-11-30")
}

func TestErrorPrecedence(t *testing.T) { // A23
	e := broken()
	steps := []struct {
		want settlement.Reason
		kind settlement.Kind
		mend func()
	}{
		{settlement.ReasonNegativeAmount, settlement.KindInvalid, func() { e.coverage.Basic = 0 }},
		{settlement.ReasonBillUnbalanced, settlement.KindInvalid, func() { e.claim.Bill.SelfFunded = 0 }},
		{settlement.ReasonPayersExceed, settlement.KindInvalid, func() { e.coverage.Others = nil }},
		{settlement.ReasonDateOrder, settlement.KindInvalid, func() { e.claim.Admission = day("2019-11-30") }},
		{settlement.ReasonNoPolicyVersion, settlement.KindBlocked, func() { e.dates("2020-01-01", "2020-01-01") }},
		{settlement.ReasonUnknownCategory, settlement.KindInvalid, func() {
			e.who.Entitlements = e.who.Entitlements[:1]
			e.mode(settlement.Care).scheme(settlement.SchemeNone).given("10").other("lottery", "1")
		}},
		{settlement.ReasonCareBill, settlement.KindInvalid, func() { e.mode(settlement.Inpatient) }},
		{settlement.ReasonSchemeConflict, settlement.KindInvalid, func() { e.scheme(settlement.SchemeResident) }},
		{settlement.ReasonSourceNotPlaced, settlement.KindInvalid, func() { e.coverage.Others = nil }},
	}
	for _, step := range steps {
		_, err := e.adjudicate()
		if settlement.ReasonOf(err) != step.want || settlement.KindOf(err) != step.kind {
			t.Errorf("got %v, want %s", err, step.want)
		}
		step.mend()
	}
	if a, err := e.adjudicate(); err != nil || a.Reason != settlement.ReasonOK {
		t.Errorf("mended: %v, %v", a.Reason, err)
	}
}

func TestCheckNamesTheField(t *testing.T) { // A02, A05, A23
	tests := []struct {
		says   string
		e      *encounter
		reason settlement.Reason
		field  string
	}{
		{"sound", stay("1000").basic("1000"), "", ""},
		{"a part of the bill below zero", stay("10").beyond("-1", "1", "0"), settlement.ReasonNegativeAmount, "bill.self_funded"},
		{"first self-pay below zero", stay("10").beyond("1", "-1", "0"), settlement.ReasonNegativeAmount, "bill.first_self_pay"},
		{"over-limit a fen below zero", stay("10").beyond("1", "0", "-0.01"), settlement.ReasonNegativeAmount, "bill.over_limit"},
		{"an offer below zero", stay("10").other(settlement.Charity, "-0.01"), settlement.ReasonNegativeAmount, "coverage.others[0]"},
		{"a figure of critical illness below zero, though it would be computed", stay("10").given("-1").compute(), settlement.ReasonNegativeAmount, "coverage.critical_illness"},
		{"payers at the total, above the eligible amount", stay("10").beyond("5", "0", "0").basic("15"), "", ""},
		{"payers a fen above the total", stay("10").beyond("5", "0", "0").basic("15.01"), settlement.ReasonPayersExceed, "coverage"},
		{"a given figure counts", stay("10").basic("9").given("1.01"), settlement.ReasonPayersExceed, "coverage"},
		{"a computed one does not", stay("10").basic("9").given("1.01").compute(), "", ""},
		{"all sources before count", stay("10").basic("9").other(settlement.Commercial, "0.5").other(settlement.HospitalDerate, "0.5").other(settlement.SpecialCare, "0.01"),
			settlement.ReasonPayersExceed, "coverage"},
		{"charity comes after and offers what it likes", stay("10").basic("9").other(settlement.Charity, "100"), "", ""},
		{"discharge on the day of admission", stay("10").dates("2020-03-01", "2020-03-01"), "", ""},
		{"no day of admission", noAdmission(), settlement.ReasonDateOrder, "discharge"},
		{"discharge before admission", stay("10").dates("2020-03-02", "2020-03-01"), settlement.ReasonDateOrder, "discharge"},
	}
	for _, test := range tests {
		t.Run(test.says, func(t *testing.T) {
			err := settlement.Check(test.e.claim, test.e.coverage)
			if test.reason == "" {
				if err != nil {
					t.Fatalf("got %v, want no error", err)
				}
				return
			}
			got, ok := err.(*settlement.Error)
			if !ok || got.Reason != test.reason || got.Field != test.field || got.Kind != settlement.KindInvalid {
				t.Errorf("got %v, want %s at %s", err, test.reason, test.field)
			}
		})
	}
}

func TestCheckRefusesABillOutOfBalance(t *testing.T) { // A02
	e := stay("10")
	for _, off := range []settlement.Money{-1, 1} {
		e.claim.Bill.Submitted = yuan("10") + off
		if err := settlement.Check(e.claim, e.coverage); settlement.ReasonOf(err) != settlement.ReasonBillUnbalanced {
			t.Errorf("off by %d fen: %v", off, err)
		}
	}
}

func TestPayersExceedFollowsTheVersion(t *testing.T) { // A05: the version says who comes before
	after := func(v *settlement.Version) {
		v.Before, v.After = nil, []settlement.Source{settlement.Commercial}
	}
	check(t, []spec{
		{"placed before", stay("10").basic("9").other(settlement.Commercial, "2"), "error PAYERS_EXCEED_TOTAL"},
		{"placed after, it takes what is owed", stay("10").basic("9").other(settlement.Commercial, "2").under(after),
			"zero NOT_ELIGIBLE, base 1.00, commercial 1.00, patient 0.00"},
	})
}

func TestOwnErrors(t *testing.T) {
	none := settlement.SchemeNone
	check(t, []spec{
		{"a care grant with a bill", stay("1", "tekun").mode(settlement.Care).class(settlement.General, "uremia"), "error CARE_BILL_NOT_ZERO"},
		{"basic insurance of the uninsured", stay("10").scheme(none).basic("1"), "error SCHEME_CONFLICT"},
		{"given critical illness of the uninsured", stay("10").scheme(none).given("1"), "error SCHEME_CONFLICT"},
		{"an application only informs of its scheme", stay("20000", "urban_dibao").mode(settlement.Inclined).scheme(none).given("1000"),
			"ok OK urban_dibao urban, critical 1000.00, base 19000.00, deductible 10000.00, inclined 2700.00, patient 16300.00"},
		{"a source without a place", stay("10").other("lottery", "1"), "error SOURCE_NOT_PLACED"},
		{"a source without a place that pays nothing", stay("10").other("lottery", "0"), "zero NOT_ELIGIBLE, base 10.00, patient 10.00"},
		{"an unknown category that is not even in force", stay("10", "martian").held("2001-01-01", "2001-01-02"), "error UNKNOWN_CATEGORY"},
		{"a vocabulary of the version's own", stay("10", "rural_dibao").under(func(v *settlement.Version) { v.Vocabulary = []settlement.CategoryID{"tekun"} }),
			"error UNKNOWN_CATEGORY"},
	})
}

// noAdmission is a stay whose first day was never said.
func noAdmission() *encounter {
	e := stay("10")
	e.claim.Admission = 0
	return e
}
