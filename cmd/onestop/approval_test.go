package main

import (
	"net/http"
	"strings"
	"testing"
)

// approvedBill is a discharge in the county that wants an approval first.
const approvedBill = `{"request_id": "%", "approval_number": "测审7号", "facility_id": "H36082900001", "discharge_id": "T%", "encounter_id": "E-D6001",
	"beneficiary": {"id_number": "360827197003150061"}, "mode": "MODE_INPATIENT", "admission_date": "2026-05-02", "discharge_date": "2026-05-09",
	"bill": {"submitted": "5600.00", "self_funded": "300.00", "first_self_pay": "200.00", "over_limit": "100.00", "eligible": "5000.00"}}`

// An approval's life at the bureau's desk: submitted once, decided by another,
// used by one settlement, free once that is undone, revoked.
func TestAnApprovalsLife(t *testing.T) {
	s := staged(t)
	says := func(want string, args ...string) {
		t.Helper()
		out, err := s.told(approvalCommand(), args...)
		if err != nil {
			t.Fatal(err)
		}
		wants(t, out, want)
	}
	settles := func(request string, want int) map[string]any {
		t.Helper()
		status, answer, fields := s.call(t, http.MethodPost, "/v1/settlements", strings.ReplaceAll(approvedBill, "%", request))
		if status != want {
			t.Fatalf("%d %s", status, answer)
		}
		return fields
	}
	submit := []string{"submit", "测审7号", "--person", "b-approved-15", "--facility", "H36082900001", "--from", "2026-05-01", "--to", "2026-05-31",
		"--issuer", "示范县民政局", "--mode", "inpatient", "--operator", "li", "--request-id", "a-form-of-the-tests"}
	for range 2 { // taken in once, however often it is sent
		says(", for b-approved-15 at H36082900001, discharged 2026-05-01 to 2026-05-31", submit...)
		says("submitted  li", submit...)
	}
	settles("before-it-is-approved", http.StatusConflict)
	_, err := s.told(approvalCommand(), "approve", "测审7号", "--operator", "li")
	refusedAs(t, err, exitFailed, "SAME_PERSON")
	says("approved   wang  属实", "approve", "测审7号", "--operator", "wang", "--cause", "属实")
	settled := settles("settled-by-approval-1", http.StatusOK)
	id, _ := settled["id"].(string)
	if settled["approval_number"] != "测审7号" {
		t.Errorf("the approval is not in the answer: %v", settled)
	}
	says("used by settlement "+id, "show", "测审7号")
	settles("settled-by-approval-2", http.StatusConflict)
	_, err = s.told(approvalCommand(), "revoke", "测审7号", "--operator", "wang", "--cause", "有误")
	refusedAs(t, err, exitFailed, "APPROVAL_USED")
	if status, answer, _ := s.call(t, http.MethodPost, "/v1/settlements/"+id+":reverse", `{"request_id": "a-reversal-of-the-tests", "cause": "有误"}`); status != http.StatusOK {
		t.Fatalf("%d %s", status, answer)
	}
	says("2026-05-31  -           测审7号", "list", "--person", "b-approved-15")
	says("revoked, for", "revoke", "测审7号", "--operator", "wang", "--cause", "有误")
	settles("settled-by-approval-3", http.StatusConflict)
	says("有误", "show", "测审7号")
}

func TestApprovalCommandsRefuse(t *testing.T) {
	s := staged(t)
	submit := func(more ...string) []string {
		return append([]string{"submit", "测审9号", "--person", "b-approved-15", "--facility", "H36082900001", "--from", "2026-05-01",
			"--to", "2026-05-31", "--issuer", "示范县民政局", "--operator", "li"}, more...)
	}
	for name, c := range map[string]struct {
		args []string
		says string
	}{
		"no number":          {[]string{"submit"}, "accepts 1 arg"},
		"no such mode":       {submit("--mode", "flying"), "--mode"},
		"no such class":      {submit("--disease-class", "rare"), "--disease-class"},
		"a person unknown":   {submit("--person", "nobody"), "UNKNOWN_PERSON"},
		"a hospital unknown": {submit("--facility", "H0"), "UNKNOWN_FACILITY"},
		"no day":             {submit("--to", "2026-02-30"), "valid_to_date"},
		"never submitted":    {[]string{"approve", "测审9号", "--operator", "li"}, "APPROVAL_NOT_FOUND"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := s.told(approvalCommand(), c.args...)
			if err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("got %v", err)
			}
		})
	}
}
