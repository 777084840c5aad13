package fund

import (
	"cmp"
	"maps"
	"slices"

	"github.com/onestop-gateway/onestop/settlement"
)

// Day is what settlements of one day of discharge drew on a fund, reversals
// taken off.
type Day struct {
	Date        settlement.Date
	Paid        settlement.Money
	Settlements int              // to which it granted something
	Adjusted    settlement.Money // of Paid, by adjustments; below zero: taken off
}

// Standing is a fund's books added up.
type Standing struct {
	Key      Key
	Raised   settlement.Money
	By       []Contribution // who raised it, from the top; only those who did
	Assisted settlement.Money
	Adjusted settlement.Money // of Assisted, by adjustments; below zero: taken off
	// Settlements that stand and to which the fund granted something.
	Settlements int
	Enrolment   settlement.Money // subsidies
	Enrolled    int              // persons subsidised
	// Utilisation is (Assisted + Enrolment) of Raised in percent, as "121.3";
	// "" where nothing was raised.
	Utilisation string
	Warning     Warning
	Forecast    Forecast
}

// Contribution is what one level raised.
type Contribution struct {
	Level  settlement.Level
	Amount settlement.Money
}

// Paid is all that the fund paid out.
func (s *Standing) Paid() settlement.Money { return s.Assisted + s.Enrolment }

// Left is what remains; negative where more was paid than raised.
func (s *Standing) Left() settlement.Money { return s.Raised - s.Paid() }

// Warning says what the bureau should know of a fund.
type Warning string

// The warnings, the graver last.
const (
	NoWarning Warning = ""
	RunsOut   Warning = "RUNS_OUT"  // before the year ends, at the present pace
	Unfunded  Warning = "UNFUNDED"  // it pays, and nothing was raised for it
	Overspent Warning = "OVERSPENT" // more was paid than raised
)

// Stand adds up a fund's books as they are on a day. days are in order.
func Stand(key Key, postings []Posting, days []Day, today settlement.Date) Standing {
	s := Standing{Key: key}
	by := map[settlement.Level]settlement.Money{}
	for i := range postings {
		s.add(&postings[i], by)
	}
	for _, level := range settlement.Levels {
		if by[level] != 0 {
			s.By = append(s.By, Contribution{level, by[level]})
		}
	}
	for _, day := range days {
		s.Assisted += day.Paid
		s.Adjusted += day.Adjusted
		s.Settlements += day.Settlements
	}
	if utilisation, err := settlement.Utilisation(s.Paid(), s.Raised); err == nil {
		s.Utilisation = utilisation
	}
	s.Forecast = forecast(s.Left(), days, today)
	s.Warning = s.warning()
	return s
}

func (s *Standing) add(p *Posting, by map[settlement.Level]settlement.Money) {
	if p.Kind == Budget {
		s.Raised += p.Amount
		by[p.Level] += p.Amount
		return
	}
	s.Enrolment += p.Amount
	s.Enrolled += p.Persons
}

func (s *Standing) warning() Warning {
	switch {
	case s.Raised <= 0 && s.Paid() > 0:
		return Unfunded
	case s.Left() < 0:
		return Overspent
	case s.Forecast.RunsOut && s.Forecast.Day.Year() == s.Key.Year:
		return RunsOut
	}
	return NoWarning
}

// Forecast is when a fund's money ends at the pace of the last days.
type Forecast struct {
	PerDay  settlement.Money // what it pays a day, half-up to the fen
	RunsOut bool             // within the horizon
	Day     settlement.Date  // the first day on which it cannot pay; zero if it does not run out
}

// paceDays is over how many days the pace is taken: a quarter, so that neither
// one costly week nor last year's prices decide.
const paceDays = 90

// horizonDays is how far a forecast looks: what lasts two years lasts.
const horizonDays = 730

// forecast takes what is left at the pace of the paceDays before today. A fund
// that pays since less long is judged by the days since its first.
func forecast(left settlement.Money, days []Day, today settlement.Date) Forecast {
	begin := today
	for range paceDays {
		begin = begin.Previous()
	}
	if len(days) > 0 && days[0].Date > begin {
		begin = days[0].Date
	}
	paid, length := settlement.Money(0), daysBetween(begin, today)
	for _, day := range days {
		if day.Date >= begin && day.Date < today {
			paid += day.Paid
		}
	}
	if paid <= 0 || length == 0 {
		return Forecast{}
	}
	f := Forecast{PerDay: (paid + settlement.Money(length)/2) / settlement.Money(length)}
	if left < 0 {
		f.RunsOut, f.Day = true, today
		return f
	}
	lasts := left * settlement.Money(length) / paid // whole days
	if lasts >= horizonDays {
		return f
	}
	f.RunsOut, f.Day = true, today
	for range lasts {
		f.Day = f.Day.Next()
	}
	return f
}

// daysBetween counts the days from one day up to another, the latter not
// counted, at most paceDays.
func daysBetween(from, to settlement.Date) (n int) {
	for ; from < to && n < paceDays; from = from.Next() {
		n++
	}
	return n
}

// Draws adds up what settlements drew on one fund, in any order.
type Draws map[settlement.Date]Day

// Add takes what one settlement drew into account: what remains of it by the
// ledger and, of that, what adjustments made.
func (d Draws) Add(on settlement.Date, paid, adjusted settlement.Money) {
	if paid == 0 && adjusted == 0 {
		return
	}
	day := d[on]
	day.Date, day.Paid, day.Adjusted = on, day.Paid+paid, day.Adjusted+adjusted
	if paid > adjusted {
		day.Settlements++
	}
	d[on] = day
}

// Days are the days on which something remains, in order.
func (d Draws) Days() []Day {
	return slices.SortedFunc(maps.Values(d), func(a, b Day) int { return cmp.Compare(a.Date, b.Date) })
}
