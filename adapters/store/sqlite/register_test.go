package sqlite

import (
	"database/sql"
	"testing"

	"github.com/onestop-gateway/onestop/adapters/store/storetest"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/eligibility"
	"github.com/onestop-gateway/onestop/settlement/registry"
	sqlite3 "modernc.org/sqlite/lib"
)

// kept is a batch that makes person known, with a history of one row.
func kept(person settlement.Person) eligibility.Batch {
	first := registry.Change{Number: 1, Action: registry.Registered, By: "clerk-1", Facts: storetest.FactsOf(person)}
	return eligibility.Batch{Writes: []eligibility.Write{{Person: person, Changes: []registry.Change{first}}}}
}

// everything is a batch with a row for each table of the register.
func everything() eligibility.Batch {
	batch := kept(settlement.Person{Beneficiary: settlement.Beneficiary{ID: "p"}})
	batch.Record = &eligibility.Record{Key: eligibility.Key{Tenant: "t", Request: "r"}, Person: "p", First: 1, Last: 1}
	batch.Review = &registry.Review{ID: "360827-2012Q3"}
	batch.Decision = &registry.Decision{Review: "360827-2012Q3", Line: 1}
	batch.Imported = &eligibility.Progress{File: "f", Rows: 1}
	return batch
}

// What the register recorded stays, whoever holds the file open.
func TestRegisterCannotBeChanged(t *testing.T) {
	path := fresh(t)
	s := openTest(t, Config{Path: path})
	if err := s.Keep(t.Context(), everything()); err != nil {
		t.Fatal(err)
	}
	shutTest(t, s)
	db, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, table := range []string{"person_change", "person_request", "review", "review_decision", "import_progress"} {
		for _, text := range []string{"UPDATE " + table + " SET document = x''", "DELETE FROM " + table} {
			_, err := db.ExecContext(t.Context(), text)
			if code(err) != sqlite3.SQLITE_CONSTRAINT_TRIGGER {
				t.Errorf("%s: %v, want a refusal", text, err)
			}
		}
	}
}
