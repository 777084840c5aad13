package registry

import (
	"fmt"
	"strconv"

	"github.com/onestop-gateway/onestop/settlement"
)

// Quarter is a quarter of a calendar year.
type Quarter struct{ Year, Number int }

// ParseQuarter reads "2026Q4".
func ParseQuarter(text string) (Quarter, error) {
	if len(text) != 6 || text[4] != 'Q' || text[5] < '1' || text[5] > '4' {
		return Quarter{}, invalid("quarter", "expected a quarter such as 2026Q4")
	}
	year, err := strconv.Atoi(text[:4])
	if err != nil || year < 1 {
		return Quarter{}, invalid("quarter", "expected a quarter such as 2026Q4")
	}
	return Quarter{year, int(text[5] - '0')}, nil
}

// String gives the form that ParseQuarter reads.
func (q Quarter) String() string { return fmt.Sprintf("%04dQ%d", q.Year, q.Number) }

// First is the first day of the quarter.
func (q Quarter) First() settlement.Date { return settlement.NewDate(q.Year, 3*q.Number-2, 1) }

// Last is the last day of the quarter.
func (q Quarter) Last() settlement.Date { return q.Before(-1).First().Previous() }

// Before is the quarter that lies n quarters before q, or behind it where n is
// negative.
func (q Quarter) Before(n int) Quarter {
	all := q.Year*4 + q.Number - 1 - n
	return Quarter{all / 4, all%4 + 1}
}
