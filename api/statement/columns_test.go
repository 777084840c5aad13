package statement

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestColumns(t *testing.T) {
	for line, want := range map[string]int{"": 0, "abc": 3, "张测试": 6, "a张，。": 7, "元1.00": 6, "¥1": 2} {
		if got := columns(line); got != want {
			t.Errorf("%q takes %d", line, got)
		}
	}
	if got := spread("合计", "1.00"); columns(got) != width || !strings.HasPrefix(got, "合计 ") || !strings.HasSuffix(got, " 1.00") {
		t.Errorf("%q", got)
	}
	if got := spread(strings.Repeat("长", 40), "1.00"); !strings.Contains(got, "长 1.00") {
		t.Errorf("%q", got)
	}
}

func TestBroken(t *testing.T) {
	for _, c := range []struct {
		content    string
		room       int
		head, rest string
	}{
		{"short", 10, "short", ""},
		{"exactly ten", 11, "exactly ten", ""},
		{"two words", 6, "two", "words"},
		{"一二三四五", 6, "一二三", "四五"},
		{"一二三四五", 7, "一二三", "四五"},
		{"abcdefghij", 4, "abcd", "efghij"},
		{"ab一cd", 4, "ab一", "cd"},
	} {
		if head, rest := broken(c.content, c.room); head != c.head || rest != c.rest {
			t.Errorf("%q in %d: %q, %q", c.content, c.room, head, rest)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		content := rapid.StringOf(rapid.RuneFrom([]rune("ab 张测。"))).Draw(t, "content")
		room := rapid.IntRange(2, 20).Draw(t, "room")
		var joined string
		for rest := content; ; {
			var head string
			head, rest = broken(rest, room)
			if columns(head) > room {
				t.Fatalf("%q takes more than %d", head, room)
			}
			joined += head
			if rest == "" {
				break
			}
		}
		if strings.ReplaceAll(joined, " ", "") != strings.ReplaceAll(content, " ", "") {
			t.Fatalf("%q became %q", content, joined)
		}
	})
}
