package inbox

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/reconcile"
)

const heading = "mdtrt_id,fund_pay_sumamt\n"

// inbox has files of payer A; they have lain for an hour.
func inbox(t *testing.T, files map[string]string) Folder {
	t.Helper()
	f := Folder{Path: t.TempDir(), Now: time.Now}
	if err := os.Mkdir(filepath.Join(f.Path, "A"), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, text := range files {
		path, old := filepath.Join(f.Path, "A", name), time.Now().Add(-time.Hour)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, old, old); err != nil {
			t.Fatal(err)
		}
	}
	return f
}

// kinds are the kinds of errors that an inbox has.
var kinds = map[settlement.Kind]string{
	settlement.KindNotFound: "not_found", settlement.KindInvalid: "invalid", settlement.KindUnavailable: "unavailable",
}

// read is what the list of a day comes to: its encounters, or what is wrong.
func (f Folder) read(t *testing.T, day settlement.Date) string {
	t.Helper()
	list, input, err := f.List("A", day)
	if err != nil {
		return kinds[settlement.KindOf(err)]
	}
	if len(input.Digest) != 64 || input.Form == "" {
		t.Errorf("input %+v", input)
	}
	var found []string
	err = list.Each(func(l reconcile.Line) error {
		found = append(found, string(l.Encounter))
		return nil
	}, func(p *settlement.Problem) error { return p })
	if closed := list.Close(); closed != nil {
		t.Error(closed)
	}
	if err != nil {
		return kinds[settlement.KindOf(err)] + ": " + err.Error()
	}
	return strings.Join(found, " ")
}

// A payer's day is its file of that name and form; what is wrong with it is
// told when it is read.
func TestList(t *testing.T) {
	f := inbox(t, map[string]string{
		"2026-07-01.csv":         heading + "E1,1.00\nE2,2.00\n",
		"2026-07-02.3202-upload": "S3\tE3\tP3\t1.00\t1.00\tnull\t0",
		"2026-07-03.csv.zip":     "no zip",
		"2026-07-04.csv":         heading,
		"2026-07-04.xlsx":        "",
		".2026-07-05.csv":        heading,
	})
	for day, want := range map[settlement.Date]string{
		20260701: "E1 E2", 20260702: "E3", 20260705: "not_found", 20260706: "not_found",
	} {
		if got := f.read(t, day); got != want {
			t.Errorf("%s: %q, want %q", day, got, want)
		}
	}
	for day, want := range map[settlement.Date]string{20260703: "heading", 20260704: "more than one list"} {
		if got := f.read(t, day); !strings.HasPrefix(got, "invalid: ") || !strings.Contains(got, want) {
			t.Errorf("%s: %q, want %q", day, got, want)
		}
	}
}

// What is still being copied has not come; where nothing can come, nothing has.
func TestListNotThere(t *testing.T) {
	f := inbox(t, map[string]string{"2026-07-01.csv": heading})
	now := time.Now().Add(-time.Hour)
	f.Now = func() time.Time { return now.Add(restFor - time.Second) }
	if got := f.read(t, 20260701); got != "not_found" {
		t.Errorf("within its rest: %q", got)
	}
	f.Now = func() time.Time { return now.Add(restFor + time.Second) }
	if got := f.read(t, 20260701); got != "" {
		t.Errorf("after it: %q", got)
	}
	for _, path := range []string{"", filepath.Join(f.Path, "none")} {
		if got := (Folder{path, time.Now}).read(t, 20260701); got != "not_found" {
			t.Errorf("in %q: %q", path, got)
		}
	}
	if got := (Folder{filepath.Join(f.Path, "A", "2026-07-01.csv"), time.Now}).read(t, 20260701); got != "unavailable" {
		t.Errorf("in a file: %q", got)
	}
}

func TestFiles(t *testing.T) {
	f := inbox(t, map[string]string{"2026-07-01.csv": "", "2026-07-02.xlsx.zip": "", "2026-13-01.csv": "", "notes.txt": "", "2026-07-03.pdf": "", ".part": ""})
	lists, strange, err := f.Files("A")
	if err != nil {
		t.Fatal(err)
	}
	var days []string
	for _, one := range lists {
		days = append(days, one.Day.String()+" "+string(one.Form))
	}
	if diff := cmp.Diff([]string{"2026-07-01 csv", "2026-07-02 xlsx"}, days); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"2026-07-03.pdf", "2026-13-01.csv", "notes.txt"}, strange); diff != "" {
		t.Error(diff)
	}
}
