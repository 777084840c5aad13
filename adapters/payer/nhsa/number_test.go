package nhsa

import (
	"encoding/json"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/onestop-gateway/onestop/settlement"
)

// UnmarshalJSON reads what MarshalJSON writes, for round trips.
func (y *yuan) UnmarshalJSON(text []byte) error {
	money, err := settlement.ParseMoney(string(text))
	*y = yuan(money)
	return err
}

func TestYuanRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := yuan(rapid.Int64Range(0, int64(settlement.MoneyMax)).Draw(t, "fen"))
		text, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		var got yuan
		if err := json.Unmarshal(text, &got); err != nil || got != want {
			t.Fatalf("%d became %s and then %d, %v", want, text, got, err)
		}
	})
}

// amountOf reads text as the amount of an answer.
func amountOf(text string, sign settlement.Money) (amount, error) {
	root, err := parse([]byte(`{"a":` + text + `}`))
	if err != nil {
		return amount{}, err
	}
	s := open("x", root)
	value := s.amount("a", sign)
	return value, s.first
}

func TestAmount(t *testing.T) {
	for _, test := range []struct {
		text string
		sign settlement.Money
		want settlement.Money
	}{
		{"0", paying, 0}, {"-0", paying, 0}, {"-0.00", paying, 0}, {`"-0.0"`, paying, 0}, {"0", takingBack, 0},
		{"1", paying, 1_00}, {"1.5", paying, 1_50}, {"1.05", paying, 1_05}, {`"1234567.89"`, paying, 1234567_89},
		{"99999999999999.99", paying, settlement.MoneyMax}, {`"007.50"`, paying, 7_50},
		{"-1.05", takingBack, 1_05}, {`"-99999999999999.99"`, takingBack, settlement.MoneyMax},
	} {
		got, err := amountOf(test.text, test.sign)
		if err != nil || got != (amount{test.want, true}) {
			t.Errorf("%s with sign %d: %+v, %v, want %s", test.text, test.sign, got, err, test.want)
		}
	}
	for _, test := range []struct {
		text string
		sign settlement.Money
	}{
		{"-0.01", paying}, {"0.01", takingBack}, {"0.001", paying}, {"1.000", paying}, {"1e2", paying}, {"1E-2", paying},
		{"100000000000000.00", paying}, {`""`, paying}, {`" 1"`, paying}, {`"1 "`, paying}, {`"+1"`, paying}, {`"1."`, paying},
		{`".5"`, paying}, {`"--1"`, takingBack}, {`"1,000.00"`, paying}, {`"１"`, paying}, {`"0x1"`, paying}, {`"NaN"`, paying},
		{`"1\u0000"`, paying}, {"true", paying}, {"[]", paying}, {"{}", paying},
	} {
		if got, err := amountOf(test.text, test.sign); err == nil {
			t.Errorf("%s with sign %d was taken for %s", test.text, test.sign, got.Money)
		}
	}
	if got, err := amountOf("null", paying); err != nil || got.known {
		t.Errorf("null: %+v, %v", got, err)
	}
}

// FuzzAmount: what is accepted is what stands there, digit for digit.
func FuzzAmount(f *testing.F) {
	for _, seed := range []string{
		"0", "-0", "1", "-1.5", `"1.05"`, `"-99999999999999.99"`, "1e309", "0.005", `"1,000"`, `"+1"`, `"007.5"`, "null", "NaN",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if !json.Valid([]byte(text)) || strings.ContainsAny(text, "{[") {
			return
		}
		for _, sign := range []settlement.Money{paying, takingBack} {
			got, err := amountOf(text, sign)
			if err != nil || !got.known {
				continue
			}
			if got.Money < 0 || got.Money > settlement.MoneyMax {
				t.Fatalf("%s became %d fen", text, got.Money)
			}
			if want := canonical(text); (sign * got.Money).String() != want {
				t.Fatalf("%s became %s, want %s", text, sign*got.Money, want)
			}
		}
	})
}

// canonical is the accepted text of an amount with exactly two decimals, by
// moving characters only.
func canonical(text string) string {
	text = strings.Trim(strings.TrimSpace(text), `"`)
	digits, negative := strings.CutPrefix(text, "-")
	whole, fraction, _ := strings.Cut(digits, ".")
	whole = strings.TrimLeft(whole, "0")
	if whole == "" {
		whole = "0"
	}
	fraction = (fraction + "00")[:2]
	if negative && strings.Trim(whole+fraction, "0") != "" {
		whole = "-" + whole
	}
	return whole + "." + fraction
}
