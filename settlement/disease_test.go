package settlement_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/onestop-gateway/onestop/settlement"
)

func TestParseCode(t *testing.T) {
	for text, want := range map[string]settlement.Code{
		"C50": "C50", "C50.9": "C509", "C50.900": "C50900", "c50.900": "C50900", "C50900": "C50900", " N18.0 ": "N180",
		"C50.900x001": "C50900", "I10.x00": "I10", "I10.x00x002": "I10", "I10X00": "I10", "X60.100": "X60100",
		"A17.0†G01*": "A170", "G01*": "G01", "A17.0+": "A170",
	} {
		if got, ok := settlement.ParseCode(text); !ok || got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
	for _, text := range []string{"", "C", "C5", "uremia", "尿毒症", "5C0", "C5.0", "C50,9", "C50 .9", "M8000/3", "C50.90000000000", "CC0.9"} {
		if got, ok := settlement.ParseCode(text); ok {
			t.Errorf("%q is no code, not %q", text, got)
		}
	}
}

// However a code is written, it is the same code; and what a code is, it stays.
func TestParseCodeForms(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		code := rapid.StringMatching(`[A-Z][0-9]{2,6}`).Draw(t, "code")
		forms := []string{code, code[:3] + "." + code[3:], " " + code + "x001", code[:3] + "." + code[3:] + "X99", code + "*"}
		for _, form := range forms {
			if got, ok := settlement.ParseCode(form); !ok || string(got) != code {
				t.Errorf("%q is %q, want %q", form, got, code)
			}
		}
	})
}

// lists is a version with three lists and a rule for each class.
func lists(v *settlement.Version) {
	one := func(from, to settlement.Code) []settlement.CodeRange {
		return []settlement.CodeRange{{From: from, To: to}}
	}
	always := settlement.Period{From: day("2000-01-01")}
	v.Lists = []settlement.DiseaseList{
		{ID: "free", Class: settlement.FreeTreatment, Period: settlement.Period{From: day("2020-01-01"), To: day("2020-03-10")}, Codes: one("N180", "N180"), Article: "art. free"},
		{ID: "serious", Class: settlement.Serious, Modes: []settlement.Mode{settlement.Inpatient}, Period: always, Codes: one("C00", "C979"), Article: "art. serious"},
		{ID: "special", Class: settlement.Special, Modes: []settlement.Mode{settlement.Outpatient}, Period: always, Codes: one("C00", "C97"), Article: "art. special"},
	}
	rules := &v.Categories[2].Rules
	*rules = nil
	for class, part := range map[settlement.DiseaseClass]string{settlement.General: "0.10", settlement.Serious: "0.20", settlement.FreeTreatment: "1"} {
		*rules = append(*rules, terms(settlement.Inpatient, class, noDeductible, flat(part), capAt("total")))
	}
	*rules = append(*rules, terms(settlement.Outpatient, settlement.Special, noDeductible, flat("0.30"), capAt("total")))
}

func TestClassOfTheIllness(t *testing.T) {
	ill := func(code string) *encounter {
		return stay("1000", "rural_dibao").class(settlement.General, code).under(lists)
	}
	paid := func(amount, patient string) string {
		return "ok OK rural_dibao rural, base 1000.00, ordinary " + amount + ", patient " + patient
	}
	check(t, []spec{
		{"the first code of the range", ill("C00.0"), paid("200.00", "800.00")},
		{"in the middle, less exact than the last", ill("C50"), paid("200.00", "800.00")},
		{"the last code", ill("C97.9"), paid("200.00", "800.00")},
		{"below the last code", ill("C97.900x003"), paid("200.00", "800.00")},
		{"all that C97 can be is in the range", ill("C97"), paid("200.00", "800.00")},
		{"before the range", ill("B99.9"), paid("100.00", "900.00")},
		{"behind it", ill("D00.0"), paid("100.00", "900.00")},
		{"exactly listed", ill("N18.001"), paid("1000.00", "0.00")},
		{"less exact than listed", ill("N18"), paid("100.00", "900.00")},
		{"the day after the list ended", ill("N18.0").dates("2020-03-01", "2020-03-11"), paid("100.00", "900.00")},
		{"a list of another mode", ill("C50").mode(settlement.Outpatient), paid("300.00", "700.00")},
		{"no rule for the class in this mode", ill("J18").mode(settlement.Outpatient), "zero MODE_NOT_COVERED rural_dibao, base 1000.00, patient 1000.00"},
		{"no code", ill("seriously ill"), paid("100.00", "900.00")},
		{"stated, and the list agrees", ill("C50").class(settlement.Serious, "C50"), paid("200.00", "800.00")},
		{"stated otherwise", ill("").class(settlement.FreeTreatment, "C50"), "error DISEASE_NOT_LISTED"},
		{"stated without lists", stay("1000", "urban_dibao").class(settlement.Serious, ""), "ok OK urban_dibao urban, base 1000.00, ordinary 800.00, patient 200.00"},
	})
}
