package sheet

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
)

func all(t *testing.T, path string) ([]Row, error) {
	t.Helper()
	var rows []Row
	for row, err := range Read(path) {
		if err != nil {
			return rows, err
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// What is written comes back, in either form, for its owner only.
func TestRoundTrip(t *testing.T) {
	want := []Row{{1, []string{"id", "姓名"}}, {2, []string{"b-1", "张测试"}}, {3, []string{"b-2", "a,\"b\""}}, {4, []string{"007", "360827194103120018"}}}
	for _, name := range []string{"persons.csv", "persons.XLSX"} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), name)
			w, err := Write(path)
			if err != nil {
				t.Fatal(err)
			}
			for _, row := range want {
				if err := w.Row(row.Cells); err != nil {
					t.Fatal(err)
				}
			}
			if err := w.Shut(); err != nil {
				t.Fatal(err)
			}
			got, err := all(t, path)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
			info, err := os.Stat(path)
			if err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("%v %v", info.Mode(), err)
			}
		})
	}
}

// Empty rows are passed over, but lines count on.
func TestReadText(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.csv")
	write(t, path, "id,name\n\n , \nb-1,\"two\nlines\"\nb-2,x,y\n")
	got, err := all(t, path)
	want := []Row{{1, []string{"id", "name"}}, {4, []string{"b-1", "two\nlines"}}, {6, []string{"b-2", "x", "y"}}}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Error(diff, err)
	}
}

func TestReadRefuses(t *testing.T) {
	folder := t.TempDir()
	torn := filepath.Join(folder, "torn.csv")
	write(t, torn, "id\n\"never closed\n")
	text := filepath.Join(folder, "text.xlsx")
	write(t, text, "not a workbook")
	two := filepath.Join(folder, "two.xlsx")
	book := excelize.NewFile()
	if _, err := book.NewSheet("another"); err != nil {
		t.Fatal(err)
	}
	if err := book.SaveAs(two); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{torn, text, two, filepath.Join(folder, "absent.csv")} {
		if _, err := all(t, path); err == nil {
			t.Errorf("%s was read", filepath.Base(path))
		}
	}
}

func TestIs(t *testing.T) {
	for path, want := range map[string]bool{"a.csv": true, "a.XLSX": true, "a.yaml": false, "csv": false} {
		if Is(path) != want {
			t.Errorf("%s: %v", path, !want)
		}
	}
}

// What is looked at of a long file may end amid a character, at any of its bytes.
func TestReadLongText(t *testing.T) {
	for pad := range 3 {
		path := filepath.Join(t.TempDir(), "long.csv")
		write(t, path, strings.Repeat("a", pad)+","+strings.Repeat("测", 30_000)+"\n")
		if rows, err := all(t, path); err != nil || len(rows) != 1 {
			t.Errorf("%d bytes before: %d rows, %v", pad, len(rows), err)
		}
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
