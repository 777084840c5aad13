package postgres

import (
	"testing"

	"github.com/onestop-gateway/onestop/adapters/store"
	"github.com/onestop-gateway/onestop/adapters/store/storetest"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/eligibility"
	"github.com/onestop-gateway/onestop/settlement/registry"
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

// What the register recorded stays, whoever is connected.
func TestRegisterCannotBeChanged(t *testing.T) {
	s := openTest(t, Config{DSN: fresh(t)})
	must(t, s.Keep(t.Context(), everything()))
	for _, table := range []string{"person_change", "person_request", "review", "review_decision", "import_progress"} {
		for _, text := range []string{"UPDATE " + table + " SET document = ''", "DELETE FROM " + table, "TRUNCATE " + table + " CASCADE"} {
			_, err := s.writer.pool.Exec(t.Context(), text)
			if refusal := refusalOf(err); refusal == nil || refusal.Code != "23000" {
				t.Errorf("%s: %v, want a refusal", text, err)
			}
		}
	}
}

// The register moves to another store with everything else.
func TestRegisterIsMoved(t *testing.T) {
	from, to := openTest(t, Config{DSN: fresh(t)}), openTest(t, Config{DSN: fresh(t)})
	must(t, from.Keep(t.Context(), everything()))
	must(t, store.Move(t.Context(), from, to, func(string, int64) {}))
	review, decisions, err := to.Review(t.Context(), "360827-2012Q3")
	must(t, err)
	histories, err := to.Histories(t.Context(), []settlement.BeneficiaryID{"p"})
	must(t, err)
	reached, _, err := to.Imported(t.Context(), "f")
	must(t, err)
	if review.ID == "" || len(decisions) != 1 || len(histories["p"]) != 1 || reached.Rows != 1 {
		t.Errorf("%+v %+v %+v %+v", review, decisions, histories, reached)
	}
}
