package api

import (
	"strings"
	"testing"
)

// What is written into a log is visible ASCII of a bounded length that names
// nobody, whatever field it was typed into.
func TestLoggable(t *testing.T) {
	for text, want := range map[string]bool{
		"H36082700001":          true,
		"20261121233000123456":  true,  // a time and a sequence
		"360827195001010016":    true,  // no check character
		idNumber:                false, // an identity number
		"E-" + idNumber + "-1":  false,
		"36082719500101100x":    false,
		personName:              false,
		"a b":                   false,
		strings.Repeat("a", 64): true,
		strings.Repeat("a", 65): false,
	} {
		if got := loggable(text); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}
