// Package words makes what a payer says fit to store and to show.
package words

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// longest bounds what is kept of a payer's own words, in characters: the width
// the national platform gives them.
const longest = 200

// Clean is a payer's words made fit to store and to print: no control or
// direction characters, one blank between words, bounded, and without the
// numbers of the person they are about.
func Clean(words string, numbers ...string) string {
	for _, number := range numbers {
		if number != "" {
			words = strings.ReplaceAll(words, number, "***")
		}
	}
	words = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case !unicode.IsPrint(r) || r == utf8.RuneError:
			return -1
		}
		return r
	}, words)
	words = strings.Join(strings.Fields(words), " ")
	if runes := []rune(words); len(runes) > longest {
		words = string(runes[:longest-1]) + "…"
	}
	return words
}

// markMax is the longest code looked for between brackets, in bytes.
const markMax = 40

// Mark is the code some payers put in brackets before their words, as in
// "[E1234] text", or "".
func Mark(words string) string {
	for _, pair := range []struct{ open, shut string }{{"[", "]"}, {"【", "】"}} {
		rest, bracketed := strings.CutPrefix(words, pair.open)
		if !bracketed {
			continue
		}
		code, _, closed := strings.Cut(rest, pair.shut)
		if closed && len(code) <= markMax {
			return code
		}
	}
	return ""
}
