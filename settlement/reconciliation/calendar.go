package reconciliation

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/reconcile"
)

// Plan is a payer, or what assistance bears, whose every day is compared on the
// day after it (T+1).
type Plan struct {
	Share reconcile.Share
	Payer settlement.PayerCode // of the insurance share
	At    time.Duration        // into the next day, in China
	Since settlement.Date      // the first day that is compared
	From  []Origin             // where the other side is had from: the next where one gives nothing
}

// Origin is where the other side of a day is had from.
type Origin string

// The origins. The inbox gives nothing where no list has come; what came and
// cannot be read is a run that failed. A payer that is asked gives nothing where
// that comes to no result.
const (
	FromInbox Origin = "inbox"
	FromPayer Origin = "live"
)

// Inbox has the lists that payers and agencies leave for us.
type Inbox interface {
	// List opens the list of a payer's day; no payer is assistance. NotFound: none has come. A list
	// that cannot be read is given too; reading it says so (Invalid), so that
	// its run is kept as one that failed. Unavailable: the inbox cannot be
	// looked into.
	List(payer settlement.PayerCode, day settlement.Date) (ClosingList, Input, error)
}

// Calendar runs what plans ask for. Of several gateways on a store and an
// inbox, one runs a day. It is not safe for concurrent use.
type Calendar struct {
	Desk  *Desk
	Inbox Inbox
	Plans []Plan
	// Told hears of each day that was run (run is set), or could not be.
	Told func(payer settlement.PayerCode, day settlement.Date, run *Kept, err error)
	// Missing hears after each look how many days of a payer are due and have
	// no result that counts.
	Missing func(payer settlement.PayerCode, days int)

	looked map[slot]look
}

// slot is one payer's day.
type slot struct {
	payer settlement.PayerCode
	day   settlement.Date
}

// look is what was found of a day, and how long that is good for.
type look struct {
	compared bool
	until    time.Time
}

// The bounds of a calendar.
const (
	lookBack  = 40        // days before today that are made up for
	triesMost = 5         // runs of one day's list that failed; then people must look
	lookAgain = time.Hour // after a run, whatever it came to; and at what was compared
)

// calendarTenant and calendarBy are who asks where the calendar does.
const (
	calendarTenant settlement.TenantID = "calendar"
	calendarBy     string              = "calendar"
)

// Tick runs every day that is due and has no result, the oldest first, and says
// how many it ran. What one payer's day fails with keeps no other from being
// run. ctx ends it between two days; a day under way goes on until work ends.
func (c *Calendar) Tick(ctx, work context.Context) (ran int) {
	for i := range c.Plans {
		p, now, missing := &c.Plans[i], c.Desk.Now(), 0
		days := p.due(now)
		known, err := c.known(work, p, days)
		if err != nil {
			c.Told(p.Payer, days[0], nil, err)
			continue
		}
		for _, day := range days {
			if ctx.Err() != nil {
				return ran
			}
			at, run := slot{p.Payer, day}, (*Kept)(nil)
			if seen := c.looked[at]; !now.Before(seen.until) {
				seen, run = c.day(work, p, day, known)
				c.keep(at, seen)
			}
			if run != nil {
				ran++
			}
			if !c.looked[at].compared {
				missing++
			}
		}
		c.Missing(p.Payer, missing)
	}
	return ran
}

func (c *Calendar) keep(at slot, seen look) {
	if c.looked == nil {
		c.looked = map[slot]look{}
	}
	c.looked[at] = seen
}

// due are the days that may be run at an instant, whether they were or not,
// the oldest first. A day is due once the next has come as far as the plan
// says, the last of a year like any other.
func (p *Plan) due(now time.Time) (days []settlement.Date) {
	day := settlement.DayOf(now.Add(-p.At)).Previous()
	for ; day >= p.Since && len(days) < lookBack; day = day.Previous() {
		days = append(days, day)
	}
	slices.Reverse(days)
	return days
}

// known are the runs of a payer, newest first, that may be of one of the days
// that are to be looked at: no day is compared before it has begun.
func (c *Calendar) known(ctx context.Context, p *Plan, days []settlement.Date) (all []Kept, err error) {
	now := c.Desk.Now()
	first := slices.IndexFunc(days, func(day settlement.Date) bool { return !now.Before(c.looked[slot{p.Payer, day}].until) })
	if first < 0 {
		return nil, nil
	}
	query := RunQuery{Share: p.Share, Payer: p.Payer, Limit: lookedBack}
	for {
		page, mark, err := c.Desk.Runs(ctx, query)
		if err != nil {
			return nil, err
		}
		for i := range page {
			if page[i].At.Before(days[first].Midnight()) {
				return all, nil
			}
			all = append(all, page[i])
		}
		if mark == nil {
			return all, nil
		}
		query.Before = mark
	}
}

// whole reports whether a run is of all that a payer holds of a day.
func (k *Kept) whole(day settlement.Date) bool {
	s := &k.Scope
	return s.Facility == "" && s.Insurance == "" && s.Clearing == "" && s.Period.Covers(day)
}

// day runs one day, unless it was compared by whomever, is being compared, or
// none of its origins gives anything.
func (c *Calendar) day(ctx context.Context, p *Plan, day settlement.Date, known []Kept) (look, *Kept) {
	now := c.Desk.Now()
	rest := look{until: now.Add(lookAgain)}
	for i := range known {
		switch run := &known[i]; {
		case !run.whole(day):
		case run.Standing():
			return look{true, rest.until}, nil
		case run.End == nil && now.Sub(run.At) < c.Desk.BrokenAfter:
			return look{}, nil
		}
	}
	var seen look
	var ran *Kept
	for _, origin := range p.From {
		found, run, given := c.from(ctx, p, day, origin, known)
		if seen = found; run != nil {
			ran = run
		}
		if given {
			break
		}
	}
	return seen, ran
}

// from runs one day by one origin; given says that no other is to be tried.
func (c *Calendar) from(ctx context.Context, p *Plan, day settlement.Date, origin Origin, known []Kept) (seen look, run *Kept, given bool) {
	now := c.Desk.Now()
	rest, live := look{until: now.Add(lookAgain)}, origin == FromPayer
	ask, shut, err := c.ask(p, day, origin)
	if settlement.KindOf(err) == settlement.KindNotFound {
		return look{}, nil, false
	}
	if err != nil {
		c.Told(p.Payer, day, nil, err)
		return rest, nil, true
	}
	try, wait := tries(known, day, ask.Input, now)
	if wait || try > triesMost {
		return rest, c.told(p, day, nil, shut()), !live
	}
	ask.Key = Key{calendarTenant, settlement.RequestID(fmt.Sprintf("daily/%s/%s/%s/%s/%d", p.name(), day, ask.Input.Form, ask.Input.Digest, try))}
	begun, err := c.Desk.Reconcile(ctx, ask)
	if closed := shut(); err == nil {
		err = closed
	}
	switch {
	case begun.Replayed || settlement.KindOf(err) == settlement.KindInFlight: // another gateway has it
		return look{}, nil, true
	case err != nil:
		return rest, c.told(p, day, nil, err), !live
	}
	rest.compared = begun.Standing()
	return rest, c.told(p, day, &begun.Kept, nil), rest.compared || !live
}

// name is what a request of a plan is named by.
func (p *Plan) name() string {
	if p.Share == reconcile.AssistanceShare {
		return string(p.Share)
	}
	return string(p.Payer)
}

// told tells of a day, if there is anything to tell, and gives its run.
func (c *Calendar) told(p *Plan, day settlement.Date, run *Kept, err error) *Kept {
	if run != nil || err != nil {
		c.Told(p.Payer, day, run, err)
	}
	return run
}

// ask is what is asked of the desk for a day, but for its key; shut lets go of
// the list. NotFound: there is nothing to compare with.
func (c *Calendar) ask(p *Plan, day settlement.Date, origin Origin) (ask Ask, shut func() error, err error) {
	ask = Ask{
		Scope: reconcile.Scope{Share: p.Share, Payer: p.Payer, Period: settlement.Period{From: day, To: day}},
		By:    calendarBy,
	}
	if origin == FromPayer {
		ask.Input.Form = Live
		return ask, func() error { return nil }, nil
	}
	list, input, err := c.Inbox.List(p.Payer, day)
	if err != nil {
		return ask, nil, err
	}
	ask.List, ask.Input = list, input
	return ask, list.Close, nil
}

// tries is the number of the next run of a day's list, and whether there must
// not be one now: the last that failed is too young, or somebody took the
// result back. Another list of the day is another matter.
func tries(known []Kept, day settlement.Date, input Input, now time.Time) (next int, wait bool) {
	next = 1
	for i := range known {
		run := &known[i]
		if !run.whole(day) || run.Input.Form != input.Form || run.Input.Digest != input.Digest {
			continue
		}
		if run.Key.Tenant == calendarTenant {
			next++
		}
		young := run.End != nil && run.End.Failed != "" && now.Sub(run.End.At) < lookAgain
		wait = wait || young || run.Void != nil
	}
	return next, wait
}
