package statement

import (
	"strings"
	"unicode"
)

// columns is how many columns a line takes in a fixed-width font, where a
// Chinese character takes two.
func columns(line string) (n int) {
	for _, r := range line {
		n += columnsOf(r)
	}
	return n
}

func columnsOf(r rune) int {
	wide := unicode.In(r, unicode.Han) || r >= 0x3000 && r <= 0x303F || r >= 0xFF00 && r <= 0xFF60
	if wide {
		return 2
	}
	return 1
}

// padded is line filled up to n columns.
func padded(line string, n int) string {
	return line + strings.Repeat(" ", max(1, n-columns(line)))
}

// spread is left and right at the two edges of the sheet.
func spread(left, right string) string {
	return padded(left, width-columns(right)) + right
}

// centred is line in the middle of the sheet.
func centred(line string) string {
	return strings.Repeat(" ", max(0, width-columns(line))/2) + line
}

// broken cuts content where at most room columns are full: at a blank, or
// beside a wide character, or where nothing else helps anywhere.
func broken(content string, room int) (head, rest string) {
	taken, cut := 0, 0
	for i, r := range content {
		if taken += columnsOf(r); taken > room {
			if cut == 0 {
				cut = max(i, 1)
			}
			return strings.TrimRight(content[:cut], " "), strings.TrimLeft(content[cut:], " ")
		}
		if r == ' ' || columnsOf(r) == 2 {
			cut = i + len(string(r))
		}
	}
	return content, ""
}

// plain keeps a value from breaking out of its line or steering a terminal.
func plain(line string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return '�'
	}, line)
}
