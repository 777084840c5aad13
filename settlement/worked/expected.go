package worked

import (
	"slices"
	"strings"

	"github.com/onestop-gateway/onestop/settlement"
)

// expected is one field of an answer as the case states it, in the text form
// in which answers are compared.
type expected struct {
	field string
	text  string
}

// shape is how the value of a field is written.
type shape uint8

const (
	word   shape = iota // text or null
	amount              // money
	list                // of words
)

// field is a field an answer may be expected to have.
type field struct {
	name string
	shape
}

// settlementFields are the fields of an answer that a case may expect.
var settlementFields = []field{
	{"status", word}, {"reason", word}, {"policy_version", word}, {"category", word}, {"fund", word},
	{"ci_pay", amount}, {"base", amount}, {"deductible_applied", amount},
	{"assist_ordinary", amount}, {"assist_inclined", amount}, {"assist", amount},
	{"charity_applied", amount}, {"commercial_applied", amount}, {"special_care_applied", amount},
	{"critical_again_applied", amount}, {"second_assistance_applied", amount},
	{"patient_pay", amount}, {"warnings", list},
}

// reversalFields has three names for the settlements flagged for review; a
// case uses the one it likes.
var reversalFields = []field{
	{"status", word}, {"reason", word}, {"review", list}, {"flagged", list}, {"flagged_for_review", list},
}

// decodeExpected reads what a case expects of a step. Only what it says is
// compared; warnings left out are expected to be none.
func decodeExpected(p *settlement.Place, fields []field) (all []expected) {
	names := make([]string, len(fields))
	for i, field := range fields {
		names[i] = field.name
	}
	if !p.Map(names...) {
		return nil
	}
	status := settlement.Word(p.Need("status"), "ok", "zero", "error")
	for _, field := range fields {
		at := p.Get(field.name)
		switch {
		case at != nil:
			all = append(all, expected{field.name, field.shape.text(at)})
		case field.name == "warnings" && status != "error":
			all = append(all, expected{field.name, listText(nil)})
		}
	}
	return all
}

// text is a value in the form that is compared: amounts with two decimals,
// lists in brackets, nothing as null.
func (s shape) text(p *settlement.Place) string {
	switch {
	case s == amount:
		return p.Amount().String()
	case s == list:
		var words []string
		for _, at := range p.Items() {
			words = append(words, at.Text())
		}
		return listText(words)
	case p.Null():
		return "null"
	default:
		return p.Text()
	}
}

func listText(words []string) string { return "[" + strings.Join(words, ", ") + "]" }

func orNull[T ~string](text T) string {
	if text == "" {
		return "null"
	}
	return string(text)
}

// answer is what a step computed, field by field.
type answer []expected

// refusal is the answer of a step that is an error; it has no other fields.
func refusal(reason settlement.Reason) answer {
	return answer{{"status", "error"}, {"reason", string(reason)}}
}

func settled(a *settlement.Adjudication) answer {
	after := map[settlement.Source]settlement.Money{}
	for _, share := range a.After {
		after[share.Source] = share.Amount
	}
	warnings := make([]string, len(a.Warnings))
	for i, warning := range a.Warnings {
		warnings[i] = string(warning)
	}
	return answer{
		{"status", string(a.Outcome)}, {"reason", string(a.Reason)}, {"policy_version", orNull(a.Version)},
		{"category", orNull(a.Category)}, {"fund", orNull(a.Fund)},
		{"ci_pay", a.CriticalIllness.String()}, {"base", a.Base.String()}, {"deductible_applied", a.Deductible.String()},
		{"assist_ordinary", a.Ordinary.String()}, {"assist_inclined", a.Inclined.String()}, {"assist", a.Benefit.String()},
		{"charity_applied", after[settlement.Charity].String()}, {"commercial_applied", after[settlement.Commercial].String()},
		{"special_care_applied", after[settlement.SpecialCare].String()},
		{"critical_again_applied", after[settlement.CriticalAgain].String()},
		{"second_assistance_applied", after[settlement.SecondAssistance].String()},
		{"patient_pay", a.PatientPays.String()}, {"warnings", listText(warnings)},
	}
}

func reversed(flagged []settlement.SettlementID) answer {
	ids := make([]string, len(flagged))
	for i, id := range flagged {
		ids[i] = string(id)
	}
	review := listText(ids)
	return answer{
		{"status", "ok"}, {"reason", string(settlement.ReasonOK)},
		{"review", review}, {"flagged", review}, {"flagged_for_review", review},
	}
}

// differences gives a line for each expected field that computed otherwise. An
// error has no fields but status and reason, and nothing more is said of it.
func (computed answer) differences(prefix string, all []expected) (lines []string) {
	for _, want := range all {
		i := slices.IndexFunc(computed, func(got expected) bool { return got.field == want.field })
		if i < 0 || computed[i].text == want.text {
			continue
		}
		lines = append(lines, difference(prefix+want.field, want.text, computed[i].text))
	}
	return lines
}

func difference(field, want, got string) string {
	return field + ": expected " + want + ", computed " + got
}
