package settlement

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// Text is a scalar that is not empty.
func (p *Place) Text() string {
	if p == nil {
		return ""
	}
	if p.node.Kind != NodeScalar {
		p.Refuse("must be a text or a number")
		return ""
	}
	if strings.TrimSpace(p.node.Text) == "" {
		p.Refuse("must not be empty")
		return ""
	}
	return p.node.Text
}

// Amount is money of zero or more.
func (p *Place) Amount() Money {
	text := p.Text()
	if text == "" {
		return 0
	}
	amount, err := ParseMoney(text)
	switch {
	case ReasonOf(err) == ReasonBadPrecision:
		p.Refuse("has more than two decimals")
	case err != nil:
		p.Refuse("is not an amount in yuan")
	case amount < 0:
		p.Refuse("must not be negative")
	default:
		return amount
	}
	return 0
}

// Ratio is a fraction from 0 to 1.
func (p *Place) Ratio() Ratio {
	ratio := p.Decimal()
	if !ratio.AtMostOne() {
		p.Refuse("is more than 1; a ratio is the part a fund pays")
		return Ratio{}
	}
	return ratio
}

// Decimal is a plain decimal number of zero or more.
func (p *Place) Decimal() Ratio {
	text := p.Text()
	if text == "" {
		return Ratio{}
	}
	ratio, err := ParseRatio(text)
	if err != nil {
		p.Refuse("is not a plain decimal number of at most %d characters", ratioDigits)
	}
	return ratio
}

// Date is an ISO day.
func (p *Place) Date() Date {
	text := p.Text()
	if text == "" {
		return 0
	}
	day, err := ParseDate(text)
	if err != nil {
		p.Refuse("is not a day of the calendar written as 2012-07-01")
	}
	return day
}

// Bool is true or false, so written.
func (p *Place) Bool() bool {
	text := p.Text()
	if text != "" && text != "true" && text != "false" {
		p.Refuse("must be true or false")
	}
	return text == "true"
}

// Count is a whole number of zero or more.
func (p *Place) Count() int {
	text := p.Text()
	if text == "" {
		return 0
	}
	count, err := strconv.Atoi(text)
	if err != nil || count < 0 || !decimalDigits(text) {
		p.Refuse("is not a whole number")
		return 0
	}
	return count
}

// Word reads one of the words of a vocabulary.
func Word[T ~string](p *Place, words ...T) T {
	text := p.Text()
	if text == "" || slices.Contains(words, T(text)) {
		return T(text)
	}
	known := make([]string, len(words))
	for i, word := range words {
		known[i] = string(word)
	}
	p.Refuse("is not one of %s", strings.Join(known, ", "))
	return ""
}

// Name reads an identifier such as a bucket or a version: letters and digits
// of any script, and the signs _ - . / among them.
func Name[T ~string](p *Place) T {
	text := p.Text()
	for _, c := range text {
		if unicode.IsLetter(c) || unicode.IsDigit(c) || strings.ContainsRune("_-./", c) {
			continue
		}
		p.Refuse("is not a name; letters, digits and _ - . / make one")
		return ""
	}
	return T(text)
}
