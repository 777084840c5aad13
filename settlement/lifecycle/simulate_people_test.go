package lifecycle_test

import (
	"context"
	"fmt"
	"slices"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// What is asked of a gateway without a request key: reading, and what people
// do about settlements that need attention.

// ask does something at a gateway that is up, on a goroutine of its own, and
// judges what came of it unless the gateway died.
func (c *clients) ask(what string, do func(context.Context, *process) error, judge func(error)) {
	p := c.machines[c.dice.IntN(len(c.machines))].process
	if p == nil {
		return
	}
	c.made++
	no := c.made
	c.log("%s is asked #%d to %s", p, no, what)
	go func() {
		err := do(context.WithValue(context.Background(), callerKey{}, no), p)
		if p.dead {
			return
		}
		c.log("#%d came to %v", no, err)
		judge(err)
	}()
}

// read compares a settlement with what its clients were told of it, and what
// its person has used with the cap.
func (c *clients) read(id settlement.SettlementID) {
	var got settlement.Settlement
	var used settlement.Accumulator
	known := c.witness.records[id]
	told := c.told[lifecycle.RequestKey{Tenant: known.Tenant, Method: lifecycle.MethodSettle, Request: known.Request}]
	c.ask("read "+string(id), func(ctx context.Context, p *process) (err error) {
		if got, err = p.gateway.Settlement(ctx, known.Tenant, id); err != nil {
			return err
		}
		used, err = p.gateway.Store.Accumulator(ctx, lifecycle.AccumulatorKey{Beneficiary: known.Beneficiary.ID, Year: known.Year})
		return err
	}, func(err error) {
		switch {
		case err != nil || got.ID != id:
			c.witness.broken(&known, "reading gives %s and %v", got.ID, err)
		case asked(&got) != asked(&known) || got.Revision < known.Revision || got.Epoch < known.Epoch:
			c.witness.broken(&known, "I14: reading goes back to revision %d epoch %d", got.Revision, got.Epoch)
		case told != "" && got.Decision == settlement.Undecided:
			c.witness.broken(&known, "I11: %q was told, and it is undecided", told)
		case used.Used["total"] < 0 || used.Used["total"] > countyCap:
			c.witness.broken(&known, "I4: %s are used", used.Used["total"])
		}
	})
}

// mayDecline are the kinds of error that people may meet.
var mayDecline = []settlement.Kind{
	settlement.KindBlocked, settlement.KindConflict, settlement.KindForbidden, settlement.KindInvalid,
	settlement.KindUnavailable, settlement.KindInDoubt,
}

// decide takes one settlement in attention a step on: one proposes, another
// approves or declines.
func (c *clients) decide() {
	var waiting []settlement.SettlementID
	for _, id := range c.witness.opened {
		if c.witness.records[id].State == settlement.StateAttention {
			waiting = append(waiting, id)
		}
	}
	if len(waiting) == 0 {
		return
	}
	record := c.witness.records[waiting[c.dice.IntN(len(waiting))]]
	c.count["people"]++
	judge := func(err error) {
		if err != nil && !slices.Contains(mayDecline, settlement.KindOf(err)) {
			c.witness.broken(&record, "people were refused with %v", err)
		}
	}
	if record.Proposal != nil {
		throw := c.dice.IntN(8)
		if record.Proposal.Resolution == settlement.ResolveStands && !c.held(&record) {
			throw = 0 // undone by somebody meanwhile
		}
		c.ask("decide on "+string(record.ID), func(ctx context.Context, p *process) error {
			if throw == 0 {
				_, err := p.gateway.Decline(ctx, record.ID, "wang")
				return err
			}
			_, err := p.gateway.Approve(ctx, record.ID, []string{"li", "wang"}[min(throw-1, 1)], record.Revision)
			return err
		}, judge)
		return
	}
	proposal := c.propose(&record)
	c.ask(fmt.Sprintf("propose %s for %s", proposal.Resolution, record.ID), func(ctx context.Context, p *process) error {
		_, err := p.gateway.Propose(ctx, record.ID, proposal)
		return err
	}, judge)
}

// propose is what an honest person would, having looked into the payers' books:
// a part they say was undone outside the gateway was, and what stands is held
// by every payer.
func (c *clients) propose(record *settlement.Settlement) settlement.Proposal {
	proposal := settlement.Proposal{By: "li", Resolution: settlement.ResolveRetry, Document: "letter 7"}
	for i, leg := range record.Legs {
		book := c.witness.book(leg.Payer)
		_, late := book.late[leg.Message]
		if !leg.State.Clear() && !late && c.instant().After(leg.QuietUntil) && c.dice.IntN(2) == 0 {
			if book.held[leg.Message] != 0 {
				book.undo(leg.Message)
			}
			proposal.Resolution, proposal.Leg = settlement.ResolveOffline, i
			return proposal
		}
	}
	if record.Decision == settlement.Commit && c.held(record) && c.dice.IntN(2) == 0 {
		proposal.Resolution = settlement.ResolveStands
	}
	return proposal
}

// held reports whether every payer holds its part.
func (c *clients) held(record *settlement.Settlement) bool {
	return !slices.ContainsFunc(record.Legs, func(leg settlement.Leg) bool {
		return c.witness.book(leg.Payer).held[leg.Message] == 0
	})
}
