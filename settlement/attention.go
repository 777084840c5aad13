package settlement

import (
	"slices"
	"time"
)

// Resolution is what people may do about a settlement that needs attention.
// None of them turns a decision round: what was decided against stays so.
type Resolution string

// The resolutions.
const (
	// ResolveRetry lets the gateway ask or reverse again, its counts begun anew.
	ResolveRetry Resolution = "retry"
	// ResolveOffline records that the payer undid a leg outside the gateway;
	// the document that proves it is named.
	ResolveOffline Resolution = "reversed_offline"
	// ResolveStands records that a committed settlement's reversal was given
	// up and nothing of it was undone.
	ResolveStands Resolution = "stands"
)

// Proposal is the first of two people's word on a settlement in attention.
type Proposal struct {
	By         string
	At         time.Time
	Resolution Resolution
	Leg        int    // for ResolveOffline
	Document   string // what proves it; never empty
}

// Possible are the proposals that can be made about s now, without who makes
// them and what proves them: every other one is refused.
func (s *Settlement) Possible() []Proposal {
	if s.State != StateAttention {
		return nil
	}
	possible := []Proposal{{Resolution: ResolveRetry}}
	for i := range s.Legs {
		if !s.Legs[i].State.Clear() {
			possible = append(possible, Proposal{Resolution: ResolveOffline, Leg: i})
		}
	}
	if s.Decision == Commit && s.untouched() {
		possible = append(possible, Proposal{Resolution: ResolveStands})
	}
	return possible
}

// Proposed is s with a proposal that another person must approve. A later
// proposal takes the place of an earlier one.
func (s Settlement) Proposed(p Proposal) (Settlement, error) {
	if s.State != StateAttention {
		return s, s.unattended()
	}
	if p.By == "" || p.Document == "" {
		return s, &Error{Kind: KindInvalid, Reason: ReasonInvalidArgument, Field: "document", Object: string(s.ID)}
	}
	switch p.Resolution {
	case ResolveRetry:
	case ResolveOffline:
		if p.Leg < 0 || p.Leg >= len(s.Legs) || s.Legs[p.Leg].State.Clear() {
			return s, &Error{Kind: KindInvalid, Reason: ReasonInvalidArgument, Field: "leg", Object: string(s.ID)}
		}
	case ResolveStands:
		if s.Decision != Commit || !s.untouched() {
			return s, &Error{Kind: KindBlocked, Reason: ReasonNotResolvable, Field: "resolution", Object: string(s.ID)}
		}
	default:
		return s, &Error{Kind: KindInvalid, Reason: ReasonInvalidArgument, Field: "resolution", Object: string(s.ID)}
	}
	s.Proposal = &p
	return s, nil
}

// Approved is s with its proposal carried out, approved by another person than
// the one who made it. The gateway then goes on from the state it gives.
func (s Settlement) Approved(by string, now time.Time) (Settlement, error) {
	if s.State != StateAttention || s.Proposal == nil {
		return s, s.unattended()
	}
	if by == "" || by == s.Proposal.By {
		return s, &Error{Kind: KindForbidden, Reason: ReasonSamePerson, Object: string(s.ID)}
	}
	p := *s.Proposal
	s.Legs, s.Proposal = slices.Clone(s.Legs), nil
	s.State = StateAborting
	if s.Decision == Commit {
		s.State = StateReversing
	}
	if s.Decision == Undecided { // put aside before anything was decided
		s.decideAbort(s.Reason)
	}
	switch p.Resolution {
	case ResolveRetry:
		for i := range s.Legs {
			leg := &s.Legs[i]
			leg.Inquiries, leg.Undos, leg.Unsent, leg.NextAt = 0, 0, 0, time.Time{}
		}
		s.RetriedAt = now
	case ResolveOffline:
		s.Legs[p.Leg].State = LegReversed
	case ResolveStands:
		for i := range s.Legs {
			s.Legs[i].State = LegApplied
		}
		return s.Resumed(ReasonReversalRefused, now)
	}
	return s, nil
}

// Declined is s with its proposal turned down; it stays in attention. The one
// who made it may take it back.
func (s Settlement) Declined() (Settlement, error) {
	if s.State != StateAttention || s.Proposal == nil {
		return s, s.unattended()
	}
	s.Proposal = nil
	return s, nil
}

func (s *Settlement) unattended() error {
	return &Error{Kind: KindBlocked, Reason: ReasonNotInAttention, Object: string(s.ID)}
}
