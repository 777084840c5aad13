package settlement

import (
	"fmt"
	"slices"
)

// Doubts are what a policy may lawfully say and most likely does not mean, in
// its order. levels are those of the facilities it is used for, in the words of
// the directory; where there are none, levels are not looked at. A Path begins
// with the id of the version.
func (p *Policy) Doubts(levels []string) Problems {
	var doubts Problems
	for i := range p.Versions {
		v := &p.Versions[i]
		for j := range v.Categories {
			category := &v.Categories[j]
			for k := range category.Rules {
				path := fmt.Sprintf("%s.categories.%s.rules[%d]", v.ID, category.ID, k)
				doubts = append(doubts, category.Rules[k].strangeLevels(path+".when.levels", levels)...)
				doubts = append(doubts, v.doubtGrant(path, category.Rules[:k], &category.Rules[k])...)
			}
		}
	}
	return doubts
}

// strangeLevels are the levels a rule asks for that no facility has. Such a
// rule, or that part of it, is for nobody: a misspelt word loses people their
// assistance without a sound.
func (r *Rule) strangeLevels(path string, levels []string) (doubts Problems) {
	for _, level := range r.When.Levels {
		if len(levels) > 0 && !slices.Contains(levels, level) {
			doubts = append(doubts, &Problem{Path: path, Value: level, Says: "is the level of no facility"})
		}
	}
	return doubts
}

// doubtGrant tells of grants of different amounts, one for illnesses by name
// and one by code, for the same people. Nothing says whether a name is that of
// a listed code: if it is, the amount depends on how the hospital writes it.
func (v *Version) doubtGrant(path string, earlier []Rule, rule *Rule) (doubts Problems) {
	for i := range earlier {
		other := &earlier[i]
		if rule.Mode != Care || other.Mode != Care || (rule.List == "") == (other.List == "") {
			continue
		}
		if rule.Grant != other.Grant && rule.When.meets(&other.When) {
			doubts = append(doubts, &Problem{Path: path, Value: string(rule.List + other.List), Says: fmt.Sprintf(
				"gives another amount than rules[%d], one by name and one by code: make sure that no name is that of a listed illness", i)})
		}
	}
	return doubts
}
