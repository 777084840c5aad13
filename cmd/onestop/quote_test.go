package main

import (
	"io"
	"net/http"
	"strings"
	"testing"
)

// Who holds what is listed at the desk, and told to Prometheus, until it is
// released.
func TestQuotesFromTheCommandLine(t *testing.T) {
	s := staged(t)
	said := func(args ...string) string {
		t.Helper()
		out, err := s.told(quoteCommand(), args...)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	holds := strings.Replace(aDischarge, `"request_id": "a-discharge-of-the-tests",`, `"hold": {"request_id": "a-hold-of-the-tests-1", "minutes": 30},`, 1)
	status, answer, fields := s.call(t, http.MethodPost, "/v1/settlements:quote", holds)
	held, _ := fields["held"].(map[string]any)
	id, _ := held["id"].(string)
	if status != http.StatusOK || id == "" {
		t.Fatalf("%d %s", status, answer)
	}
	for _, list := range []string{said("list"), said("list", "--person", "b-rural-2"), said("list", "--facility", "H36082700001")} {
		wants(t, list, id)
		wants(t, list, "H36082700001  T1         b-rural-2  2026  ")
	}
	if list := said("list", "--person", "b-urban-3"); strings.Contains(list, id) {
		t.Errorf("another person's: %s", list)
	}
	response, err := http.Get(s.base + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	metrics, err := io.ReadAll(response.Body)
	if err != nil || !strings.Contains(string(metrics), "onestop_quotes_held{region=\"360827\"} 1\n") {
		t.Errorf("the metric does not tell of it: %v", err)
	}
	wants(t, said("release", id), id+" released")
	if list := said("list"); strings.Contains(list, id) {
		t.Errorf("released and listed: %s", list)
	}
	if _, err := s.told(quoteCommand(), "release", "q-none"); err == nil || !strings.Contains(err.Error(), "QUOTE_NOT_FOUND") {
		t.Errorf("a quote of nowhere: %v", err)
	}
}
