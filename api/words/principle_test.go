package words

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var emitted = regexp.MustCompile(`"(A[0-9]{2})"`)

// Every assumption the engine can give as an article has its principle in both
// languages; what it can give is read from its source.
func TestEveryAssumptionHasAPrinciple(t *testing.T) {
	files, err := filepath.Glob("../../settlement/*.go")
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, match := range emitted.FindAllSubmatch(text, -1) {
			found++
			if _, told := Principle(string(match[1])); !told {
				t.Errorf("%s gives %s, which has no principle", file, match[1])
			}
		}
	}
	if found == 0 {
		t.Error("the engine gives no assumption at all")
	}
}

// A patient reads whole sentences, never a number of ours.
func TestPrinciplesAreSentences(t *testing.T) {
	for article, principle := range principles {
		if wrong := sentence(principle); wrong != "" || strings.Contains(principle.Zh+principle.En, article) {
			t.Errorf("%s: %s: %v", article, wrong, principle)
		}
	}
	if len(principles) != 25 {
		t.Errorf("%d principles", len(principles))
	}
}

func TestAPolicysOwnArticleIsNoPrinciple(t *testing.T) {
	for _, own := range []string{"", "第五条", "report:001", "A140", "A00", "Article 5"} {
		if principle, found := Principle(own); found {
			t.Errorf("%q became %v", own, principle)
		}
	}
}
