package statement

import (
	"strings"

	"github.com/onestop-gateway/onestop/settlement"
)

const capitalDigits = "零壹贰叁肆伍陆柒捌玖"

// Capitals is an amount in financial Chinese capitals, as the rules for filling
// in bills want it: 壹仟零壹拾元整, 壹仟肆佰零玖元伍角, 叁佰贰拾伍元零肆分.
//
// One 零 stands for any run of zeros between digits. Where the rules leave it
// to choice: it stands between a yuan that ends in zero and the 角
// (壹仟陆佰捌拾元零叁角贰分), and for a whole section of four zeros
// (壹亿零伍仟元整), but not between a 万 that ends in zero and the thousands
// (壹拾万柒仟元整). 整 ends an amount without 角 and 分.
func Capitals(amount settlement.Money) string {
	var b strings.Builder
	rest := uint64(amount)
	if amount < 0 {
		b.WriteString("负")
		rest = -rest
	}
	yuan, jiao, fen := rest/100, rest/10%10, rest%10
	if yuan > 0 {
		writeYuan(&b, yuan)
		b.WriteString("元")
	}
	switch {
	case rest == 0:
		return "零元整"
	case jiao == 0 && fen == 0:
		b.WriteString("整")
	case yuan > 0 && (jiao == 0 || yuan%10 == 0):
		b.WriteString("零")
	}
	if jiao > 0 {
		writeDigit(&b, jiao)
		b.WriteString("角")
	}
	if fen > 0 {
		writeDigit(&b, fen)
		b.WriteString("分")
	}
	return b.String()
}

// writeYuan writes a number above 0 section by section, four digits each.
// 亿 is the unit of both upper sections and stands behind them once.
func writeYuan(b *strings.Builder, yuan uint64) {
	begun, gap := false, false
	for _, section := range []struct {
		of   uint64
		unit string
	}{{1_0000_0000_0000, "万"}, {1_0000_0000, ""}, {1_0000, "万"}, {1, ""}} {
		digits := yuan / section.of % 1_0000
		if digits > 0 {
			if begun && (gap || digits < 1000) {
				b.WriteString("零")
			}
			writeSection(b, digits)
			b.WriteString(section.unit)
		}
		gap, begun = digits == 0, begun || digits > 0
		if section.of == 1_0000_0000 && begun {
			b.WriteString("亿")
		}
	}
}

// writeSection writes a section of one to four digits, above 0.
func writeSection(b *strings.Builder, section uint64) {
	begun, zero := false, false
	for _, place := range []struct {
		of   uint64
		unit string
	}{{1000, "仟"}, {100, "佰"}, {10, "拾"}, {1, ""}} {
		digit := section / place.of % 10
		if digit == 0 {
			zero = begun
			continue
		}
		if zero {
			b.WriteString("零")
		}
		writeDigit(b, digit)
		b.WriteString(place.unit)
		begun, zero = true, false
	}
}

func writeDigit(b *strings.Builder, digit uint64) {
	const width = len("零")
	b.WriteString(capitalDigits[int(digit)*width : int(digit+1)*width])
}
