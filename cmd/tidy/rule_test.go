package tidy

import (
	"fmt"
	"go/ast"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// rule is one law of the house. check reads the tree and reports every break.
type rule struct {
	name  string
	check func(*tree) []finding
}

// finding is one break of a rule: where it is and what to do about it.
type finding struct {
	path string
	line int // 1 where the file as a whole is meant
	rule string
	text string
}

// String is one line that an editor can follow.
func (f finding) String() string {
	return fmt.Sprintf("%s:%d: %s: %s", f.path, f.line, f.rule, f.text)
}

// rules is the house in full.
var rules = []rule{
	{"top-level", topLevel},
	{"imports", imports},
	{"purity", purity},
	{"tables", tables},
	{"file-length", fileLength},
	{"function-length", functionLength},
	{"function-share", functionShare},
	{"interface-width", interfaceWidth},
	{"parameters", parameters},
	{"package-name", packageName},
	{"file-name", fileName},
	{"identifier", identifier},
	{"documented", documented},
	{"package-doc", packageDoc},
	{"error-text", errorText},
	{"exits", exits},
	{"float-money", floatMoney},
	{"text", bannedText},
	{"identity", identityNumbers},
	{"secrets", secrets},
}

// inspect is every break of every rule, by file and line.
func inspect(t *tree) []finding {
	var all []finding
	for _, r := range rules {
		for _, f := range r.check(t) {
			f.rule = r.name
			all = append(all, f)
		}
	}
	slices.SortStableFunc(all, func(a, b finding) int {
		if a.path != b.path {
			return strings.Compare(a.path, b.path)
		}
		return a.line - b.line
	})
	return slices.Compact(all)
}

// judge walks the syntax of files and reports each node that verdict has
// words for.
func judge(t *tree, files []*file, verdict func(*file, ast.Node) string) []finding {
	var found []finding
	for _, f := range files {
		ast.Inspect(f.syntax, func(n ast.Node) bool {
			if n == nil {
				return false
			}
			if text := verdict(f, n); text != "" {
				found = append(found, t.at(f, n.Pos(), text))
			}
			return true
		})
	}
	return found
}

// example is a small tree and where a rule must find it broken: "path:line".
// An example without breaks shows what the rule lets pass.
type example struct {
	name   string
	files  map[string]string
	breaks []string
}

// examples has at least one break and one clean tree for every rule.
var examples = map[string][]example{
	"top-level":       topLevelExamples,
	"imports":         importsExamples,
	"purity":          purityExamples,
	"tables":          tablesExamples,
	"file-length":     fileLengthExamples,
	"function-length": functionLengthExamples,
	"function-share":  functionShareExamples,
	"interface-width": interfaceWidthExamples,
	"parameters":      parametersExamples,
	"package-name":    packageNameExamples,
	"file-name":       fileNameExamples,
	"identifier":      identifierExamples,
	"documented":      documentedExamples,
	"package-doc":     packageDocExamples,
	"error-text":      errorTextExamples,
	"exits":           exitsExamples,
	"float-money":     floatMoneyExamples,
	"text":            textExamples,
	"identity":        identityExamples,
	"secrets":         secretsExamples,
}

func TestEveryRuleFailsWhereItShould(t *testing.T) {
	for _, r := range rules {
		broken, clean := 0, 0
		for _, e := range examples[r.name] {
			t.Run(r.name+"/"+e.name, func(t *testing.T) {
				found := r.check(sample(t, e.files))
				if diff := cmp.Diff(e.breaks, places(found)); diff != "" {
					t.Errorf("breaks (-want +got):\n%s\n%v", diff, found)
				}
				for _, f := range found {
					if f.text == "" {
						t.Errorf("%s:%d: the break has no advice", f.path, f.line)
					}
				}
			})
			if len(e.breaks) > 0 {
				broken++
			} else {
				clean++
			}
		}
		if broken == 0 || clean == 0 {
			t.Errorf("%s: %d breaking and %d clean examples; a rule needs both", r.name, broken, clean)
		}
	}
}

func TestExamplesBelongToRules(t *testing.T) {
	for name := range examples {
		if !slices.ContainsFunc(rules, func(r rule) bool { return r.name == name }) {
			t.Errorf("examples of %q, which is no rule", name)
		}
	}
}

// sample is a tree of files; a go.mod comes with it.
func sample(t *testing.T, files map[string]string) *tree {
	t.Helper()
	content := map[string][]byte{"go.mod": []byte("module example.org/house\n")}
	for name, text := range files {
		content[name] = []byte(text)
	}
	tr, err := newTree(content)
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

// places are the sorted, distinct "path:line" of findings.
func places(found []finding) []string {
	var at []string
	for _, f := range found {
		at = append(at, fmt.Sprintf("%s:%d", f.path, f.line))
	}
	slices.Sort(at)
	return slices.Compact(at)
}

// lines is n lines of text.
func lines(n int, text string) string { return strings.Repeat(text+"\n", n) }

func TestInspectOrdersAndNamesFindings(t *testing.T) {
	found := inspect(sample(t, map[string]string{
		"notes.txt":  "x\n",
		"api/api.go": "// Package api is a room.\npackage api\n\nimport \"database/sql\"\n\nfunc Open(db *sql.DB) {}\n",
	}))
	var got []string
	for _, f := range found {
		line, _, _ := strings.Cut(f.String(), ": ")
		got = append(got, line+" "+f.rule)
	}
	want := []string{"api/api.go:4 imports", "api/api.go:6 documented", "notes.txt:1 top-level"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
}

func TestGeneratedCodeIsLeftAlone(t *testing.T) {
	text := "// Code generated by a tool. DO NOT EDIT.\n\npackage util\n\nimport \"database/sql\"\n\nfunc Manager(a, b, c, d, e, f sql.DB) { panic(1.5) }\n"
	if found := inspect(sample(t, map[string]string{"api/pb.go": text})); len(found) > 0 {
		t.Errorf("generated code reported: %v", found)
	}
}
