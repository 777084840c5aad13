package statement

import (
	"bytes"
	"embed"
	"html/template"
	"strings"

	"github.com/onestop-gateway/onestop/api/words"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

//go:embed sheet.html
var files embed.FS

var page = template.Must(template.ParseFS(files, "sheet.html"))

// HTML is the sheet for paper (A4) and phone. Everything in it is escaped; it
// loads nothing. Internal: the rows do not add up to the bill.
func HTML(of *lifecycle.Statement, language words.Language) ([]byte, error) {
	sheet, err := lay(of, language)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = page.Execute(&b, sheet)
	return b.Bytes(), err
}

// The text sheet and its labels, in columns of a fixed-width font.
const (
	width      = 76
	labelWidth = 22
)

// Text is the sheet for a line printer or a terminal, lines ended by LF.
// Internal: the rows do not add up to the bill.
func Text(of *lifecycle.Statement, language words.Language) ([]byte, error) {
	sheet, err := lay(of, language)
	if err != nil {
		return nil, err
	}
	var t text
	t.line(centred(sheet.Title))
	if sheet.Banner != "" {
		t.rule("*")
		t.line(centred(sheet.Banner))
		t.rule("*")
		t.wrapped("", sheet.Advice)
	}
	if sheet.PayerSays != "" {
		t.wrapped("", sheet.PayerSays)
	}
	for _, section := range sheet.Sections {
		t.section(section)
	}
	if sheet.Pays != nil {
		t.rule("-")
		t.line(spread(sheet.Pays.Label, "¥"+sheet.Pays.Amount))
		t.line(spread("", sheet.Pays.Capitals))
	}
	t.explained(sheet)
	t.rule("=")
	t.line(sheet.Foot)
	t.line(sheet.Signature)
	return t.Bytes(), nil
}

// text is a text sheet being written.
type text struct{ bytes.Buffer }

func (t *text) line(line string) {
	t.WriteString(strings.TrimRight(plain(line), " ") + "\n")
}

func (t *text) rule(of string) { t.line(strings.Repeat(of, width)) }

func (t *text) section(section section) {
	t.rule("-")
	t.line(section.Title)
	for _, row := range section.Rows {
		if row.Total {
			t.line(strings.Repeat(" ", width-14) + strings.Repeat("-", 14))
		}
		if section.Amounts {
			t.line(spread("  "+row.Label, row.Value))
		} else {
			t.wrapped(padded("  "+row.Label, labelWidth), row.Value)
		}
	}
}

func (t *text) explained(sheet *sheet) {
	if len(sheet.Reasons) > 0 {
		t.rule("-")
		t.line(sheet.Note)
	}
	for _, reason := range sheet.Reasons {
		t.wrapped("  ", reason)
	}
	if len(sheet.Working) > 0 {
		t.rule("-")
		t.line(sheet.Worked)
	}
	for _, step := range sheet.Working {
		t.wrapped("  - ", step.Sentence)
		if step.Article != "" {
			t.wrapped("    ", step.Article)
		}
	}
}

// wrapped writes content behind lead, in as many lines as it needs, each
// beginning under the first.
func (t *text) wrapped(lead, content string) {
	room := width - columns(lead)
	for {
		head, rest := broken(content, room)
		t.line(lead + head)
		if rest == "" {
			return
		}
		lead, content = strings.Repeat(" ", columns(lead)), rest
	}
}
