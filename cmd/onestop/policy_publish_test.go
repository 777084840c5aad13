package main

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/onestop-gateway/onestop/adapters/store/postgres/pgtest"
	"github.com/onestop-gateway/onestop/adapters/store/sqlite"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/gazette"
)

// nextApproval is the policy of the county that approves first with a second
// version, from a day on and at a rate.
func nextApproval(t *testing.T, folder, from, until, rate string) (policy, cases string) {
	t.Helper()
	text, err := os.ReadFile("../../deploy/policies/approval.yaml")
	must(err)
	versions := string(text)[strings.Index(string(text), "  - id: approval_style/1"):]
	second := strings.NewReplacer("approval_style/1", "approval_style/2", `"2020-01-01"`, `"`+from+`"`, `"0.70"`, `"`+rate+`"`).Replace(versions)
	first := strings.Replace(string(text), "effective_to: null", `effective_to: "`+until+`"`, 1)
	policy, cases = filepath.Join(folder, "next.yaml"), filepath.Join(folder, "cases.yaml")
	writeFile(t, policy, first+second, 0o600)
	writeFile(t, cases, `cases:
- id: c-1
  policy: approval_style
  person: {residence: rural, categories: [{id: rural_dibao, from: "2010-01-01", to: null}]}
  steps:
  - {op: settle, sid: s1, mode: inpatient, approval: "A-1", admission: "`+from+`", discharge: "`+from+`", bill: {total: "1000", out_of_scope: "0", pre_self_pay: "0", over_limit: "0", in_scope: "1000"}, payers: {scheme: resident_bmi}, expect: {status: ok, assist: "800.00"}}
`, 0o600)
	return policy, cases
}

// A policy's life over the command line: proposed by one, read and approved by
// another, and settled under at once; the file that is published comes back
// byte for byte.
func TestAPolicysLife(t *testing.T) {
	s := stagedOn(t, "--policies-from", "store")
	says := func(want string, args ...string) string {
		t.Helper()
		out, err := s.told(policyCommand(), args...)
		if err != nil {
			t.Fatal(err)
		}
		wants(t, out, want)
		return out
	}
	says("approval_style (the configuration's file): approval_style/1 on 2026-05-09", "in-force", "approval_style", "--day", "2026-05-09")
	settled := s.approvedSettlement(t)
	policy, cases := nextApproval(t, s.folder, "2026-05-01", "2026-04-30", "0.80")
	propose := []string{"propose", policy, "--policy", "approval_style", "--cases", cases, "--cause", "示范发3号", "--operator", "li", "--request-id", "a-policy-of-the-tests"}
	said := says("1 worked cases pass", propose...)
	for _, want := range []string{
		"redated approval_style/1, from 2020-01-01 to 2026-04-30", "added approval_style/2, from 2026-05-01 to -, against approval_style/1",
		"住院救助·任何病种 / 救助比例 / 救助比例：0.7 → 0.8", "dated back to 2026-05-01: 1 settlements were settled by another version and keep it " + settled,
	} {
		wants(t, said, want)
	}
	id, rest, _ := strings.Cut(said, "\n")
	_, rest, _ = strings.Cut(rest, "etag ")
	etag, _, _ := strings.Cut(rest, "\n")
	says(id, propose...) // taken in once, however often it is sent
	_, err := s.told(policyCommand(), "approve", id, "--etag", etag, "--operator", "li")
	refusedAs(t, err, exitFailed, "SAME_PERSON")
	_, err = s.told(policyCommand(), "approve", id, "--etag", "ab", "--operator", "wang")
	refusedAs(t, err, exitFailed, "PROPOSAL_CHANGED")
	says("edition 1", "approve", id, "--etag", etag, "--operator", "wang")
	says("approval_style (edition 1, publication "+id+"): approval_style/2 on 2026-05-09", "in-force", "approval_style", "--day", "2026-05-09")
	says("approved  1", "list", "--policy", "approval_style")
	text, err := os.ReadFile(policy)
	must(err)
	if out := says("", "show", id, "--file"); out != string(text) {
		t.Errorf("the file came back otherwise:\n%s", out)
	}
	_, err = s.told(policyCommand(), "decline", id, "--cause", "晚了", "--operator", "zhao")
	refusedAs(t, err, exitFailed, "PUBLICATION_DECIDED")
}

// approvedSettlement settles a discharge of the county that approves first, and
// gives its id.
func (s *stage) approvedSettlement(t *testing.T) string {
	t.Helper()
	for _, args := range [][]string{
		{"submit", "测审7号", "--person", "b-approved-15", "--facility", "H36082900001", "--from", "2026-05-01", "--to", "2026-05-31", "--issuer", "示范县民政局", "--operator", "li"},
		{"approve", "测审7号", "--operator", "wang"},
	} {
		if _, err := s.told(approvalCommand(), args...); err != nil {
			t.Fatal(err)
		}
	}
	status, answer, fields := s.call(t, http.MethodPost, "/v1/settlements", strings.ReplaceAll(approvedBill, "%", "before-the-new-policy"))
	if status != http.StatusOK {
		t.Fatalf("%d %s", status, answer)
	}
	id, _ := fields["id"].(string)
	return id
}

// What is configured by files is not published.
func TestPoliciesFromFilesAreNotPublished(t *testing.T) {
	s := staged(t)
	policy, cases := nextApproval(t, s.folder, "2026-05-01", "2026-04-30", "0.80")
	_, err := s.told(policyCommand(), "propose", policy, "--policy", "approval_style", "--cases", cases, "--cause", "x", "--operator", "li")
	refusedAs(t, err, exitFailed, "POLICIES_FROM_FILES")
}

// published puts a policy into a store as two people did elsewhere.
func published(t *testing.T, store gazette.Store, policy string, edition int) {
	t.Helper()
	text, err := os.ReadFile(policy)
	must(err)
	id := gazette.PublicationID("pub-" + string(rune('0'+edition)))
	key := func(line string) gazette.Key { return gazette.Key{Request: settlement.RequestID(line + string(id))} }
	must(store.Publish(t.Context(), gazette.Note{
		Key: key("1"), ID: id, Policy: "approval_style", Files: &gazette.Files{Text: text, Cases: []byte("cases: []")},
		Event: gazette.Event{Line: 1, Act: gazette.Proposed, By: "operator/li", At: time.Now(), Cause: "x"},
	}))
	must(store.Publish(t.Context(), gazette.Note{
		Key: key("2"), ID: id, Policy: "approval_style", Event: gazette.Event{Line: 2, Act: gazette.Approved, By: "operator/wang", At: time.Now(), Edition: edition},
	}))
}

// The doctor says where files and store differ, and which of them is in force.
func TestDoctorComparesFilesAndStore(t *testing.T) {
	p := newPatient(t)
	store, err := sqlite.Open(t.Context(), sqlite.Config{Path: p.config.Store.SQLite})
	must(err)
	defer store.Shut()
	examine := func(from string) string {
		p.config.PoliciesFrom, p.doctor.report = from, nil
		return p.examined(t)
	}
	if report := examine(fromStore); strings.Contains(report, "policies:") {
		t.Error(report)
	}
	published(t, store, "../../deploy/policies/approval.yaml", 1)
	wants(t, examine(fromStore), "ok       policies: 1 published, and the files agree")
	policy, _ := nextApproval(t, p.folder, "2026-05-01", "2026-04-30", "0.80")
	published(t, store, policy, 2)
	wants(t, examine(fromStore), "warning  policies: approval_style is published in another form than its file has")
	wants(t, examine(fromFiles), "warning  policies: approval_style was published and is not in force: the file has another")
	p.config.Identity.Issuer = "https://idp.example"
	wants(t, examine(fromFiles), "warning  policies: they come from files: who can write a file changes them alone")
}

// Two gateways on one store: what one of them published is in force with the
// other within seconds, and a start begins with it; one that cannot take it over
// settles as before, is not ready, and is once it can.
func TestEveryGatewayFollows(t *testing.T) {
	policy, _ := nextApproval(t, t.TempDir(), "2026-05-01", "2026-04-30", "0.80")
	if testing.Short() {
		t.Skip("starts a database cluster")
	}
	settings := []string{"--policies-from", "store", "--store-postgres", pgtest.Start(t).DSN("postgres")}
	one := stagedOn(t, settings...).gateway
	beside := func(instance int) *gateway {
		c := one.config
		c.Instance = instance
		files, err := builtinPolicies()
		must(err)
		g, err := assembleWith(t.Context(), c, files, one.log)
		must(err)
		return g
	}
	other, store := beside(1), one.store.press
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- other.run(ctx) }()
	defer func() { cancel(); must(<-done) }()
	rules := func(g *gateway) settlement.VersionID {
		version, err := g.lifecycle.Policy("approval_style").VersionOn(20260509)
		must(err)
		return version.ID
	}
	published(t, store, policy, 1)
	for _, g := range []*gateway{one, other} {
		eventually(t, func() bool { return rules(g) == "approval_style/2" })
	}
	broken := filepath.Join(t.TempDir(), "broken.yaml")
	text, err := os.ReadFile(policy)
	must(err)
	writeFile(t, broken, string(text)+"newer_key: 1\n", 0o600)
	published(t, store, broken, 2)
	eventually(t, func() bool { return one.ready(t.Context()) != nil && other.ready(t.Context()) != nil })
	if rules(one) != "approval_style/2" || rules(other) != "approval_style/2" {
		t.Error("half of it is in force")
	}
	published(t, store, policy, 3)
	eventually(t, func() bool { return one.ready(t.Context()) == nil && other.ready(t.Context()) == nil })
	again := beside(2)
	defer again.close()
	if rules(again) != "approval_style/2" {
		t.Error("a start begins with the file")
	}
}

// patience is how long a busy machine may take to what an idle one does at
// once or within seconds.
const patience = 2 * time.Minute

// eventually waits for what is to come.
func eventually(t *testing.T, so func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !so(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("it did not come about")
		}
	}
}
