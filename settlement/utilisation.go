package settlement

import "github.com/shopspring/decimal"

// Utilisation is the part of a fund that was paid out, in percent with one
// decimal, half-up, as in "121.3". It may exceed 100: a fund is a budget that
// warns, never a refusal at the window. A fund that raised nothing has no
// utilisation; the error is of kind Invalid.
func Utilisation(disbursed, raised Money) (string, error) {
	if raised <= 0 || disbursed < 0 {
		return "", invalid(ReasonInvalidArgument, "raised", raised.String())
	}
	part := decimal.New(int64(disbursed), 2).DivRound(decimal.New(int64(raised), 0), 1)
	return part.StringFixed(1), nil
}
