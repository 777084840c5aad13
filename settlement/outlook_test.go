package settlement_test

import (
	"fmt"
	"testing"

	"github.com/onestop-gateway/onestop/settlement"
)

// outlook is what each category holds, in one line.
func outlook(t *testing.T, e *encounter) (line string) {
	t.Helper()
	e.claim.Bill = settlement.Bill{}
	found, err := e.policy.Versions[0].Outlook(e.who, e.claim, e.coverage)
	if err != nil {
		return "error " + string(settlement.ReasonOf(err))
	}
	for _, o := range found {
		line += fmt.Sprintf("%s %s %t; ", o.Category, o.Reason, o.Rule != nil && o.Rule.Approved)
	}
	return line
}

// Before treatment there is no bill: what a category holds is shown all the
// same, with the approval it would ask for.
func TestOutlook(t *testing.T) {
	asks := func(v *settlement.Version) { v.Categories[2].Rules[0].Approved = true }
	for _, c := range []struct {
		says string
		e    *encounter
		want string
	}{
		{"nobody", stay("0"), ""},
		{"one category", stay("0", "rural_dibao"), "rural_dibao  false; "},
		{"an approval would be asked for", stay("0", "rural_dibao").under(asks), "rural_dibao  true; "},
		{"in the order of the policy", stay("0", "rural_dibao", "tekun"), "tekun  false; rural_dibao  false; "},
		{"over", stay("0", "rural_dibao").held("2000-01-01", "2019-12-31"), ""},
		{"no rule for the mode", stay("0", "rural_dibao").mode(settlement.Inclined), "rural_dibao MODE_NOT_COVERED false; "},
		{"no such category", stay("0", "nobility"), "error UNKNOWN_CATEGORY"},
	} {
		t.Run(c.says, func(t *testing.T) {
			if got := outlook(t, c.e); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}
