package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"

	onestopv1 "github.com/onestop-gateway/onestop/proto/onestop/v1"
)

// misbehave makes the payer go wrong by rules, or well without any.
func (s *stage) misbehave(t *testing.T, rules ...map[string]any) {
	t.Helper()
	var script map[string]any
	if err := json.Unmarshal(mustDemoFile("payer.json"), &script); err != nil {
		t.Fatal(err)
	}
	script["rules"] = rules
	text, err := json.Marshal(script)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.Post(s.payer+"/script", "application/json", bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != http.StatusNoContent {
		t.Fatalf("the payer's script: %d", response.StatusCode)
	}
}

// jammed takes the money, loses the answer, denies it when asked and refuses
// to give it back.
var jammed = []map[string]any{
	{"transaction": "2304", "fault": "lost_after"},
	{"transaction": "5203", "fault": "not_found"},
	{"transaction": "2601", "fault": "refuse"},
}

// jam leaves the discharge of the tests waiting for people and gives its id.
func (s *stage) jam(t *testing.T) string {
	t.Helper()
	s.misbehave(t, jammed...)
	status, answer, fields := s.call(t, http.MethodPost, "/v1/settlements", aDischarge)
	if status != http.StatusAccepted || fields["state"] != "STATE_NEEDS_ATTENTION" {
		t.Fatalf("%d %s", status, answer)
	}
	if !strings.Contains(string(answer), "请勿手工结算") || !strings.Contains(string(answer), "not settle by hand") {
		t.Errorf("the cashier is told %s", answer)
	}
	return fields["id"].(string)
}

// anew is the discharge of the tests under a request key of its own.
func anew(key string) string {
	return strings.Replace(aDischarge, "a-discharge-of-the-tests", key, 1)
}

// reaches waits until a settlement is in a state.
func (s *stage) reaches(t *testing.T, id, state string) {
	t.Helper()
	var answer []byte
	for until := time.Now().Add(patience); time.Now().Before(until); time.Sleep(100 * time.Millisecond) {
		var fields map[string]any
		if _, answer, fields = s.call(t, http.MethodGet, "/v1/settlements/"+id, ""); fields["state"] == state {
			return
		}
	}
	t.Fatalf("not %s: %s", state, answer)
}

// attend runs the command against the stage.
func (s *stage) attend(args ...string) (string, error) {
	return attending(append(args, "--address", s.grpc)...)
}

func attending(args ...string) (string, error) {
	var out bytes.Buffer
	command := attentionCommand()
	command.SetOut(&out)
	command.SetErr(io.Discard)
	command.SilenceUsage, command.SilenceErrors = true, true
	command.SetArgs(args)
	err := command.Execute()
	return out.String(), err
}

// wants fails where a piece of what was printed is missing.
func wants(t *testing.T, out string, pieces ...string) {
	t.Helper()
	for _, piece := range pieces {
		if !strings.Contains(out, piece) {
			t.Errorf("%q is missing:\n%s", piece, out)
		}
	}
}

// refusedAs fails where the command did not end so.
func refusedAs(t *testing.T, err error, code int, pieces ...string) {
	t.Helper()
	if exitedWith(err) != code {
		t.Fatalf("ended with %d, want %d: %v", exitedWith(err), code, err)
	}
	wants(t, err.Error(), pieces...)
}

var etagOf = regexp.MustCompile(`(?m)^etag +(\d+)$`)

// Two people free a discharge from the command line, as an operator would.
func TestTwoPeopleFreeADischarge(t *testing.T) {
	s := staged(t)
	id := s.jam(t)
	status, answer, _ := s.call(t, http.MethodPost, "/v1/settlements", anew("another-key-meanwhile"))
	if status != http.StatusConflict {
		t.Fatalf("%d %s", status, answer)
	}
	wants(t, string(answer), "DISCHARGE_IN_DOUBT", "请勿手工结算", "两名运维人员", "two people of the operator", "Call the operator", id)

	out, err := s.attend("list")
	if err != nil {
		t.Fatal(err)
	}
	wants(t, out, id, "H36082700001", "T1", "REVERSAL_REFUSED", "abort", "1 waiting")
	out, err = s.attend("show", id)
	if err != nil {
		t.Fatal(err)
	}
	wants(t, out, "needs_attention", "nhsa-demo", "retry", "reversed_offline --leg 0", "settle", "in_doubt", "not_found", "refused")
	for _, personal := range []string{"360827196207050041", "李测二", "360827000002"} {
		if strings.Contains(out, personal) {
			t.Errorf("%s is shown:\n%s", personal, out)
		}
	}

	out, err = s.attend("propose", id, "--operator", "li", "--resolution", "retry", "--document", "电话记录7号")
	if err != nil {
		t.Fatal(err)
	}
	wants(t, out, "proposed: retry by li", "电话记录7号", "attention approve "+id+" --etag")
	etag := etagOf.FindStringSubmatch(out)[1]
	_, err = s.attend("approve", id, "--operator", "li", "--etag", etag)
	refusedAs(t, err, exitFailed, "SAME_PERSON", "两个人", "Another person")
	if _, err = s.attend("propose", id, "--operator", "li", "--resolution", "reversed_offline", "--leg", "0", "--document", "函9号"); err != nil {
		t.Fatal(err)
	}
	_, err = s.attend("approve", id, "--operator", "wang", "--etag", etag)
	refusedAs(t, err, exitFailed, "PROPOSAL_CHANGED", "重新查看")
	if out, err = s.attend("decline", id, "--operator", "wang"); err != nil || strings.Contains(out, "by li") {
		t.Fatalf("%v\n%s", err, out)
	}
	if out, err = s.attend("propose", id, "--operator", "li", "--resolution", "retry", "--document", "电话记录8号"); err != nil {
		t.Fatal(err)
	}

	s.misbehave(t)
	if _, err = s.attend("approve", id, "--operator", "wang", "--etag", etagOf.FindStringSubmatch(out)[1]); err != nil {
		t.Fatal(err)
	}
	s.reaches(t, id, "STATE_NOT_SETTLED")
	if out, err = s.attend("show", id); err != nil {
		t.Fatal(err)
	}
	wants(t, out, "not_settled", "不待人工处理", "reversed")
	if out, err = s.attend("list"); err != nil || !strings.Contains(out, "0 waiting") {
		t.Errorf("%v\n%s", err, out)
	}
	status, answer, fields := s.call(t, http.MethodPost, "/v1/settlements", anew("another-key-afterwards"))
	if status != http.StatusOK || fields["state"] != "STATE_SETTLED" {
		t.Errorf("the discharge is not free: %d %s", status, answer)
	}
}

// The same over REST, with what the payer undid by hand.
func TestReversedOfflineOverREST(t *testing.T) {
	s := staged(t)
	id := s.jam(t)
	path := "/v1/attention/" + id
	status, answer, fields := s.call(t, http.MethodPost, path+":propose",
		`{"operator": "li", "resolution": "RESOLUTION_REVERSED_OFFLINE", "leg": 0, "document": "函〔2026〕3号"}`)
	if status != http.StatusOK || len(fields["actions"].([]any)) != 2 {
		t.Fatalf("%d %s", status, answer)
	}
	approve := func(operator, etag string) (int, []byte) {
		status, answer, _ := s.call(t, http.MethodPost, path+":approve", `{"operator": "`+operator+`", "etag": "`+etag+`"}`)
		return status, answer
	}
	etag := fields["etag"].(string)
	if status, answer := approve("li", etag); status != http.StatusForbidden || !bytes.Contains(answer, []byte("SAME_PERSON")) {
		t.Errorf("%d %s", status, answer)
	}
	if status, answer := approve("wang", "1"); status != http.StatusConflict || !bytes.Contains(answer, []byte("PROPOSAL_CHANGED")) {
		t.Errorf("%d %s", status, answer)
	}
	if status, answer, _ := s.call(t, http.MethodPost, path+":propose", `{"operator": "li", "resolution": "RESOLUTION_STANDS", "document": "x"}`); status != http.StatusConflict {
		t.Errorf("what was decided against stands: %d %s", status, answer)
	}
	if status, answer := approve("wang", etag); status != http.StatusOK {
		t.Fatalf("%d %s", status, answer)
	}
	s.reaches(t, id, "STATE_NOT_SETTLED")
	if status, answer := approve("wang", etag); status != http.StatusConflict || !bytes.Contains(answer, []byte("NOT_IN_ATTENTION")) {
		t.Errorf("approved twice: %d %s", status, answer)
	}
}

// The same over gRPC, with a proposal turned down.
func TestDeclinedOverGRPC(t *testing.T) {
	s := staged(t)
	id := s.jam(t)
	conn, err := grpc.NewClient(s.grpc, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	people := onestopv1.NewAttentionServiceClient(conn)
	page, err := people.ListAttention(t.Context(), &onestopv1.ListAttentionRequest{})
	if err != nil || len(page.GetAttention()) != 1 || page.GetAttention()[0].GetId() != id || page.GetAttention()[0].GetSinceTime() == nil {
		t.Fatalf("%v %v", page, err)
	}
	retry := &onestopv1.ProposeResolutionRequest{Id: id, Operator: "li", Resolution: onestopv1.Resolution_RESOLUTION_RETRY, Document: "电话记录7号"}
	proposed, err := people.ProposeResolution(t.Context(), retry)
	if err != nil || proposed.GetProposal().GetOperator() != "li" {
		t.Fatalf("%v %v", proposed, err)
	}
	declined, err := people.DeclineResolution(t.Context(), &onestopv1.DeclineResolutionRequest{Id: id, Operator: "li"})
	if err != nil || declined.GetProposal() != nil || declined.GetState() != onestopv1.State_STATE_NEEDS_ATTENTION {
		t.Errorf("%v %v", declined, err)
	}
	_, err = people.ApproveResolution(t.Context(), &onestopv1.ApproveResolutionRequest{Id: id, Operator: "wang", Etag: declined.GetEtag()})
	if status.Code(err) != codes.FailedPrecondition {
		t.Errorf("what was declined was approved: %v", err)
	}
}

// What is wrong on the command line is said with the code for it.
func TestAttentionRefusesWhatItCannotUnderstand(t *testing.T) {
	s := staged(t)
	for _, c := range []struct {
		code int
		says string
		args []string
	}{
		{exitFailed, "SETTLEMENT_NOT_FOUND", []string{"show", "nobody"}},
		{exitFailed, "SETTLEMENT_NOT_FOUND", []string{"decline", "nobody", "--operator", "li"}},
		{exitUnread, "must be 1 to 64 letters", []string{"show", "a$b"}},
		{exitUnread, "arg", []string{"show"}},
		{exitUnread, "unknown command", []string{"list", "more"}},
		{exitUnread, "retry, reversed_offline, stands", []string{"propose", "st", "--operator", "li", "--resolution", "pay", "--document", "x"}},
		{exitUnread, "retry, reversed_offline, stands", []string{"propose", "st", "--operator", "li", "--resolution", "unspecified", "--document", "x"}},
		{exitUnread, "leg", []string{"propose", "st", "--operator", "li", "--resolution", "reversed_offline", "--document", "x"}},
		{exitUnread, "document", []string{"propose", "st", "--operator", "li", "--resolution", "retry"}},
		{exitUnread, "operator", []string{"propose", "st", "--operator", "Li", "--resolution", "retry", "--document", "x"}},
		{exitUnread, "etag", []string{"approve", "st", "--operator", "wang"}},
	} {
		_, err := s.attend(c.args...)
		refusedAs(t, err, c.code, c.says)
	}
	s.stop()
	_, err := s.attend("list", "--timeout", "2s")
	refusedAs(t, err, exitFailed, "Unavailable")
}
