package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// townText is a file of worked cases in block style: one policy, and cases
// that all come to seventy percent of 1,000.
const townText = `meta: {schema: golden-cases/1}
policies:
  town:
    title: A town
    versions:
    - id: town/1
      effective_from: "2020-01-01"
      effective_to: "2020-12-31"
      payers_before: [commercial]
      payers_after: [charity]
      uninsured: {covered: false, source: s}
      provider: {unreferred: {rule: covered}, source: s}
      critical_illness: null
      categories:
      - {id: rural_dibao, fund: rural, rules: [{mode: inpatient, disease_class: any, deductible: {kind: none}, ratio: {kind: flat, rate: "0.70"}, caps: [{bucket: total, limit: null}], source: s}]}
cases:
`

const caseText = `- id: %s
  policy: town
  person: {residence: rural, categories: [{id: rural_dibao, from: "2010-01-01", to: null}]}
  steps:
  - {op: settle, sid: s1, mode: inpatient, admission: "2020-03-01", discharge: "2020-03-02", bill: {total: "1000", out_of_scope: "0", pre_self_pay: "0", over_limit: "0", in_scope: "1000"}, payers: {scheme: ncms}, expect: {status: ok, assist: "%s"}}
  accumulators_after: {"2020": {buckets: {total: "700.00"}}}
`

// write makes a file of the texts in a folder of the test.
func write(t *testing.T, name string, texts ...string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, []byte(strings.Join(texts, "")), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// policy runs the command and gives what it printed and its exit code. Names
// of folders are taken out of what it complained of.
func policy(args ...string) (stdout, stderr string, code int) {
	var out, complaints bytes.Buffer
	command := policyCommand()
	command.SetArgs(args)
	command.SetOut(&out)
	command.SetErr(&complaints)
	command.SilenceErrors, command.SilenceUsage = true, true
	code = exitCode(command.Execute(), &complaints)
	stderr = complaints.String()
	for _, arg := range args[1:] {
		stderr = strings.ReplaceAll(stderr, arg, filepath.Base(arg))
	}
	return out.String(), stderr, code
}

func okCase(id string) string    { return fmt.Sprintf(caseText, id, "700") }
func wrongCase(id string) string { return fmt.Sprintf(caseText, id, "701") }

func TestPolicyTest(t *testing.T) {
	unknown := strings.Replace(okCase("C9"), "scheme: ncms", "scheme: ncms, basc: 1", 1)
	broken := strings.Replace(townText, `"0.70"`, `"1.70"`, 1)
	tests := []struct {
		says    string
		files   []string
		out     string
		err     string
		code    int
		options []string
	}{
		{says: "all pass", files: []string{townText + okCase("C1") + okCase("C2")}, out: "2 passed, 0 failed\n"},
		{says: "differences, in the order of the file", code: 1,
			files: []string{townText + wrongCase("C1") + okCase("C2") + wrongCase("C3")},
			out:   "C1 s1.assist: expected 701.00, computed 700.00\nC3 s1.assist: expected 701.00, computed 700.00\n1 passed, 2 failed\n"},
		{says: "several files, one closing line", code: 1,
			files: []string{townText + okCase("A"), townText + wrongCase("B"), townText + okCase("C")},
			out:   "B s1.assist: expected 701.00, computed 700.00\n2 passed, 1 failed\n"},
		{says: "no cases in the list", files: []string{strings.Replace(townText, "cases:", "cases: []", 1)}, out: "0 passed, 0 failed\n"},
		{says: "no list of cases", code: 2, files: []string{strings.Replace(townText, "cases:", "", 1)},
			err: "f0.yaml: has no cases; policy validate checks a policy alone\n"},
		{says: "a policy that does not validate, with all that is wrong", code: 2,
			files: []string{strings.Replace(broken, "limit: null", "limit: -1", 1) + okCase("C1")},
			err: `f0.yaml: line 15: policies.town.versions[0].categories[0].rules[0].ratio.rate: is more than 1; a ratio is the part a fund pays: "1.70"` + "\n" +
				`f0.yaml: line 15: policies.town.versions[0].categories[0].rules[0].caps[0].limit: must not be negative: "-1"` + "\n"},
		{says: "one file unreadable, the other still run", code: 2, files: []string{broken, townText + okCase("C1")},
			out: "1 passed, 0 failed\n",
			err: `f0.yaml: line 15: policies.town.versions[0].categories[0].rules[0].ratio.rate: is more than 1; a ratio is the part a fund pays: "1.70"` + "\n"},
		{says: "a case that makes no sense, the others still run", code: 2, files: []string{townText + okCase("C1") + unknown + okCase("C2")},
			out: "2 passed, 1 failed\n",
			err: "f0.yaml: line 27: cases[1].steps[0].payers.basc: unknown key; known here are scheme, basic, commercial, hospital_derate, special_care, charity_offer, critical_illness: \"1\"\n"},
		{says: "a case that is no text", code: 2, files: []string{townText + okCase("C1") + "- {id: C2, id: C3}\n"},
			out: "1 passed, 1 failed\n",
			err: "f0.yaml: line 23: cases[1]: the key id stands twice in this map\n"},
		{says: "a section nobody knows", code: 2, files: []string{townText + okCase("C1") + "polices: {}\n"},
			err: "f0.yaml: line 23: polices: unknown key; known here are meta, assumptions, category_vocabulary, policies, cases, eligibility_checks, fund_checks\n"},
	}
	for _, test := range tests {
		t.Run(test.says, func(t *testing.T) {
			args := []string{"test"}
			for i, text := range test.files {
				args = append(args, write(t, fmt.Sprintf("f%d.yaml", i), text))
			}
			out, complaints, code := policy(args...)
			if diff := cmp.Diff(test.out, out); diff != "" {
				t.Errorf("stdout (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.err, complaints); diff != "" {
				t.Errorf("stderr (-want +got):\n%s", diff)
			}
			if code != test.code {
				t.Errorf("exit %d, want %d", code, test.code)
			}
		})
	}
}

func TestPolicyTestReadsEveryOrderAndStyle(t *testing.T) {
	head, policies, _ := strings.Cut(townText, "policies:\n")
	policies, _, _ = strings.Cut(policies, "cases:\n")
	last := head + "cases:\n" + okCase("C1") + wrongCase("C2") + "policies:\n" + policies
	indented := townText + "  " + strings.ReplaceAll(strings.TrimSpace(okCase("C1")+wrongCase("C2")), "\n", "\n  ") + "\n"
	for says, text := range map[string]string{
		"policies after the cases": last,
		"cases indented":           indented,
		"windows line ends":        strings.ReplaceAll(last, "\n", "\r\n"),
		"JSON":                     townJSON,
		"JSON over many lines":     strings.ReplaceAll(townJSON, ",", ",\n\t"),
	} {
		out, complaints, code := policy("test", write(t, "f", text))
		want := "C2 s1.assist: expected 701.00, computed 700.00\n1 passed, 1 failed\n"
		if out != want || complaints != "" || code != 1 {
			t.Errorf("%s: exit %d, %q, %q", says, code, out, complaints)
		}
	}
}

const townJSON = `{"cases":[` + caseJSON + `"C1"` + expectJSON + `"700"}}]},` + caseJSON + `"C2"` + expectJSON + `"701"}}]}],
"policies":{"town":{"title":"A town","versions":[{"id":"town/1","effective_from":"2020-01-01","effective_to":null,
"payers_before":["commercial"],"payers_after":["charity"],"uninsured":{"covered":false,"source":"s"},
"provider":{"unreferred":{"rule":"covered"},"source":"s"},"critical_illness":null,"categories":[{"id":"rural_dibao","fund":"rural",
"rules":[{"mode":"inpatient","disease_class":"any","deductible":{"kind":"none"},"ratio":{"kind":"flat","rate":0.70},
"caps":[{"bucket":"total","limit":null}],"source":"s"}]}]}]}}}`

const (
	caseJSON   = `{"policy":"town","person":{"residence":"rural","categories":[{"id":"rural_dibao","from":"2010-01-01","to":null}]},"id":`
	expectJSON = `,"steps":[{"op":"settle","sid":"s1","mode":"inpatient","admission":"2020-03-01","discharge":"2020-03-02",
"bill":{"total":1000,"out_of_scope":0,"pre_self_pay":0,"over_limit":0,"in_scope":1000.00},"payers":{"scheme":"ncms"},"expect":{"status":"ok","assist":`
)

func TestPolicyTestKeepsOrderUnderLoad(t *testing.T) {
	var text, want strings.Builder
	text.WriteString(townText)
	for i := range 3000 {
		id := fmt.Sprintf("C%04d", i)
		if i%3 == 0 {
			text.WriteString(wrongCase(id))
			fmt.Fprintf(&want, "%s s1.assist: expected 701.00, computed 700.00\n", id)
		} else {
			text.WriteString(okCase(id))
		}
	}
	want.WriteString("2000 passed, 1000 failed\n")
	out, complaints, code := policy("test", write(t, "many.yaml", text.String()))
	if diff := cmp.Diff(want.String(), out); diff != "" || complaints != "" || code != 1 {
		t.Errorf("exit %d, %q, (-want +got):\n%s", code, complaints, diff)
	}
}

func TestPolicyOfFilesThatAreNot(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "none.yaml")
	for _, verb := range []string{"test", "validate"} {
		out, complaints, code := policy(verb, missing)
		if out != "" || complaints != "none.yaml: no such file or directory\n" || code != 2 {
			t.Errorf("%s: exit %d, %q, %q", verb, code, out, complaints)
		}
		folder := t.TempDir()
		if _, complaints, code := policy(verb, folder); code != 2 || complaints == "" {
			t.Errorf("%s of a folder: exit %d, %q", verb, code, complaints)
		}
		if _, complaints, code := policy(verb, write(t, "binary", "\x00\xff\x01")); code != 2 || complaints == "" {
			t.Errorf("%s of no text: exit %d, %q", verb, code, complaints)
		}
		if _, _, code := policy(verb); code == 0 {
			t.Errorf("%s of nothing succeeds", verb)
		}
	}
}

func TestPolicyValidate(t *testing.T) {
	_, alone, _ := strings.Cut(townText, "  town:\n")
	alone, _, _ = strings.Cut(alone, "cases:")
	alone = "id: town\n" + strings.ReplaceAll(strings.TrimPrefix(alone, "    "), "\n    ", "\n")
	open := strings.Replace(alone, `"2020-12-31"`, "null", 1)
	many := townText + okCase("C1")

	out, complaints, code := policy("validate", write(t, "alone.yaml", alone), write(t, "open.yaml", open), write(t, "many.yaml", many))
	want := "town/1 from 2020-01-01 to 2020-12-31\ntown/1 from 2020-01-01\ntown/1 from 2020-01-01 to 2020-12-31\n"
	if out != want || complaints != "" || code != 0 {
		t.Errorf("exit %d, %q, %q", code, out, complaints)
	}

	out, complaints, code = policy("validate", write(t, "a.yaml", strings.Replace(alone, "id: town\n", "", 1)), write(t, "b.yaml", open))
	if out != "town/1 from 2020-01-01\n" || complaints != "a.yaml: line 1: id: is missing\n" || code != 2 {
		t.Errorf("exit %d, %q, %q", code, out, complaints)
	}
}

// A level that no configured facility has is warned about, and refuses nothing.
func TestPolicyValidateAgainstAConfiguration(t *testing.T) {
	gateway := write(t, "gateway.yaml", "facilities:\n  - {id: H1, name: 示范医院, region: \"360827\", level: 二级}\n")
	text := strings.Replace(townText, "mode: inpatient,", "mode: inpatient, when: {levels: [三甲]},", 1) + okCase("C1")
	if text == townText+okCase("C1") {
		t.Fatal("the town has no such rule any more")
	}
	out, complaints, code := policy("validate", "--config", gateway, write(t, "town.yaml", text))
	const want = "town.yaml: warning: town/1.categories.rural_dibao.rules[0].when.levels: is the level of no facility: \"三甲\"\n"
	if out == "" || complaints != want || code != 0 {
		t.Errorf("exit %d, %q, %q", code, out, complaints)
	}
	if _, complaints, code := policy("validate", write(t, "town.yaml", text)); complaints != "" || code != 0 {
		t.Errorf("without facilities: exit %d, %q", code, complaints)
	}
	if _, _, code := policy("validate", "--config", "none.yaml", write(t, "town.yaml", text)); code != 2 {
		t.Errorf("without a configuration: exit %d", code)
	}
}

func TestExitCode(t *testing.T) {
	for _, test := range []struct {
		err  error
		code int
		says string
	}{
		{nil, 0, ""},
		{exitError{code: exitUnread}, 2, ""},
		{exitError{exitFailed, errors.New("no")}, 1, "onestop: no\n"},
		{fmt.Errorf("opening: %w", exitError{exitUnread, os.ErrNotExist}), 2, "onestop: file does not exist\n"},
		{errors.New("other"), 1, "onestop: other\n"},
	} {
		var stderr bytes.Buffer
		if code := exitCode(test.err, &stderr); code != test.code || stderr.String() != test.says {
			t.Errorf("%v: exit %d, %q", test.err, code, stderr.String())
		}
	}
}
