package storetest

import (
	"fmt"
	"testing"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/assent"
	"github.com/onestop-gateway/onestop/settlement/correction"
	"github.com/onestop-gateway/onestop/settlement/registry"
)

var correctionScenarios = []scenario{
	{"keeps every field of what is proposed, and of its history", correctionFields},
	{"a correction never proposed is not found", correctionUnknown},
	{"refuses a request and a line that are there", correctionOnce},
	{"lists by region, and what is open", correctionList},
	{"keeps a change with its approval or neither", correctionWithChange},
	{"keeps a posting with its approval or neither", correctionWithPosting},
	{"refuses what no column may hold", correctionUnsound},
	{"keeps corrections when opened again", correctionReopened},
}

// suggestion is the first line of a correction's history.
func suggestion(id correction.ID, region settlement.RegionID) correction.Note {
	return correction.Note{
		Key: correction.Key{Tenant: tenant, Request: settlement.RequestID("suggest " + id)}, ID: id, Region: region,
		Matter: &correction.Matter{Person: "p-1", Change: registry.Change{
			Corrects: 1, Action: registry.Registered, Effective: 20120101, By: "operator/li", Cause: registry.CauseMistake,
			Facts: registry.Facts{Name: "张测试", Certificate: oneCertificate, Region: region, Residence: settlement.Rural, Scheme: settlement.SchemeNCMS},
		}},
		Event: correction.Event{Line: 1, Act: correction.Proposed, By: "operator/li", At: moment, Cause: "核查发现"},
	}
}

// agreed is the second line.
func agreed(id correction.ID, act correction.Act) correction.Note {
	return correction.Note{
		Key: correction.Key{Tenant: tenant, Request: settlement.RequestID("agree " + id)}, ID: id,
		Event: correction.Event{Line: 2, Act: act, By: "operator/wang", At: moment.Add(time.Hour), Cause: "核对无误", Became: "5"},
	}
}

// suggests demands that every note is taken in.
func (o Opened) suggests(t *testing.T, notes ...correction.Note) {
	t.Helper()
	for _, note := range notes {
		if err := o.Council.Suggest(t.Context(), note); err != nil {
			t.Fatalf("line %d of %s: %v", note.Event.Line, note.ID, err)
		}
	}
}

func (o Opened) correction(t *testing.T, id correction.ID) correction.Proposal {
	t.Helper()
	found, err := o.Council.Proposal(t.Context(), id)
	same(t, "error", err, nil)
	return found
}

func (o Opened) statusOf(t *testing.T, id correction.ID) correction.Act {
	t.Helper()
	found := o.correction(t, id)
	return found.Status()
}

func correctionFields(t *testing.T, o Opened) {
	first, second := suggestion("c-1", "360827"), agreed("c-1", correction.Approved)
	other := suggestion("c-2", "")
	budget := posting("9")
	budget.Tenant = "MZ360827"
	*other.Matter = correction.Matter{Posting: &budget}
	file := suggestion("c-3", "")
	*file.Matter = correction.Matter{File: "abc", Held: 7}
	o.suggests(t, first, other, second, file)
	same(t, "correction", o.correction(t, "c-1"), correction.Proposal{ID: "c-1", Region: "360827", Matter: *first.Matter, History: []correction.Event{first.Event, second.Event}})
	same(t, "posting", o.correction(t, "c-2").Matter, *other.Matter)
	same(t, "file", o.correction(t, "c-3").Matter, *file.Matter)
	mark, err := o.Council.Suggested(t.Context(), second.Key)
	same(t, "error", err, nil)
	same(t, "mark", mark, correction.Mark{ID: "c-1", Line: 2})
}

func correctionUnknown(t *testing.T, o Opened) {
	_, err := o.Council.Proposal(t.Context(), "c-1")
	refused(t, "correction", err, settlement.KindNotFound)
	same(t, "reason", settlement.ReasonOf(err), settlement.ReasonCorrectionUnknown)
	_, err = o.Council.Suggested(t.Context(), suggestion("c-1", "").Key)
	refused(t, "request", err, settlement.KindNotFound)
}

func correctionOnce(t *testing.T, o Opened) {
	o.suggests(t, suggestion("c-1", "360827"), agreed("c-1", correction.Declined))
	again := suggestion("c-2", "360827")
	again.Key = suggestion("c-1", "360827").Key
	refused(t, "same request", o.Council.Suggest(t.Context(), again), settlement.KindExists)
	line := agreed("c-1", correction.Approved)
	line.Key.Request = "a third"
	refused(t, "same line", o.Council.Suggest(t.Context(), line), settlement.KindConflict)
	same(t, "history", len(o.correction(t, "c-1").History), 2)
	again.Key.Tenant = "another"
	o.suggests(t, again)
}

func correctionList(t *testing.T, o Opened) {
	o.suggests(t, suggestion("c-3", "360827"), suggestion("c-1", "360827"), suggestion("c-2", "511425"), suggestion("c-4", ""), agreed("c-1", correction.Approved))
	for _, c := range []struct {
		query assent.Query
		want  string
	}{
		{assent.Query{Limit: 9}, "c-1/2 c-2/1 c-3/1 c-4/1 "},
		{assent.Query{Limit: 2}, "c-1/2 c-2/1 "},
		{assent.Query{Limit: 2, After: "c-2"}, "c-3/1 c-4/1 "},
		{assent.Query{Limit: 9, Regions: []settlement.RegionID{"360827"}}, "c-1/2 c-3/1 "},
		{assent.Query{Limit: 9, Open: true, Regions: []settlement.RegionID{"", "360827"}}, "c-3/1 c-4/1 "},
		{assent.Query{Limit: 9, Regions: []settlement.RegionID{"110101"}}, ""},
	} {
		found, err := o.Council.Proposals(t.Context(), c.query)
		same(t, "error", err, nil)
		got := ""
		for _, p := range found {
			got += fmt.Sprintf("%s/%d ", p.ID, len(p.History))
		}
		same(t, fmt.Sprint(c.query), got, c.want)
	}
}

func correctionWithChange(t *testing.T, o Opened) {
	o.suggests(t, suggestion("c-1", "360827"), suggestion("c-2", "360827"), agreed("c-2", correction.Declined))
	batch := written(person("p-1", oneCertificate), 0, 1)
	second := agreed("c-2", correction.Approved)
	second.Key.Request = "agree again"
	batch.Approval = &second
	refused(t, "decided", o.Register.Keep(t.Context(), batch), settlement.KindConflict)
	same(t, "rows without approval", len(o.history(t, "p-1")), 0)
	first := agreed("c-1", correction.Approved)
	batch.Approval = &first
	o.keeps(t, batch)
	same(t, "rows", len(o.history(t, "p-1")), 1)
	same(t, "status", o.statusOf(t, "c-1"), correction.Approved)
}

func correctionWithPosting(t *testing.T, o Opened) {
	o.suggests(t, suggestion("c-1", "360827"), suggestion("c-2", "360827"))
	note := agreed("c-1", correction.Approved)
	if err := o.Treasury.Post(t.Context(), posting("1"), &note); err != nil {
		t.Fatal(err)
	}
	same(t, "status", o.statusOf(t, "c-1"), correction.Approved)
	other := agreed("c-2", correction.Approved)
	refused(t, "same posting", o.Treasury.Post(t.Context(), posting("1"), &other), settlement.KindExists)
	same(t, "not approved", o.statusOf(t, "c-2"), correction.Proposed)
	note.Key.Request = "agree again"
	refused(t, "decided", o.Treasury.Post(t.Context(), posting("2"), &note), settlement.KindConflict)
	same(t, "postings", len(o.booked(t, rural)), 1)
}

func correctionUnsound(t *testing.T, o Opened) {
	note := suggestion("c-1", "360827")
	note.Event.Cause = "nul\x00"
	refused(t, "a NUL", o.Council.Suggest(t.Context(), note), settlement.KindInvalid)
	refused(t, "a NUL in an approval", o.Treasury.Post(t.Context(), posting("1"), &note), settlement.KindInvalid)
}

func correctionReopened(t *testing.T, o Opened) {
	o.suggests(t, suggestion("c-1", "360827"), agreed("c-1", correction.Approved))
	before := o.correction(t, "c-1")
	o = o.reopens(t)
	same(t, "correction", o.correction(t, "c-1"), before)
}
