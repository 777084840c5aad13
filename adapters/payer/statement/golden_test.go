package statement

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/reconcile"
)

var update = flag.Bool("update", false, "write what is read as what is wanted")

// small are limits that a file of testdata can break.
var small = Limits{Bytes: 4 << 20, Ratio: 200}

// formOf is the form that a file's name begins with.
func formOf(t *testing.T, file string) Form {
	t.Helper()
	for _, form := range Forms() {
		if strings.HasPrefix(filepath.Base(file), string(form)+"_") {
			return form
		}
	}
	t.Fatalf("%s: no form has that name", file)
	return ""
}

// told is a list in words: what it states, its lines, its bad rows, and why it
// was refused, if it was.
func told(content []byte, form Form, limits Limits) string {
	var b strings.Builder
	list, err := Open(bytes.NewReader(content), int64(len(content)), form, limits)
	if err != nil {
		return "refused: " + err.Error() + "\n"
	}
	fmt.Fprintf(&b, "states %b, partial %t\n", list.States(), list.Partial())
	err = list.Each(func(l reconcile.Line) error {
		fmt.Fprintf(&b, "row %d: %s|%s|%s|%s|%s|%s|%s|%s|%s|%s reverses %t %v\n", l.Row, l.Encounter, l.Reference, l.Message, l.Person.Reveal(),
			l.Facility, l.Day, l.Insurance, l.Clearing, l.Category, l.Status, l.Reverses, l.Amounts)
		return nil
	}, func(p *settlement.Problem) error {
		fmt.Fprintf(&b, "bad: %v\n", p)
		return nil
	})
	if err != nil {
		fmt.Fprintf(&b, "refused: %v\n", err)
	}
	if err := list.Close(); err != nil {
		fmt.Fprintf(&b, "closing: %v\n", err)
	}
	return b.String()
}

// Each file of testdata is read as the text beside it says.
func TestGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/golden/*")
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, file := range files {
		if strings.HasSuffix(file, ".want") {
			continue
		}
		seen++
		t.Run(filepath.Base(file), func(t *testing.T) {
			content, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := told(content, formOf(t, file), small)
			if *update {
				if err := os.WriteFile(file+".want", []byte(got), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file + ".want")
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Error(diff)
			}
		})
	}
	if seen < 30 {
		t.Errorf("%d files, and there were 30", seen)
	}
}
