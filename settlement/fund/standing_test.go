package fund

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/onestop-gateway/onestop/settlement"
)

func TestStand(t *testing.T) {
	postings := []Posting{
		budget(settlement.Central, 6_000_000_00), budget(settlement.Province, 2_000_000_00), budget(settlement.County, 1_000_000_00),
		budget(settlement.Charitable, 500_000_00), budget(settlement.Province, -100_000_00), budget(settlement.Province, 100_000_00), enrolment(50, 5_000_00),
	}
	days := []Day{{20120301, 11_000_000_00, 3000, 0}, {20120302, 642_000_00, 129, 0}}
	want := Standing{
		Key: rural, Raised: 9_500_000_00,
		By:       []Contribution{{settlement.Central, 6_000_000_00}, {settlement.Province, 2_000_000_00}, {settlement.County, 1_000_000_00}, {settlement.Charitable, 500_000_00}},
		Assisted: 11_642_000_00, Settlements: 3129, Enrolment: 5_000_00, Enrolled: 50,
		Utilisation: "122.6", Warning: Overspent,
		// No settlement in the last quarter is no pace to judge by.
	}
	if diff := cmp.Diff(want, Stand(rural, postings, days, 20121231)); diff != "" {
		t.Error(diff)
	}
}

func TestWarnings(t *testing.T) {
	tests := []struct {
		name     string
		postings []Posting
		days     []Day
		today    settlement.Date
		want     Warning
	}{
		{"nothing happened", nil, nil, 20120601, NoWarning},
		{"nothing was raised, nothing paid", nil, []Day{{20120101, 0, 0, 0}}, 20120601, NoWarning},
		{"paid without money", nil, []Day{{20120101, 1, 1, 0}}, 20120601, Unfunded},
		{"all taken back", []Posting{budget(settlement.County, 5), budget(settlement.County, -5)}, []Day{{20120101, 1, 1, 0}}, 20120601, Unfunded},
		{"a fen too much", []Posting{budget(settlement.County, 100)}, []Day{{20120101, 101, 1, 0}}, 20120601, Overspent},
		{"to the fen", []Posting{budget(settlement.County, 100)}, []Day{{20120101, 100, 1, 0}}, 20120601, NoWarning},
		{"subsidies count", []Posting{budget(settlement.County, 100), enrolment(1, 100)}, []Day{{20120101, 1, 1, 0}}, 20120601, Overspent},
		{"lasts the year", []Posting{budget(settlement.County, 1000)}, []Day{{20120501, 40, 1, 0}}, 20120601, NoWarning},
		{"ends in autumn", []Posting{budget(settlement.County, 1000)}, []Day{{20120501, 200, 1, 0}}, 20120601, RunsOut},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := Stand(rural, test.postings, test.days, test.today).Warning; got != test.want {
				t.Errorf("warning %q, want %q", got, test.want)
			}
		})
	}
}

func TestForecast(t *testing.T) {
	tests := []struct {
		name  string
		left  settlement.Money
		days  []Day
		today settlement.Date
		want  Forecast
	}{
		{"never paid", 1000, nil, 20120601, Forecast{}},
		{"only today, which is not over", 1000, []Day{{20120601, 50, 1, 0}}, 20120601, Forecast{}},
		{"ten a day, a hundred left", 100, []Day{{20120528, 40, 1, 0}}, 20120601, Forecast{10, true, 20120611}},
		{"the part of a day does not count", 109, []Day{{20120528, 40, 1, 0}}, 20120601, Forecast{10, true, 20120611}},
		{"nothing left", 0, []Day{{20120528, 40, 1, 0}}, 20120601, Forecast{10, true, 20120601}},
		{"overspent", -5, []Day{{20120528, 40, 1, 0}}, 20120601, Forecast{10, true, 20120601}},
		{"half a fen is up", 100, []Day{{20120530, 3, 1, 0}}, 20120601, Forecast{2, true, 20120806}},
		{"lasts beyond the horizon", 100_000, []Day{{20120528, 40, 1, 0}}, 20120601, Forecast{PerDay: 10}},
		{"what was long ago is no pace", 100, []Day{{20120101, 5000, 9, 0}, {20120601, 1, 1, 0}}, 20120601, Forecast{}},
		{"more was taken back than paid", 100, []Day{{20120528, -40, 0, 0}}, 20120601, Forecast{}},
		{"over a leap day", 30, []Day{{20120218, 100, 1, 0}}, 20120228, Forecast{10, true, 20120302}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, forecast(test.left, test.days, test.today)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// More money never ends sooner, and what is added up does not depend on the
// order of postings.
func TestStandingProperties(t *testing.T) {
	posting := rapid.Custom(func(t *rapid.T) Posting {
		amount := settlement.Money(rapid.Int64Range(-1000, 1000).Draw(t, "amount"))
		if rapid.Bool().Draw(t, "enrolment") {
			return enrolment(int(amount), amount)
		}
		return budget(rapid.SampledFrom(settlement.Levels).Draw(t, "level"), amount)
	})
	rapid.Check(t, func(t *rapid.T) {
		postings := rapid.SliceOf(posting).Draw(t, "postings")
		days := []Day{{20120502, settlement.Money(rapid.Int64Range(0, 5000).Draw(t, "paid")), 1, 0}}
		s := Stand(rural, postings, days, 20120601)
		by := settlement.Money(0)
		for _, one := range s.By {
			by += one.Amount
		}
		if by != s.Raised || s.Left() != s.Raised-s.Assisted-s.Enrolment {
			t.Fatalf("%+v does not add up", s)
		}
		if diff := cmp.Diff(s, Stand(rural, rapid.Permutation(postings).Draw(t, "order"), days, 20120601)); diff != "" {
			t.Fatal(diff)
		}
		more := Stand(rural, append(postings, budget(settlement.County, 1+settlement.Money(rapid.Int64Range(0, 1000).Draw(t, "more")))), days, 20120601)
		if more.Forecast.RunsOut && (!s.Forecast.RunsOut || more.Forecast.Day < s.Forecast.Day) {
			t.Fatalf("with more money it ends on %s, with less on %s", more.Forecast.Day, s.Forecast.Day)
		}
	})
}

// What settlements drew is added up by day, whatever their order; a reversal
// leaves no day, and what adjustments took off altogether does.
func TestDraws(t *testing.T) {
	draws := Draws{}
	for _, one := range []struct {
		on             settlement.Date
		paid, adjusted settlement.Money
	}{{20120303, 5, 0}, {20120301, 1, -2}, {20120303, 6, 6}, {20120304, 0, 0}, {20120302, 0, -4}} {
		draws.Add(one.on, one.paid, one.adjusted)
	}
	want := []Day{{20120301, 1, 1, -2}, {20120302, 0, 1, -4}, {20120303, 11, 1, 6}}
	if diff := cmp.Diff(want, draws.Days()); diff != "" {
		t.Error(diff)
	}
	s := Stand(rural, []Posting{budget(settlement.County, 100)}, want, 20120401)
	if s.Assisted != 12 || s.Adjusted != 0 || s.Settlements != 3 || s.Left() != 88 {
		t.Errorf("%+v", s)
	}
}
