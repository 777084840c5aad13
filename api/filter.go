package api

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	onestopv1 "github.com/onestop-gateway/onestop/proto/onestop/v1"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// parseFilter reads a listing's filter, a subset of AIP-160:
//
//	filter      = [ restriction { "AND" restriction } ] .
//	restriction = field operator value .
//	field       = "facility_id" | "discharge_id" | "state" | "discharge_date" | "review" .
//	operator    = "=" | ">=" | "<=" .
//	value       = `"` { character | `\"` | `\\` } `"` | word .
//	word        = ( letter | digit | "_" | "-" | "." ) { … } .
//
// ">=" and "<=" are for discharge_date. Every field stands at most once, but
// discharge_date once with ">=" and once with "<=". review is true or left
// out. Invalid: INVALID_FILTER, with the position, counted in characters from
// one, and what was expected there.
func parseFilter(text string) (lifecycle.Query, error) {
	p := filterParser{text: text, seen: make(map[string]bool)}
	p.blanks()
	for p.wrong == nil && !p.done() {
		p.restriction()
		p.blanks()
		if p.wrong != nil || p.done() {
			break
		}
		at := p.at
		if p.word() != "AND" {
			p.fail(at, "expected AND")
		}
		p.blanks()
		if p.wrong == nil && p.done() {
			p.fail(p.at, "expected a condition after AND")
		}
	}
	if p.wrong != nil {
		return lifecycle.Query{}, p.wrong
	}
	return p.query, nil
}

// filterParser reads from left to right and stops at the first fault.
type filterParser struct {
	text  string
	at    int // byte offset
	query lifecycle.Query
	seen  map[string]bool
	wrong error
}

func (p *filterParser) done() bool { return p.at == len(p.text) }

func (p *filterParser) blanks() {
	p.at += len(p.text[p.at:]) - len(strings.TrimLeft(p.text[p.at:], " \t\r\n"))
}

// fail notes the first fault, at a byte offset.
func (p *filterParser) fail(at int, says string, args ...any) {
	if p.wrong != nil {
		return
	}
	position := utf8.RuneCountInString(p.text[:at]) + 1
	p.wrong = &settlement.Error{
		Kind: settlement.KindInvalid, Reason: settlement.ReasonInvalidFilter, Field: "filter",
		Value: fmt.Sprintf("position %d: ", position) + fmt.Sprintf(says, args...),
	}
}

// word takes what letters, digits, "_", "-" and "." come next, if any.
func (p *filterParser) word() string {
	rest := p.text[p.at:]
	end := strings.IndexFunc(rest, func(r rune) bool {
		letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
		return !letter && (r < '0' || r > '9') && r != '_' && r != '-' && r != '.'
	})
	if end < 0 {
		end = len(rest)
	}
	p.at += end
	return rest[:end]
}

// operator takes what comes next of the three, or nothing.
func (p *filterParser) operator() string {
	for _, operator := range []string{">=", "<=", "="} {
		if strings.HasPrefix(p.text[p.at:], operator) {
			p.at += len(operator)
			return operator
		}
	}
	p.fail(p.at, "expected =, >= or <=")
	return ""
}

// value takes a quoted text or a word.
func (p *filterParser) value() string {
	start := p.at
	if !strings.HasPrefix(p.text[p.at:], `"`) {
		word := p.word()
		if word == "" {
			p.fail(start, "expected a value")
		}
		return word
	}
	var b strings.Builder
	for p.at++; !p.done(); p.at++ {
		c := p.text[p.at]
		switch {
		case c == '"':
			p.at++
			return b.String()
		case c == '\\':
			p.at++
			if p.done() || p.text[p.at] != '"' && p.text[p.at] != '\\' {
				p.fail(p.at-1, `\ stands only before " or \`)
				return ""
			}
			c = p.text[p.at]
		}
		b.WriteByte(c)
	}
	p.fail(start, "the quotation mark is not closed")
	return ""
}

// filterFields are the fields a filter may name, in the order they are told.
var filterFields = []string{"facility_id", "discharge_id", "state", "discharge_date", "review"}

func (p *filterParser) restriction() {
	at := p.at
	field := p.word()
	if !slices.Contains(filterFields, field) {
		p.fail(at, "expected one of %s", strings.Join(filterFields, ", "))
		return
	}
	p.blanks()
	operatorAt := p.at
	operator := p.operator()
	if operator != "=" && field != "discharge_date" {
		p.fail(operatorAt, "%s takes = only", field)
	}
	p.blanks()
	valueAt := p.at
	value := p.value()
	if p.wrong != nil {
		return
	}
	p.once(at, field, operator)
	p.set(valueAt, field, operator, value)
}

// once refuses a field that stands twice; the two ends of discharge_date are
// fields of their own, and "=" takes both.
func (p *filterParser) once(at int, field, operator string) {
	keys := []string{field}
	if field == "discharge_date" {
		keys = []string{field + operator}
		if operator == "=" {
			keys = []string{field + ">=", field + "<="}
		}
	}
	for _, key := range keys {
		if p.seen[key] {
			p.fail(at, "%s stands twice", field)
		}
		p.seen[key] = true
	}
}

func (p *filterParser) set(at int, field, operator, value string) {
	switch field {
	case "facility_id":
		p.query.Facility = settlement.FacilityID(p.filled(at, field, value))
	case "discharge_id":
		p.query.Discharge = settlement.DischargeID(p.filled(at, field, value))
	case "state":
		p.setState(at, value)
	case "discharge_date":
		p.setDate(at, operator, value)
	case "review":
		if value != "true" {
			p.fail(at, "review takes true only")
		}
		p.query.Review = true
	}
}

// filled refuses an empty value, which would select everything.
func (p *filterParser) filled(at int, field, value string) string {
	if value == "" {
		p.fail(at, "%s must not be empty", field)
	}
	return value
}

func (p *filterParser) setState(at int, value string) {
	state := onestopv1.State(onestopv1.State_value[value])
	for _, pair := range states {
		if pair.wire == state {
			p.query.States = append(p.query.States, pair.word)
		}
	}
	if len(p.query.States) == 0 {
		p.fail(at, "expected a state such as STATE_SETTLED")
	}
}

func (p *filterParser) setDate(at int, operator, value string) {
	day, err := settlement.ParseDate(value)
	if err != nil {
		p.fail(at, "expected a date such as 2012-08-09")
		return
	}
	if operator != "<=" {
		p.query.From = day
	}
	if operator != ">=" {
		p.query.To = day
	}
}
