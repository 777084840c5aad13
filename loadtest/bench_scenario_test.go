package main

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/onestop-gateway/onestop/loadtest/measure"
)

// leaving are many visits of a scenario.
func leaving(t *testing.T, scenario string) []visit {
	t.Helper()
	people, err := newCrowd(1000)
	if err != nil {
		t.Fatal(err)
	}
	r := &benchRun{bench: &bench{crowd: people}}
	choose, chance := r.chooser(scenario), rand.New(rand.NewPCG(1, 1))
	visits := make([]visit, 2000)
	for i := range visits {
		visits[i] = choose(chance)
	}
	return visits
}

// Each scenario is what it says.
func TestScenarios(t *testing.T) {
	for _, c := range []struct {
		name                             string
		personsLeast, personsMost        int
		regions, categories, years, turn int // turn: at least so many in a thousand cross 31 December
	}{
		{scenarioSteady, 500, 1000, 3, 3, 2, 0},
		{scenarioHotPerson, 1, 1, 1, 1, 1, 0},
		{scenarioHotFund, 200, 400, 1, 1, 2, 0},
		{scenarioYearEnd, 500, 1000, 3, 3, 2, 250},
		{referenceNear, 400, 800, 2, 2, 2, 0},
		{scenarioSlowPayer, 400, 800, 2, 2, 2, 0},
		{besideSlow, 100, 200, 1, 1, 2, 0},
	} {
		persons, regions, categories, years, crossing := map[string]bool{}, map[string]bool{}, map[string]bool{}, map[int]bool{}, 0
		visits := leaving(t, c.name)
		for _, v := range visits {
			persons[v.ID], regions[v.Region], categories[v.Category], years[v.leaving.Year()] = true, true, true, true
			if v.admission.Year() < v.leaving.Year() {
				crossing++
			}
			if v.admission.After(v.leaving) || v.small != (c.name == scenarioHotPerson) {
				t.Fatalf("%s: %+v", c.name, v)
			}
		}
		if n := len(persons); n < c.personsLeast || n > c.personsMost {
			t.Errorf("%s: %d persons", c.name, n)
		}
		if len(regions) != c.regions || len(categories) != c.categories || len(years) != c.years || crossing*1000 < c.turn*len(visits) {
			t.Errorf("%s: %d regions, %d categories, %d years, %d stays across the year's end", c.name, len(regions), len(categories), len(years), crossing)
		}
	}
}

// Another window is another hot person's, so that no window begins with a cap
// that is used up.
func TestHotPersonChangesByWindow(t *testing.T) {
	people, err := newCrowd(10)
	if err != nil {
		t.Fatal(err)
	}
	chance := rand.New(rand.NewPCG(1, 1))
	one, other := hotPerson(people.people, 1)(chance), hotPerson(people.people, 2)(chance)
	if one.ID == other.ID {
		t.Error("the same person twice")
	}
}

// The rush of a day: a quarter of all between 10 and 11, more than in any
// other hour.
func TestWorkingDay(t *testing.T) {
	due := measure.Arrivals(rand.New(rand.NewPCG(1, 1)), 2000, measure.Span{Length: 10 * time.Second}, workingDay)
	var hours [10]int
	for _, at := range due {
		hours[at/time.Second]++
	}
	for hour, n := range hours {
		if hour != 2 && n*3 > hours[2]*2 {
			t.Errorf("%d arrivals in hour %d, %d in the rush", n, 8+hour, hours[2])
		}
	}
	if share := 100 * hours[2] / len(due); share < 24 || share > 28 {
		t.Errorf("%d%% of all in the rush", share)
	}
}

func TestPace(t *testing.T) {
	for text, want := range map[string]float64{"3000": 3000, "50%": 500, "0.5": 0.5, "120%": 1200} {
		p, err := parsePace(text)
		if got := p.of(1000); err != nil || got != want {
			t.Errorf("%s of a peak of 1000 is %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "%", "fast", "0", "-5", "1e9"} {
		if _, err := parsePace(text); err == nil {
			t.Errorf("%q is a pace", text)
		}
	}
}

// The gateway's metrics, of which only calls that settle with a payer count.
const metricsText = `# TYPE onestop_payer_duration_seconds histogram
onestop_payer_duration_seconds_bucket{operation="settle",payer="nhsa-near",le="0.001"} 7
onestop_payer_duration_seconds_sum{operation="settle",payer="nhsa-near"} 0.25
onestop_payer_duration_seconds_count{operation="settle",payer="nhsa-near"} 100
onestop_payer_duration_seconds_sum{operation="settle",payer="nhsa-far"} 0.5
onestop_payer_duration_seconds_count{operation="settle",payer="nhsa-far"} 50
onestop_payer_duration_seconds_sum{operation="inquire",payer="nhsa-far"} 9
onestop_payer_duration_seconds_count{operation="inquire",payer="nhsa-far"} 1
onestop_store_duration_seconds_sum{verb="open"} 3
`

func TestMeterReadsPayers(t *testing.T) {
	var now reading
	if err := now.sumPayers(strings.NewReader(metricsText)); err != nil || now.payerSeconds != 0.75 || now.payerCalls != 150 {
		t.Errorf("%+v, %v", now, err)
	}
	if err := now.sumPayers(strings.NewReader(`onestop_payer_duration_seconds_sum{operation="settle"} much` + "\n")); err == nil {
		t.Error("much is a number")
	}
}

// The payer's time is taken off once, and never below nothing.
func TestOwnQuantile(t *testing.T) {
	one := &taken{window: window(1, 10*time.Millisecond), spent: spending{payer: 4 * time.Millisecond}}
	if got := ownQuantile(0.99)(one); got < 5990 || got > 6010 {
		t.Errorf("%v µs", got)
	}
	one.spent.payer = time.Second
	if got := ownQuantile(0.99)(one); got != 0 {
		t.Errorf("%v µs", got)
	}
}
