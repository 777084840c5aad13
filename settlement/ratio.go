package settlement

import (
	"strings"

	"github.com/shopspring/decimal"
)

// Ratio is an exact decimal fraction such as a reimbursement ratio: the part a
// fund pays, never the part the patient bears. Its zero value is 0.
type Ratio struct {
	value decimal.Decimal
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
	return Ratio{value}, nil
}

// String gives the shortest exact text of r.
func (r Ratio) String() string { return r.value.String() }

// Zero reports whether r is 0.
func (r Ratio) Zero() bool { return r.value.IsZero() }

// Plus is the exact sum of both ratios.
func (r Ratio) Plus(other Ratio) Ratio { return Ratio{r.value.Add(other.value)} }

// Less is r reduced by other and floored at zero.
func (r Ratio) Less(other Ratio) Ratio {
	rest := r.value.Sub(other.value)
	if rest.IsNegative() {
		return Ratio{}
	}
	return Ratio{rest}
}

// AtMostOne reports whether r lies within 0 and 1.
func (r Ratio) AtMostOne() bool { return !r.value.GreaterThan(decimal.New(1, 0)) }
