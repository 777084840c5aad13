package oracle

import "math/big"

// yuan is an exact fraction; the empty text is nothing.
func yuan(text string) *big.Rat {
	if text == "" {
		return new(big.Rat)
	}
	r, ok := new(big.Rat).SetString(text)
	if !ok {
		return new(big.Rat)
	}
	return r
}

func plus(all ...*big.Rat) *big.Rat {
	sum := new(big.Rat)
	for _, r := range all {
		sum.Add(sum, r)
	}
	return sum
}

func minus(a *big.Rat, others ...*big.Rat) *big.Rat {
	return new(big.Rat).Sub(a, plus(others...))
}

// share is a × rate rounded half-up to a hundredth: floor(100x + 1/2) / 100.
func share(a, rate *big.Rat) *big.Rat {
	x := new(big.Rat).Mul(a, rate)
	x.Mul(x, big.NewRat(100, 1))
	x.Add(x, big.NewRat(1, 2))
	fen := new(big.Int).Div(x.Num(), x.Denom())
	return new(big.Rat).SetFrac(fen, big.NewInt(100))
}

func least(a, b *big.Rat) *big.Rat {
	if a.Cmp(b) < 0 {
		return a
	}
	return b
}

// floor0 is a, or nothing where a is less.
func floor0(a *big.Rat) *big.Rat {
	if a.Sign() < 0 {
		return new(big.Rat)
	}
	return a
}

func money(a *big.Rat) string { return a.FloatString(2) }
