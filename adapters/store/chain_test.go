package store

import "testing"

// unsealed are the tables that the chain does not seal, each with why.
var unsealed = map[string]string{
	"settlement":        "what was asked is sealed with the first line of its trail; the rest says what stands now, and onestop verify makes it anew from what is sealed",
	"request":           "a key and a fingerprint: what became of it is the settlement's own trail",
	"answer":            "what was answered: onestop verify makes it anew from the settlement and compares the bytes",
	"message":           "ids given out, each of which stands in a sealed attempt",
	"accumulator":       "what stands now: onestop verify sums it anew from what is sealed",
	"person":            "what stands now: the projection of sealed changes",
	"clearing_movement": "which entries a clearing took: its positions are sealed, and onestop verify sums them anew from the sealed ledger",
	"clearing_mark":     "how far a cut looked, so that the next need not look again: what it took is its positions, which are sealed",
	"notice":            "an answer before treatment, on which nothing stands: no money moves by it",
	"stay":              "what stands now: the head of its lines, which are sealed",
	"import_touch":      "a list for people: the flags stand at the settlements, what led to them in sealed changes",
	"audit_block":       "the chain itself",
	"restoration":       "that a store was restored: what it was restored to is what the heads outside prove",
}

// Every table is sealed, or says why not: one that is new has to be decided.
func TestEveryTableIsSealedOrSaysWhy(t *testing.T) {
	sealed := map[string]bool{}
	for _, table := range append(SealedTables[:len(SealedTables):len(SealedTables)], AttachedTables...) {
		sealed[table.Name] = true
	}
	for _, table := range Tables {
		if why := unsealed[table.Name]; sealed[table.Name] == (why != "") {
			t.Errorf("%s: sealed %t, and %q", table.Name, sealed[table.Name], why)
		}
	}
	if len(Tables) != len(sealed)+len(unsealed) {
		t.Errorf("%d tables, %d sealed, %d not", len(Tables), len(sealed), len(unsealed))
	}
}
