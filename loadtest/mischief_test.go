package main

import (
	"bytes"
	"io"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var mischiefWell = regexp.MustCompile(`^planted [1-9]\d+, found [1-9]\d+, wrong class 0, invented 0, right cause 100%\n$`)

// A short trial, in which every trick is played at least once.
func TestMischief(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a gateway and payers, and settles")
	}
	folder := filepath.Join(t.TempDir(), "mischief")
	var out, notes bytes.Buffer
	err := mischief{settlements: 300, seed: 1, clients: 8, keep: folder}.run(t.Context(), &out, &notes)
	if err != nil || !mischiefWell.MatchString(out.String()) {
		t.Errorf("%v\n%s%s", err, &out, &notes)
	}
	nobodyLeft(t, folder)
}

// stays are rows of as many stays, one in five reversed.
func stays(n int) (rows []listRow) {
	for i := range n {
		at := time.Date(2026, time.March, 2, 8, 0, i, 0, time.UTC)
		name := string(rune('a'+i%26)) + strings.Repeat("z", i/26)
		row := listRow{
			encounter: "E" + name, reference: "S" + name, message: "M" + name, person: "P" + name, facility: "H1", insurance: "390", at: at,
			total: 100_00, fund: 60_00, account: 5,
		}
		rows = append(rows, row)
		if i%10 == 1 {
			rows[len(rows)-1].at = time.Date(2026, time.March, 2, 23, 55, 0, 0, time.UTC)
		}
		if i%5 == 0 {
			row.reference, row.reverses = "T"+name, true
			rows = append(rows, row)
		}
	}
	return rows
}

// Every trick is played in turn, each on a stay of its own, and what it does
// is seen in the list.
func TestPlant(t *testing.T) {
	for name, form := range map[string]listForm{"insurance": insuranceList, "assistance": assistanceList} {
		t.Run(name, func(t *testing.T) { checkPlant(t, form) })
	}
}

func checkPlant(t *testing.T, form listForm) {
	rows := stays(1000)
	planted, lines := plant(rows, 1, form)
	kinds := map[string]int{}
	for _, one := range planted {
		kinds[one.class+" "+one.cause]++
	}
	for _, one := range form.tricks {
		if kinds[one.class+" "+one.cause] == 0 {
			t.Errorf("%s by %s was never planted", one.class, one.cause)
		}
	}
	if lines[0] != form.heading {
		t.Errorf("begins with %s", lines[0])
	}
	untouched := 0
	for _, r := range rows {
		for _, line := range lines {
			if line == form.text(r) {
				untouched++
				break
			}
		}
	}
	if untouched == len(rows) || untouched < len(rows)*8/10 {
		t.Errorf("%d of %d rows are as they were", untouched, len(rows))
	}
	again, same := plant(stays(1000), 1, form)
	if len(again) != len(planted) || cmp.Diff(lines, same) != "" {
		t.Error("the same seed gives another list")
	}
}

const said1 = `FACILITY  SIDE
1 duplicated E1 row 2 record S1: row_repeated (record S1 stands in rows 1 and 2), propose requery
2 wrong_day E2 row 3 record S2 settlement s2: unexplained (booked at 2026-03-02 08:00:00, which no clock explains), propose requery
`

// What is missed, of a wrong class, invented or of a wrong cause is counted,
// and no such trial is sound.
func TestWeigh(t *testing.T) {
	twice, day := trick{class: "duplicated", cause: "row_repeated"}, trick{class: "wrong_day", cause: "unexplained"}
	tests := []struct {
		name    string
		planted map[string]trick
		want    unmasked
		sound   bool
	}{
		{"all of it", map[string]trick{"E1": twice, "E2": day}, unmasked{planted: 2, found: 2, causes: 2}, true},
		{"missed", map[string]trick{"E1": twice, "E2": day, "E3": day}, unmasked{planted: 3, found: 2, causes: 2}, false},
		{"invented", map[string]trick{"E1": twice}, unmasked{planted: 1, found: 1, invented: 1, causes: 1}, false},
		{"wrong class", map[string]trick{"E1": twice, "E2": {class: "ours_only", cause: "unexplained"}}, unmasked{planted: 2, found: 1, wrong: 1, causes: 1}, false},
		{"wrong cause", map[string]trick{"E1": {class: "duplicated", cause: "double_submit"}, "E2": day}, unmasked{planted: 2, found: 2, causes: 1}, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var u unmasked
			err := u.weigh(test.planted, said1+"4 rows theirs, 2 ours, 0 bad; 1 equal, 2 differ, duplicated 1", io.Discard)
			if err != nil || u != test.want || u.sound() != test.sound {
				t.Errorf("%+v (%v), want %+v", u, err, test.want)
			}
		})
	}
	var u unmasked
	if err := u.weigh(nil, said1+"4 rows theirs, 2 ours, 0 bad; 1 equal, 3 differ", io.Discard); err == nil {
		t.Error("a line that was not understood went unnoticed")
	}
	if got := (&unmasked{planted: 3, found: 2, wrong: 1, causes: 2}).String(); got != "planted 3, found 2, wrong class 1, invented 0, right cause 66%" {
		t.Error(got)
	}
}
