package sqlite

import (
	"slices"
	"strings"
	"testing"
)

// A cut that knows of one before looks up what is new, row by row.
func TestACutWalksNoLedger(t *testing.T) {
	s := openTest(t, Config{Path: fresh(t)})
	for name, c := range map[string]struct {
		text string
		args []any
	}{
		"noting":  {cutNew, []any{3, 19_980, "[1]", "[1]", 9}},
		"marking": {markNew, []any{3, 20_000, 20_000, 19_980, "[1]", "[1]"}},
	} {
		plan := planOf(t, s, c.text, c.args...)
		for step := range strings.Lines(plan) {
			words := strings.Fields(step)
			rows := slices.Contains(words, "f") || slices.Contains(words, "w") || slices.Contains(words, "json_each") || slices.Contains(words, "left_over")
			if strings.HasPrefix(step, "SCAN") && !rows {
				t.Errorf("%s walks: %s\n%s", name, step, plan)
			}
		}
		if !strings.Contains(plan, "event_turn") {
			t.Errorf("%s: not by the turn:\n%s", name, plan)
		}
	}
}
