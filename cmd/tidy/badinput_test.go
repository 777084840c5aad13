package tidy

import (
	"bytes"
	"go/ast"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

// badInputs are where inputs stand that somebody wrote to be refused, each beside
// what has to be answered: in a file of answers, or in the tables of a function
// or variable of a test.
var badInputs = []struct{ of, file, name string }{
	{"requests over REST and gRPC, in two languages", "api/testdata/refused.txt", ""},
	{"bodies over REST", "api/badbody_test.go", "bad.*"},
	{"policies", "settlement/policy_flaw_test.go", "Test.*Flaws"},
	{"policies with local rules", "settlement/policy_flaw_local_test.go", "Test.*Flaws"},
	{"configurations", "cmd/onestop/config_test.go", "TestConfigurationsThatRefuseToStart"},
	{"answers of the national platform", "adapters/payer/nhsa/answer_bad_test.go", "bad.*"},
	{"answers of the rural scheme", "adapters/payer/ncms/answer_bad_test.go", "bad.*"},
}

// badInputsLeast is how many there shall be, whatever else changes.
const badInputsLeast = 400

// There are enough hand-written bad inputs with what is answered to each, of every
// kind; how many is printed with -v.
func TestBadInputsAreEnough(t *testing.T) {
	root, err := moduleRoot()
	if err != nil {
		t.Fatal(err)
	}
	sum := 0
	for _, one := range badInputs {
		text, err := os.ReadFile(filepath.Join(root, one.file))
		if err != nil {
			t.Fatal(err)
		}
		n := answersIn(text)
		if one.name != "" {
			n = rowsIn(t, one.file, text, regexp.MustCompile("^"+one.name+"$"))
		}
		if n < 10 {
			t.Errorf("%s: %d bad inputs are found in %s", one.of, n, one.file)
		}
		t.Logf("%4d %s (%s)", n, one.of, one.file)
		sum += n
	}
	t.Logf("%4d in all", sum)
	if sum < badInputsLeast {
		t.Errorf("%d bad inputs, of at least %d", sum, badInputsLeast)
	}
}

// answersIn counts the inputs of a file of answers: the lines that are not
// indented, as the answers are.
func answersIn(text []byte) (n int) {
	for line := range bytes.Lines(text) {
		if line[0] != '\t' && line[0] != '\n' {
			n++
		}
	}
	return n
}

// rowsIn counts the rows of the tables in the functions and variables of a file
// whose names match: literals that stand as elements of a list without a type of
// their own.
func rowsIn(t *testing.T, name string, text []byte, of *regexp.Regexp) (n int) {
	t.Helper()
	files, err := newTree(map[string][]byte{name: text})
	if err != nil {
		t.Fatal(err)
	}
	for _, decl := range files.files[0].syntax.Decls {
		switch decl := decl.(type) {
		case *ast.FuncDecl:
			if of.MatchString(decl.Name.Name) {
				n += rowsOf(decl)
			}
		case *ast.GenDecl:
			for _, spec := range decl.Specs {
				if value, is := spec.(*ast.ValueSpec); is && decl.Tok == token.VAR && of.MatchString(value.Names[0].Name) {
					n += rowsOf(value)
				}
			}
		}
	}
	return n
}

func rowsOf(node ast.Node) (n int) {
	ast.Inspect(node, func(at ast.Node) bool {
		list, is := at.(*ast.CompositeLit)
		if !is {
			return true
		}
		if _, is := list.Type.(*ast.ArrayType); !is {
			return true
		}
		for _, element := range list.Elts {
			if row, is := element.(*ast.CompositeLit); is && row.Type == nil {
				n++
			}
		}
		return false // tables inside a row are parts of it
	})
	return n
}

// What is counted is rows of tables, and nothing that stands inside a row.
func TestRowsAreCounted(t *testing.T) {
	const text = `package p
var badOnes = []struct{ a string; b []pair }{{"x", []pair{{1, 2}, {3, 4}}}, {"y", nil}}
var goodOnes = []pair{{1, 2}}
func badMore() []pair { return []pair{{1, 2}, pairOf(3)} }
`
	if n := rowsIn(t, "p_test.go", []byte(text), regexp.MustCompile("^bad.*$")); n != 3 {
		t.Errorf("%d rows, want 3", n)
	}
	if n := answersIn([]byte("a {}\n\tno\nb {}\n\tno\n\n")); n != 2 {
		t.Errorf("%d inputs, want 2", n)
	}
}
