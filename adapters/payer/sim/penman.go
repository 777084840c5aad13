package sim

import (
	"encoding/json"
	"strconv"

	"github.com/onestop-gateway/onestop/settlement"
)

// penman writes one JSON text, value after value in the order they are told:
// an answer has the same fields every time, and a simulator that spends time
// on finding that out takes it from whoever is measured beside it.
type penman struct {
	asText  bool // amounts are strings
	negated bool // amounts are those of a cancelling answer
	out     []byte
}

// open begins an object or a list.
func (p *penman) open(bracket byte) { p.out = append(p.out, bracket) }

// shut ends one.
func (p *penman) shut(bracket byte) { p.out = append(p.out, bracket) }

// next sets a value apart from the one before it, if there is one.
func (p *penman) next() {
	switch p.out[len(p.out)-1] {
	case '{', '[':
	default:
		p.out = append(p.out, ',')
	}
}

// name begins a field; names are plain ASCII.
func (p *penman) name(name string) {
	p.next()
	p.out = append(append(append(p.out, '"'), name...), '"', ':')
}

// null writes a field without a value.
func (p *penman) null(names ...string) {
	for _, name := range names {
		p.name(name)
		p.out = append(p.out, "null"...)
	}
}

// text writes a field that is a string.
func (p *penman) text(name, text string) {
	p.name(name)
	p.out = appendText(p.out, text)
}

// number writes a field that is a whole number.
func (p *penman) number(name string, n int64) {
	p.name(name)
	p.out = strconv.AppendInt(p.out, n, 10)
}

// money writes an amount: as a number or as a string, and negated for a
// cancelling answer.
func (p *penman) money(name string, amount settlement.Money) {
	p.name(name)
	if p.negated {
		amount = -amount
	}
	if !p.asText {
		p.out = amount.Append(p.out)
		return
	}
	p.out = append(amount.Append(append(p.out, '"')), '"')
}

// appendText appends a string as JSON has it. What needs no escape, as nearly
// everything here, is taken as it is.
func appendText(out []byte, text string) []byte {
	for i := range len(text) {
		if c := text[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			quoted, err := json.Marshal(text)
			if err != nil { // of a string there is none
				quoted = []byte(`""`)
			}
			return append(out, quoted...)
		}
	}
	return append(append(append(out, '"'), text...), '"')
}
