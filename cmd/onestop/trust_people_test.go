package main

import (
	"strings"
	"testing"
)

// TestTwoPeopleAreTwoCredentials: whoever submitted cannot approve, by their
// credentials, whatever name they give; another bureau's officer does not even
// learn that there is anything.
func TestTwoPeopleAreTwoCredentials(t *testing.T) {
	h := newGuardedHouse(t)
	officer := func(subject, tenant, region string) []string {
		file := h.path(subject + ".token")
		writeFile(t, file, h.token("--tenant", tenant, "--subject", subject, "--role", "bureau-officer", "--region", region), 0o600)
		return []string{"--address", h.gateway.grpcListener.Addr().String(), "--ca", h.path("ca.pem"),
			"--cert", h.path(tenant + ".pem"), "--key", h.path(tenant + ".key"), "--token-file", file}
	}
	li, wang, far := officer("li", "MZ360827", "360827"), officer("wang", "MZ360827", "360827"), officer("zhou", "OP", "511425")
	submit := []string{"submit", "测审9号", "--person", "b-five-1", "--facility", "H36082700001", "--from", "2026-05-01", "--to", "2026-05-31", "--issuer", "示范县民政局"}
	for _, step := range []struct {
		name      string
		who       []string
		arguments []string
		says      string // what is printed, or, with a reason, why it is refused
		refused   bool
	}{
		{"a form of another region's person", far, submit, "UNKNOWN_PERSON", true},
		{"a form in another's name", li, append(submit, "--operator", "wang"), "OPERATOR_IS_NOT_CALLER", true},
		{"a form", li, submit, "submitted  li", false},
		{"approved by its maker", li, []string{"approve", "测审9号"}, "SAME_PERSON", true},
		{"approved by its maker as another", li, []string{"approve", "测审9号", "--operator", "wang"}, "OPERATOR_IS_NOT_CALLER", true},
		{"approved by another bureau", far, []string{"approve", "测审9号"}, "APPROVAL_NOT_FOUND", true},
		{"read by another bureau", far, []string{"show", "测审9号"}, "APPROVAL_NOT_FOUND", true},
		{"approved by another person", wang, []string{"approve", "测审9号"}, "approved   wang", false},
		{"read", li, []string{"show", "测审9号"}, "submitted  li", false},
	} {
		out, _, err := says(t, append(append([]string{"approval"}, step.arguments...), step.who...)...)
		switch {
		case step.refused && (err == nil || !strings.Contains(err.Error(), step.says)):
			t.Errorf("%s: %v", step.name, err)
		case !step.refused && (err != nil || !strings.Contains(out, step.says)):
			t.Errorf("%s: %v %s", step.name, err, out)
		}
	}
	out, _, err := says(t, append([]string{"approval", "list"}, far...)...)
	if err != nil || strings.Contains(out, "测审9号") {
		t.Errorf("the list of another bureau: %v %s", err, out)
	}
	if out, _, err = says(t, append([]string{"approval", "list"}, wang...)...); err != nil || !strings.Contains(out, "测审9号") {
		t.Errorf("the own list: %v %s", err, out)
	}
}

// TestACorrectionIsTwoCredentials: where callers are known a correction and a
// posting need two people without further configuration, by their credentials.
func TestACorrectionIsTwoCredentials(t *testing.T) {
	h := newGuardedHouse(t)
	who := map[string][]string{}
	for subject, of := range map[string][2]string{"li": {"MZ360827", "360827"}, "wang": {"MZ360827", "360827"}, "zhou": {"OP", "511425"}} {
		file := h.path(subject + ".token")
		writeFile(t, file, h.token("--tenant", of[0], "--subject", subject, "--role", "bureau-officer", "--region", of[1]), 0o600)
		who[subject] = []string{"--address", h.gateway.grpcListener.Addr().String(), "--ca", h.path("ca.pem"),
			"--cert", h.path(of[0] + ".pem"), "--key", h.path(of[0] + ".key"), "--token-file", file}
	}
	change := []string{"correction", "propose", "b-five-1", "--action", "ended", "--category", "five_guarantee", "--day", "2026-03-31", "--cause", "mistake", "--because", "核查发现"}
	posting := []string{"fund", "post", "360827", "rural", "2026", "--level", "county", "--amount", "0.01", "--document", "县财社1号", "--day", "2026-01-15"}
	id, etag := "", ""
	for _, step := range []struct {
		name, who string
		arguments []string
		says      string // what is printed, or, with a reason, why it is refused
		refused   bool
	}{
		{"a posting of one fen, alone", "li", posting, "SECOND_PERSON_NEEDED", true},
		{"of another region's person", "zhou", change, "UNKNOWN_PERSON", true},
		{"a correction", "li", change, "proposed", false},
		{"approved by its maker", "li", []string{"correction", "approve", "ID", "--etag", "ETAG"}, "SAME_PERSON", true},
		{"approved by its maker as another", "li", []string{"correction", "approve", "ID", "--etag", "ETAG", "--operator", "wang"}, "OPERATOR_IS_NOT_CALLER", true},
		{"approved by another bureau", "zhou", []string{"correction", "approve", "ID", "--etag", "ETAG"}, "CORRECTION_NOT_FOUND", true},
		{"read by another bureau", "zhou", []string{"correction", "show", "ID"}, "CORRECTION_NOT_FOUND", true},
		{"approved by another person", "wang", []string{"correction", "approve", "ID", "--etag", "ETAG"}, "approved  wang", false},
	} {
		arguments := append([]string(nil), step.arguments...)
		for i, argument := range arguments {
			arguments[i] = strings.NewReplacer("ETAG", etag, "ID", id).Replace(argument)
		}
		out, _, err := says(t, append(arguments, who[step.who]...)...)
		switch {
		case step.refused && (err == nil || !strings.Contains(err.Error(), step.says)):
			t.Errorf("%s: %v", step.name, err)
		case !step.refused && (err != nil || !strings.Contains(out, step.says)):
			t.Errorf("%s: %v %s", step.name, err, out)
		}
		if id == "" && !step.refused {
			id, etag = proposed(out)
		}
	}
	if out, _, err := says(t, append([]string{"correction", "list", "--all"}, who["zhou"]...)...); err != nil || strings.Contains(out, id) {
		t.Errorf("the list of another bureau: %v %s", err, out)
	}
}
