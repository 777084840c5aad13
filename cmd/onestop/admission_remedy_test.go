package main

import (
	"net/http"
	"strings"
	"testing"

	"github.com/onestop-gateway/onestop/adapters/payer/sim"
)

// charged is a stay of the tests that is registered and its rows sent; told runs
// the command.
func (s *stage) charged(t *testing.T, request string, want int) (id string, told func(args ...string) string) {
	t.Helper()
	_, answer, stayed := s.call(t, http.MethodPost, "/v1/admissions", anAdmission(request))
	id, _ = stayed["id"].(string)
	if status, charged, _ := s.call(t, http.MethodPost, "/v1/admissions/"+id+":charge", twoCharges); status != want {
		t.Fatalf("%s: %d %s", answer, status, charged)
	}
	return id, func(args ...string) string {
		t.Helper()
		out, err := s.told(admissionCommand(), args...)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
}

// fails asserts that the command fails with these words.
func (s *stage) fails(t *testing.T, says string, args ...string) {
	t.Helper()
	if _, err := s.told(admissionCommand(), args...); err == nil || !strings.Contains(err.Error(), says) {
		t.Errorf("%v: %v, want %s", args, err, says)
	}
}

// Rows that the payer will not take are ended by two people, one way or the other.
func TestTwoPeopleEndRowsFromTheCommandLine(t *testing.T) {
	s := staged(t)
	s.play(t, "ncms-demo", sim.Rule{Transaction: "S10", Fault: sim.Refuse, First: 1})
	id, told := s.charged(t, "an-admission-refused", http.StatusConflict)
	read := told("propose", id, "--by-hand", "1", "--document", "农合办电话记录8号", "--operator", "chen.li")
	wants(t, read, "rows_uploaded_by_hand proposed by operator/chen.li")
	wants(t, read, "1; 农合办电话记录8号\nto be approved by another with --etag 5")
	wants(t, told("list", "--for-people"), id)
	s.fails(t, "SAME_PERSON", "approve", id, "--etag", "5", "--operator", "chen.li")
	s.fails(t, "PROPOSAL_CHANGED", "approve", id, "--etag", "4", "--operator", "wang.wu")
	wants(t, told("approve", id, "--etag", "5", "--operator", "wang.wu"), "uploaded_by_hand")
	told("propose", id, "--not-uploaded", "2", "--document", "农合办电话记录8号", "--operator", "chen.li")
	told("decline", id, "--operator", "wang.wu")
	s.fails(t, "ADMISSION_NOTHING_PROPOSED", "approve", id, "--etag", "8", "--operator", "wang.wu")
	told("propose", id, "--not-uploaded", "2", "--document", "农合办电话记录9号", "--operator", "chen.li")
	ended := told("approve", id, "--etag", "9", "--operator", "wang.wu")
	wants(t, ended, "4000.00 charged by 2 rows, 0 of them not taken")
	wants(t, ended, "not_uploaded")
	s.fails(t, "ADMISSION_ROW_NOT_OPEN", "propose", id, "--by-hand", "2", "--document", "d", "--operator", "chen.li")
	s.fails(t, "row_ids[0]", "propose", id, "--by-hand", "7", "--document", "d", "--operator", "chen.li")
	s.fails(t, "one of --not-uploaded", "propose", id, "--by-hand", "2", "--release", "--document", "d", "--operator", "chen.li")
	if list := told("list", "--for-people"); strings.Contains(list, id) {
		t.Errorf("still for people\n%s", list)
	}
	s.audited(t)
}

// A stay that was named with a mistyped discharge is released by two people and
// settled by its own, and is not released any more then.
func TestAStayIsReleasedFromAMistypedDischarge(t *testing.T) {
	s := staged(t)
	id, told := s.charged(t, "an-admission-mistyped", http.StatusOK)
	s.play(t, "ncms-demo", sim.Rule{Transaction: "S14", Fault: sim.Refuse, First: 1})
	mistyped := strings.Replace(byAdmission("an-admission-mistype1", id), "D4003", "D4OO3", 1)
	if _, answer, settled := s.call(t, http.MethodPost, "/v1/settlements", mistyped); settled["state"] != "STATE_NOT_SETTLED" {
		t.Fatalf("%s", answer)
	}
	own := byAdmission("an-admission-its-own1", id)
	if status, answer, _ := s.call(t, http.MethodPost, "/v1/settlements", own); status != http.StatusConflict || !strings.Contains(string(answer), "ADMISSION_MISMATCH") {
		t.Fatalf("%d %s", status, answer)
	}
	read := told("propose", id, "--release", "--document", "出院登记更正单3号", "--operator", "chen.li")
	wants(t, read, "settled as discharge D4OO3")
	wants(t, read, "release_discharge proposed by")
	etag := read[strings.LastIndex(read, "--etag ")+len("--etag "):]
	etag, _, _ = strings.Cut(etag, "\n")
	if out := told("approve", id, "--etag", etag, "--operator", "wang.wu"); strings.Contains(out, "settled as") {
		t.Errorf("still bound\n%s", out)
	}
	_, answer, settled := s.call(t, http.MethodPost, "/v1/settlements", own)
	if shares(settled) != admissionShares {
		t.Errorf("%s: %s", shares(settled), answer)
	}
	s.fails(t, "ADMISSION_IN_USE", "propose", id, "--release", "--document", "d", "--operator", "chen.li")
	s.audited(t)
}
