package main

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/onestop-gateway/onestop/loadtest/measure"
)

// The scenarios.
const (
	scenarioSteady    = "steady"
	scenarioRush      = "rush"
	scenarioHotPerson = "hot-person"
	scenarioHotFund   = "hot-fund"
	scenarioSlowPayer = "slow-payer"
	scenarioYearEnd   = "year-end"
	scenarioOverload  = "overload"
)

// scenarios are all there are, with what each is. Those in closed loops are
// measured for each number of clients right after their reference.
var scenarios = []struct{ name, about string }{
	{scenarioSteady, "discharges of anybody, spread over two years"},
	{scenarioHotPerson, "every settlement draws on one person's cap of one year"},
	{scenarioHotFund, "every settlement is of one region, category and fund"},
	{scenarioYearEnd, "stays across 31 December and discharges on both sides of it"},
	{scenarioSlowPayer, "another region's payer takes two seconds; reference: nobody asks that payer"},
	{scenarioRush, "open loop: a working day from 8 to 18 h in one window, most of it between 10 and 11"},
	{scenarioOverload, "open loop: 0.8, 10 and 0.5 of the peak"},
}

// scenarioNames is what may follow --scenario.
func scenarioNames() string {
	var names []string
	for _, s := range scenarios {
		names = append(names, s.name)
	}
	return strings.Join(names, ", ")
}

// workingDay is how discharges spread over the hours from 8 to 18: rounds and
// bills are done in the morning. The shape is assumed; its peak of a quarter
// between 10 and 11 is what hospitals complain about.
var workingDay = measure.Curve{4, 11, 26, 15, 5, 4, 9, 11, 9, 6}

// slowDelay is how long the slow payer takes.
const slowDelay = 2 * time.Second

// slowClients bounds who waits for the slow payer meanwhile.
const slowClients = 64

// visit is a stay in hospital as a scenario chooses it.
type visit struct {
	*inpatient
	admission, leaving time.Time
	small              bool // a bill of a yuan or two: many fit under one cap
}

// chooser is who leaves hospital next.
type chooser func(*rand.Rand) visit

// firstDay is when the discharges of a bench begin. The shipped policies cover
// two years from it.
var firstDay = time.Date(2023, time.January, 31, 0, 0, 0, 0, time.UTC)

// spread is a stay of any of people on any day of two years.
func spread(people []*inpatient) chooser {
	return func(chance *rand.Rand) visit {
		leaving := firstDay.AddDate(0, 0, chance.IntN(2*365-31))
		return visit{inpatient: people[chance.IntN(len(people))], admission: leaving.AddDate(0, 0, -chance.IntN(15)), leaving: leaving}
	}
}

// hotPerson is always a small bill of one person in one year. Another window
// is another person's, so that each begins with the whole cap.
func hotPerson(people []*inpatient, window int) chooser {
	return func(chance *rand.Rand) visit {
		leaving := firstDay.AddDate(0, 0, chance.IntN(300))
		return visit{inpatient: people[window%len(people)], admission: leaving, leaving: leaving, small: true}
	}
}

// yearEnd is a stay around the turn of a year.
func yearEnd(people []*inpatient) chooser {
	turn := time.Date(2024, time.January, 1, 0, 0, 0, 0, time.UTC)
	return func(chance *rand.Rand) visit {
		leaving := turn.AddDate(0, 0, chance.IntN(20)-10)
		return visit{inpatient: people[chance.IntN(len(people))], admission: leaving.AddDate(0, 0, -1-chance.IntN(12)), leaving: leaving}
	}
}

// chooser is who leaves hospital in a scenario's window.
func (r *benchRun) chooser(scenario string) chooser {
	switch scenario {
	case scenarioHotPerson:
		return hotPerson(r.crowd.of(firstWard), r.windows)
	case scenarioHotFund:
		return spread(r.crowd.of(firstWard))
	case scenarioYearEnd:
		return yearEnd(r.crowd.people)
	case scenarioSlowPayer, referenceNear:
		return spread(r.crowd.of(nearRegions))
	case besideSlow:
		return spread(r.crowd.of(farRegion))
	}
	return spread(r.crowd.people)
}

// The parts of the slow payer's scenario: its reference, and those who wait.
const (
	referenceNear = "near alone"
	besideSlow    = "beside slow-payer"
)

// farRegion is the region whose payer may be slow.
func farRegion(p *inpatient) bool { return p.Region == "520199" }

func nearRegions(p *inpatient) bool { return !farRegion(p) }

// firstWard is the largest group: one region, one category, one fund.
func firstWard(p *inpatient) bool { return p.Region == "360827" && p.Category == "rural_dibao" }

// of are the people for whom a property holds.
func (c *crowd) of(holds func(*inpatient) bool) []*inpatient {
	return slices.DeleteFunc(slices.Clone(c.people), func(p *inpatient) bool { return !holds(p) })
}

// checkScenarios refuses what is none.
func (o *bench) checkScenarios() error {
	for _, name := range o.scenarios {
		if !slices.Contains(strings.Split(scenarioNames(), ", "), name) {
			return fmt.Errorf("bench: --scenario is one or more of %s, not %q", scenarioNames(), name)
		}
	}
	return nil
}

// plays reports whether a scenario is measured.
func (o *bench) plays(scenario string) bool { return slices.Contains(o.scenarios, scenario) }

// pace is a rate of arrivals, or a share of a peak that is not known yet.
type pace struct {
	value  float64
	ofPeak bool
}

// parsePace reads "3000" or "50%".
func parsePace(text string) (pace, error) {
	number, share := strings.CutSuffix(text, "%")
	value, err := strconv.ParseFloat(number, 64)
	if err != nil || value <= 0 || value > 1e6 {
		return pace{}, fmt.Errorf("bench: --rate is arrivals a second or a percentage, not %q", text)
	}
	return pace{value, share}, nil
}

// of is the rate where the peak is known.
func (p pace) of(peak float64) float64 {
	if p.ofPeak {
		return p.value / 100 * peak
	}
	return p.value
}
