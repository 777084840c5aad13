package main

import (
	"context"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/onestop-gateway/onestop/adapters/store/sqlite"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/assent"
	"github.com/onestop-gateway/onestop/settlement/correction"
)

// proposed is the id and the etag of a correction as it was printed.
func proposed(said string) (id, etag string) {
	id, rest, _ := strings.Cut(said, "\n")
	_, rest, _ = strings.Cut(rest, "etag ")
	etag, _, _ = strings.Cut(rest, "\n")
	return id, etag
}

// A correction dated back over the command line: what was settled is named
// before anybody agrees, one alone cannot, and it holds with the second.
func TestACorrectionsLife(t *testing.T) {
	s := stagedOn(t, "--two-people-corrections", "true", "--two-people-posting-from", "1000.00")
	says := func(command, want string, args ...string) string {
		t.Helper()
		of := correctionCommand()
		if command == "fund" {
			of = fundCommand()
		}
		out, err := s.told(of, args...)
		if err != nil {
			t.Fatal(err)
		}
		wants(t, out, want)
		return out
	}
	status, answer, fields := s.call(t, http.MethodPost, "/v1/settlements", aDischarge)
	if status != http.StatusOK {
		t.Fatalf("%d %s", status, answer)
	}
	settled, _ := fields["id"].(string)
	const alone = `{"request_id":"alone-of-the-tests","operator":"li","action":"PERSON_ACTION_ENDED","effective_date":"2026-05-01","category":"rural_dibao","cause":"CHANGE_CAUSE_MISTAKE"}`
	status, answer, _ = s.call(t, http.MethodPost, "/v1/persons/b-rural-2:record", alone)
	if status != http.StatusConflict || !strings.Contains(string(answer), "SECOND_PERSON_NEEDED") || !strings.Contains(string(answer), "两人") {
		t.Fatalf("%d %s", status, answer)
	}
	propose := []string{"propose", "b-rural-2", "--action", "ended", "--category", "rural_dibao", "--day", "2026-05-01", "--cause", "mistake", "--because", "核查发现", "--operator", "li", "--request-id", "a-correction-of-the-tests"}
	said := says("", "1 settlements stood on other ground and would be flagged: "+settled, propose...)
	id, etag := proposed(said)
	says("", id, propose...) // taken in once, however often it is sent
	says("", id, "list")
	_, err := s.told(correctionCommand(), "approve", id, "--etag", etag, "--operator", "li")
	refusedAs(t, err, exitFailed, "SAME_PERSON")
	_, err = s.told(correctionCommand(), "approve", id, "--etag", "ab", "--operator", "wang")
	refusedAs(t, err, exitFailed, "PROPOSAL_CHANGED")
	says("", "approved  wang", "approve", id, "--etag", etag, "--operator", "wang")
	status, answer, _ = s.call(t, http.MethodGet, "/v1/persons/b-rural-2/changes", "")
	if status != http.StatusOK || !strings.Contains(string(answer), `"PERSON_ACTION_ENDED"`) {
		t.Errorf("%d %s", status, answer)
	}
	_, err = s.told(correctionCommand(), "decline", id, "--cause", "晚了", "--operator", "zhao")
	refusedAs(t, err, exitFailed, "CORRECTION_DECIDED")

	post := []string{"post", "360827", "rural", "2026", "--level", "county", "--amount", "1000.00", "--document", "县财社〔2026〕3号", "--day", "2026-01-15", "--operator", "li"}
	_, err = s.told(fundCommand(), post...)
	refusedAs(t, err, exitFailed, "SECOND_PERSON_NEEDED")
	id, etag = proposed(says("fund", "posting of 1000.00 yuan", append(post, "--because", "年初预算")...))
	if out := says("fund", "DAY", "postings", "360827", "rural", "2026"); strings.Contains(out, "1000.00") {
		t.Errorf("posted before anybody agreed:\n%s", out)
	}
	says("", "approved", "approve", id, "--etag", etag, "--operator", "wang")
	says("fund", "1000.00", "postings", "360827", "rural", "2026")
	id, _ = proposed(says("fund", "posting of", append(post, "--because", "重复")...))
	says("", "declined", "decline", id, "--cause", "重复", "--operator", "li")
	says("", "declined", "list", "--all")
}

// What is left out of two_people is demanded where callers are known.
func TestTwoPeopleByDefault(t *testing.T) {
	no := false
	for _, tt := range []struct {
		config      config
		corrections bool
		from        settlement.Money
	}{
		{config{}, false, 0},
		{config{Identity: identityConfig{Issuer: "a"}}, true, 1},
		{config{Identity: identityConfig{Issuer: "a"}, TwoPeople: twoPeopleConfig{Corrections: &no, PostingFrom: "none"}}, false, 0},
		{config{TwoPeople: twoPeopleConfig{PostingFrom: "0.02"}}, false, 2},
	} {
		if got, from := tt.config.corrections(), tt.config.postingFrom(); got != tt.corrections || from != tt.from {
			t.Errorf("%+v: %v, %v", tt.config.TwoPeople, got, from)
		}
	}
	for _, wrong := range []string{"0.00", "-1.00", "much"} {
		if of := (twoPeopleConfig{PostingFrom: wrong, ExpireAfter: time.Hour}); of.check() == nil {
			t.Errorf("%q is taken", wrong)
		}
	}
	for _, wrong := range []time.Duration{0, -time.Hour} {
		if of := (twoPeopleConfig{ExpireAfter: wrong}); of.check() == nil {
			t.Errorf("proposals that expire after %s are taken", wrong)
		}
	}
	if of := standard(); of.TwoPeople.ExpireAfter != 7*24*time.Hour || of.TwoPeople.check() != nil {
		t.Errorf("where nothing is said they expire after %s", of.TwoPeople.ExpireAfter)
	}
}

// What nobody approved in time is refused in both languages, is listed as expired,
// and is proposed anew under another request.
func TestACorrectionExpires(t *testing.T) {
	s := stagedOn(t, "--two-people-corrections", "true", "--two-people-expire-after", "1ns")
	propose := []string{"propose", "b-rural-2", "--action", "ended", "--category", "rural_dibao", "--day", "2026-05-01", "--cause", "mistake", "--because", "核查发现", "--operator", "li"}
	ids := map[string]bool{}
	for range 2 {
		out, err := s.told(correctionCommand(), propose...)
		must(err)
		id, _, _ := strings.Cut(out, "\n")
		ids[id] = true
		wants(t, out, id+"\nexpired: ", "may be approved until ")
		status, answer, _ := s.call(t, http.MethodPost, "/v1/corrections/"+id+":approve", `{"request_id":"too-late-of-the-tests-`+id+`","operator":"wang","etag":"ab"}`)
		if status != http.StatusConflict {
			t.Errorf("%d %s", status, answer)
		}
		wants(t, string(answer), "PROPOSAL_EXPIRED", "该提议逾期未经第二人批准，已失效", "No second person approved the proposal in time")
	}
	listed, err := s.told(correctionCommand(), "list")
	must(err)
	if len(ids) != 2 || strings.Count(listed, "expired") != 2 {
		t.Errorf("%v\n%s", ids, listed)
	}
}

// A file that corrects is proposed by its digest: who is new goes in at once,
// what corrects waits for another person and goes in when the file is imported
// again. One that is declined stays out.
func TestAFileThatCorrectsWaits(t *testing.T) {
	folder := t.TempDir()
	store, file := filepath.Join(folder, "store.db"), filepath.Join(folder, "persons.yaml")
	var flags []string
	imports := func(want ...string) {
		t.Helper()
		out, errs, _ := persona(store, append([]string{"import", file, "--operator", "li", "--two-people-corrections", "true"}, flags...)...)
		wants(t, out+errs, want...)
	}
	all := string(mustDemoFile("persons.yaml"))
	last := strings.LastIndex(all, "  - id:")
	writeFile(t, file, all[:last], 0o600)
	imports("14 added", "0 rejected") // initial history is anybody's
	writeFile(t, file, strings.Replace(all, "陈测一", "陈改名", 1), 0o600)
	imports("1 added, 0 changed, 13 unchanged, 1 rejected", "SECOND_PERSON_NEEDED", "1 rows correct what is known and wait for a second person")
	imports("wait for a second person")
	name := func() settlement.Private {
		person, err := personIn(t, store, "360827194103120018")
		must(err)
		return person.Name
	}
	if name() != "陈测一" {
		t.Error("it holds before anybody agreed")
	}
	digest, err := digestOf(file)
	must(err)
	if err := decidesFile(t, store, fileKey(digest, 0), correction.Approved, "operator/li"); settlement.ReasonOf(err) != settlement.ReasonSamePerson {
		t.Errorf("by the same person: %v", err)
	}
	must(decidesFile(t, store, fileKey(digest, 0), correction.Approved, "operator/wang"))
	flags = []string{"--document", "民函〔2026〕9号"} // which nobody approved the file by
	imports("wait for a second person", `--document "民函〔2026〕9号"`)
	flags = nil
	if name() != "陈测一" {
		t.Error("it holds by a document that nobody approved")
	}
	imports("0 added, 1 changed, 14 unchanged, 0 rejected")
	imports("going on behind row 15")
	if name() != "陈改名" {
		t.Error("it does not hold though two people agreed")
	}
	writeFile(t, file, all, 0o600)
	imports("1 rejected", "wait for a second person")
	flags = []string{"--two-people-expire-after", "1ns"}
	imports("wait for a second person") // anew: the one before has expired
	flags = nil
	digest, err = digestOf(file)
	must(err)
	must(decidesFile(t, store, fileKey(digest, 1), correction.Declined, "operator/wang"))
	imports("was declined by operator/wang")
	if name() != "陈改名" {
		t.Error("it holds though it was declined")
	}
}

// decidesFile decides on a file that a request proposed, on a store that is shut.
func decidesFile(t *testing.T, path string, proposed correction.Key, act correction.Act, by string) error {
	t.Helper()
	opened, err := sqlite.Open(context.Background(), sqlite.Config{Path: path})
	must(err)
	defer opened.Shut()
	office := new(twoPeopleConfig).newAssent(opened, newRegister(opened, nil), nil)
	mark, err := opened.Suggested(context.Background(), proposed)
	must(err)
	read, err := office.Proposal(context.Background(), mark.ID)
	must(err)
	_, err = office.Decide(context.Background(), assent.Decision{
		Key: correction.Key{Request: settlement.RequestID(act+"-") + proposed.Request + settlement.RequestID(by)}, ID: mark.ID, Act: act, Etag: read.Etag, By: by, Cause: "核对",
	})
	return err
}
