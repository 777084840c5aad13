package settlement_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/onestop-gateway/onestop/settlement"
)

// What loads and is most likely not meant is told of, with the place.
func TestDoubtsOfAPolicy(t *testing.T) {
	byName, byCode := `"diseases": ["leukemia"]`, `"disease_list": "a"`
	const amount = "gives another amount than rules[2], one by name and one by code: make sure that no name is that of a listed illness"
	for _, c := range []struct {
		name, first, second string
		levels              []string
		doubts              []settlement.Problem
	}{
		{"nothing", byName, `"diseases": ["gout"]`, []string{"二级"}, nil},
		{"a name and a list", byName, byCode, nil, []settlement.Problem{{Path: "rules[3]", Value: "a", Says: amount}}},
		{"a list and a name", byCode, byName, nil, []settlement.Problem{{Path: "rules[3]", Value: "a", Says: amount}}},
		{"for other people", `"when": {"residence": "rural"}, ` + byName, `"when": {"residence": "urban"}, ` + byCode, nil, nil},
		{"a level nobody has", `"when": {"levels": ["二级", "二及"]}, ` + byName, `"diseases": ["gout"]`, []string{"一级", "二级"},
			[]settlement.Problem{{Path: "rules[2].when.levels", Value: "二及", Says: "is the level of no facility"}}},
		{"no facility is known", `"when": {"levels": ["二及"]}, ` + byName, `"diseases": ["gout"]`, nil, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			policy, err := settlement.DecodePolicy("c", nodeOf(twoGrants(c.first, c.second)))
			if err != nil {
				t.Fatal(err)
			}
			var doubts []settlement.Problem
			for _, doubt := range policy.Doubts(c.levels) {
				doubts = append(doubts, *doubt)
			}
			for i := range c.doubts {
				c.doubts[i].Path = string(policy.Versions[len(policy.Versions)-1].ID) + ".categories.tekun." + c.doubts[i].Path
			}
			if diff := cmp.Diff(c.doubts, doubts); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Grants of one amount leave nothing to doubt: whichever is found, it is that.
func TestOneAmountByNameAndByCode(t *testing.T) {
	first, second := settlement.Rule{Mode: settlement.Care, Diseases: []string{"uremia"}, Grant: 5}, settlement.Rule{Mode: settlement.Care, List: "a", Grant: 5}
	policy := settlement.Policy{Versions: []settlement.Version{{Categories: []settlement.CategoryRules{{Rules: []settlement.Rule{first, second}}}}}}
	if doubts := policy.Doubts(nil); len(doubts) > 0 {
		t.Error(doubts)
	}
}
