package lifecycle_test

import "testing"

// TestRestartsWithinASecond: a process that began in the second in which another
// of its instance began, and gave out ids, settles and reverses all the same.
func TestRestartsWithinASecond(t *testing.T) {
	live(t, best("A"), func(h *house) {
		next := h.gateway(1) // of the same second, as h.g is
		for n := range 8 {
			h.settled(discharge(n, n%3))
		}
		h.g = next
		for n := range 8 {
			s := h.settled(discharge(100+n, n%3)).Settlement
			if reversed := h.reversed(s.ID, n).Settlement; reversed.ID != s.ID {
				t.Errorf("%s is reversed as %s", s.ID, reversed.ID)
			}
		}
	})
}
