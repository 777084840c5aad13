package store

import (
	"testing"

	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// What nobody seals from here pushes itself out, oldest first.
func TestWhatIsHeldIsBounded(t *testing.T) {
	r := NewRecent()
	const more = 10
	for no := range int64(RecentMost + more) {
		r.Note(Written{No: no, Revision: 1})
	}
	if held := r.Held(); held != RecentMost {
		t.Errorf("%d writes are held, want %d", held, RecentMost)
	}
	for no, want := range map[int64]bool{more - 1: false, more: true, RecentMost + more - 1: true} {
		if _, held := r.Take(no, 1); held != want {
			t.Errorf("write %d: held %t", no, held)
		}
		if _, twice := r.Take(no, 1); twice {
			t.Errorf("write %d is held twice", no)
		}
	}
}

// Nobody's rows are held where there is nobody to hold them.
func TestNoRecentHoldsNothing(t *testing.T) {
	if attached, held := (*Recent)(nil).Take(1, 1); held || len(attached) != 0 {
		t.Errorf("%v, %t", attached, held)
	}
}

// What a payer that is out of order answers with fills no memory: it is read.
func TestLargeWritesAreNotHeld(t *testing.T) {
	r := NewRecent()
	body := func(size int) []lifecycle.Attempt {
		return []lifecycle.Attempt{{Body: make([]byte, 10)}, {Body: make([]byte, size-10)}}
	}
	r.Note(Written{No: 1, Revision: 1, Attempts: body(recentRoom)})
	r.Note(Written{No: 1, Revision: 2, Attempts: body(recentRoom + 1)})
	if _, held := r.Take(1, 1); !held {
		t.Error("what has room is not held")
	}
	if _, held := r.Take(1, 2); held {
		t.Error("more than there is room for is held")
	}
}
