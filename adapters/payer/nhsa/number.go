package nhsa

import (
	"github.com/onestop-gateway/onestop/settlement"
)

// yuan is an amount in a request: a JSON number of yuan with two decimals.
type yuan settlement.Money

// MarshalJSON writes the number from the fen, never through a float.
func (y yuan) MarshalJSON() ([]byte, error) {
	return settlement.Money(y).Append(nil), nil
}

// stated is m as an optional amount of a request.
func stated(m settlement.Money) *yuan { return (*yuan)(&m) }

// amount is an amount of an answer, and whether it was there at all.
type amount struct {
	settlement.Money
	known bool
}

// or is a, or other where a was null or absent.
func (a amount) or(other amount) amount {
	if a.known {
		return a
	}
	return other
}

// amount reads yuan of at most two decimals, as JSON number or string; null
// and absent are the unknown amount. The value is multiplied by sign, and must
// then not be negative: a settlement pays, and its cancelling answer, read
// with sign -1, takes back.
func (s *scan) amount(key string, sign settlement.Money) amount {
	n := s.node.fields[key]
	switch n.kind {
	case kindNull:
		return amount{}
	case kindString, kindNumber:
	default:
		s.fail(key, "not an amount")
		return amount{}
	}
	money, err := settlement.ParseMoney(n.text)
	if err != nil {
		s.fail(key, "not an amount of at most two decimals")
		return amount{}
	}
	if sign*money < 0 {
		s.fail(key, "of the wrong sign")
		return amount{}
	}
	return amount{sign * money, true}
}

// needed is an amount that must be there.
func (s *scan) needed(key string, sign settlement.Money) amount {
	value := s.amount(key, sign)
	if !value.known {
		s.fail(key, "missing")
	}
	return value
}
