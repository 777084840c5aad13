package main

import (
	"bytes"
	"net/http"
	"strings"
	"testing"
)

// A category that ends in the register ends for the next quote at once, with a
// gateway that has settled for the person before; what was settled on it is
// named and flagged, and asking again says the same.
func TestTheNextSettlementSeesAChangeAtOnce(t *testing.T) {
	s := staged(t)
	_, _, settled := s.call(t, http.MethodPost, "/v1/settlements", aDischarge)
	id, _ := settled["id"].(string)
	quoted := strings.Replace(strings.Replace(aDischarge, `"request_id": "a-discharge-of-the-tests", `, "", 1), "T1", "T2", 2)
	_, answer, _ := s.call(t, http.MethodPost, "/v1/settlements:quote", quoted)
	if bytes.Contains(answer, []byte("NOT_ELIGIBLE")) {
		t.Fatalf("before: %s", answer)
	}
	end := `{"request_id": "an-end-of-the-tests-1", "operator": "li", "action": "PERSON_ACTION_ENDED", "effective_date": "2026-04-30",
		"category": "rural_dibao", "cause": "CHANGE_CAUSE_INCOME_IMPROVED", "document": "文号1"}`
	status, first, _ := s.call(t, http.MethodPost, "/v1/persons/b-rural-2:record", end)
	if status != http.StatusOK || id == "" || !bytes.Contains(first, []byte(id)) {
		t.Fatalf("%d %s does not name %s", status, first, id)
	}
	_, answer, _ = s.call(t, http.MethodPost, "/v1/settlements:quote", quoted)
	if !bytes.Contains(answer, []byte("NOT_ELIGIBLE")) {
		t.Errorf("after: %s", answer)
	}
	_, answer, _ = s.call(t, http.MethodGet, `/v1/settlements?filter=review%3Dtrue`, "")
	if !bytes.Contains(answer, []byte(id)) {
		t.Errorf("not flagged: %s", answer)
	}
	_, again, _ := s.call(t, http.MethodPost, "/v1/persons/b-rural-2:record", end)
	if !bytes.Equal(first, again) {
		t.Errorf("first %s\nagain %s", first, again)
	}
	status, answer, _ = s.call(t, http.MethodPost, "/v1/persons/b-rural-2:record", strings.Replace(end, "04-30", "03-31", 1))
	if status != http.StatusUnprocessableEntity || !bytes.Contains(answer, []byte("effective_date")) {
		t.Errorf("another day under the same key: %d %s", status, answer)
	}
}
