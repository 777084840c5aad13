package store

import (
	"fmt"
	"slices"
	"testing"
)

// A cut goes on from the last one that stands, and looks at what was voided
// after that; without one it looks at everything.
func TestSince(t *testing.T) {
	type cut struct{ number, reached, turn int64 }
	tests := []struct {
		name   string
		voided map[int64]int64
		cuts   []cut
		want   string
	}{
		{"the first", nil, nil, "false 0 [] []"},
		{"after another", nil, []cut{{1, 10, 12}, {2, 20, 22}}, "true 20 [] []"},
		{"after one that is voided", map[int64]int64{2: 25}, []cut{{1, 10, 12}, {2, 20, 22}}, "true 10 [2] [2]"},
		{"after an older one was", map[int64]int64{1: 25}, []cut{{1, 10, 12}, {2, 20, 22}}, "true 20 [1] [1]"},
		{"what was voided before is looked after already", map[int64]int64{1: 15}, []cut{{1, 10, 12}, {2, 20, 22}}, "true 20 [1] []"},
		{"all are voided", map[int64]int64{1: 15}, []cut{{1, 10, 12}}, "false 0 [1] [1]"},
		{"one that left rows without a turn", nil, []cut{{1, -1, 12}}, "false -1 [] []"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var since Since
			for number, turn := range test.voided {
				since.Voided(number, turn)
			}
			for _, c := range test.cuts {
				since.Cut(c.number, c.reached, c.turn)
			}
			all, released := since.All(), since.Released()
			slices.Sort(all)
			slices.Sort(released)
			if got := fmt.Sprint(since.Known(), since.Reached(), all, released); got != test.want || all == nil || released == nil {
				t.Errorf("%s, want %s", got, test.want)
			}
		})
	}
}
