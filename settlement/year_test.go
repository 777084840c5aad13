package settlement_test

import (
	"testing"

	"github.com/onestop-gateway/onestop/settlement"
)

func TestBenefitYear(t *testing.T) {
	current := &settlement.LateRule{Month: 3, Day: 31, After: settlement.LateToCurrent}
	refused := &settlement.LateRule{Month: 3, Day: 31, After: settlement.LateRefused}
	for _, test := range []struct {
		rule  *settlement.LateRule
		filed settlement.Date
		want  int // 0: refused
	}{
		{nil, 20300101, 2020}, {current, 0, 2020}, {current, 20201210, 2020}, {current, 20210331, 2020},
		{current, 20210401, 2021}, {current, 20211231, 2021}, {current, 20220101, 0},
		{refused, 20210331, 2020}, {refused, 20210401, 0},
	} {
		v := settlement.Version{Late: test.rule}
		got, err := v.BenefitYear(&settlement.Claim{Discharge: 20201210, Filed: test.filed})
		if got != test.want || (err != nil) != (test.want == 0) {
			t.Errorf("%+v, handed in %s: %d, %v", test.rule, test.filed, got, err)
		}
		if err != nil && (settlement.KindOf(err) != settlement.KindBlocked || settlement.ReasonOf(err) != settlement.ReasonLateClaim) {
			t.Errorf("error %v", err)
		}
	}
}

func TestDaysAfter(t *testing.T) {
	for _, test := range []struct {
		from string
		days int
		want string
	}{{"2020-02-28", 1, "2020-02-29"}, {"2020-02-28", 2, "2020-03-01"}, {"2020-03-01", 90, "2020-05-30"}, {"2020-12-31", 1, "2021-01-01"}, {"2020-01-01", 0, "2020-01-01"}} {
		if got := day(test.from).Plus(test.days); got != day(test.want) {
			t.Errorf("%d days after %s: %s", test.days, test.from, got)
		}
	}
}
