package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// kept writes pages into the journal of a client.
func kept(t *testing.T, folder string, client int, pages ...page) {
	t.Helper()
	j, err := openJournal(folder, client)
	if err != nil {
		t.Fatal(err)
	}
	defer j.close()
	for _, p := range pages {
		if err := j.write(p); err != nil {
			t.Fatal(err)
		}
	}
}

func TestJournalsComeBack(t *testing.T) {
	folder := t.TempDir()
	first := ask{Key: "settle-1", Verb: verbSettle, Discharge: "D1", Encounter: "E1", Person: "p", Body: []byte(`{"a":1}`)}
	second := ask{Key: "reverse-1", Verb: verbReverse, Discharge: "D1", Encounter: "E1", Person: "p", Of: "s1", OfKey: "settle-1", Body: []byte(`{}`)}
	none := said{Key: "settle-1", Transport: transportGRPC, Status: statusNone}
	final := said{Key: "settle-1", Transport: transportREST, Status: "OK", State: "STATE_SETTLED", ID: "s1", Raw: []byte("bytes\xff")}
	other := ask{Key: "settle-2", Verb: verbSettle, Discharge: "D2", Encounter: "E2", Person: "q", Body: []byte(`{}`)}
	kept(t, folder, 1, page{Ask: &other})
	kept(t, folder, 0, page{Ask: &first}, page{Said: &none})
	kept(t, folder, 0, page{Ask: &second}, page{Said: &final}) // the same client, another life
	got, err := readJournals(folder)
	if err != nil {
		t.Fatal(err)
	}
	want := []*story{
		{ask: first, Said: []said{none, final}},
		{ask: second},
		{ask: other, client: 1},
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(story{}), cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("stories (-want +got):\n%s", diff)
	}
}

func TestJournalsThatMakeNoSense(t *testing.T) {
	for name, text := range map[string]string{
		"an answer to nothing": `{"said":{"key":"settle-1","status":"OK"}}`,
		"neither":              `{}`,
		"not JSON":             `{"ask":`,
	} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			if err := os.WriteFile(filepath.Join(folder, "client-000.jsonl"), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := readJournals(folder); err == nil || !strings.Contains(err.Error(), "client-000.jsonl") {
				t.Errorf("%v", err)
			}
		})
	}
}

// The last word on a key is the last answer that says how it stands.
func TestLastWord(t *testing.T) {
	settled := said{Status: "OK", State: "STATE_SETTLED"}
	attention := said{Status: "OK", State: "STATE_NEEDS_ATTENTION"}
	none := said{Status: statusNone}
	for name, c := range map[string]struct {
		heard []said
		want  standing
	}{
		"nothing":               {nil, standingOpen},
		"no answer":             {[]said{none, none}, standingOpen},
		"final, then no answer": {[]said{none, settled, none}, standingFinal},
		"people, then final":    {[]said{attention, settled}, standingFinal},
		"people, then nothing":  {[]said{attention, none}, standingPeople},
	} {
		if _, how := (&story{Said: c.heard}).last(); how != c.want {
			t.Errorf("%s: %d, want %d", name, how, c.want)
		}
	}
}
