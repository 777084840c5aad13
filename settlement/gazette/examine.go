package gazette

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/worked"
)

// examination is what became of looking at a publication.
type examination struct {
	next   *settlement.Policy // nil: its file cannot be read
	effect Effect             // without the settlements that are touched
	passed int
	etag   string
	err    error
}

// examined looks at a publication against what is in force now, as the store
// has it. It gives the same for everybody who asks while neither changes.
func (o *Office) examined(ctx context.Context, p *Publication) *examination {
	seen := &examination{}
	if seen.err = o.Rulebook.Follow(ctx); seen.err != nil {
		return seen
	}
	if len(o.Regions[p.Policy]) == 0 {
		seen.err = blocked(settlement.ReasonPolicyNotUsed, "policy_id", string(p.Policy))
		return seen
	}
	if seen.next, seen.err = o.policy(p); seen.err != nil {
		return seen
	}
	base := o.Rulebook.Current(p.Policy)
	if seen.effect, seen.err = Compare(base, seen.next, o.Today()); seen.err != nil {
		return seen
	}
	if seen.passed, seen.err = o.tried(p, seen); seen.err == nil {
		seen.etag = etagOf(p, base)
	}
	return seen
}

// policy understands the file.
func (o *Office) policy(p *Publication) (*settlement.Policy, error) {
	doc, err := o.Read(p.Text)
	if err != nil {
		return nil, unreadable("policy_text", err)
	}
	policy, err := settlement.DecodePolicy(p.Policy, doc)
	if err != nil {
		return nil, unreadable("policy_text", err)
	}
	return policy, nil
}

// tried runs the worked cases: all must pass, and for each version that is
// added one at least must not pass without it.
func (o *Office) tried(p *Publication, seen *examination) (int, error) {
	cases, err := o.cases(p.Cases)
	if err != nil {
		return 0, err
	}
	for _, one := range cases {
		differences, err := one.Run(worked.Policies{p.Policy: seen.next})
		if err != nil {
			return 0, unreadable("cases_text", err)
		}
		if len(differences) > 0 {
			return 0, blocked(settlement.ReasonWorkedCaseFailed, "cases_text", differences[0])
		}
	}
	for _, version := range seen.effect.Versions {
		if version.Turn != Added {
			continue
		}
		without := *seen.next
		without.Versions = slices.DeleteFunc(slices.Clone(without.Versions), func(v settlement.Version) bool { return v.ID == version.Version })
		meets, err := o.meets(p, &without)
		if err == nil && !meets {
			err = blocked(settlement.ReasonVersionWithoutCase, "version", string(version.Version))
		}
		if err != nil {
			return 0, err
		}
	}
	return len(cases), nil
}

// meets reports whether some case comes out otherwise under another policy. A
// case is read anew for each run: running may note what is wrong with it.
func (o *Office) meets(p *Publication, under *settlement.Policy) (bool, error) {
	cases, err := o.cases(p.Cases)
	if err != nil {
		return false, err
	}
	return slices.ContainsFunc(cases, func(one *worked.Case) bool {
		differences, err := one.Run(worked.Policies{p.Policy: under})
		return err != nil || len(differences) > 0
	}), nil
}

// cases understands the worked cases: a map with their list alone, for they run
// under the policy that is proposed.
func (o *Office) cases(text []byte) ([]*worked.Case, error) {
	doc, err := o.Read(text)
	if err != nil {
		return nil, unreadable("cases_text", err)
	}
	top := settlement.Top("", doc)
	top.Map(worked.CasesKey)
	top.Need(worked.CasesKey).Items()
	if err := top.Err(); err != nil {
		return nil, unreadable("cases_text", err)
	}
	var cases []*worked.Case
	for i, node := range doc.Fields[0].Value.Items {
		one, err := worked.Decode(i, node)
		if err != nil {
			return nil, unreadable("cases_text", err)
		}
		cases = append(cases, one)
	}
	return cases, nil
}

// problemMost bounds what is said of a file, in characters.
const problemMost = 300

// unreadable says which file cannot be understood, and why.
func unreadable(field string, cause error) error {
	says := []rune(cause.Error())
	return wrong(field, string(says[:min(len(says), problemMost)]))
}

// etagOf stands for what is proposed and what it would take the place of.
func etagOf(p *Publication, base *settlement.Policy) string {
	sum := sha256.New()
	part := func(text string) { fmt.Fprintf(sum, "%d:%s", len(text), text) }
	part(string(p.ID))
	part(string(p.Text))
	part(string(p.Cases))
	if base != nil {
		for i := range base.Versions {
			v := &base.Versions[i]
			part(string(v.ID))
			part(v.Effective.From.String())
			part(v.Effective.To.String())
			for _, rule := range rules(v) {
				part(fmt.Sprint(rule.Path))
				part(rule.Value)
			}
		}
	}
	return hex.EncodeToString(sum.Sum(nil)[:16])
}

const (
	examplesMost = 20    // settlements that are named
	lookedAtMost = 20000 // settlements that are read to find them
)

// touched adds the settlements whose day would have another version.
func (o *Office) touched(ctx context.Context, seen *examination) error {
	effect := &seen.effect
	if effect.Since == 0 {
		return nil
	}
	looked := 0
	return o.Ledger.Settled(ctx, effect.Since, o.Today(), func(s *settlement.Settlement) bool {
		if looked++; looked > lookedAtMost {
			effect.Most = true
			return false
		}
		if s.Policy == seen.next.ID && ruling(seen.next, s.Claim.Discharge) != s.Version {
			effect.Touched++
			if len(effect.Examples) < examplesMost {
				effect.Examples = append(effect.Examples, s.ID)
			}
		}
		return true
	})
}

func sortedIDs(regions map[settlement.PolicyID][]settlement.RegionID) []settlement.PolicyID {
	return slices.Sorted(maps.Keys(regions))
}
