package settlement

import (
	"fmt"
	"strings"
)

// Problem is one thing wrong in a document: where, and what. It unwraps to an
// Error of kind Invalid with the reason BAD_DOCUMENT and the path as Field.
type Problem struct {
	Path   string // way from the top of the document, as in "versions[1].id"
	Line   int    // 1-based, 0 if unknown
	Column int    // 1-based, 0 if unknown
	Value  string // the offending text, clipped, or ""
	Says   string // what is wrong, for a person, in English

	// Form and Figures are what Says was written from, as fmt.Sprintf does, for
	// whoever says it in another language; Form is "" where Says is all there is.
	Form    string
	Figures []any
}

// Wrong is a problem told by a form and the figures in it, its place unknown.
func Wrong(form string, figures ...any) *Problem {
	return &Problem{Says: fmt.Sprintf(form, figures...), Form: form, Figures: figures}
}

// Error gives line, column, path, what is wrong and the offending text.
func (p *Problem) Error() string {
	var b strings.Builder
	switch {
	case p.Column > 0:
		fmt.Fprintf(&b, "line %d column %d: ", p.Line, p.Column)
	case p.Line > 0:
		fmt.Fprintf(&b, "line %d: ", p.Line)
	}
	if p.Path != "" {
		b.WriteString(p.Path + ": ")
	}
	b.WriteString(p.Says)
	if p.Value != "" {
		fmt.Fprintf(&b, ": %q", p.Value)
	}
	return b.String()
}

// Unwrap gives the problem as the one error of the house, by which it is told
// apart; what is wrong, and on which line, the Problem itself says.
func (p *Problem) Unwrap() error {
	return &Error{Kind: KindInvalid, Reason: ReasonBadDocument, Field: p.Path, Value: p.Value}
}

// Problems are all that is wrong with one document, in the order found.
type Problems []*Problem

// Error gives one problem a line.
func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i, problem := range p {
		lines[i] = problem.Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap gives each problem.
func (p Problems) Unwrap() []error {
	all := make([]error, len(p))
	for i, problem := range p {
		all[i] = problem
	}
	return all
}

// problemsMost bounds what is remembered of a hostile document.
const problemsMost = 100
