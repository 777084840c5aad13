package storetest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/gazette"
)

var publicationScenarios = []scenario{
	{"keeps the files byte for byte, and every field of the history", publicationFields},
	{"a publication never proposed is not found", publicationUnknown},
	{"refuses a request, a line and an edition that are there", publicationOnce},
	{"of editions approved at once keeps one", publicationAtOnce},
	{"tells the newest edition of each policy", publicationEditions},
	{"lists by policy, page by page, without files", publicationList},
	{"refuses what no column may hold", publicationUnsound},
	{"does not publish when given up", publicationGivenUp},
	{"keeps publications when opened again", publicationReopened},
}

// proposal is the first line of a publication's history. Its files are no text
// in any encoding.
func proposal(id gazette.PublicationID, policy settlement.PolicyID) gazette.Note {
	return gazette.Note{
		Key: gazette.Key{Tenant: tenant, Request: settlement.RequestID("propose " + id)}, ID: id, Policy: policy,
		Files: &gazette.Files{Text: []byte("\xff\x00 " + id), Cases: []byte("cases\r\n")},
		Event: gazette.Event{Line: 1, Act: gazette.Proposed, By: "operator/li", At: moment, Cause: "2026年标准"},
	}
}

// ruled is the second line.
func ruled(id gazette.PublicationID, policy settlement.PolicyID, edition int) gazette.Note {
	act := gazette.Approved
	if edition == 0 {
		act = gazette.Declined
	}
	return gazette.Note{
		Key: gazette.Key{Tenant: tenant, Request: settlement.RequestID("rule " + id)}, ID: id, Policy: policy,
		Event: gazette.Event{Line: 2, Act: act, By: "operator/wang", At: moment.Add(time.Hour), Cause: "核对无误", Edition: edition},
	}
}

// publishes demands that every note is taken in.
func (o Opened) publishes(t *testing.T, notes ...gazette.Note) {
	t.Helper()
	for _, note := range notes {
		if err := o.Press.Publish(t.Context(), note); err != nil {
			t.Fatalf("line %d of %s: %v", note.Event.Line, note.ID, err)
		}
	}
}

func (o Opened) publication(t *testing.T, id gazette.PublicationID) gazette.Publication {
	t.Helper()
	found, err := o.Press.Publication(t.Context(), id)
	same(t, "error", err, nil)
	return found
}

func publicationFields(t *testing.T, o Opened) {
	first, second := proposal("p-1", "town"), ruled("p-1", "town", 1)
	o.publishes(t, first, proposal("p-2", "town"), second)
	same(t, "publication", o.publication(t, "p-1"), gazette.Publication{
		ID: "p-1", Policy: "town", Text: first.Files.Text, Cases: first.Files.Cases, Digest: gazette.Digest(first.Files.Text),
		History: []gazette.Event{first.Event, second.Event},
	})
	mark, err := o.Press.Published(t.Context(), second.Key)
	same(t, "error", err, nil)
	same(t, "mark", mark, gazette.Mark{ID: "p-1", Line: 2})
}

func publicationUnknown(t *testing.T, o Opened) {
	_, err := o.Press.Publication(t.Context(), "p-1")
	refused(t, "publication", err, settlement.KindNotFound)
	same(t, "reason", settlement.ReasonOf(err), settlement.ReasonPublicationUnknown)
	_, err = o.Press.Published(t.Context(), proposal("p-1", "town").Key)
	refused(t, "request", err, settlement.KindNotFound)
	editions, err := o.Press.Editions(t.Context())
	same(t, "error", err, nil)
	same(t, "editions", len(editions), 0)
}

func publicationOnce(t *testing.T, o Opened) {
	o.publishes(t, proposal("p-1", "town"), proposal("p-2", "town"), ruled("p-1", "town", 1))
	again := proposal("p-3", "town")
	again.Key = proposal("p-1", "town").Key
	err := o.Press.Publish(t.Context(), again)
	refused(t, "same request", err, settlement.KindExists)
	same(t, "reason", settlement.ReasonOf(err), settlement.ReasonRequestInFlight)
	_, err = o.Press.Publication(t.Context(), "p-3")
	refused(t, "not written", err, settlement.KindNotFound)
	line := ruled("p-1", "town", 0)
	line.Key.Request = "a third"
	refused(t, "same line", o.Press.Publish(t.Context(), line), settlement.KindConflict)
	refused(t, "same edition", o.Press.Publish(t.Context(), ruled("p-2", "town", 1)), settlement.KindConflict)
	same(t, "history", len(o.publication(t, "p-2").History), 1)
	o.publishes(t, ruled("p-2", "town", 2))
}

func publicationAtOnce(t *testing.T, o Opened) {
	const callers = 8
	for n := range callers {
		o.publishes(t, proposal(gazette.PublicationID(fmt.Sprint("p-", n)), "town"))
	}
	errs := make(chan error, callers)
	for n := range callers {
		note := ruled(gazette.PublicationID(fmt.Sprint("p-", n)), "town", 1)
		go func() { errs <- o.Press.Publish(context.Background(), note) }()
	}
	kept := 0
	for range callers {
		if err := <-errs; err == nil {
			kept++
		} else if settlement.KindOf(err) != settlement.KindConflict {
			t.Error(err)
		}
	}
	same(t, "approved", kept, 1)
}

func publicationEditions(t *testing.T, o Opened) {
	o.publishes(t,
		proposal("p-1", "town"), proposal("p-2", "town"), proposal("p-3", "county"), proposal("p-4", "county"), proposal("p-5", "village"),
		ruled("p-2", "town", 1), ruled("p-3", "county", 1), ruled("p-1", "town", 2), ruled("p-4", "county", 0))
	editions, err := o.Press.Editions(t.Context())
	same(t, "error", err, nil)
	same(t, "editions", editions, []gazette.Edition{{Policy: "county", Number: 1, ID: "p-3"}, {Policy: "town", Number: 2, ID: "p-1"}})
}

func publicationList(t *testing.T, o Opened) {
	o.publishes(t, proposal("p-3", "town"), proposal("p-1", "town"), proposal("p-2", "county"), ruled("p-1", "town", 1))
	for _, c := range []struct {
		query gazette.Query
		want  string
	}{
		{gazette.Query{Limit: 9}, "p-1/2 p-2/1 p-3/1"},
		{gazette.Query{Limit: 2}, "p-1/2 p-2/1"},
		{gazette.Query{Limit: 2, After: "p-2"}, "p-3/1"},
		{gazette.Query{Limit: 9, Policies: []settlement.PolicyID{"town"}}, "p-1/2 p-3/1"},
		{gazette.Query{Limit: 9, Policies: []settlement.PolicyID{"county", "village"}}, "p-2/1"},
	} {
		found, err := o.Press.Publications(t.Context(), c.query)
		same(t, "error", err, nil)
		got := ""
		for i, p := range found {
			if i > 0 {
				got += " "
			}
			got += fmt.Sprintf("%s/%d", p.ID, len(p.History))
			same(t, "files", len(p.Text)+len(p.Cases), 0)
			same(t, "digest", p.Digest, gazette.Digest(proposal(p.ID, p.Policy).Files.Text))
		}
		same(t, fmt.Sprint(c.query), got, c.want)
	}
}

func publicationUnsound(t *testing.T, o Opened) {
	note := proposal("p-1", "town")
	note.Event.Cause = "nul\x00"
	refused(t, "a NUL", o.Press.Publish(t.Context(), note), settlement.KindInvalid)
}

func publicationGivenUp(t *testing.T, o Opened) {
	refused(t, "given up", o.Press.Publish(cancelled(t), proposal("p-1", "town")), settlement.KindUnavailable)
	_, err := o.Press.Publication(t.Context(), "p-1")
	refused(t, "not written", err, settlement.KindNotFound)
}

func publicationReopened(t *testing.T, o Opened) {
	o.publishes(t, proposal("p-1", "town"), ruled("p-1", "town", 1))
	before := o.publication(t, "p-1")
	o = o.reopens(t)
	same(t, "publication", o.publication(t, "p-1"), before)
}
