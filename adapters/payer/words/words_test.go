package words

import (
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"
)

func TestClean(t *testing.T) {
	for _, test := range []struct{ words, want string }{
		{"费用总额不一致", "费用总额不一致"},
		{"", ""},
		{" \t a\r\nb  c ", "a b c"},
		{"a\x00\x1b[31mb", "a[31mb"},
		{"总额\u202e100\u202c", "总额100"},
		{"a\u200bb\ufeffc\ufffdd", "abcd"},
		{"人员 36082700000000000000000001 (36082719900101003X) 已停保", "人员 *** (***) 已停保"},
		{strings.Repeat("错", 200), strings.Repeat("错", 200)},
		{strings.Repeat("错", 201), strings.Repeat("错", 199) + "…"},
	} {
		if got := Clean(test.words, "36082700000000000000000001", "36082719900101003X", ""); got != test.want {
			t.Errorf("%q became %q, want %q", test.words, got, test.want)
		}
	}
}

func TestCleanIsPrintableAndBounded(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.String().Draw(t, "words")
		got := Clean(words)
		if len([]rune(got)) > longest || strings.TrimSpace(got) != got {
			t.Fatalf("%q became %q", words, got)
		}
		for _, r := range got {
			if !unicode.IsPrint(r) {
				t.Fatalf("%q became %q", words, got)
			}
		}
		if Clean(got) != got {
			t.Fatalf("%q is not clean yet", got)
		}
	})
}

func TestMark(t *testing.T) {
	for words, want := range map[string]string{
		"[E1] x": "E1", "[E1]": "E1", "【E1】x": "E1", "[] x": "", "E1 x": "", " [E1]": "", "x[E1]": "", "[E1": "", "": "",
		"[E1】": "", "[[E1]]": "[E1", "[" + strings.Repeat("x", 40) + "]": strings.Repeat("x", 40), "[" + strings.Repeat("x", 41) + "]": "",
	} {
		if got := Mark(words); got != want {
			t.Errorf("%q is marked %q, want %q", words, got, want)
		}
	}
}
