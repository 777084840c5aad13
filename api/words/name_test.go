package words

import (
	"testing"

	"github.com/onestop-gateway/onestop/settlement"
)

// Everything the domain has a word for has a name in both languages.
func TestEverythingHasAName(t *testing.T) {
	for _, mode := range []settlement.Mode{settlement.Outpatient, settlement.Inpatient, settlement.Inclined, settlement.Care} {
		namedTwice(t, string(mode), Mode(mode))
	}
	for name, text := range declared(t, "claim.go", "Scheme") {
		namedTwice(t, name, Scheme(settlement.Scheme(text)))
	}
	for _, source := range []settlement.Source{settlement.Commercial, settlement.HospitalDerate, settlement.SpecialCare, settlement.Charity} {
		namedTwice(t, string(source), Source(source))
	}
	for _, fund := range []settlement.Fund{settlement.UrbanFund, settlement.RuralFund} {
		namedTwice(t, string(fund), Fund(fund))
	}
	for name, text := range declared(t, "adjudication.go", "Warn") {
		namedTwice(t, name, Warning(settlement.Warning(text)))
	}
	for _, category := range settlement.Vocabulary {
		namedTwice(t, string(category), Category(category))
	}
}

// namedTwice wants a name of its own in each language.
func namedTwice(t *testing.T, id string, name Text) {
	t.Helper()
	if name.Zh == "" || name.En == "" || name.Zh == name.En || name.Zh == id || name.En == id {
		t.Errorf("%s is called %v", id, name)
	}
}

func TestWhatHasNoNameIsCalledByItsID(t *testing.T) {
	if Category("own_category") != Same("own_category") || Bucket("own") != Same("own") || Fund(settlement.NoFund) != (Text{}) {
		t.Error("an unknown id")
	}
}

func TestText(t *testing.T) {
	a, b := Text{"甲。", "A."}, Text{"乙。", "B."}
	if a.Then(b) != (Text{"甲。乙。", "A. B."}) || a.Then(Text{}) != a || (Text{}).Then(b) != b || !(Text{}).Then(Text{}).Empty() {
		t.Error("Then")
	}
	if a.In(Chinese) != "甲。" || a.In(English) != "A." || a.In("fr") != "甲。" {
		t.Error("In")
	}
}
