package oracle

import (
	"fmt"
	"math/rand/v2"
	"time"
)

// Author invents policies and cases. The same seed invents the same.
type Author struct{ r *rand.Rand }

// NewAuthor is an author whose imagination starts at seed.
func NewAuthor(seed uint64) *Author { return &Author{rand.New(rand.NewPCG(seed, 0))} }

// chance is true so many times in a hundred.
func (a *Author) chance(percent int) bool { return a.r.IntN(100) < percent }

func pick[T any](a *Author, from ...T) T { return from[a.r.IntN(len(from))] }

// some draws at least least of a list, without repeating, in any order.
func some[T any](a *Author, least int, from ...T) []T {
	shuffled := append([]T(nil), from...)
	a.r.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
	return shuffled[:least+a.r.IntN(len(shuffled)-least+1)]
}

// fen draws an amount: often a few fen, where rounding shows, often a sum of
// a usual bill, sometimes a round one, now and then an enormous one.
func (a *Author) fen() int64 {
	switch n := a.r.IntN(20); {
	case n < 3:
		return a.r.Int64N(300)
	case n < 14:
		return a.r.Int64N(5_000_000)
	case n < 18:
		return a.r.Int64N(200) * 100_000
	case n < 19:
		return 0
	default:
		return a.r.Int64N(1_000_000_000)
	}
}

// text writes fen as a file might: with two decimals, or fewer where they are
// nothing.
func (a *Author) text(fen int64) string {
	if fen%100 == 0 && a.chance(10) {
		return fmt.Sprint(fen / 100)
	}
	return fmt.Sprintf("%d.%02d", fen/100, fen%100)
}

// ratio draws a fraction up to so many hundredths.
func (a *Author) ratio(most int) string {
	switch a.r.IntN(8) {
	case 0:
		return fmt.Sprintf("0.%04d", a.r.IntN(most*100))
	case 1:
		return "0.00"
	default:
		n := a.r.IntN(most + 1)
		return fmt.Sprintf("%d.%02d", n/100, n%100)
	}
}

// day draws one of so many days from the first of 2020.
func (a *Author) day(from, days int) string { return dayAfter(from + a.r.IntN(days)) }

// dayAfter is so many days after the first of 2020.
func dayAfter(days int) string {
	return time.Date(2020, 1, 1+days, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
}
