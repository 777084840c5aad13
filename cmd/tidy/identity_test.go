package tidy

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// inventedAreas are the area codes that this repository's invented persons
// are registered in. A number that would be valid with another area may
// belong to a living person and must not stand in any file; the few that a
// published standard uses as examples are listed in inventedList.
var inventedAreas = []string{"360827", "511425", "520199", "990000"}

// inventedList names one number per line, each with where it was published.
const inventedList = "cmd/tidy/testdata/invented.txt"

// identityShape is a run of digits that may end in X; only a whole run of 18 is
// an identity number, never a part of a longer one.
var identityShape = regexp.MustCompile(`[0-9]+[Xx]?`)

// identityNumbers refuses identity numbers that may be somebody's.
func identityNumbers(t *tree) []finding {
	listed := publishedNumbers(t)
	var found []finding
	for _, f := range t.files {
		line := 0
		for text := range bytes.Lines(f.text) {
			line++
			for _, number := range identityShape.FindAllString(string(text), -1) {
				if validIdentity(number) && !slices.Contains(inventedAreas, number[:6]) && !listed[strings.ToUpper(number)] {
					found = append(found, finding{path: f.path, line: line, text: "a valid identity number of area " + number[:6] +
						"; invent a person of area " + inventedAreas[0] + ", or list a published example in " + inventedList})
				}
			}
		}
	}
	return found
}

// publishedNumbers are the numbers of inventedList.
func publishedNumbers(t *tree) map[string]bool {
	listed := map[string]bool{}
	for _, f := range t.files {
		if f.path != inventedList {
			continue
		}
		for line := range strings.Lines(string(f.text)) {
			number, _, _ := strings.Cut(strings.TrimSpace(line), " ")
			listed[number] = true
		}
	}
	return listed
}

// validIdentity reports whether number could be issued: 18 characters with a
// day of birth that exists and the check character of GB 11643.
func validIdentity(number string) bool {
	if len(number) != 18 || number[0] == '0' || strings.ContainsAny(number[:17], "Xx") {
		return false
	}
	born, err := time.Parse("20060102", number[6:14])
	if err != nil || born.Year() < 1850 || born.Year() > 2100 {
		return false
	}
	return number[17]|0x20 == checkCharacter(number[:17])|0x20
}

// checkCharacter is the eighteenth character for seventeen digits: weights
// are powers of two modulo 11 (ISO 7064 MOD 11-2).
func checkCharacter(digits string) byte {
	sum := 0
	for i := range digits {
		sum = (sum + int(digits[i]-'0')) * 2 % 11
	}
	return "10X98765432"[sum]
}

// number is a valid identity number made of an area, a day of birth and a
// sequence; written whole here it would break the rule it tests.
func number(area, born, sequence string) string {
	digits := area + born + sequence
	return digits + string(checkCharacter(digits))
}

var identityExamples = []example{
	{
		name: "invented persons, other long numbers and a published example",
		files: map[string]string{
			"api/a_test.go":   "package api\n\nvar a = \"" + number("360827", "19620301", "001") + "\"\n",
			"deploy/a.yaml":   "amount: 999999999999999999\nid: " + number("440524", "20011332", "001") + "\n",
			"README.md":       number("440524", "18800101", "001") + ", 1" + number("440524", "19800101", "001") + "\n",
			inventedList:      "# where\n" + number("440524", "18800101", "001") + " the standard's example\n",
			"settlement/a.md": strings.Replace(number("440524", "19800101", "001"), "19800101001", "19800101002", 1) + "\n",
		},
	},
	{
		name: "a number that may be somebody's, with either letter",
		files: map[string]string{
			"README.md": "\nid=" + number("440524", "19800101", "001") + ".\n",
			"api/a.go":  "package api\n\nvar a = \"" + strings.ToLower(number("440524", "19800101", "009")) + "\"\n",
		},
		breaks: []string{"README.md:2", "api/a.go:3"},
	},
}

// The pairs are the worked examples of GB 11643-1999, without their last
// character.
func TestCheckCharacterFollowsTheStandard(t *testing.T) {
	for digits, want := range map[string]byte{
		"11010519491231002": 'X',
		"44052418800101001": '4',
	} {
		if got := checkCharacter(digits); got != want {
			t.Errorf("checkCharacter(%s) = %c, want %c", digits, got, want)
		}
	}
}

func TestValidIdentity(t *testing.T) {
	good := number("360827", "19620301", "001")
	for name, c := range map[string]struct {
		number string
		want   bool
	}{
		"whole":                {good, true},
		"too short":            {good[:17], false},
		"no such day":          {number("360827", "19620230", "001"), false},
		"born too long ago":    {number("360827", "17620301", "001"), false},
		"area starts with 0":   {number("060827", "19620301", "001"), false},
		"letter inside":        {"36082719620301X" + good[15:], false},
		"wrong last character": {good[:17] + string('0'+(good[17]-'0'+1)%10), false},
	} {
		if got := validIdentity(c.number); got != c.want {
			t.Errorf("%s: validIdentity(%q) = %v, want %v", name, c.number, got, c.want)
		}
	}
}
