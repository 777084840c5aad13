package main

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/onestop-gateway/onestop/adapters/measure"
	"github.com/onestop-gateway/onestop/adapters/payer/inbox"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/reconcile"
	"github.com/onestop-gateway/onestop/settlement/reconciliation"
)

// reconciliationConfig is the calendar of comparisons.
type reconciliationConfig struct {
	// Inbox is a folder with a folder for each payer, for the lists of days.
	Inbox string        `yaml:"inbox"`
	Daily []dailyConfig `yaml:"daily"`
}

// dailyConfig has every payer of a region, or one payer, or what assistance
// bears compared each day on the day after. What is said of a payer itself
// counts before its region's.
type dailyConfig struct {
	Region string `yaml:"region"`
	Payer  string `yaml:"payer"`
	At     string `yaml:"at"`     // HH:MM on the next day, in China
	Since  string `yaml:"since"`  // the first day that is compared
	Share  string `yaml:"share"`  // insurance where left out, assistance, both
	Source string `yaml:"source"` // inbox where left out, live, inbox_then_live, live_then_inbox
}

// The shares that an entry may name.
const (
	dailyInsurance  = "insurance"
	dailyAssistance = "assistance"
	dailyBoth       = "both"
)

// origins are the sources that an entry may name.
var origins = map[string][]reconciliation.Origin{
	"":                {reconciliation.FromInbox},
	"inbox":           {reconciliation.FromInbox},
	"live":            {reconciliation.FromPayer},
	"inbox_then_live": {reconciliation.FromInbox, reconciliation.FromPayer},
	"live_then_inbox": {reconciliation.FromPayer, reconciliation.FromInbox},
}

// plan reads one entry, but for its payer.
func (d *dailyConfig) plan() (p reconciliation.Plan, err error) {
	at, err := time.Parse("15:04", d.At)
	if err != nil {
		return p, fmt.Errorf("at: %q is not a time of day such as 02:30", d.At)
	}
	p.Share, p.At = reconcile.InsuranceShare, time.Duration(at.Hour())*time.Hour+time.Duration(at.Minute())*time.Minute
	if p.From = origins[d.Source]; p.From == nil {
		return p, fmt.Errorf("source: %q is none of inbox, live, inbox_then_live, live_then_inbox", d.Source)
	}
	if p.Since, err = settlement.ParseDate(d.Since); err != nil {
		return p, fmt.Errorf("since: %w", err)
	}
	return p, nil
}

// assistance reports whether an entry is about what assistance bears, of which
// there is one list for all regions.
func (d *dailyConfig) assistance() (bool, error) {
	switch d.Share {
	case "", dailyInsurance:
		return false, nil
	case dailyAssistance:
		if d.Region != "" || d.Payer != "" {
			return true, fmt.Errorf("share: what assistance bears has one list for all regions and payers; name neither with share: assistance")
		}
		if d.Source != "" && d.Source != "inbox" {
			return true, fmt.Errorf("source: nobody can be asked live what assistance bears; its lists come from the inbox")
		}
		return true, nil
	case dailyBoth:
		if d.Region == "" {
			return true, fmt.Errorf("share: both is the payers of a region and what assistance bears; name the region")
		}
		return true, nil
	}
	return false, fmt.Errorf("share: %q is none of insurance, assistance, both", d.Share)
}

// payersOf are the payers that an entry is about.
func (c *config) payersOf(d *dailyConfig) (codes []string, err error) {
	if d.Share == dailyAssistance {
		return nil, nil
	}
	if (d.Region == "") == (d.Payer == "") {
		return nil, fmt.Errorf("name a region or a payer")
	}
	if d.Payer != "" {
		if !slices.ContainsFunc(c.Payers, func(p payerConfig) bool { return p.Code == d.Payer }) {
			return nil, fmt.Errorf("payer: %q is not configured", d.Payer)
		}
		return []string{d.Payer}, nil
	}
	i := slices.IndexFunc(c.Regions, func(r regionConfig) bool { return r.ID == d.Region })
	if i < 0 {
		return nil, fmt.Errorf("region: %q is not configured", d.Region)
	}
	for _, scheme := range c.Regions[i].Payers {
		codes = append(codes, scheme...)
	}
	slices.Sort(codes)
	return slices.Compact(codes), nil
}

// plans are the payers that are compared each day, by code, after what
// assistance bears.
func (c *config) plans() (plans []reconciliation.Plan, err error) {
	from := map[settlement.PayerCode]*dailyConfig{} // "": assistance
	for i := range c.Reconciliation.Daily {
		d := &c.Reconciliation.Daily[i]
		plan, err := d.plan()
		if err != nil {
			return nil, fmt.Errorf("reconciliation.daily[%d].%w", i, err)
		}
		assistance, err := d.assistance()
		if err != nil {
			return nil, fmt.Errorf("reconciliation.daily[%d].%w", i, err)
		}
		if assistance && from[""] != nil {
			return nil, fmt.Errorf("reconciliation.daily[%d].share: assistance is named twice", i)
		}
		if assistance {
			granted := plan
			granted.Share, granted.From, from[""] = reconcile.AssistanceShare, origins["inbox"], d
			plans = append(plans, granted)
		}
		codes, err := c.payersOf(d)
		if err != nil {
			return nil, fmt.Errorf("reconciliation.daily[%d]: %w", i, err)
		}
		for _, code := range codes {
			plan.Payer = settlement.PayerCode(code)
			other := from[plan.Payer]
			switch {
			case other == nil:
				plans = append(plans, plan)
			case other.Payer == "" && d.Payer != "":
				at := slices.IndexFunc(plans, func(p reconciliation.Plan) bool { return p.Payer == plan.Payer })
				plans[at] = plan
			case other.Payer != "" && d.Payer == "":
				continue
			default:
				return nil, fmt.Errorf("reconciliation.daily[%d]: payer %s is named twice; give it an entry of its own", i, code)
			}
			from[plan.Payer] = d
		}
	}
	slices.SortFunc(plans, func(a, b reconciliation.Plan) int { return cmp.Compare(a.Payer, b.Payer) })
	return plans, nil
}

// checkCalendar refuses a calendar that leads nowhere.
func (c *config) checkCalendar() error {
	plans, err := c.plans()
	for i := range plans {
		p := &plans[i]
		switch {
		case err != nil:
		case c.Reconciliation.Inbox == "" && slices.Contains(p.From, reconciliation.FromInbox) && p.Share == reconcile.AssistanceShare:
			return fmt.Errorf("reconciliation.inbox: must be set; the lists of assistance come from there")
		case c.Reconciliation.Inbox == "" && slices.Contains(p.From, reconciliation.FromInbox):
			return fmt.Errorf("reconciliation.inbox: must be set; payer %s is not asked live alone", p.Payer)
		case p.Payer == inbox.Assistance:
			return fmt.Errorf("reconciliation.daily: payer %s has the name of the folder for the lists of assistance", p.Payer)
		}
	}
	return err
}

// tickEvery is how often the calendar is looked at.
const tickEvery = time.Minute

// calendar makes the calendar that is configured, if any. A payer that cannot
// be asked is refused where it would have to be.
func (c *config) calendar(desk *reconciliation.Desk, metrics *measure.Reconciliation, log *slog.Logger) (*reconciliation.Calendar, error) {
	plans, err := c.plans()
	if err != nil {
		return nil, err
	}
	for i := range plans {
		if slices.Contains(plans[i].From, reconciliation.FromPayer) && desk.Sources[plans[i].Payer] == nil {
			return nil, fmt.Errorf("reconciliation.daily: payer %s cannot be asked live", plans[i].Payer)
		}
		metrics.Missing(plans[i].Payer, 0)
	}
	return &reconciliation.Calendar{
		Desk: desk, Inbox: inbox.Folder{Path: c.Reconciliation.Inbox, Now: desk.Now}, Plans: plans, Missing: metrics.Missing,
		Told: func(payer settlement.PayerCode, day settlement.Date, run *reconciliation.Kept, err error) {
			at := log.With("payer", payer, "day", day.String())
			switch {
			case run == nil:
				at.Warn("a day could not be compared", "error", err)
			case run.End.Failed != "":
				at.Warn("a day could not be compared", "run", run.ID, "reason", run.End.Failed)
			default:
				at.Info("a day was compared", "run", run.ID, "differences", run.End.Result.Differences(), "bad_rows", run.End.Result.Bad, "late", run.Late)
			}
		},
	}, nil
}

// keepDays runs what the calendar asks for until serving ends. A day under way
// then goes on until work ends.
func (r *reconciler) keepDays(serving, work context.Context) {
	tick := time.NewTicker(tickEvery)
	defer tick.Stop()
	for {
		r.running.Add(1)
		r.calendar.Tick(serving, work)
		r.running.Done()
		select {
		case <-tick.C:
		case <-serving.Done():
			return
		}
	}
}
