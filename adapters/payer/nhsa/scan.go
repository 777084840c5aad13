package nhsa

import (
	"time"

	"github.com/onestop-gateway/onestop/settlement"
)

// timeLayout is the platform's date and time.
const timeLayout = "2006-01-02 15:04:05"

// scan reads the fields of one object of an answer. The first breach sticks,
// later readings give zero values, and the user asks for it once at the end.
type scan struct {
	path  string
	node  node
	first error
}

// open starts reading n, which must be an object.
func open(path string, n node) *scan {
	s := &scan{path: path, node: n}
	if n.kind != kindObject {
		s.first = &breach{path, "not an object"}
	}
	return s
}

// fail records a breach at key unless there is one already.
func (s *scan) fail(key, what string) {
	if s.first == nil {
		s.first = &breach{s.path + "." + key, what}
	}
}

// idMax is the longest identifier the platform has; a longer one could not be
// sent back.
const idMax = 30

// id is an identifier: a string of at most 30 bytes, "" when null or absent.
func (s *scan) id(key string) string {
	text := s.text(key)
	if len(text) > idMax {
		s.fail(key, "longer than an identifier")
		return ""
	}
	return text
}

// text is a string, "" when null or absent.
func (s *scan) text(key string) string {
	switch n := s.node.fields[key]; n.kind {
	case kindNull:
	case kindString:
		return n.text
	default:
		s.fail(key, "not a string")
	}
	return ""
}

// code is a short code sent as string or as number, "" when null or absent.
func (s *scan) code(key string) string {
	switch n := s.node.fields[key]; n.kind {
	case kindNull:
	case kindString, kindNumber:
		return n.text
	default:
		s.fail(key, "neither string nor number")
	}
	return ""
}

// flag is 0 or 1, no when null or absent.
func (s *scan) flag(key string) bool {
	switch s.code(key) {
	case "", "0":
		return false
	case "1":
		return true
	}
	s.fail(key, "neither 0 nor 1")
	return false
}

// instant is a local date and time, zero when null or absent.
func (s *scan) instant(key string) time.Time {
	text := s.text(key)
	if text == "" {
		return time.Time{}
	}
	at, err := time.ParseInLocation(timeLayout, text, settlement.China)
	if err != nil {
		s.fail(key, "not a date and time")
		return time.Time{}
	}
	return at.UTC()
}

// list are the objects under key: none when null or absent, one when a single
// object stands there.
func (s *scan) list(key string) []node {
	switch n := s.node.fields[key]; n.kind {
	case kindNull:
	case kindObject:
		return []node{n}
	case kindList:
		return n.items
	default:
		s.fail(key, "neither object nor list")
	}
	return nil
}
