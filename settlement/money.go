package settlement

import (
	"math"
	"math/bits"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"
)

// Money is an amount of renminbi in fen (1/100 yuan). It may be negative only
// inside deltas and counter-entries; a bill or a share is never negative.
type Money int64

// MoneyMax is the largest amount a message may carry: 16 digits, two of them
// decimals, the width of the national interface's amounts ("16,2").
const MoneyMax Money = 9_999_999_999_999_999

// ParseMoney reads yuan with at most two decimals, as in "1234.5". The kinds
// of failure are BadPrecision (finer than a fen) and BadAmount (not a decimal
// number of at most 14 integer digits). A sign is read, because a negative
// amount has a reason of its own further on; exponents, blanks, group
// separators and a bare point are refused, never repaired.
func ParseMoney(text string) (Money, error) {
	digits, negative := strings.CutPrefix(text, "-")
	whole, fraction, point := strings.Cut(digits, ".")
	if !decimalDigits(whole) || point && !decimalDigits(fraction) {
		return 0, amountError(ReasonBadAmount, text)
	}
	if len(fraction) > 2 {
		return 0, amountError(ReasonBadPrecision, text)
	}
	whole = strings.TrimLeft(whole, "0")
	if len(whole) > 14 {
		return 0, amountError(ReasonBadAmount, text)
	}
	fen, err := strconv.ParseInt(whole+(fraction + "00")[:2], 10, 64)
	if err != nil {
		return 0, amountError(ReasonBadAmount, text)
	}
	if negative {
		fen = -fen
	}
	return Money(fen), nil
}

// decimalDigits reports whether text is one or more ASCII digits.
func decimalDigits(text string) bool {
	for i := range len(text) {
		if text[i] < '0' || text[i] > '9' {
			return false
		}
	}
	return text != ""
}

func amountError(reason Reason, text string) *Error {
	return &Error{Kind: KindInvalid, Reason: reason, Value: clip(text)}
}

// String gives yuan with exactly two decimals, as in "-0.05".
func (m Money) String() string {
	return string(m.Append(make([]byte, 0, 20)))
}

// Append adds the text of m, as String gives it, to b.
func (m Money) Append(b []byte) []byte {
	fen := uint64(m)
	if m < 0 {
		b = append(b, '-')
		fen = -fen
	}
	b = strconv.AppendUint(b, fen/100, 10)
	return append(b, '.', byte('0'+fen%100/10), byte('0'+fen%10))
}

// Times is the one place where money is rounded: the product is exact, then
// rounded half-up to the fen at once (assumption A01). m is not negative, and
// the product must itself be an amount; ratios up to 1 always give one.
func (m Money) Times(r Ratio) Money {
	if product, ok := m.timesInteger(r); ok {
		return product
	}
	return m.timesDecimal(r)
}

// timesDecimal is the definition of Times.
func (m Money) timesDecimal(r Ratio) Money {
	return Money(decimal.New(int64(m), 0).Mul(r.value).Round(0).IntPart())
}

// timesInteger is Times in 128-bit integers, without allocation, where the
// operands allow it. It adds half a fen to the exact product and cuts.
func (m Money) timesInteger(r Ratio) (Money, bool) {
	if m < 0 || r.inexact {
		return 0, false
	}
	unit := powersOfTen[r.scale]
	high, low := bits.Mul64(uint64(m), r.coefficient)
	low, carry := bits.Add64(low, unit/2, 0)
	high += carry
	if high >= unit {
		return 0, false
	}
	product, _ := bits.Div64(high, low, unit)
	return Money(product), product <= math.MaxInt64
}

// powersOfTen are the units a ratio's integer form may be counted in.
var powersOfTen = [...]uint64{
	1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000,
	1_000_000_000, 10_000_000_000, 100_000_000_000, 1_000_000_000_000,
}

// Less is m reduced by other and floored at zero.
func (m Money) Less(other Money) Money {
	return max(0, m-other)
}
