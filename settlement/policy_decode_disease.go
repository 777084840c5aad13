package settlement

import (
	"slices"
	"strings"
)

// decodeLists reads disease lists. A version without lists takes the class of
// an illness as the facility states it.
func decodeLists(p *Place) (lists []DiseaseList) {
	for _, place := range p.Items() {
		list := decodeList(place)
		for _, earlier := range lists {
			if earlier.ID == list.ID && list.ID != "" {
				place.Get("id").Refuse("another list of this version has this id")
			}
		}
		lists = append(lists, list)
	}
	return lists
}

func decodeList(p *Place) (list DiseaseList) {
	if !p.Map("id", "class", "modes", "effective_from", "effective_to", "codes", "source") {
		return list
	}
	list = DiseaseList{
		ID:      Name[ListID](p.Need("id")),
		Class:   Word(p.Need("class"), Serious, Special, FreeTreatment),
		Period:  decodePeriod(p, "effective_from", "effective_to"),
		Article: p.Need("source").Text(),
	}
	if modes := p.Get("modes"); modes != nil {
		list.Modes = decodeWords(modes, Outpatient, Inpatient, Inclined, Care)
	}
	codes := p.Need("codes")
	places := codes.Items()
	if codes != nil && len(places) == 0 {
		codes.Refuse("must hold at least one code")
	}
	for _, place := range places {
		list.Codes = append(list.Codes, decodeCodes(place))
	}
	return list
}

// decodeCodes reads one code, or two with a dash between them.
func decodeCodes(p *Place) CodeRange {
	text := strings.ReplaceAll(p.Text(), "–", "-")
	if text == "" {
		return CodeRange{}
	}
	first, last, ranged := strings.Cut(text, "-")
	if !ranged {
		last = first
	}
	from, okFrom := ParseCode(first)
	to, okTo := ParseCode(last)
	switch {
	case !okFrom || !okTo:
		p.Refuse("is not an ICD-10 code or two of them as C00-C97")
	case from > to:
		p.Refuse("ends before it begins")
	}
	return CodeRange{from, to}
}

// decodeWords reads a list of at least one word of a vocabulary, each once.
func decodeWords[T ~string](p *Place, words ...T) (all []T) {
	places := p.Items()
	if len(places) == 0 {
		p.Refuse("must hold at least one")
	}
	for _, place := range places {
		word := Word(place, words...)
		if slices.Contains(all, word) {
			place.Refuse("stands here twice")
		}
		all = append(all, word)
	}
	return all
}

// checkLists refuses a care grant for a list the version does not have, and two
// grants of one category that share a code, be it of two lists or of a list and
// a disease that is written as a code: the amount would depend on their order.
func checkLists(p *Place, v *Version) {
	for i, category := range p.Get("categories").Items() {
		for j, rule := range category.Get("rules").Items() {
			if i >= len(v.Categories) || j >= len(v.Categories[i].Rules) {
				continue
			}
			id := v.Categories[i].Rules[j].List
			if id != "" && v.list(id) == nil {
				rule.Get("disease_list").Refuse("is no list of this version")
			}
			if k := v.grantsTwice(v.Categories[i].Rules[:j], &v.Categories[i].Rules[j]); k >= 0 {
				rule.Get("disease_list").Refuse("shares a code with the list of rules[%d]", k)
			}
			if k := v.namesListed(v.Categories[i].Rules[:j], &v.Categories[i].Rules[j]); k >= 0 {
				rule.Refuse("shares a code with rules[%d]: one names it, the other lists it", k)
			}
		}
	}
}

// grantsTwice is the index of a rule of earlier ones whose list, another than
// the rule's own, shares a code with it for some person, or -1.
func (v *Version) grantsTwice(earlier []Rule, rule *Rule) int {
	own := v.list(rule.List)
	return slices.IndexFunc(earlier, func(other Rule) bool {
		list := v.list(other.List)
		return own != nil && list != nil && own != list && rule.When.meets(&other.When) && own.shares(list)
	})
}

// namesListed is the index of a rule of earlier ones which, for some person,
// names a code that the rule lists, or lists one that it names; or -1.
func (v *Version) namesListed(earlier []Rule, rule *Rule) int {
	return slices.IndexFunc(earlier, func(other Rule) bool {
		return rule.When.meets(&other.When) && (v.list(rule.List).names(other.Diseases) || v.list(other.List).names(rule.Diseases))
	})
}

// names reports whether one of diseases is a code of the list on some day.
func (l *DiseaseList) names(diseases []string) bool {
	return l != nil && slices.ContainsFunc(diseases, func(disease string) bool {
		code, ok := ParseCode(disease)
		return ok && slices.ContainsFunc(l.Codes, func(r CodeRange) bool { return r.has(code) })
	})
}
