package lifecycle_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// heard judges what a client is told, at the moment it is told.
func (c *clients) heard(asked *call, answer lifecycle.Answer, err error) {
	c.log("#%d hears %q %s %v", asked.no, answer.Body, answer.Settlement.State, err)
	if err != nil {
		c.refused(asked, err)
	} else {
		c.answered(asked, answer)
	}
	if answer.Body == nil && c.chance(2) {
		c.again(asked, 30*time.Second)
	}
}

// mayRefuse are the kinds of error each verb promises.
var mayRefuse = map[lifecycle.Method][]settlement.Kind{
	lifecycle.MethodSettle: {
		settlement.KindInvalid, settlement.KindBlocked, settlement.KindRefused, settlement.KindOverloaded,
		settlement.KindKeyReused, settlement.KindInFlight, settlement.KindExists, settlement.KindUnavailable,
	},
	lifecycle.MethodReverse: {
		settlement.KindNotFound, settlement.KindBlocked, settlement.KindKeyReused, settlement.KindInFlight,
		settlement.KindOverloaded, settlement.KindUnavailable,
	},
}

// refused: the kind is one of those promised, and what it says is so.
func (c *clients) refused(asked *call, err error) {
	key := asked.wish.key
	kind, e := settlement.KindOf(err), new(settlement.Error)
	if got, ok := err.(*settlement.Error); ok {
		e = got
	}
	object := c.witness.records[settlement.SettlementID(e.Object)]
	switch {
	case !slices.Contains(mayRefuse[key.Method], kind):
		c.wrong(asked, "%s was refused with kind %d: %v", key.Method, kind, err)
	case kind == settlement.KindKeyReused && c.same(asked, key):
		c.wrong(asked, "I10: told that the key was used for something else: %v", err)
	case kind == settlement.KindExists && (object.Decision != settlement.Commit || object.Discharge != asked.settle.Discharge):
		c.wrong(asked, "I8: told %v, and %s is %s of %s", err, object.ID, object.State, object.Discharge)
	case c.last && kind == settlement.KindOverloaded: // everybody asks at once
		c.again(asked, time.Minute)
	case c.last && c.witness.kept[key] != "" && c.same(asked, key):
		c.wrong(asked, "I10: kept is %q, told was %v", c.witness.kept[key], err)
	}
}

// answered: what is said is true now, and what was said before is said again.
func (c *clients) answered(asked *call, answer lifecycle.Answer) {
	key, body, id := asked.wish.key, string(answer.Body), answer.Settlement.ID
	record, found := c.witness.records[id]
	if !found || !c.same(asked, key) {
		c.wrong(asked, "I10: answered with %s, which is not what was asked", id)
	}
	if !slices.Contains(c.known, id) {
		c.known = append(c.known, id)
	}
	if answer.Body == nil {
		c.count["in progress"]++
		return
	}
	if before, found := c.told[key]; found && before != body || c.witness.kept[key] != body {
		c.wrong(asked, "I10: told %q, then %q, kept %q", before, body, c.witness.kept[key])
	}
	c.told[key] = body
	state := settlement.State(strings.Fields(body)[2])
	c.count[string(key.Method)+" "+string(state)]++
	switch {
	case state == settlement.StateCommitted:
		c.toldSettled(asked, &record)
	case state == record.State:
		c.toldNothing(&record)
	default:
		c.wrong(asked, "I8: told %s in %s", state, record.State)
	}
}

// toldSettled: I8, the decision is made, and while nobody undoes it every
// payer holds its part.
func (c *clients) toldSettled(asked *call, record *settlement.Settlement) {
	if record.Decision != settlement.Commit {
		c.wrong(asked, "I8: told settled in %s", record.State)
	}
	if record.State != settlement.StateCommitted {
		return
	}
	for i, leg := range record.Legs {
		if book := c.witness.book(leg.Payer); book.held[leg.Message] == 0 {
			c.wrong(asked, "I8: told settled, and payer %s of leg %d does not hold it", leg.Payer, i)
		}
	}
}

// toldNothing: I9, no payer holds anything, nor ever will. Far clocks cannot
// promise it: the quiet period is then no longer the world's.
func (c *clients) toldNothing(record *settlement.Settlement) {
	if record.State == settlement.StateAborted && c.plan.clocks == clocksFar {
		return
	}
	for _, leg := range record.Legs {
		if leg.Message == "" {
			continue
		}
		c.witness.nothing[leg.Message] = record.ID
		if _, late := c.witness.book(leg.Payer).late[leg.Message]; late {
			c.witness.broken(record, "I9: told %s, and %s is still on its way", record.State, leg.Message)
		}
	}
	c.witness.books()
}

func (w *witness) book(code settlement.PayerCode) *book {
	for _, b := range w.world.payers {
		if b.code == code {
			return b
		}
	}
	return nil
}

// same reports whether what is kept under key is what this call asks.
func (c *clients) same(asked *call, key lifecycle.RequestKey) bool {
	kept, err := c.store.Request(context.Background(), key)
	if err != nil {
		return false
	}
	record := c.witness.records[kept.Settlement]
	if asked.reverse != nil {
		return kept.Settlement == asked.reverse.Settlement && c.witness.causes[key] == asked.reverse.Cause
	}
	ask := asked.settle
	known, _ := c.store.PersonByCertificate(context.Background(), ask.Person)
	return record.Quote == ask.Quote && record.Discharge == ask.Discharge && record.Encounter == ask.Encounter && record.Claim.Bill == ask.Claim.Bill &&
		record.Beneficiary.ID == known.ID && record.Coverage.Scheme == ask.Scheme &&
		record.Coverage.Other(settlement.Commercial) == settlement.Coverage{Others: ask.Others}.Other(settlement.Commercial)
}

func (c *clients) wrong(asked *call, format string, args ...any) {
	about := []string{fmt.Sprintf("#%d ", asked.no), string(asked.wish.key.Request)}
	if kept, err := c.store.Request(context.Background(), asked.wish.key); err == nil {
		record := c.witness.records[kept.Settlement]
		about = append(about, words(&record)...)
	}
	c.fail(breach{fmt.Sprintf(format, args...) + " (" + asked.String() + ")", about})
}
