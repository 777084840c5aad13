package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

// The README's counts are those of what it counts.
func TestReadmeCounts(t *testing.T) {
	readme := string(readFile(t, "../../README.md"))
	alerts, records := 0, 0
	for _, r := range rules(t) {
		if r.Alert != "" {
			alerts++
		} else {
			records++
		}
	}
	for _, want := range []string{
		fmt.Sprintf("| %d worked cases beside ", passing(t, "../../settlement/worked/testdata/*.yaml")),
		fmt.Sprintf(", %d of the county reports and of rules that only some regions have;", passing(t, "../../deploy/policies/worked/*.yaml")),
		fmt.Sprintf("| %d panels and %d rules (%d alerts, %d recorded), none empty but %d panels", len(panels(t)), alerts+records, alerts, records, len(elsewhere)),
		fmt.Sprintf("a section of the runbook | %d alerts |", alerts),
	} {
		if !strings.Contains(readme, want) {
			t.Errorf("README.md does not say %q", want)
		}
	}
}

// passing is how many worked cases files hold, all of which pass.
func passing(t *testing.T, pattern string) (cases int) {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		t.Fatalf("%s: %d files, %v", pattern, len(files), err)
	}
	out, _, code := policy(append([]string{"test"}, files...)...)
	if _, err := fmt.Sscanf(out, "%d passed, 0 failed", &cases); err != nil || code != 0 {
		t.Fatalf("%s: exit %d: %s", pattern, code, out)
	}
	return cases
}
