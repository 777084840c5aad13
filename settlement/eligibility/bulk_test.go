package eligibility_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/eligibility"
	"github.com/onestop-gateway/onestop/settlement/registry"
)

// loads judges and commits drafts as rows 2, 3, … of a file.
func (w *world) loads(file string, drafts ...registry.Draft) (eligibility.Progress, []eligibility.Reject) {
	w.t.Helper()
	load := eligibility.Load{By: "clerk-1", Document: "文号9", Reached: eligibility.Progress{File: file, Rows: len(drafts)}}
	for i, d := range drafts {
		load.Rows = append(load.Rows, eligibility.Row{Line: i + 2, Draft: d})
	}
	judged, err := w.Judge(w.t.Context(), load)
	if err != nil {
		w.t.Fatal(err)
	}
	reached, err := w.Commit(w.t.Context(), judged, 0)
	if err != nil {
		w.t.Fatal(err)
	}
	return reached, judged.Rejects
}

func TestLoadAddsChangesAndRejects(t *testing.T) {
	w := newWorld(t)
	one, two, thief := draft("p-1", numbers[0]), draft("p-2", numbers[1]), draft("p-3", numbers[0])
	further := draft("p-1", numbers[0])
	further.Periods = []settlement.Entitlement{{Category: "tekun", Period: settlement.Period{From: 20120101}}}
	reached, rejects := w.loads("f", one, two, thief, further, two)
	want := eligibility.Progress{File: "f", Rows: 5, Added: 2, Changed: 1, Unchanged: 1, Rejected: 1}
	if diff := cmp.Diff(want, reached); diff != "" {
		t.Error(diff)
	}
	if len(rejects) != 1 || rejects[0].Line != 4 || rejects[0].Field != "id_number" {
		t.Errorf("%+v", rejects)
	}
	person, err := w.store.Person(t.Context(), "p-1")
	if err != nil || len(person.Entitlements) != 2 || person.Entitlements[1].Document != "文号9" {
		t.Errorf("%+v, %v", person.Entitlements, err)
	}
	if again, _, err := w.Store.Imported(t.Context(), "f"); err != nil || again != reached {
		t.Errorf("%+v, %v", again, err)
	}
	reached, _ = w.loads("g", one, two, further)
	if reached.Unchanged != 3 {
		t.Errorf("the same again: %+v", reached)
	}
}

// A file that shortens a period corrects it, and flags what was settled on it.
func TestLoadCorrectsAPeriod(t *testing.T) {
	w := newWorld(t)
	w.loads("f", draft("p-1", numbers[0]))
	w.settles("later", 20120701, 20120710)
	shorter := draft("p-1", numbers[0])
	shorter.Periods[0].Period.To = 20120630
	reached, _ := w.loads("g", shorter)
	if reached.Changed != 1 {
		t.Errorf("%+v", reached)
	}
	history, _ := w.History(t.Context(), "p-1")
	if last := history[len(history)-1]; last.Corrects != 2 || last.Cause != registry.CauseMistake {
		t.Errorf("%+v", last)
	}
	if s, err := w.store.Settlement(t.Context(), "later"); err != nil || !s.Review {
		t.Errorf("not flagged, %v", err)
	}
	if _, touched, err := w.Store.Imported(t.Context(), "g"); err != nil || len(touched) != 1 || touched[0] != "later" {
		t.Errorf("touched %v, %v", touched, err)
	}
}

// Somebody else's change between judging and writing is never overwritten.
func TestACommitBehindSomebodyElseIsRefused(t *testing.T) {
	w := newWorld(t)
	w.loads("f", draft("p-1", numbers[0]))
	other := draft("p-1", numbers[0])
	other.Facts.Name = "李测试"
	judged, err := w.Judge(t.Context(), eligibility.Load{Rows: []eligibility.Row{{Line: 2, Draft: other}}, By: "clerk-1", Reached: eligibility.Progress{File: "g", Rows: 1}})
	if err != nil {
		t.Fatal(err)
	}
	w.records("p-1", ended(20120630))
	if _, err := w.Commit(t.Context(), judged, 0); settlement.KindOf(err) != settlement.KindConflict {
		t.Errorf("got %v", err)
	}
}
