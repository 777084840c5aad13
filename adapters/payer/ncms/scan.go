package ncms

import (
	"strings"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
)

// scan reads the fields of one element of an answer. The first breach sticks,
// later readings give zero values, and the user asks for it once at the end.
// Elements nobody asks for are passed over; one that is asked for and stands
// twice is a breach, because nothing says which of them counts.
type scan struct {
	path  string
	node  node
	first error
}

// open starts reading n, which must not be a mere text.
func open(path string, n node) *scan {
	s := &scan{path: path, node: n}
	if strings.TrimSpace(n.text) != "" {
		s.first = &breach{path, "a text, not a record"}
	}
	return s
}

// fail records a breach at name unless there is one already.
func (s *scan) fail(name, what string) {
	if s.first == nil {
		s.first = &breach{s.path + "." + name, what}
	}
}

// child is the one element of a name, empty where there is none.
func (s *scan) child(name string) node {
	found := s.node.all(name)
	if len(found) > 1 {
		s.fail(name, "stands twice")
	}
	if len(found) != 1 {
		return node{}
	}
	return found[0]
}

// text is an element's text without the blanks around it, "" where absent.
func (s *scan) text(name string) string {
	n := s.child(name)
	if len(n.children) > 0 {
		s.fail(name, "not a text")
		return ""
	}
	return strings.Trim(n.text, " \t\r\n")
}

// idMax is the longest identifier; a longer one could not be sent back.
const idMax = 30

// id is an identifier: visible ASCII, at most 30, "" where absent.
func (s *scan) id(name string) string {
	text := s.text(name)
	if text != "" && !plain(text) {
		s.fail(name, "not an identifier")
		return ""
	}
	return text
}

// flag is 0 or 1, no where absent.
func (s *scan) flag(name string) bool {
	switch s.text(name) {
	case "", "0":
		return false
	case "1":
		return true
	}
	s.fail(name, "neither 0 nor 1")
	return false
}

// instant is a local date and time in layout, zero where absent.
func (s *scan) instant(name, layout string) time.Time {
	text := s.text(name)
	if text == "" {
		return time.Time{}
	}
	at, err := time.ParseInLocation(layout, text, settlement.China)
	if err != nil {
		s.fail(name, "not a date and time")
		return time.Time{}
	}
	return at.UTC()
}

// plain reports whether id is 1 to 30 visible ASCII characters.
func plain(id string) bool {
	for i := range len(id) {
		if id[i] <= ' ' || id[i] > '~' {
			return false
		}
	}
	return id != "" && len(id) <= idMax
}
