package worked

import (
	"slices"

	"github.com/onestop-gateway/onestop/settlement"
)

// CasesKey is the section of a file that holds the cases. It may be long and
// is decoded case by case, not with the rest.
const CasesKey = "cases"

// File is what a file of worked cases holds beside its cases.
type File struct {
	Policies []*settlement.Policy // in the order of the file
	checks   []check
}

// sectionKeys are the sections a file may have.
var sectionKeys = []string{
	"meta", "assumptions", "category_vocabulary", "policies", CasesKey, "eligibility_checks", "fund_checks",
}

// DecodeFile understands the sections of a file but its cases. The error is
// settlement.Problems.
func DecodeFile(sections []settlement.Field) (*File, error) {
	top := settlement.Top("", settlement.Node{Kind: settlement.NodeMap, Fields: sections})
	top.Map(sectionKeys...)
	file := &File{}
	vocabulary := decodeVocabulary(top.Get("category_vocabulary"))
	file.Policies = settlement.DecodePolicies(top.Need("policies"), vocabulary)
	file.eligibility(top.Get("eligibility_checks"))
	file.funds(top.Get("fund_checks"))
	if err := top.Err(); err != nil {
		return nil, err
	}
	return file, nil
}

// decodeVocabulary reads the categories the file's policies understand; a file
// without them means the usual ones.
func decodeVocabulary(p *settlement.Place) (vocabulary []settlement.CategoryID) {
	if p == nil {
		return nil
	}
	for _, at := range p.Items() {
		category := settlement.Name[settlement.CategoryID](at)
		if slices.Contains(vocabulary, category) {
			at.Refuse("stands here twice")
		}
		vocabulary = append(vocabulary, category)
	}
	return vocabulary
}

// ByID are the policies of the file as cases ask for them.
func (f *File) ByID() Policies {
	policies := make(Policies, len(f.Policies))
	for _, policy := range f.Policies {
		policies[policy.ID] = policy
	}
	return policies
}

// Check runs the file's small checks beside its cases. It gives the differences
// of each; none means it passed.
func (f *File) Check() [][]string {
	results := make([][]string, len(f.checks))
	for i, check := range f.checks {
		results[i] = check()
	}
	return results
}
