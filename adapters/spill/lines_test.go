package spill

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// small are lines that spill whenever they hold so many bytes.
func small(t *testing.T, room int) *Lines {
	l := New(t.TempDir())
	l.room = room
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	return l
}

func collected(t interface{ Fatal(...any) }, l *Lines) []string {
	var got []string
	err := l.Sorted(func(line []byte) error {
		got = append(got, string(line))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// Whatever the lines are and however little fits, each comes once for each time
// it was added, in order.
func TestLinesComeInOrder(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		want := rapid.SliceOf(rapid.StringN(0, 40, 120)).Draw(rt, "lines")
		l := New(t.TempDir())
		l.room = rapid.IntRange(1, 500).Draw(rt, "room")
		defer l.Close()
		for _, line := range want {
			if err := l.Add([]byte(line)); err != nil {
				rt.Fatal(err)
			}
		}
		slices.Sort(want)
		if got := collected(rt, l); !slices.Equal(got, want) {
			rt.Errorf("got %q, want %q", got, want)
		}
	})
}

// Runs are merged level by level, so that few files are open at once.
func TestManyRunsOpenFewFiles(t *testing.T) {
	const lines = 20_000
	l := small(t, 10*(8+overhead)) // ten lines to a run
	chance := rand.New(rand.NewPCG(1, 2))
	most := 0
	for _, n := range chance.Perm(lines) {
		if err := l.Add(fmt.Appendf(nil, "%08d", n)); err != nil {
			t.Fatal(err)
		}
		open := 0
		for _, level := range l.levels {
			open += len(level)
		}
		most = max(most, open)
	}
	if most > 3*fan {
		t.Errorf("%d files open at once for %d runs", most, lines/10)
	}
	for n, line := range collected(t, l) {
		if line != fmt.Sprintf("%08d", n) {
			t.Fatalf("line %d is %s", n, line)
		}
	}
}

// A line that the caller goes on using is kept as it was, and lines much
// larger than a buffer come whole.
func TestLinesAreCopies(t *testing.T) {
	l := small(t, 1)
	large := bytes.Repeat([]byte("z\n\x00"), buffer)
	line := slices.Clone(large)
	if err := errors.Join(l.Add(line), l.Add(nil)); err != nil {
		t.Fatal(err)
	}
	clear(line)
	if got := collected(t, l); len(got) != 2 || got[0] != "" || got[1] != string(large) {
		t.Errorf("%d lines", len(got))
	}
}

func TestNothingIsLeftBehind(t *testing.T) {
	l := small(t, 1)
	for n := range 40 {
		if err := l.Add([]byte{byte(n)}); err != nil {
			t.Fatal(err)
		}
	}
	if left, err := os.ReadDir(l.folder); err != nil || len(left) != 0 {
		t.Errorf("%v, %v", left, err)
	}
}

func TestLinesSayWhatFails(t *testing.T) {
	full := errors.New("full")
	for _, room := range []int{1, Memory} {
		l := small(t, room)
		if err := l.Add([]byte("a")); err != nil {
			t.Fatal(err)
		}
		if err := l.Sorted(func([]byte) error { return full }); !errors.Is(err, full) {
			t.Errorf("room %d: %v", room, err)
		}
	}
	nowhere := New(filepath.Join(t.TempDir(), "none"))
	nowhere.room = 1
	if err := nowhere.Add([]byte("a")); err == nil {
		t.Error("spilled into a folder that is not there")
	}
}
