package settlement

import (
	"slices"
	"strings"
)

// DiseaseList is a dated list of illnesses by their ICD-10 codes, as a notice
// publishes one: serious illnesses, special outpatient ones, those treated
// free. Lists are looked at in their order; the first that has the code decides
// the class.
type DiseaseList struct {
	ID      ListID
	Class   DiseaseClass
	Modes   []Mode // it is looked at in these; none: in all
	Period  Period
	Codes   []CodeRange
	Article string
}

// CodeRange are the codes from one to another, both with all that stands
// below them: C00 to C97 has C97.900, N18.0 has N18.001.
type CodeRange struct {
	From, To Code
}

// Code is an ICD-10 code in the one form in which codes compare: a capital
// letter and two or more digits, without the point, as N180.
type Code string

// codeDigits bounds a code: the national versions have at most five digits
// behind the letter.
const codeDigits = 7

// ParseCode reads a code as hospitals write it. Blanks around it are dropped,
// small letters become capital, the point may be missing. What follows the
// international part says more than any list asks for and is dropped: the x of
// the clinical version with what stands behind it (C50.900x001, I10.x00), and
// the marks of a pair of codes († + *) with the second code. It reports false
// for what is no code, such as the name of an illness.
func ParseCode(text string) (Code, bool) {
	text = strings.TrimSpace(text)
	var code [codeDigits]byte
	size := 0
	for i, c := range text {
		letter := c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z'
		switch {
		case i == 0 && letter:
			code[0], size = byte(c)&^0x20, 1
		case size >= 1 && size < codeDigits && c >= '0' && c <= '9':
			code[size] = byte(c)
			size++
		case size == 3 && c == '.':
		case size >= 3 && strings.ContainsRune("xX†+*＊", c):
			return Code(code[:size]), true
		default:
			return "", false
		}
	}
	return Code(code[:size]), size >= 3
}

// has reports whether everything a code can stand for lies in the range: N18 is
// not known to be N18.0, but is within N18.0 to N18.9.
func (r CodeRange) has(code Code) bool {
	return code.filled('0') >= r.From.filled('0') && code.filled('9') <= r.To.filled('9')
}

// filled is the first or the last of the exact codes that a code can stand for.
func (c Code) filled(digit byte) string {
	var exact [codeDigits]byte
	for i := copy(exact[:], c); i < codeDigits; i++ {
		exact[i] = digit
	}
	return string(exact[:])
}

// has reports whether the list has a code on a day.
func (l *DiseaseList) has(code Code, day Date) bool {
	return l.Period.Covers(day) && slices.ContainsFunc(l.Codes, func(r CodeRange) bool { return r.has(code) })
}

// shares reports whether both lists have some code on some day.
func (l *DiseaseList) shares(other *DiseaseList) bool {
	return l.Period.Overlaps(other.Period) && slices.ContainsFunc(l.Codes, func(r CodeRange) bool {
		return slices.ContainsFunc(other.Codes, r.meets)
	})
}

// meets reports whether some exact code lies in both ranges.
func (r CodeRange) meets(other CodeRange) bool {
	return r.From.filled('0') <= other.To.filled('9') && other.From.filled('0') <= r.To.filled('9')
}

// list is the version's list of an id, or nil.
func (v *Version) list(id ListID) *DiseaseList {
	for i := range v.Lists {
		if v.Lists[i].ID == id {
			return &v.Lists[i]
		}
	}
	return nil
}

// classify finds the class of the illness. A version with lists goes by them
// and by the code alone, on the day of discharge, and takes a class the
// facility states only if a list agrees; one without takes what is stated.
func (w *working) classify() error {
	w.class = w.claim.DiseaseClass
	if w.class == "" {
		w.class = General
	}
	if len(w.version.Lists) == 0 {
		return nil
	}
	stated := w.class
	w.class = General
	w.code, _ = ParseCode(w.claim.Disease)
	for i := range w.version.Lists {
		list := &w.version.Lists[i]
		if list.Modes != nil && !slices.Contains(list.Modes, w.claim.Mode) {
			continue
		}
		if w.code != "" && list.has(w.code, w.claim.Discharge) {
			w.class = list.Class
			w.step(Step{Rule: StepDisease, Subject: string(list.ID), Article: list.Article})
			break
		}
	}
	if stated != General && stated != w.class {
		return invalid(ReasonDiseaseNotListed, "disease", w.claim.Disease)
	}
	return nil
}
