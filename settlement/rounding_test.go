package settlement

import (
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

// anyRatio draws a ratio of any digits a document may carry, also above 1.
func anyRatio() *rapid.Generator[Ratio] {
	return rapid.Custom(func(t *rapid.T) Ratio {
		text := rapid.StringMatching(`(0|1|[0-9]{1,3})(\.[0-9]{1,8})?`).Draw(t, "ratio")
		ratio, err := ParseRatio(text)
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		return ratio
	})
}

// halfUp is m × r in fractions: floor(m·r + 1/2).
func halfUp(m Money, ratio string) *big.Int {
	exact, _ := new(big.Rat).SetString(ratio)
	exact.Mul(exact, new(big.Rat).SetInt64(int64(m)))
	exact.Add(exact, big.NewRat(1, 2))
	return new(big.Int).Quo(exact.Num(), exact.Denom())
}

// The integers of Times, its decimals and plain fractions are the same
// function.
func TestTimesIsHalfUpHoweverComputed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := Money(rapid.Int64Range(0, int64(MoneyMax)).Draw(t, "money"))
		ratio := anyRatio().Draw(t, "ratio")
		want := halfUp(m, ratio.String())
		if !want.IsInt64() {
			t.Skip("the product is no amount")
		}
		if got := m.Times(ratio); int64(got) != want.Int64() {
			t.Errorf("%d × %s = %d, want %s", m, ratio, got, want)
		}
		if got := m.timesDecimal(ratio); int64(got) != want.Int64() {
			t.Errorf("%d × %s = %d by decimals, want %s", m, ratio, got, want)
		}
		if got, ok := m.timesInteger(ratio); ok && int64(got) != want.Int64() {
			t.Errorf("%d × %s = %d by integers, want %s", m, ratio, got, want)
		}
	})
}

// Every ratio a rule may have takes the integer way, at any amount.
func TestRatiosUpToOneNeedNoDecimals(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`0(\.[0-9]{1,10})?|1(\.0{1,10})?`).Draw(t, "ratio")
		ratio, err := ParseRatio(text)
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		for _, m := range []Money{0, 1, MoneyMax - 1, MoneyMax} {
			got, ok := m.timesInteger(ratio)
			if want := halfUp(m, text); !ok || int64(got) != want.Int64() {
				t.Errorf("%d × %s = %d, %v; want %s", m, text, got, ok, want)
			}
		}
	})
}

// A ratio that sums and differences made is as exact as one that was written.
func TestRatioArithmeticStaysExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := anyRatio().Draw(t, "a"), anyRatio().Draw(t, "b")
		x, _ := new(big.Rat).SetString(a.String())
		y, _ := new(big.Rat).SetString(b.String())
		sum, _ := new(big.Rat).SetString(a.Plus(b).String())
		if sum.Cmp(new(big.Rat).Add(x, y)) != 0 {
			t.Errorf("%s + %s = %s", a, b, a.Plus(b))
		}
		rest, _ := new(big.Rat).SetString(a.Less(b).String())
		want := new(big.Rat).Sub(x, y)
		if want.Sign() < 0 {
			want.SetInt64(0)
		}
		if rest.Cmp(want) != 0 {
			t.Errorf("%s less %s = %s", a, b, a.Less(b))
		}
		m := Money(rapid.Int64Range(0, int64(MoneyMax)).Draw(t, "money"))
		if want := halfUp(m, a.Plus(b).String()); want.IsInt64() && int64(m.Times(a.Plus(b))) != want.Int64() {
			t.Errorf("%d × (%s + %s) = %d, want %s", m, a, b, m.Times(a.Plus(b)), want)
		}
	})
}

func TestTimesTable(t *testing.T) {
	for _, test := range []struct {
		m     Money
		ratio string
		want  Money
	}{
		{0, "1", 0},
		{1, "0.7", 1},    // 0.7
		{1, "0.5", 1},    // the tie goes up
		{1, "0.4999", 0}, // below it
		{3, "0.5", 2},    // 1.5
		{1500055, "0.30", 450017},
		{400101, "0.50", 200051},
		{MoneyMax, "1", MoneyMax},
		{MoneyMax, "1.00", MoneyMax},
		{MoneyMax, "0", 0},
		{MoneyMax, "0.5", 5_000_000_000_000_000},
		{MoneyMax, "0.0000000001", 1_000_000},
		{24500, "1.80", 44100},
	} {
		ratio, err := ParseRatio(test.ratio)
		if err != nil {
			t.Fatal(err)
		}
		if got := test.m.Times(ratio); got != test.want {
			t.Errorf("%d × %s = %d, want %d", test.m, test.ratio, got, test.want)
		}
	}
	if got := (MoneyMax).Times(Ratio{}); got != 0 {
		t.Errorf("the zero ratio gives %d", got)
	}
}
