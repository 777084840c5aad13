package settlement

import (
	"strings"
	"testing"
)

func TestCheckIdentityNumber(t *testing.T) {
	tests := []struct {
		name, number string
		ok           bool
	}{
		{"check digit", "360827194103120018", true},
		{"check character X", "52019919740602002X", true},
		{"leap day", "360827196002290017", true},
		{"a small x is not the character of the standard", "52019919740602002x", false},
		{"check digit off by one", "360827194103120019", false},
		{"two digits swapped", "360827194103210018", false},
		{"a day that does not exist", "360827194102300018", false},
		{"old form of 15 digits", "360827410312001", false},
		{"too long", "3608271941031200180", false},
		{"letter inside", "36082719410312A018", false},
		{"full-width digit", "３60827194103120018", false},
		{"nothing", "", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := CheckIdentityNumber(Private(tt.number))
			if (err == nil) != tt.ok {
				t.Errorf("got %v", err)
			}
			if err != nil && tt.number != "" && strings.Contains(err.Error(), tt.number) {
				t.Error("the error repeats the number")
			}
		})
	}
}

// TestCheckIdentityNumberFindsEverySlip: the check finds every wrong digit and
// every swap of neighbours, which is what it is for.
func TestCheckIdentityNumberFindsEverySlip(t *testing.T) {
	const number = "360827194103120018"
	for i := range number {
		for digit := byte('0'); digit <= '9'; digit++ {
			slip := []byte(number)
			slip[i] = digit
			if err := CheckIdentityNumber(Private(slip)); (err == nil) != (string(slip) == number) {
				t.Errorf("%d at %d: %v", digit-'0', i, err)
			}
		}
		if i == 0 || number[i] == number[i-1] {
			continue
		}
		swap := []byte(number)
		swap[i], swap[i-1] = swap[i-1], swap[i]
		if CheckIdentityNumber(Private(swap)) == nil {
			t.Errorf("swap at %d passes", i)
		}
	}
}

// The old form of 15 digits and a small x are ways to write the one number.
func TestParseIdentityNumber(t *testing.T) {
	tests := []struct {
		name, number, want string
	}{
		{"as it is", "360827194103120018", "360827194103120018"},
		{"old form", "360827410312001", "360827194103120018"},
		{"old form of a leap day", "360827600229001", "360827196002290017"},
		{"old form of a day that does not exist", "360827410230001", ""},
		{"small x", "52019919740602002x", "52019919740602002X"},
		{"small x inside", "5201991974060200x2", ""},
		{"14 digits", "36082741031200", ""},
		{"16 digits", "3608274103120011", ""},
		{"old form with a letter", "36082741031200X", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := ParseIdentityNumber(Private(tt.number))
			if (err == nil) != (tt.want != "") || err == nil && got.Reveal() != tt.want {
				t.Errorf("got another number, %v", err)
			}
			if err != nil && strings.Contains(err.Error(), tt.number) {
				t.Error("the error repeats the number")
			}
		})
	}
}

func TestIdentityFacts(t *testing.T) {
	for number, want := range map[Private]struct {
		born Date
		sex  Sex
	}{
		"360827194103120018": {19410312, Male},
		"360827196207050041": {19620705, Female},
	} {
		born, sex, err := IdentityFacts(number)
		if err != nil || born != want.born || sex != want.sex {
			t.Errorf("got %v %v %v", born, sex, err)
		}
	}
	if _, _, err := IdentityFacts("360827410312001"); ReasonOf(err) != ReasonBadIdentity {
		t.Errorf("got %v", err)
	}
}

// Whatever stands where an identity number is expected, it is refused without
// being repeated, or has one form that is read as itself, and facts.
func FuzzIdentityNumber(f *testing.F) {
	for _, seed := range []string{"360827194103120018", "52019919740602002x", "360827410312001", "３60827194103120018", "\u202e810021301491728063"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		number, err := ParseIdentityNumber(Private(text))
		if err != nil {
			if ReasonOf(err) != ReasonBadIdentity || len(text) > 2 && strings.Contains(err.Error(), text) {
				t.Fatalf("%q is refused by %v", text, err)
			}
			return
		}
		if again, err := ParseIdentityNumber(number); err != nil || again != number {
			t.Fatalf("%q: its form %q is read as %q: %v", text, number.Reveal(), again.Reveal(), err)
		}
		born, sex, err := IdentityFacts(number)
		if err != nil || strings.ReplaceAll(born.String(), "-", "") != number.Reveal()[6:14] || sex != Male && sex != Female {
			t.Fatalf("%q: born %s, %q: %v", number.Reveal(), born, sex, err)
		}
	})
}
