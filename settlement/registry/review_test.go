package registry

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/onestop-gateway/onestop/settlement"
)

func TestQuarters(t *testing.T) {
	q, err := ParseQuarter("2012Q4")
	if err != nil || q.First() != 20121001 || q.Last() != 20121231 || q.String() != "2012Q4" {
		t.Errorf("%v %v %v", q, q.Last(), err)
	}
	if got := q.Before(4); got != (Quarter{2011, 4}) {
		t.Errorf("a year before: %v", got)
	}
	if got := q.Before(3).Last(); got != 20120331 {
		t.Errorf("last day of the first quarter: %v", got)
	}
	for _, bad := range []string{"", "2012Q5", "2012Q0", "2012-4", "20a2Q1", "0000Q1", "2012q1"} {
		if _, err := ParseQuarter(bad); settlement.KindOf(err) != settlement.KindInvalid {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

// Quarterly review, "应退则退": who has died or lives above the line goes.
func TestPropose(t *testing.T) {
	survey := func(income settlement.Money, day settlement.Date) Change {
		return Change{Action: Surveyed, Effective: day, Survey: Survey{Members: 2, Income: income}}
	}
	fresh := survey(200_00, 20120901)
	end := func(cause Cause, day settlement.Date) []Proposal {
		return []Proposal{{Person: "p", Action: Ended, Category: "rural_dibao", Effective: day, Cause: cause}}
	}
	watch := func(cause Cause) []Proposal {
		return []Proposal{{Person: "p", Action: Watched, Effective: 20120701, Cause: cause}}
	}
	dibao := granted(20090101, 0)
	tests := []struct {
		name string
		rows []Change
		want []Proposal
	}{
		{"surveyed and poor", []Change{dibao, fresh}, nil},
		{"above 180 % of the standard", []Change{dibao, survey(396_01, 20120901)}, end(CauseIncome, 20120930)},
		{"above the standard, within 180 %", []Change{dibao, survey(220_01, 20120901)}, watch(CauseIncome)},
		{"watched already", []Change{dibao, survey(220_01, 20120901), {Action: Watched, Effective: 20120902}}, nil},
		{"dead", []Change{dibao, fresh, {Action: Died, Effective: 20120815}}, end(CauseDeath, 20120815)},
		{"uninsured", []Change{dibao, fresh, {Action: SchemeChanged, Effective: 20120801, Facts: Facts{Scheme: settlement.SchemeNone}}}, end(CauseNoScheme, 20120930)},
		{"surveyed two quarters ago", []Change{dibao, survey(200_00, 20120101)}, nil},
		{"surveyed three quarters ago", []Change{dibao, survey(200_00, 20111231)}, watch(CauseUnsurveyed)},
		{"surveyed five quarters ago", []Change{dibao, survey(200_00, 20110630)}, end(CauseUnsurveyed, 20120930)},
		{"never surveyed, granted this quarter", []Change{granted(20120801, 0)}, nil},
		{"a category without a line is not tested", []Change{{Action: Granted, Category: "five_guarantee", Effective: 20090101}, survey(9_000_00, 20120901)}, nil},
		{"death ends that one, too", []Change{{Action: Granted, Category: "five_guarantee", Effective: 20090101}, {Action: Died, Effective: 20120815}},
			[]Proposal{{Person: "p", Action: Ended, Category: "five_guarantee", Effective: 20120815, Cause: CauseDeath}}},
		{"ends by itself before", []Change{granted(20090101, 20120831), survey(396_01, 20120801)}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			q := Quarter{2012, 3}
			state, _ := At("p", told(append([]Change{first()}, tt.rows...)...), dawn.Add(time.Hour*24), everDay)
			if !Due(&state, q) {
				t.Fatal("not due")
			}
			got, err := Propose(&state, q, county(t))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestDueOnlyInAQuarterOfACategory(t *testing.T) {
	state, _ := At("p", told(first(), granted(20120401, 20120630)), dawn.Add(time.Hour*24), everDay)
	for n, want := range map[int]bool{1: false, 2: true, 3: false} {
		if Due(&state, Quarter{2012, n}) != want {
			t.Errorf("quarter %d", n)
		}
	}
}

// A confirmed proposal is a row like any other, and says which run it is from.
func TestAConfirmedProposalIsARow(t *testing.T) {
	p := Proposal{Person: "p", Action: Ended, Category: "rural_dibao", Effective: 20120930, Cause: CauseIncome}
	c := p.Change(Decision{Review: ReviewOf("360827", Quarter{2012, 3}), By: "chief-1", At: dawn})
	if err := Check(told(first(), granted(20090101, 0)), c, 20120915); err != nil || c.Document != "360827-2012Q3" {
		t.Errorf("%+v, %v", c, err)
	}
}
