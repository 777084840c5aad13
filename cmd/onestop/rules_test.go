package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// rule is one rule of a rules file.
type rule struct {
	Record, Alert, Expr string
	Labels, Annotations map[string]string
}

// rules are all rules there are.
func rules(t *testing.T) (all []rule) {
	t.Helper()
	for _, file := range matching(t, "rules/*.yml") {
		var held struct{ Groups []struct{ Rules []rule } }
		if err := yaml.Unmarshal(readFile(t, file), &held); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		for _, group := range held.Groups {
			all = append(all, group.Rules...)
		}
	}
	if len(all) == 0 {
		t.Fatal("no rules")
	}
	return all
}

func matching(t *testing.T, pattern string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(promDir, pattern))
	if err != nil || len(files) == 0 {
		t.Fatalf("%s: %v, %v", pattern, files, err)
	}
	return files
}

func readFile(t *testing.T, file string) []byte {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// TestAlertsFireAndAreSilent has promtool check the rules and run their tests.
func TestAlertsFireAndAreSilent(t *testing.T) {
	for _, arguments := range [][]string{
		append([]string{"check", "rules"}, matching(t, "rules/*.yml")...),
		append([]string{"test", "rules"}, matching(t, "tests/*.yml")...),
		{"check", "config", filepath.Join(promDir, "prometheus.yml")},
	} {
		if out, err := exec.Command("promtool", arguments...).CombinedOutput(); err != nil {
			t.Errorf("promtool %s: %v\n%s", arguments[0], err, out)
		}
	}
}

// TestEveryAlertIsTestedBothWays: none without a case in which it fires and one
// in which it does not.
func TestEveryAlertIsTestedBothWays(t *testing.T) {
	tried := map[string]bool{}
	asks := regexp.MustCompile(`alertname="(\w+)",alertstate="firing"`)
	for _, file := range matching(t, "tests/*.yml") {
		var held struct {
			Tests []struct {
				Cases []struct {
					Expr    string
					Samples []any `yaml:"exp_samples"`
				} `yaml:"promql_expr_test"`
			}
		}
		if err := yaml.Unmarshal(readFile(t, file), &held); err != nil {
			t.Fatal(err)
		}
		for _, test := range held.Tests {
			for _, one := range test.Cases {
				if found := asks.FindStringSubmatch(one.Expr); found != nil {
					tried[found[1]+map[bool]string{true: " silent", false: " firing"}[len(one.Samples) == 0]] = true
				}
			}
		}
	}
	for _, r := range rules(t) {
		if r.Alert != "" && !(tried[r.Alert+" firing"] && tried[r.Alert+" silent"]) {
			t.Errorf("%s is not tested both ways", r.Alert)
		}
	}
}

// TestEveryAlertSaysWhatToDo: severity, words in both languages, and a link
// that leads to a section of the runbook with its four parts; and the runbook
// has no section of an alert that is gone.
func TestEveryAlertSaysWhatToDo(t *testing.T) {
	const book = "deploy/RUNBOOK.md"
	sections := map[string]string{}
	for _, part := range strings.Split(string(readFile(t, "../../"+book)), "\n## ")[1:] {
		title, body, _ := strings.Cut(part, "\n")
		sections[book+"#"+strings.ToLower(title)] = body
	}
	for _, r := range rules(t) {
		if r.Alert == "" {
			continue
		}
		if !slices.Contains([]string{"page", "ticket"}, r.Labels["severity"]) {
			t.Errorf("%s: severity %q", r.Alert, r.Labels["severity"])
		}
		for _, text := range []string{"summary", "description", "summary_zh", "description_zh"} {
			if r.Annotations[text] == "" || strings.HasSuffix(text, "_zh") != strings.ContainsFunc(r.Annotations[text], func(c rune) bool { return c >= '一' && c <= '鿿' }) {
				t.Errorf("%s: %s is %q", r.Alert, text, r.Annotations[text])
			}
		}
		link := r.Annotations["runbook"]
		for _, part := range []string{"**Meaning.** ", "**Look first.** ", "**Do.**\n\n1. ", "**Drill.** "} {
			if !strings.Contains(sections[link], part) {
				t.Errorf("%s: %s has no %q", r.Alert, link, part)
			}
		}
		delete(sections, link)
	}
	for link := range sections {
		t.Errorf("%s is the section of no alert", link)
	}
	linked := regexp.MustCompile(`\]\(#(\w+)\)`)
	for _, link := range linked.FindAllStringSubmatch(string(readFile(t, "../../"+book)), -1) {
		if !slices.ContainsFunc(rules(t), func(r rule) bool { return strings.ToLower(r.Alert) == link[1] }) {
			t.Errorf("a link to #%s leads nowhere", link[1])
		}
	}
}
