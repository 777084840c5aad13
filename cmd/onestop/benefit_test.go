package main

import (
	"path/filepath"
	"strings"
	"testing"
)

// A notice is given at the desk, answered, kept and found again; the same
// request gets the same notice.
func TestNoticesFromTheCommandLine(t *testing.T) {
	s := staged(t)
	file := filepath.Join(t.TempDir(), "id")
	writeFile(t, file, "360827197003150061\n", 0o600)
	check := []string{"check", "H36082900001", "--id-number-file", file, "--admission", "2026-05-02", "--request-id", "a-notice-of-the-tests"}
	said := func(args ...string) string {
		t.Helper()
		out, err := s.told(benefitsCommand(), args...)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	first := said(check...)
	wants(t, first, "rural_dibao, by")
	wants(t, first, "cap total: used 0.00, held 0.00, left 60000.00")
	wants(t, first, "APPROVAL_REQUIRED: ")
	if again := said(check...); again != first {
		t.Errorf("first\n%s\nagain\n%s", first, again)
	}
	line, _, _ := strings.Cut(first, "\n")
	id := strings.TrimPrefix(line, "notice ")
	shown := said("show", id)
	wants(t, shown, "by facility/H36082900001 for b-approved-15 at H36082900001, inpatient, admitted 2026-05-02")
	if _, answer, _ := strings.Cut(first, "\n"); !strings.HasSuffix(shown, answer) {
		t.Errorf("%s\nis shown as\n%s", answer, shown)
	}
	for _, list := range []string{said("list"), said("list", "--person", "b-approved-15", "--facility", "H36082900001")} {
		if strings.Count(list, id) != 1 || !strings.Contains(list, "rural_dibao") {
			t.Errorf("listed as\n%s", list)
		}
	}
	if list := said("list", "--person", "b-rural-2"); strings.Contains(list, id) {
		t.Errorf("another person's: %s", list)
	}
}

func TestNoticeCommandsRefuse(t *testing.T) {
	s := staged(t)
	open, closed := filepath.Join(t.TempDir(), "open"), filepath.Join(t.TempDir(), "closed")
	writeFile(t, open, "360827197003150061", 0o644)
	writeFile(t, closed, "360827197003150061", 0o600)
	for name, c := range map[string]struct {
		args []string
		says string
	}{
		"no hospital":         {[]string{"check"}, "accepts 1 arg"},
		"no number":           {[]string{"check", "H36082900001"}, "--id-number-file"},
		"a number in sight":   {[]string{"check", "H36082900001", "--id-number-file", open}, "0600"},
		"no such mode":        {[]string{"check", "H36082900001", "--id-number-file", closed, "--mode", "flying"}, "--mode"},
		"no such class":       {[]string{"check", "H36082900001", "--id-number-file", closed, "--disease-class", "rare"}, "--disease-class"},
		"no day":              {[]string{"check", "H36082900001", "--id-number-file", closed, "--admission", "2026-02-30"}, "admission_date"},
		"a notice of nowhere": {[]string{"show", "n-none"}, "NOTICE_NOT_FOUND"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := s.told(benefitsCommand(), c.args...); err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("got %v", err)
			}
		})
	}
}
