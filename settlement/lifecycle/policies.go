package lifecycle

import (
	"context"
	"reflect"
	"sync/atomic"

	"github.com/onestop-gateway/onestop/settlement"
)

// policies are those in force, and those of before: what was prepared just
// before a change is finished under the version it has.
type policies struct {
	now, before atomic.Pointer[map[settlement.PolicyID]*settlement.Policy]
}

func newPolicies(at map[settlement.PolicyID]*settlement.Policy) *policies {
	p := &policies{}
	p.now.Store(&at)
	p.before.Store(&at)
	return p
}

// inForce is the policy of new settlements, or nil.
func (p *policies) inForce(id settlement.PolicyID) *settlement.Policy { return (*p.now.Load())[id] }

// version is the policy that has a version, and the version; nil without one.
func (p *policies) version(id settlement.PolicyID, version settlement.VersionID) (*settlement.Policy, *settlement.Version) {
	for _, at := range []map[settlement.PolicyID]*settlement.Policy{*p.now.Load(), *p.before.Load()} {
		if policy := at[id]; policy != nil {
			if found := policy.Version(version); found != nil {
				return policy, found
			}
		}
	}
	return nil, nil
}

// ReplacePolicies puts next in force for what is opened from now on, all of it
// at once or, with an error, nothing. What is open finishes under its version.
// Kinds: Blocked, naming the region without a policy, the version that an open
// settlement has and next has not, or the version whose content changed (only
// its last day may: what is published is not edited); and as of Store.
func (l *Lifecycle) ReplacePolicies(ctx context.Context, next map[settlement.PolicyID]*settlement.Policy) error {
	if err := l.CheckPolicies(ctx, next); err != nil {
		return err
	}
	l.policies.before.Store(l.policies.now.Swap(&next))
	return nil
}

// Policy is the policy of what is opened now, or nil.
func (l *Lifecycle) Policy(id settlement.PolicyID) *settlement.Policy { return l.policies.inForce(id) }

// CheckPolicies refuses what ReplacePolicies would, and changes nothing.
func (l *Lifecycle) CheckPolicies(ctx context.Context, next map[settlement.PolicyID]*settlement.Policy) error {
	for id, region := range l.Directory.Regions {
		if next[region.Policy] == nil {
			return refusedPolicies("regions."+string(id), string(region.Policy))
		}
	}
	if edited := l.policies.edited(next); edited != "" {
		return refusedPolicies("version", string(edited))
	}
	query := Query{Limit: verifyPiece, States: []settlement.State{
		settlement.StateReceived, settlement.StateSettling, settlement.StateAborting, settlement.StateAttention, settlement.StateReversing,
	}}
	for {
		page, err := l.List(ctx, query)
		if err != nil {
			return err
		}
		for i := range page.Settlements {
			s := &page.Settlements[i]
			if policy := next[s.Policy]; s.Version != "" && (policy == nil || policy.Version(s.Version) == nil) {
				return refusedPolicies("settlements."+string(s.ID), string(s.Version))
			}
		}
		if query.Before = page.Next; query.Before == nil {
			return nil
		}
	}
}

// edited is a version that both have, with different content; or "".
func (p *policies) edited(next map[settlement.PolicyID]*settlement.Policy) settlement.VersionID {
	for id, policy := range *p.now.Load() {
		if next[id] == nil {
			continue
		}
		for _, old := range policy.Versions {
			kept := next[id].Version(old.ID)
			if kept == nil {
				continue
			}
			old.Effective.To = kept.Effective.To
			if !reflect.DeepEqual(old, *kept) {
				return old.ID
			}
		}
	}
	return ""
}

func refusedPolicies(field, value string) error {
	return &settlement.Error{Kind: settlement.KindBlocked, Reason: settlement.ReasonNoPolicyVersion, Field: field, Value: value}
}
