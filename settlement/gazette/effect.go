package gazette

import (
	"reflect"
	"slices"

	"github.com/onestop-gateway/onestop/settlement"
)

// Turn is what becomes of a version.
type Turn string

// The turns.
const (
	Added     Turn = "added"     // there was none of that id
	Redated   Turn = "redated"   // only its last day changes
	Withdrawn Turn = "withdrawn" // it is gone before its first day
)

// VersionEffect is what becomes of one version. Rules are those that differ
// from the version Against, which is the one in force on its first day so far,
// or else the last before it.
type VersionEffect struct {
	Version   settlement.VersionID
	Turn      Turn
	Effective settlement.Period
	Was       settlement.Period // of what is redated or withdrawn
	Against   settlement.VersionID
	Rules     []Change
}

// Effect is what an approval would change.
type Effect struct {
	Versions []VersionEffect
	// Since is the first day up to today on which other rules would hold than
	// do now; 0: no day that is past is touched.
	Since settlement.Date
	// Touched counts the settlements that stand and were settled by another
	// version than their day would then have; Examples are the first of them.
	// They keep their version: nothing is settled again by itself. With Most,
	// there may be more: not all were looked at.
	Touched  int
	Examples []settlement.SettlementID
	Most     bool
}

// Compare says what becomes of the versions where next takes the place of base
// on a day; base is nil where the policy is new. Blocked: VERSION_PUBLISHED,
// naming a version whose content differs (what is published is not edited; a
// change is a new version) or that has begun and would be gone;
// POLICY_UNCHANGED, where nothing differs.
func Compare(base, next *settlement.Policy, today settlement.Date) (Effect, error) {
	var effect Effect
	if base == nil {
		base = &settlement.Policy{ID: next.ID, Title: next.Title}
	}
	if reflect.DeepEqual(base, next) {
		return effect, blocked(settlement.ReasonPolicyUnchanged, "policy", string(next.ID))
	}
	for i := range base.Versions {
		old := &base.Versions[i]
		became, err := fate(old, next.Version(old.ID), today)
		if err != nil {
			return Effect{}, err
		}
		if became != nil {
			effect.Versions = append(effect.Versions, *became)
		}
	}
	for i := range next.Versions {
		fresh := &next.Versions[i]
		if base.Version(fresh.ID) != nil {
			continue
		}
		added := VersionEffect{Version: fresh.ID, Turn: Added, Effective: fresh.Effective}
		against := standing(base, fresh.Effective.From)
		if against != nil {
			added.Against = against.ID
		}
		added.Rules = between(against, fresh)
		effect.Versions = append(effect.Versions, added)
	}
	effect.Since = since(base, next, today)
	return effect, nil
}

// fate is what becomes of a version that is published; nil: it stays.
func fate(old, kept *settlement.Version, today settlement.Date) (*VersionEffect, error) {
	if kept == nil {
		if old.Effective.From <= today {
			return nil, blocked(settlement.ReasonVersionPublished, "version", string(old.ID))
		}
		return &VersionEffect{Version: old.ID, Turn: Withdrawn, Was: old.Effective}, nil
	}
	same := *old
	same.Effective.To = kept.Effective.To
	if !reflect.DeepEqual(same, *kept) {
		return nil, blocked(settlement.ReasonVersionPublished, "version", string(old.ID))
	}
	if old.Effective.To == kept.Effective.To {
		return nil, nil
	}
	return &VersionEffect{Version: old.ID, Turn: Redated, Effective: kept.Effective, Was: old.Effective}, nil
}

// standing is the version in force on a day, else the last that began before.
func standing(p *settlement.Policy, day settlement.Date) (found *settlement.Version) {
	for i := range p.Versions {
		if p.Versions[i].Effective.From <= day {
			found = &p.Versions[i]
		}
	}
	return found
}

// since is the first day up to today that another version would rule. Only on
// the first day of a period, or the day after its last, can that begin.
func since(base, next *settlement.Policy, today settlement.Date) settlement.Date {
	var days []settlement.Date
	for _, p := range []*settlement.Policy{base, next} {
		for i := range p.Versions {
			days = append(days, p.Versions[i].Effective.From)
			if to := p.Versions[i].Effective.To; to != 0 {
				days = append(days, to.Next())
			}
		}
	}
	slices.Sort(days)
	for _, day := range days {
		if day <= today && ruling(base, day) != ruling(next, day) {
			return day
		}
	}
	return 0
}

// ruling is the version in force on a day, or "".
func ruling(p *settlement.Policy, day settlement.Date) settlement.VersionID {
	version, err := p.VersionOn(day)
	if err != nil {
		return ""
	}
	return version.ID
}
