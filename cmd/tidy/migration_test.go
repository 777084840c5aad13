package tidy

import (
	"path/filepath"
	"strings"
	"testing"
)

// numberedTwice are the numbers that two files have, which are named for it:
// 00001_init.sql.
func numberedTwice(files []string) []string {
	seen := make(map[string]bool, len(files))
	var twice []string
	for _, file := range files {
		number, _, _ := strings.Cut(filepath.Base(file), "_")
		if seen[number] {
			twice = append(twice, number)
		}
		seen[number] = true
	}
	return twice
}

// Two migrations of one store with the same number keep every store from being
// opened. Two people who add one each do not see it in their own trees.
func TestMigrationsHaveNumbersOfTheirOwn(t *testing.T) {
	for _, store := range []string{"postgres", "sqlite"} {
		files, err := filepath.Glob(filepath.Join("..", "..", "adapters", "store", store, "migrations", "*.sql"))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %d migrations: %v", store, len(files), err)
		}
		if twice := numberedTwice(files); twice != nil {
			t.Errorf("%s: more than one migration has the number %s", store, strings.Join(twice, ", "))
		}
	}
}

func TestNumbersGivenTwiceAreFound(t *testing.T) {
	got := numberedTwice([]string{"a/00001_init.sql", "a/00002_row.sql", "a/00002_clearing.sql", "a/00003_row.sql"})
	if len(got) != 1 || got[0] != "00002" {
		t.Errorf("%v, want 00002 only", got)
	}
}
