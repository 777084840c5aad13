package api

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	onestopv1 "github.com/onestop-gateway/onestop/proto/onestop/v1"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// word is what the fake was told by one person.
type word struct {
	id       settlement.SettlementID
	by, verb string
	proposal settlement.Proposal
	seen     int64
}

func (f *fake) Attention(ctx context.Context, before *lifecycle.Mark, limit int) (lifecycle.Queue, error) {
	return f.queue, f.called(ctx, func() { f.queries = append(f.queries, lifecycle.Query{Before: before, Limit: limit}) })
}

func (f *fake) Matter(ctx context.Context, id settlement.SettlementID) (lifecycle.Matter, error) {
	return f.matter, f.called(ctx, func() { f.reads = append(f.reads, id) })
}

func (f *fake) Propose(ctx context.Context, id settlement.SettlementID, p settlement.Proposal) (lifecycle.Matter, error) {
	return f.matter, f.called(ctx, func() { f.words = append(f.words, word{id: id, by: p.By, verb: "propose", proposal: p}) })
}

func (f *fake) Approve(ctx context.Context, id settlement.SettlementID, by string, seen int64) (lifecycle.Matter, error) {
	return f.matter, f.called(ctx, func() { f.words = append(f.words, word{id: id, by: by, verb: "approve", seen: seen}) })
}

func (f *fake) Decline(ctx context.Context, id settlement.SettlementID, by string) (lifecycle.Matter, error) {
	return f.matter, f.called(ctx, func() { f.words = append(f.words, word{id: id, by: by, verb: "decline"}) })
}

// waiting is the invented discharge, waiting for people after its payer took
// the money and would not give it back.
func waiting() lifecycle.Matter {
	s := opened()
	s.State, s.Decision, s.Reason, s.Message = settlement.StateAttention, settlement.Abort, settlement.ReasonReversalRefused, "已清算"
	s.Revision = 7
	s.Proposal = &settlement.Proposal{By: "operator/li", At: s.OpenedAt.Add(time.Hour), Resolution: settlement.ResolveOffline, Document: "函〔2012〕3号"}
	s.Legs = []settlement.Leg{{
		Payer: "ncms-360827", State: settlement.LegUndoIntent, Message: "M1", Undo: "M2", SentAt: s.OpenedAt, Sends: 1, Inquiries: 3, Undos: 1,
		Payment: settlement.Payment{Reference: "SETL0001"},
	}, {Payer: "other", State: settlement.LegPlanned}}
	return lifecycle.Matter{Settlement: s, Since: s.OpenedAt.Add(time.Minute), Attempts: []lifecycle.Attempt{
		{Operation: settlement.OpSettle, Phase: lifecycle.PhaseSent, Message: "M1", At: s.OpenedAt, Body: []byte(personName + idNumber)},
		{Operation: settlement.OpSettle, Phase: lifecycle.PhaseResult, Message: "M1", At: s.OpenedAt, Result: settlement.ResultInDoubt},
		{Operation: settlement.OpReverse, Phase: lifecycle.PhaseSent, Message: "M2", At: s.OpenedAt, Body: []byte(insuredNumber)},
		{Operation: settlement.OpReverse, Phase: lifecycle.PhaseResult, Message: "M2", At: s.OpenedAt, Result: settlement.ResultRefused},
	}}
}

// retrying proposes to try the invented discharge again.
func retrying() *onestopv1.ProposeResolutionRequest {
	return &onestopv1.ProposeResolutionRequest{Id: "st-1", Operator: "li", Resolution: onestopv1.Resolution_RESOLUTION_RETRY, Document: "电话记录1"}
}

// inBody is a request as REST sends it where its path has the id.
func inBody(in *onestopv1.ProposeResolutionRequest) string {
	in = proto.CloneOf(in)
	in.Id = ""
	return body(in)
}

// One matter is shown whole, the same over both transports, and names nobody.
func TestAMatterIsShownWhole(t *testing.T) {
	w := serve(t)
	got, err := w.people.GetAttention(t.Context(), &onestopv1.GetAttentionRequest{Id: "st-1"})
	if err != nil {
		t.Fatal(err)
	}
	m := waiting()
	if want := matter(&m); !proto.Equal(got, want) {
		t.Errorf("gRPC says %v, want %v", got, want)
	}
	r := w.get("/v1/attention/st-1")
	over := &onestopv1.Attention{}
	if err := protojson.Unmarshal([]byte(r.body), over); err != nil || !proto.Equal(got, over) {
		t.Errorf("%v: REST says %s", err, r.body)
	}
	for _, personal := range []string{personName, idNumber, insuredNumber, "rural_dibao"} {
		if strings.Contains(r.body, personal) || strings.Contains(w.log.String(), personal) {
			t.Errorf("%s left: %s\n%s", personal, r.body, w.log)
		}
	}
}

// The queue is shown by pages, without journals; its tokens are its own.
func TestTheQueueIsShownByPages(t *testing.T) {
	w := serve(t)
	m := waiting()
	m.Attempts = nil
	w.queue = lifecycle.Queue{Matters: []lifecycle.Matter{m}, Next: &lifecycle.Mark{OpenedAt: m.Settlement.OpenedAt, ID: "st-1"}}
	page, err := w.people.ListAttention(t.Context(), &onestopv1.ListAttentionRequest{PageSize: 1})
	if err != nil || len(page.GetAttention()) != 1 || page.GetNextPageToken() == "" || page.GetAttention()[0].GetCalls() != nil {
		t.Fatalf("%v %v", page, err)
	}
	if r := w.get("/v1/attention?page_token=" + page.GetNextPageToken()); r.status != http.StatusOK {
		t.Fatalf("%d %s", r.status, r.body)
	}
	first, second := w.queries[0], w.queries[1]
	if first.Limit != 1 || first.Before != nil || second.Limit != pageSize || second.Before == nil || second.Before.ID != "st-1" {
		t.Errorf("%+v, %+v", first, second)
	}
	for _, path := range []string{"/v1/settlements?page_token=" + page.GetNextPageToken(), "/v1/attention?page_token=x"} {
		if r := w.get(path); r.status != http.StatusBadRequest || r.told(t).reason() != settlement.ReasonInvalidPage {
			t.Errorf("%s: %d %s", path, r.status, r.body)
		}
	}
}

// What people say arrives as they said it, with who they are.
func TestWordsArrive(t *testing.T) {
	w := serve(t)
	for path, text := range map[string]string{
		"propose": `{"operator":"li","resolution":"RESOLUTION_REVERSED_OFFLINE","leg":0,"document":"函〔2012〕3号"}`,
		"approve": `{"operator":"wang","etag":"7"}`,
		"decline": `{"operator":"wang"}`,
	} {
		w.words = nil
		if r := w.post("/v1/attention/st-1:"+path, text); r.status != http.StatusOK {
			t.Fatalf("%s: %d %s", path, r.status, r.body)
		}
		want := map[string]word{
			"propose": {"st-1", "operator/li", "propose", settlement.Proposal{By: "operator/li", Resolution: settlement.ResolveOffline, Document: "函〔2012〕3号"}, 0},
			"approve": {"st-1", "operator/wang", "approve", settlement.Proposal{}, 7},
			"decline": {"st-1", "operator/wang", "decline", settlement.Proposal{}, 0},
		}[path]
		if len(w.words) != 1 || w.words[0] != want {
			t.Errorf("%s: %+v", path, w.words)
		}
	}
}

// What is wrong with a person's word is named before the lifecycle hears it.
func TestWrongWords(t *testing.T) {
	w := serve(t)
	for name, c := range map[string]struct{ verb, text, field string }{
		"nobody":               {"propose", `{"resolution":"RESOLUTION_RETRY","document":"x"}`, "operator"},
		"one spelling only":    {"propose", `{"operator":"Li","resolution":"RESOLUTION_RETRY","document":"x"}`, "operator"},
		"a blank after":        {"approve", `{"operator":"li ","etag":"7"}`, "operator"},
		"no resolution":        {"propose", `{"operator":"li","document":"x"}`, "resolution"},
		"another resolution":   {"propose", `{"operator":"li","resolution":"RESOLUTION_PAY","document":"x"}`, "resolution"},
		"no document":          {"propose", `{"operator":"li","resolution":"RESOLUTION_RETRY"}`, "document"},
		"a long document":      {"propose", `{"operator":"li","resolution":"RESOLUTION_RETRY","document":"` + strings.Repeat("函", 201) + `"}`, "document"},
		"no leg where needed":  {"propose", `{"operator":"li","resolution":"RESOLUTION_REVERSED_OFFLINE","document":"x"}`, "leg"},
		"a leg where not":      {"propose", `{"operator":"li","resolution":"RESOLUTION_RETRY","leg":0,"document":"x"}`, "leg"},
		"a leg below zero":     {"propose", `{"operator":"li","resolution":"RESOLUTION_REVERSED_OFFLINE","leg":-1,"document":"x"}`, "leg"},
		"half a leg":           {"propose", `{"operator":"li","resolution":"RESOLUTION_REVERSED_OFFLINE","leg":0.5,"document":"x"}`, "leg"},
		"a leg in words":       {"propose", `{"operator":"li","resolution":"RESOLUTION_REVERSED_OFFLINE","leg":"0","document":"x"}`, "leg"},
		"nothing seen":         {"approve", `{"operator":"wang"}`, "etag"},
		"an etag of its own":   {"approve", `{"operator":"wang","etag":"latest"}`, "etag"},
		"an etag out of range": {"approve", `{"operator":"wang","etag":"9999999999999999999"}`, "etag"},
		"nobody declines":      {"decline", `{}`, "operator"},
		"an id in the body":    {"decline", `{"id":"st-2","operator":"li"}`, "id"},
	} {
		r := w.post("/v1/attention/st-1:"+c.verb, c.text)
		if r.status != http.StatusBadRequest || r.told(t).field() != c.field {
			t.Errorf("%s: %d %s", name, r.status, r.body)
		}
	}
	if w.calls != 0 {
		t.Errorf("%d came through", w.calls)
	}
}

// Every refusal of the lifecycle has its status on both transports.
func TestRefusedWords(t *testing.T) {
	w := serve(t)
	for reason, c := range map[settlement.Reason]struct {
		kind settlement.Kind
		http int
		code codes.Code
	}{
		settlement.ReasonSamePerson:         {settlement.KindForbidden, http.StatusForbidden, codes.PermissionDenied},
		settlement.ReasonNotInAttention:     {settlement.KindBlocked, http.StatusConflict, codes.FailedPrecondition},
		settlement.ReasonNotResolvable:      {settlement.KindBlocked, http.StatusConflict, codes.FailedPrecondition},
		settlement.ReasonProposalChanged:    {settlement.KindBlocked, http.StatusConflict, codes.FailedPrecondition},
		settlement.ReasonStaleRecord:        {settlement.KindConflict, http.StatusConflict, codes.Aborted},
		settlement.ReasonSettlementNotFound: {settlement.KindNotFound, http.StatusNotFound, codes.NotFound},
	} {
		w.fail = &settlement.Error{Kind: c.kind, Reason: reason, Object: "st-1"}
		r := w.post("/v1/attention/st-1:approve", `{"operator":"wang","etag":"7"}`)
		if r.status != c.http || r.told(t).reason() != reason {
			t.Errorf("%s: %d %s", reason, r.status, r.body)
		}
		_, err := w.people.ApproveResolution(t.Context(), &onestopv1.ApproveResolutionRequest{Id: "st-1", Operator: "wang", Etag: "7"})
		if status.Code(err) != c.code || toldBy(t, err).reason() != reason {
			t.Errorf("%s: %v", reason, err)
		}
	}
}

// Who waits no more shows no action, and a settled one not why it was assisted
// as it was.
func TestAMatterThatWaitsNoMore(t *testing.T) {
	m := lifecycle.Matter{Settlement: committed()}
	got := matter(&m)
	if got.GetActions() != nil || got.GetSinceTime() != nil || got.GetReason() != "" || got.GetReasonText() != nil {
		t.Errorf("%v", got)
	}
}

// Every word of the domain that people meet has a value of the contract.
func TestAttentionEnumsAreWhole(t *testing.T) {
	if len(decisions) != 2 || len(legStates) != 8 || len(resolutions) != 3 || len(operations) != 3 || len(phases) != 2 || len(results) != 7 {
		t.Error("a pair is missing")
	}
	for _, pair := range legStates {
		if legStates.toWord(legStates.toWire(pair.word)) != pair.word {
			t.Errorf("%s is not read back", pair.word)
		}
	}
	if decisions.toWire(settlement.Undecided) != onestopv1.Decision_DECISION_UNSPECIFIED {
		t.Error("an undecided one")
	}
}
