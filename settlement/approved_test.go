package settlement_test

import (
	"strings"
	"testing"

	"github.com/onestop-gateway/onestop/settlement"
)

// A rule that asks for an approval refuses a claim without one, whatever it
// would come to; other rules do not ask.
func TestApprovalRequired(t *testing.T) {
	asks := func(v *settlement.Version) { v.Categories[2].Rules[0].Approved = true }
	by := func(e *encounter, number settlement.ApprovalNumber) *encounter { e.claim.Approval = number; return e }
	const paid = "ok OK rural_dibao rural, base 1000.00, ordinary 700.00, patient 300.00"
	check(t, []spec{
		{"not asked for", stay("1000", "rural_dibao"), paid},
		{"not asked for, and named", by(stay("1000", "rural_dibao"), "A-1"), paid},
		{"asked for", stay("1000", "rural_dibao").under(asks), "error APPROVAL_REQUIRED"},
		{"asked for, and named", by(stay("1000", "rural_dibao").under(asks), "A-1"), paid},
		{"asked for where nothing would be paid", stay("0", "rural_dibao").under(asks), "error APPROVAL_REQUIRED"},
		{"another category is not asked", stay("1000", "tekun").under(asks), "ok OK tekun rural, base 1000.00, ordinary 1000.00, patient 0.00"},
		{"a second category that would give more asks too", stay("1000", "tekun", "rural_dibao").under(asks), "error APPROVAL_REQUIRED"},
		{"a category that is over does not ask", stay("1000", "rural_dibao").held("2000-01-01", "2019-12-31").under(asks),
			"zero NOT_ELIGIBLE, base 1000.00, patient 1000.00"},
		{"a mode without a rule does not ask", stay("1000", "rural_dibao").mode(settlement.Inclined).under(asks),
			"zero MODE_NOT_COVERED rural_dibao, base 1000.00, patient 1000.00"},
	})
}

func TestApprovalRequiredIsBlocked(t *testing.T) {
	_, err := stay("1000", "rural_dibao").under(func(v *settlement.Version) { v.Categories[2].Rules[0].Approved = true }).adjudicate()
	e, ok := err.(*settlement.Error)
	if !ok || e.Kind != settlement.KindBlocked || e.Field != "approval" || e.Object != "" {
		t.Errorf("%#v", err)
	}
}

// The policy file says which rules ask.
func TestApprovalIsReadFromThePolicy(t *testing.T) {
	const first, care = `{"mode": "inpatient", "disease_class": "any"`, `"amount": "1000", "source": "r4"`
	for text, want := range map[string][2]bool{
		policyText: {false, false},
		strings.Replace(policyText, first, `{"approval": "required", "mode": "inpatient", "disease_class": "any"`, 1): {true, false},
		strings.Replace(policyText, first, `{"approval": "none", "mode": "inpatient", "disease_class": "any"`, 1):     {false, false},
		strings.Replace(policyText, care, `"approval": "required", `+care, 1):                                         {false, true},
	} {
		policy, err := settlement.DecodePolicy("c", nodeOf(text))
		if err != nil {
			t.Fatal(err)
		}
		got := [2]bool{policy.Versions[0].Categories[0].Rules[0].Approved, policy.Versions[1].Categories[0].Rules[2].Approved}
		if got != want {
			t.Errorf("%v, want %v", got, want)
		}
	}
	checkFlaws(t, []flaw{
		{"an approval unheard of", first, `{"approval": "perhaps", "mode": "inpatient", "disease_class": "any"`, "versions[0].categories[0].rules[0].approval", "is not one of"},
	})
}
