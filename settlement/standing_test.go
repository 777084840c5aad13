package settlement_test

import (
	"testing"

	"github.com/onestop-gateway/onestop/settlement"
)

func TestStandingOf(t *testing.T) {
	for _, test := range []struct {
		income, standard, factor string
		want                     settlement.Standing
	}{
		{"0", "245", "1.80", settlement.WithinDibao},
		{"245.00", "245", "1.80", settlement.WithinDibao},
		{"245.01", "245", "1.80", settlement.MarginalHousehold},
		{"441.00", "245", "1.80", settlement.MarginalHousehold},
		{"441.01", "245", "1.80", settlement.AboveMarginal},
		{"100.01", "66.67", "1.50", settlement.MarginalHousehold}, // 100.005 rounds up
		{"100.02", "66.67", "1.50", settlement.AboveMarginal},
	} {
		if got := settlement.StandingOf(yuan(test.income), yuan(test.standard), rate(test.factor)); got != test.want {
			t.Errorf("%s of %s × %s: %s, want %s", test.income, test.standard, test.factor, got, test.want)
		}
	}
}

func TestUtilisation(t *testing.T) {
	for _, test := range []struct{ disbursed, raised, want string }{
		{"0", "100", "0.0"},
		{"3554000", "2930000", "121.3"},
		{"11647000", "9500000", "122.6"},
		{"500.49", "1000", "50.0"},
		{"500.50", "1000", "50.1"}, // the tie goes up
		{"1", "3", "33.3"},
		{"2", "3", "66.7"},
		{"99999999999999.99", "0.01", "999999999999999900.0"},
	} {
		got, err := settlement.Utilisation(yuan(test.disbursed), yuan(test.raised))
		if err != nil || got != test.want {
			t.Errorf("%s of %s: %s, %v; want %s", test.disbursed, test.raised, got, err, test.want)
		}
	}
	if _, err := settlement.Utilisation(1, 0); settlement.KindOf(err) != settlement.KindInvalid {
		t.Errorf("of a fund that raised nothing: %v", err)
	}
}
