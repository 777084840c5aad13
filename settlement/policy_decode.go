package settlement

import (
	"cmp"
	"slices"
	"strconv"
)

// DecodePolicy understands the document of one policy. An empty id is taken
// from the document's own; where both are given they must agree. Nothing is
// repaired and nothing defaulted: unknown keys, gaps, overlaps, missing
// figures and words outside the vocabulary refuse. The error is Problems, all
// of them, each an Error of kind Invalid with its path.
func DecodePolicy(id PolicyID, doc Node) (*Policy, error) {
	top := Top("", doc)
	d := policyDecoder{vocabulary: Vocabulary, seen: map[VersionID]bool{}}
	policy := d.policy(id, top)
	return policy, top.Err()
}

// DecodePolicies understands a map of policies by id, as worked cases carry
// under "policies", and notes at p what is wrong. vocabulary holds the
// categories they may speak of; nil is the usual one.
func DecodePolicies(p *Place, vocabulary []CategoryID) (policies []*Policy) {
	if vocabulary == nil {
		vocabulary = Vocabulary
	}
	d := policyDecoder{vocabulary: vocabulary, seen: map[VersionID]bool{}}
	for _, place := range p.Fields() {
		policies = append(policies, d.policy(PolicyID(place.Key()), place))
	}
	return policies
}

// policyDecoder is what decoding one document has to remember.
type policyDecoder struct {
	vocabulary []CategoryID
	seen       map[VersionID]bool // ids of versions, unique in the document
	derived    *Place             // a figure of this version that is part of an income
}

// policy reads all versions and then looks at them together: only side by side
// do dates and aliases show whether they are sound.
func (d *policyDecoder) policy(id PolicyID, p *Place) *Policy {
	if !p.Map("id", "title", "aliases", "versions") {
		return &Policy{ID: id}
	}
	policy := &Policy{ID: d.policyID(id, p), Title: p.Need("title").Text(), Aliases: d.aliases(p.Get("aliases"))}
	versions := p.Need("versions")
	places := versions.Items()
	if versions != nil && len(places) == 0 {
		versions.Refuse("must hold at least one version")
	}
	dated := make([]datedVersion, len(places))
	for i, place := range places {
		dated[i] = datedVersion{d.version(place), place}
		dated[i].version.Aliases = policy.Aliases
	}
	slices.SortStableFunc(dated, func(a, b datedVersion) int {
		return cmp.Compare(a.version.Effective.From, b.version.Effective.From)
	})
	checkDates(dated)
	for _, each := range dated {
		checkNamed(each.place, &each.version)
		policy.Versions = append(policy.Versions, each.version)
	}
	checkAliases(p.Get("aliases"), policy)
	return policy
}

func (d *policyDecoder) policyID(id PolicyID, p *Place) PolicyID {
	own := p.Get("id")
	if id == "" {
		own = p.Need("id")
	}
	if own == nil {
		return id
	}
	named := Name[PolicyID](own)
	if id != "" && named != id {
		own.Refuse("is not the id the policy is filed under, %s", id)
	}
	return named
}

// aliases reads which of the registry's categories the policy calls by another
// name. Where they lead is checked once every version is known.
func (d *policyDecoder) aliases(p *Place) map[CategoryID]CategoryID {
	if p == nil {
		return nil
	}
	aliases := map[CategoryID]CategoryID{}
	for _, place := range p.Fields() {
		d.known(place)
		aliases[CategoryID(place.Key())] = Word(place, d.vocabulary...)
	}
	return aliases
}

// known refuses a key that is no category of the vocabulary.
func (d *policyDecoder) known(p *Place) {
	if !slices.Contains(d.vocabulary, CategoryID(p.Key())) {
		p.Refuse("%s is not a category of the vocabulary", p.Key())
	}
}

// version reads one version. Every part is read even if an earlier one is
// wrong, so that all complaints come at once.
func (d *policyDecoder) version(p *Place) (v Version) {
	if !p.Map("id", "effective_from", "effective_to", "prior_year_income", "payers_before", "payers_after",
		"uninsured", "provider", "critical_illness", "inclined", "identity", "rounding", "stages", "funding",
		"disease_lists", "choice", "late_claims", "cross_year", "newborn", "categories") {
		return v
	}
	d.derived = nil
	v.ID = Name[VersionID](p.Need("id"))
	if d.seen[v.ID] && v.ID != "" {
		p.Get("id").Refuse("another version has this id")
	}
	d.seen[v.ID] = true
	v.Vocabulary = d.vocabulary
	v.Effective = decodePeriod(p, "effective_from", "effective_to")
	v.PriorYearIncome = decodeIncome(p.Get("prior_year_income"))
	v.Before = decodeSources(p.Need("payers_before"), offeredSources)
	v.After = decodeSources(p.Need("payers_after"), allSources)
	v.Uninsured = d.uninsured(p.Need("uninsured"))
	v.Facility = decodeFacility(p.Need("provider"))
	v.CriticalIllness = d.criticalIllness(p.Need("critical_illness"))
	v.Inclined = decodeInclined(p.Get("inclined"))
	v.Identity = decodeIdentityRule(p.Get("identity"))
	v.Rounding = decodeRounding(p.Get("rounding"))
	v.Stages = d.stages(p.Get("stages"))
	v.Lists = decodeLists(p.Get("disease_lists"))
	v.Choice = d.choice(p.Get("choice"))
	v.Late = decodeLate(p.Get("late_claims"))
	v.CrossYear = decodeCrossYear(p.Get("cross_year"))
	v.Newborn = decodeNewborn(p.Get("newborn"))
	v.Funding = decodeFunding(p.Get("funding"))
	v.Categories = d.categories(p.Need("categories"), v.CriticalIllness != nil)
	checkSources(p, &v)
	checkStages(p, &v)
	checkLists(p, &v)
	d.checkIncome(p, &v)
	return v
}

// decodePeriod reads two inclusive days, of which the last may be null.
func decodePeriod(p *Place, from, to string) Period {
	period := Period{From: p.Need(from).Date()}
	if end := p.Need(to); !end.Null() {
		period.To = end.Date()
		if period.To != 0 && period.To < period.From {
			end.Refuse("is before %s", from)
		}
	}
	return period
}

// decodeIncome reads prior-year income by year of discharge.
func decodeIncome(p *Place) map[int]Money {
	if p == nil {
		return nil
	}
	income := map[int]Money{}
	for _, place := range p.Fields() {
		year, err := strconv.Atoi(place.Key())
		if err != nil || len(place.Key()) != 4 {
			place.Refuse("%s is not a year", place.Key())
		}
		income[year] = place.Amount()
	}
	return income
}

// decodeSources reads who pays before or after assistance, in order. An empty
// list is a statement; a missing one is not.
func decodeSources(p *Place, known []Source) []Source {
	sources := make([]Source, 0, len(known))
	for _, place := range p.Items() {
		source := Word(place, known...)
		if slices.Contains(sources, source) {
			place.Refuse("stands here twice")
		}
		sources = append(sources, source)
	}
	return sources
}

// The sources a policy can place: those whose amounts are offered, and all.
// What is computed can only come after assistance.
var (
	offeredSources = []Source{Commercial, HospitalDerate, SpecialCare, Charity}
	allSources     = append(offeredSources[:len(offeredSources):len(offeredSources)], computedSources...)
)
