package settlement_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/onestop-gateway/onestop/settlement"
)

func TestParseMoney(t *testing.T) {
	for text, want := range map[string]settlement.Money{
		"0": 0, "0.00": 0, "-0": 0, "7": 700, "7.5": 750, "7.05": 705, "-0.05": -5, "00012.30": 1230,
		"99999999999999.99": settlement.MoneyMax, "-99999999999999.99": -settlement.MoneyMax,
	} {
		if got, err := settlement.ParseMoney(text); err != nil || got != want {
			t.Errorf("%q: %d, %v; want %d", text, got, err, want)
		}
	}
	for text, want := range map[string]settlement.Reason{
		"100.005": settlement.ReasonBadPrecision, "-1.000": settlement.ReasonBadPrecision, "0.001": settlement.ReasonBadPrecision,
		"": settlement.ReasonBadAmount, ".5": settlement.ReasonBadAmount, "5.": settlement.ReasonBadAmount, "+5": settlement.ReasonBadAmount,
		"1e3": settlement.ReasonBadAmount, "1,000.00": settlement.ReasonBadAmount, " 1": settlement.ReasonBadAmount, "1 ": settlement.ReasonBadAmount,
		"--1": settlement.ReasonBadAmount, "０": settlement.ReasonBadAmount, "NaN": settlement.ReasonBadAmount, "0x10": settlement.ReasonBadAmount,
		"100000000000000": settlement.ReasonBadAmount, "1.2.3": settlement.ReasonBadAmount,
	} {
		if _, err := settlement.ParseMoney(text); settlement.ReasonOf(err) != want || settlement.KindOf(err) != settlement.KindInvalid {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

func TestMoneyTextIsItsValue(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := settlement.Money(rapid.Int64Range(-int64(settlement.MoneyMax), int64(settlement.MoneyMax)).Draw(t, "fen"))
		if got, err := settlement.ParseMoney(m.String()); err != nil || got != m {
			t.Errorf("%d is %q is %d, %v", int64(m), m, int64(got), err)
		}
	})
}

func FuzzParseMoney(f *testing.F) {
	for _, text := range []string{"0", "-0.05", "100.005", "99999999999999.99", "1e3", "１", "5.", "00.10"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		m, err := settlement.ParseMoney(text)
		if err != nil {
			reason := settlement.ReasonOf(err)
			if reason != settlement.ReasonBadAmount && reason != settlement.ReasonBadPrecision {
				t.Errorf("%q: a stranger's error, %v", text, err)
			}
			return
		}
		if m > settlement.MoneyMax || m < -settlement.MoneyMax {
			t.Errorf("%q: %d is beyond what a message can carry", text, m)
		}
		again, err := settlement.ParseMoney(m.String())
		if err != nil || again != m {
			t.Errorf("%q reads as %s, which reads as %s, %v", text, m, again, err)
		}
		if strings.Trim(text, "-0123456789.") != "" {
			t.Errorf("%q was read though it holds more than digits, a sign and a point", text)
		}
	})
}
