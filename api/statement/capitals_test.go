package statement

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/onestop-gateway/onestop/settlement"
)

func TestCapitals(t *testing.T) {
	for text, want := range map[string]string{
		"0": "零元整", "0.01": "壹分", "0.10": "壹角", "0.11": "壹角壹分", "0.05": "伍分",
		"1": "壹元整", "1.01": "壹元零壹分", "1.10": "壹元壹角", "1.11": "壹元壹角壹分",
		"10": "壹拾元整", "10.01": "壹拾元零壹分", "10.10": "壹拾元零壹角", "11": "壹拾壹元整",
		"100": "壹佰元整", "101": "壹佰零壹元整", "110": "壹佰壹拾元整", "111": "壹佰壹拾壹元整",
		"1000": "壹仟元整", "1001": "壹仟零壹元整", "1010": "壹仟零壹拾元整", "1100": "壹仟壹佰元整", "1101": "壹仟壹佰零壹元整",
		"10000": "壹万元整", "10001": "壹万零壹元整", "10010": "壹万零壹拾元整", "10100": "壹万零壹佰元整", "11000": "壹万壹仟元整",
		"100000": "壹拾万元整", "105000": "壹拾万伍仟元整", "100500": "壹拾万零伍佰元整", "100005": "壹拾万零伍元整",
		"10050000": "壹仟零伍万元整", "10000500": "壹仟万零伍佰元整",
		"100000000": "壹亿元整", "100000001": "壹亿零壹元整", "100005000": "壹亿零伍仟元整", "100050000": "壹亿零伍万元整",
		"150000000": "壹亿伍仟万元整", "105000000": "壹亿零伍佰万元整", "100010001": "壹亿零壹万零壹元整",
		"1000000000000": "壹万亿元整", "1000000000001": "壹万亿零壹元整", "1000100000000": "壹万零壹亿元整",
		"1000000010000": "壹万亿零壹万元整", "1000050000000": "壹万亿零伍仟万元整", "10000000000000": "壹拾万亿元整",
		"99999999999999.99": "玖拾玖万玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分",
		// The examples of the central bank's rules for filling in bills.
		"1409.50": "壹仟肆佰零玖元伍角", "6007.14": "陆仟零柒元壹角肆分", "1680.32": "壹仟陆佰捌拾元零叁角贰分",
		"107000.53": "壹拾万柒仟元零伍角叁分", "16409.02": "壹万陆仟肆佰零玖元零贰分", "325.04": "叁佰贰拾伍元零肆分",
		"-1.50": "负壹元伍角",
	} {
		amount, err := settlement.ParseMoney(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := Capitals(amount); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}

// Every amount of the lower sections, and a sample of all, reads back as
// itself and keeps the rules of 零.
func TestCapitalsReadBack(t *testing.T) {
	for yuan := settlement.Money(0); yuan < 120_000; yuan++ {
		checkCapitals(t, yuan*100)
	}
	for fen := settlement.Money(0); fen < 12_000; fen++ {
		checkCapitals(t, fen)
	}
	for _, unit := range []settlement.Money{1_0000_00, 1_0000_0000_00, 1_0000_0000_0000_00} {
		for n := settlement.Money(1); n < 100; n++ {
			for _, rest := range []settlement.Money{0, 1, 10, 1_00, 10_00, 1000_00, 1_0000_00, 1000_0000_00} {
				checkCapitals(t, n*unit+rest)
			}
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		checkCapitals(t, settlement.Money(rapid.Int64Range(0, int64(settlement.MoneyMax)).Draw(t, "fen")))
	})
}

func checkCapitals(t interface {
	Helper()
	Fatalf(string, ...any)
}, amount settlement.Money) {
	t.Helper()
	text := Capitals(amount)
	if got := readCapitals(text); got != amount {
		t.Fatalf("%s: %s reads as %s", amount, text, got)
	}
	for _, wrong := range []string{"零零", "零万", "零亿", "零元零", "零角", "零仟", "零佰", "零拾", "零整"} {
		if strings.Contains(text, wrong) {
			t.Fatalf("%s: %s has %s", amount, text, wrong)
		}
	}
	if strings.HasSuffix(text, "整") != (amount%100 == 0) || strings.HasSuffix(text, "零") {
		t.Fatalf("%s ends as %s", amount, text)
	}
}

// readCapitals reads an amount back, by adding up digits times their units.
func readCapitals(text string) (fen settlement.Money) {
	units := map[rune]settlement.Money{'仟': 1000, '佰': 100, '拾': 10}
	var digit, section, yuan settlement.Money
	for _, r := range text {
		if place := strings.IndexRune(capitalDigits, r); place >= 0 {
			digit = settlement.Money(place / len("零"))
			continue
		}
		switch r {
		case '仟', '佰', '拾':
			section += digit * units[r]
		case '万':
			yuan += (section + digit) * 1_0000
			section = 0
		case '亿':
			yuan = (yuan + section + digit) * 1_0000_0000
			section = 0
		case '元':
			fen = (yuan + section + digit) * 100
		case '角':
			fen += digit * 10
		case '分':
			fen += digit
		}
		digit = 0
	}
	return fen
}
