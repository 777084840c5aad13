package settlement

import (
	"strings"

	"github.com/shopspring/decimal"
)

// Ratio is an exact decimal fraction such as a reimbursement ratio: the part a
// fund pays, never the part the patient bears. Its zero value is 0.
//
// The decimal is the definition; the text and the integers beside it say the
// same in the forms the working and Money.Times need on every settlement.
type Ratio struct {
	value       decimal.Decimal
	text        string // shortest exact text; "" in the zero value
	coefficient uint64 // value × 10^scale
	scale       uint8
	inexact     bool // coefficient and scale could not hold the value
}

// ratioDigits bounds the text of a ratio: no article of any policy needs more,
// and exact arithmetic on hostile input stays cheap.
const ratioDigits = 12

// ParseRatio reads a plain decimal such as "0.70"; no sign, no exponent, at
// most 12 characters.
func ParseRatio(text string) (Ratio, error) {
	whole, fraction, point := strings.Cut(text, ".")
	if len(text) > ratioDigits || !decimalDigits(whole) || point && !decimalDigits(fraction) {
		return Ratio{}, &Error{Kind: KindInvalid, Reason: ReasonBadRatio, Value: clip(text)}
	}
	value, err := decimal.NewFromString(text)
	if err != nil {
		return Ratio{}, &Error{Kind: KindInvalid, Reason: ReasonBadRatio, Value: clip(text)}
	}
	return newRatio(value), nil
}

// newRatio keeps value, which is not negative, with its two short forms.
func newRatio(value decimal.Decimal) Ratio {
	coefficient, exponent := value.Coefficient(), value.Exponent()
	if !coefficient.IsUint64() || exponent > 0 || -int(exponent) >= len(powersOfTen) {
		return Ratio{value: value, text: value.String(), inexact: true}
	}
	return Ratio{value: value, text: value.String(), coefficient: coefficient.Uint64(), scale: uint8(-exponent)}
}

// String gives the shortest exact text of r.
func (r Ratio) String() string {
	if r.text == "" {
		return "0"
	}
	return r.text
}

// Zero reports whether r is 0.
func (r Ratio) Zero() bool { return r.value.IsZero() }

// Equal reports whether both ratios are the same number, however written.
func (r Ratio) Equal(other Ratio) bool { return r.value.Equal(other.value) }

// Plus is the exact sum of both ratios.
func (r Ratio) Plus(other Ratio) Ratio {
	if other.Zero() {
		return r
	}
	return newRatio(r.value.Add(other.value))
}

// Less is r reduced by other and floored at zero.
func (r Ratio) Less(other Ratio) Ratio {
	if other.Zero() {
		return r
	}
	rest := r.value.Sub(other.value)
	if rest.IsNegative() {
		return Ratio{}
	}
	return newRatio(rest)
}

// Whole reports whether r is 1.
func (r Ratio) Whole() bool { return r.value.Equal(decimal.New(1, 0)) }

// AtMostOne reports whether r lies within 0 and 1.
func (r Ratio) AtMostOne() bool { return !r.value.GreaterThan(decimal.New(1, 0)) }
