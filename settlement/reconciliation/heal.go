package reconciliation

import (
	"context"
	"slices"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
)

// waiting are the states in which a difference is not closed.
var waiting = []Act{"", Proposed, Declined, Approved, Done, Failed}

// before selects what earlier runs left open of what this run covers.
func (c *comparing) before() FindingQuery {
	return FindingQuery{
		Except: c.run.ID, Share: c.run.Scope.Share, Payer: c.run.Scope.Payer, Within: c.run.Scope.Period, States: waiting, Limit: pageMost,
	}
}

// doubts has the payer asked again about what is in doubt in the period, before
// anything is compared. It reports whether every booking must be compared,
// because earlier runs left differences that this one may find gone.
func (c *comparing) doubts(ctx context.Context) (details bool, err error) {
	if err := c.woken(ctx); err != nil {
		return false, err
	}
	query := c.before()
	query.Limit = 1
	open, err := c.Store.Findings(ctx, query)
	return len(open) > 0, err
}

// woken wakes what is in doubt and waits for it, within AskWithin.
func (c *comparing) woken(ctx context.Context) (err error) {
	books, shut, err := c.Books(ctx)
	if err != nil {
		return err
	}
	var doubted []settlement.SettlementID
	from, until := c.run.Scope.Opened()
	err = books.Opened(ctx, from, until, func(s *settlement.Settlement) error {
		if s.State.Open() && c.doubted(s) {
			doubted = append(doubted, s.ID)
		}
		return nil
	})
	if shutErr := shut(); err == nil {
		err = shutErr
	}
	if err != nil || len(doubted) == 0 {
		return err
	}
	return c.Hands.WakeAll(ctx, doubted, c.AskWithin)
}

// doubted reports whether the payer may hold something of s that is not known.
func (c *comparing) doubted(s *settlement.Settlement) bool {
	return slices.ContainsFunc(s.Legs, func(leg settlement.Leg) bool {
		unsure := leg.State == settlement.LegUnknown || leg.State == settlement.LegUndoIntent || leg.State == settlement.LegUnconfirmed
		return unsure && (c.run.Scope.Payer == "" || leg.Payer == c.run.Scope.Payer)
	})
}

// heal closes what earlier runs left open and this one proves: gone, or found
// again and kept here from now on. A list that has only what differs, or totals
// alone, prove nothing of a single booking.
func (c *comparing) heal(ctx context.Context) error {
	end := c.run.End
	if end.Failed != "" || !end.Result.Detailed || c.run.Scope.Partial {
		return nil
	}
	var page []Finding
	close := func() error {
		err := c.proved(ctx, page)
		page = page[:0]
		return err
	}
	err := c.each(ctx, c.before(), func(f *Finding) error {
		if c.run.Scope.Facility != "" && f.Facility != c.run.Scope.Facility {
			return nil
		}
		page = append(page, *f)
		if len(page) < pageMost {
			return nil
		}
		return close()
	})
	if err != nil {
		return err
	}
	return close()
}

// proved closes earlier differences by what this run found of their
// encounters. What is still different, but otherwise, stays open.
func (c *comparing) proved(ctx context.Context, earlier []Finding) error {
	if len(earlier) == 0 {
		return nil
	}
	encounters := make([]settlement.EncounterID, len(earlier))
	for i := range earlier {
		encounters[i] = earlier[i].Encounter
	}
	now := map[settlement.EncounterID][]Finding{}
	query := FindingQuery{Run: c.run.ID, Encounters: encounters, Limit: pageMost}
	err := c.each(ctx, query, func(f *Finding) error {
		now[f.Encounter] = append(now[f.Encounter], *f)
		return nil
	})
	if err != nil {
		return err
	}
	for i := range earlier {
		f := &earlier[i]
		still := now[f.Encounter]
		r := Remark{FindingID: f.FindingID, Number: len(f.History) + 1, Act: Healed, By: c.run.By, At: c.Now(), Other: c.run.ID}
		if len(still) > 0 {
			r.Act = Again
			if !slices.ContainsFunc(still, func(other Finding) bool { return f.same(&other) }) {
				continue
			}
		}
		err := c.Store.Remark(ctx, []Remark{r})
		switch {
		case settlement.KindOf(err) == settlement.KindConflict && err != nil: // somebody said something meanwhile; a later run looks again
		case err != nil:
			return err
		case r.Act == Healed:
			c.Observer.Healed(f.Payer, f.Class, r.At.Sub(f.SeenAt).Round(time.Microsecond))
		}
	}
	return nil
}
