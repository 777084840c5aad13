package lifecycle

import (
	"context"
	"strings"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
)

// Journal reads what a store has appended for one settlement, in the order it
// was written; nothing for one that is not there. Kinds: Unavailable, Internal.
type Journal interface {
	// Attempts are the calls made to payers.
	Attempts(ctx context.Context, id settlement.SettlementID) ([]Attempt, error)

	// Events are the audit trail.
	Events(ctx context.Context, id settlement.SettlementID) ([]Event, error)
}

// Matter is a settlement as the people who look into it see it.
type Matter struct {
	Settlement settlement.Settlement
	Since      time.Time // since when it waits for people; zero where it does not
	Attempts   []Attempt // where one settlement is read
}

// Queue is one page of what waits for people; Next is nil on the last.
type Queue struct {
	Matters []Matter
	Next    *Mark
}

// Attention reads one page of the settlements that wait for people, newest
// first, after a place.
func (l *Lifecycle) Attention(ctx context.Context, before *Mark, limit int) (Queue, error) {
	page, err := l.List(ctx, Query{States: []settlement.State{settlement.StateAttention}, Before: before, Limit: limit})
	if err != nil {
		return Queue{}, err
	}
	queue := Queue{Matters: make([]Matter, len(page.Settlements)), Next: page.Next}
	for i, s := range page.Settlements {
		if queue.Matters[i], err = l.matter(ctx, s); err != nil {
			return Queue{}, err
		}
	}
	return queue, nil
}

// Matter reads one settlement with its journal of calls, whether or not it
// waits for people. NotFound.
func (l *Lifecycle) Matter(ctx context.Context, id settlement.SettlementID) (Matter, error) {
	s, err := l.Settlement(ctx, "", id)
	if err != nil {
		return Matter{}, err
	}
	m, err := l.matter(ctx, s)
	if err != nil {
		return Matter{}, err
	}
	m.Attempts, err = l.Journal.Attempts(ctx, id)
	return m, err
}

// matter adds since when s waits: the last time the gateway itself noted
// anything, for afterwards only people do.
func (l *Lifecycle) matter(ctx context.Context, s settlement.Settlement) (Matter, error) {
	m := Matter{Settlement: s}
	if s.State != settlement.StateAttention {
		return m, nil
	}
	events, err := l.Journal.Events(ctx, s.ID)
	if err != nil {
		return Matter{}, err
	}
	for _, event := range events {
		if !strings.HasPrefix(event.Action, attentionPrefix) {
			m.Since = event.At
		}
	}
	return m, nil
}

// attentionPrefix begins the actions of people in the audit trail.
const attentionPrefix = "attention."

// Propose records one person's word on a settlement that needs attention.
// Kinds: NotFound, Blocked (it is not in attention, or this cannot be done to
// it), Invalid, Conflict (somebody else was quicker; look again).
func (l *Lifecycle) Propose(ctx context.Context, id settlement.SettlementID, proposal settlement.Proposal) (Matter, error) {
	proposal.At = l.Now()
	return l.attended(ctx, id, word{proposal.By, "propose"}, func(s settlement.Settlement) (settlement.Settlement, error) {
		return s.Proposed(proposal)
	})
}

// Approve carries out what another person proposed; recovery goes on with the
// settlement at its next look. seen is the revision at which the proposal was
// read: another proposal since is Blocked, so that nobody approves what they
// have not seen. Kinds as in Propose, and Forbidden for the person who
// proposed.
func (l *Lifecycle) Approve(ctx context.Context, id settlement.SettlementID, by string, seen int64) (Matter, error) {
	return l.attended(ctx, id, word{by, "approve"}, func(s settlement.Settlement) (settlement.Settlement, error) {
		if s.State == settlement.StateAttention && s.Revision != seen {
			return s, &settlement.Error{Kind: settlement.KindBlocked, Reason: settlement.ReasonProposalChanged, Field: "etag", Object: string(id)}
		}
		return s.Approved(by, l.Now())
	})
}

// Decline turns a proposal down. Kinds as in Propose.
func (l *Lifecycle) Decline(ctx context.Context, id settlement.SettlementID, by string) (Matter, error) {
	return l.attended(ctx, id, word{by, "decline"}, settlement.Settlement.Declined)
}

// word is what a person says about what needs attention.
type word struct {
	id, action string // who, and what
}

// attended applies what people decide and notes who did.
func (l *Lifecycle) attended(ctx context.Context, id settlement.SettlementID, by word, transition func(settlement.Settlement) (settlement.Settlement, error)) (Matter, error) {
	s, err := l.Settlement(ctx, "", id)
	if err != nil {
		return Matter{}, err
	}
	m, err := l.matter(ctx, s)
	if err != nil {
		return Matter{}, err
	}
	w := &work{Lifecycle: l, s: s, actor: by.id}
	if err := w.apply(attentionPrefix+by.action, s.Reason)(transition(s)); err != nil {
		return Matter{}, err
	}
	if w.s.State.Terminal() { // it stands, which is the final answer of its reversal
		_, err = w.finish(ctx, w.s, MethodReverse, w.s.Reversal.Request, w.s.Reversal.AskedAt)
	} else {
		w.s.Owner, w.s.LeaseUntil, w.s.NextAt = "", time.Time{}, time.Time{}
		err = w.write(ctx)
	}
	if err != nil {
		return Matter{}, err
	}
	m.Settlement = w.s
	if w.s.State != settlement.StateAttention {
		m.Since = time.Time{}
	}
	return m, nil
}
