package statement

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/reconcile"
)

// The names a row may hold.
type (
	encounterID = settlement.EncounterID
	messageID   = settlement.MessageID
	facilityID  = settlement.FacilityID
	categoryID  = settlement.CategoryID
	private     = settlement.Private
)

// The platform's codes for what we have words for; others are kept as they
// are, and so differ from ours.
var (
	insurances = map[string]settlement.Scheme{
		"310": settlement.SchemeEmployee, "380": settlement.SchemeNCMS, "390": settlement.SchemeResident, "391": settlement.SchemeResident,
	}
	clearings = map[string]settlement.Mode{"11": settlement.Outpatient, "21": settlement.Inpatient}
)

const (
	nothing  = "null" // an empty cell of the platform's lists
	nameMost = 64     // characters of an id; the platform's have 30
)

// row is one being read.
type row struct {
	line   reconcile.Line
	marked string // its refd_setl_flag
	column *column
	first  *settlement.Problem // that was wrong with it
}

func (r *row) refuse(value, says string) {
	if r.first == nil {
		r.first = &settlement.Problem{Path: r.column.names[0], Line: r.line.Row, Value: clip(value), Says: says}
	}
}

// parse reads the cells of a row; what is wrong first is told.
func (l *layout) parse(number int, cells []string) (reconcile.Line, *settlement.Problem) {
	r := row{line: reconcile.Line{Row: number}}
	if len(cells) != len(l.columns) { // which of them is missing, or one too many, nobody knows
		problem := settlement.Wrong("%d columns: must be %d as in the first row", len(cells), len(l.columns))
		problem.Line = number
		return r.line, problem
	}
	for i, c := range l.columns {
		r.column = c
		text := strings.TrimSpace(cells[i])
		if text == nothing {
			text = ""
		}
		if text == "" && c.must {
			r.refuse("", "must not be empty")
		}
		if text != "" {
			c.read(&r, text)
		}
	}
	r.signs()
	return r.line, r.first
}

// signs: a row gives or takes back, whole; one that takes back says so.
func (r *row) signs() {
	plus, minus := 0, 0
	for a, value := range r.line.Amounts {
		if value > 0 {
			plus++
		}
		if value < 0 {
			minus++
			r.column = &columns[len(columns)-1]
			for i := range columns {
				if columns[i].states == reconcile.StatesBill<<a {
					r.column = &columns[i]
				}
			}
		}
	}
	switch {
	case minus > 0 && plus > 0:
		r.refuse("", "a row takes back all of its amounts or none")
	case minus > 0 && r.marked == "0":
		r.refuse("", "takes back, and refd_setl_flag says that it does not")
	}
	r.line.Reverses = minus > 0
}

// name is an id: up to 64 letters, digits and marks without blanks. It is not
// told in a complaint: it may be a person's.
func name[T ~string](r *row, text string) T {
	bad := func(c rune) bool { return unicode.IsSpace(c) || !unicode.IsPrint(c) }
	if utf8.RuneCountInString(text) > nameMost || strings.IndexFunc(text, bad) >= 0 {
		r.refuse("", "must be an id of at most 64 characters without blanks")
	}
	return T(text)
}

func coded[T ~string](r *row, text string, known map[string]T) T {
	if word, ok := known[text]; ok {
		return word
	}
	return name[T](r, text)
}

func amount(which reconcile.Amount) func(*row, string) {
	return func(r *row, text string) {
		value, err := settlement.ParseMoney(text)
		if err != nil {
			r.refuse(text, "must be yuan with at most two decimals")
		}
		r.line.Amounts[which] = value
	}
}

// day reads a day, or an instant of it.
func (r *row) day(text string) {
	day, clock, timed := strings.Cut(text, " ")
	value, err := settlement.ParseDate(day)
	if err != nil || timed && !instant(clock) {
		r.refuse(text, "must be a day as 2012-07-01, or an instant as 2012-07-01 08:30:00")
	}
	r.line.Day = value
}

// instant reports whether text is a time of day.
func instant(text string) bool {
	if len(text) != 8 || text[2] != ':' || text[5] != ':' {
		return false
	}
	two := func(at int, most byte) bool {
		tens, ones := text[at], text[at+1]
		return tens >= '0' && tens <= '9' && ones >= '0' && ones <= '9' && (tens-'0')*10+ones-'0' <= most
	}
	return two(0, 23) && two(3, 59) && two(6, 59)
}

func (r *row) flag(text string) {
	if text != "0" && text != "1" {
		r.refuse(text, "must be 0 or 1")
	}
	r.marked = text
}

// result is what the platform found of a row: equal, theirs only, ours only or
// different. Of ours only they hold nothing.
func (r *row) result(text string) {
	switch text {
	case "0", "1", "3":
	case "2":
		r.line.Status = reconcile.Denied
	default:
		r.refuse(text, "must be 0, 1, 2 or 3")
	}
}

// clip bounds what is told of a cell.
func clip(text string) string {
	const most = 40
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	return string([]rune(text)[:most]) + "…"
}
