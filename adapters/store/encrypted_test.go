package store

import (
	"os"
	"regexp"
	"slices"
	"testing"
)

// Whatever the vault seals is encrypted anew and counted before a key is retired,
// and the chain seals what it says: a column that is forgotten would be lost with
// its key.
func TestNothingSealedIsForgotten(t *testing.T) {
	source, err := os.ReadFile("vault.go")
	if err != nil {
		t.Fatal(err)
	}
	listed := map[string]bool{}
	for _, table := range EncryptedTables {
		for _, column := range table.Columns {
			listed[table.Name+"."+column] = true
		}
	}
	sealed := regexp.MustCompile(`"([a-z_]+)\.([a-z_]+)"`).FindAllSubmatch(source, -1)
	if len(sealed) < 13 {
		t.Fatalf("only %d columns found in vault.go", len(sealed))
	}
	chain := append(slices.Concat(SealedTables, AttachedTables), AskedTable)
	for _, found := range sealed {
		table, column := string(found[1]), string(found[2])
		if !listed[table+"."+column] {
			t.Errorf("%s.%s is not in EncryptedTables", table, column)
		}
		if placeAt(table+"."+column, named{}).Column != table+"."+column {
			t.Errorf("%s.%s has no place", table, column)
		}
		for _, one := range chain {
			if one.Name == table && slices.Contains(one.Columns, column) && chained[table] != column {
				t.Errorf("the chain seals %s.%s as it is encrypted", table, column)
			}
		}
	}
}
