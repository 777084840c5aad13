package ncms

import (
	"strings"

	"github.com/onestop-gateway/onestop/settlement"
)

// fine is an amount of an answer as exactly as payers state one: in 1/10,000
// yuan, a hundredth of a fen.
type fine int64

// perFen is how many fine make a fen.
const perFen = 100

// billMax is more than any bill. It keeps the sum of every amount an answer has
// far from the edge of an int64.
const billMax = 100_000_000_000_00

// amount reads yuan of two or four decimals, or fewer; absent and empty are
// zero and not known. It is never negative.
func (s *scan) amount(name string) (value fine, known bool) {
	text := s.text(name)
	if text == "" {
		return 0, false
	}
	value, whole := parseFine(text)
	if !whole {
		s.fail(name, "not an amount of at most four decimals")
		return 0, false
	}
	return value, true
}

// needed is an amount that must be there.
func (s *scan) needed(name string) fine {
	value, known := s.amount(name)
	if !known {
		s.fail(name, "missing")
	}
	return value
}

// given is an amount that is zero where it is not stated.
func (s *scan) given(name string) fine {
	value, _ := s.amount(name)
	return value
}

// either is the amount under the first of two names a payer may use for it;
// where both are stated they must agree.
func (s *scan) either(name, other string) fine {
	value, known := s.amount(name)
	second, also := s.amount(other)
	switch {
	case !known && !also:
		s.fail(name, "missing")
	case known && also && value != second:
		s.fail(name, "differs from "+other)
	case !known:
		return second
	}
	return value
}

// parseFine reads an amount: the digits of settlement.ParseMoney, and two
// decimals more.
func parseFine(text string) (fine, bool) {
	whole, fraction, point := strings.Cut(text, ".")
	if strings.HasPrefix(text, "-") || point && fraction == "" || len(fraction) > 4 {
		return 0, false
	}
	fraction = (fraction + "0000")[:4]
	coarse, err := settlement.ParseMoney(whole + "." + fraction[:2])
	rest, bad := settlement.ParseMoney(fraction[2:])
	if err != nil || bad != nil || coarse >= billMax {
		return 0, false
	}
	return fine(coarse)*perFen + fine(rest)/perFen, true
}

// fen is f rounded half-up to the fen. f is not negative.
func (f fine) fen() settlement.Money {
	return settlement.Money((f + perFen/2) / perFen)
}

// purse rounds shares of one bill so that none is created or lost: each is the
// difference it makes to the running total rounded half-up to the fen. Shares
// in whole fen stay what they are.
type purse struct{ paid fine }

func (p *purse) take(share fine) settlement.Money {
	before := p.paid.fen()
	p.paid += share
	return p.paid.fen() - before
}
