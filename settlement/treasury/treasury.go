package treasury

import (
	"context"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/correction"
	"github.com/onestop-gateway/onestop/settlement/fund"
	"github.com/onestop-gateway/onestop/settlement/report"
)

// Config is what a Treasury is made of. Every field but TwoFrom is required.
type Config struct {
	Store Store
	// TwoFrom is from which amount on, either way, a posting needs two people;
	// 0: none does.
	TwoFrom settlement.Money
	Now     func() time.Time
	NewID   func() fund.PostingID
}

// Treasury posts and reports.
type Treasury struct {
	Config
	walking chan struct{} // full while somebody walks through a year
}

// New makes a Treasury.
func New(config Config) *Treasury {
	return &Treasury{Config: config, walking: make(chan struct{}, 1)}
}

// Post keeps a posting, once for each request: a repeat is answered with what
// was kept, and a write whose answer was lost is looked for. Invalid names the field. Blocked with SECOND_PERSON_NEEDED: it is to
// be proposed. KeyReused: the request was used for another posting. Unavailable,
// InDoubt: post again with the same request.
func (t *Treasury) Post(ctx context.Context, posting fund.Posting) (kept fund.Posting, replayed bool, err error) {
	if err := posting.Check(); err != nil {
		return fund.Posting{}, false, err
	}
	posting.ID = t.NewID()
	kept, err = settlement.Once(
		func() (fund.Posting, error) { return t.replay(ctx, &posting) },
		func() (fund.Posting, error) { return t.post(ctx, posting) },
		settlement.Raced,
	)
	return kept, err == nil && kept.ID != posting.ID, err
}

// replay is the posting that a request became. NotFound: none; KeyReused: it
// asked for another.
func (t *Treasury) replay(ctx context.Context, posting *fund.Posting) (fund.Posting, error) {
	kept, err := t.Store.PostingOf(ctx, posting.Tenant, posting.Request)
	if err == nil && !kept.Same(posting) {
		err = &settlement.Error{Kind: settlement.KindKeyReused, Reason: settlement.ReasonKeyReused, Field: "request_id", Object: string(kept.ID)}
	}
	return kept, err
}

// post keeps a posting that one person may make alone.
func (t *Treasury) post(ctx context.Context, posting fund.Posting) (fund.Posting, error) {
	if t.TwoFrom > 0 && max(posting.Amount, -posting.Amount) >= t.TwoFrom {
		return fund.Posting{}, correction.Needed("amount")
	}
	posting.At = t.Now().UnixMicro()
	return posting, t.Store.Post(ctx, posting, nil)
}

// PostApproved keeps a posting that a second person approved, with the approval
// in one transaction. Invalid. Exists: a request key is there. Conflict: it is
// decided already. Unavailable, InDoubt: read the proposal again.
func (t *Treasury) PostApproved(ctx context.Context, posting fund.Posting, approval correction.Note) error {
	err := posting.Check()
	if err != nil {
		return err
	}
	posting.ID, posting.At = t.NewID(), t.Now().UnixMicro()
	approval.Event.Became = string(posting.ID)
	return t.Store.Post(ctx, posting, &approval)
}

// Postings are all postings of a fund, in the order they were made.
func (t *Treasury) Postings(ctx context.Context, key fund.Key) ([]fund.Posting, error) {
	if err := key.Check(); err != nil {
		return nil, err
	}
	return t.Store.Postings(ctx, key)
}

// Standing says how a fund stands today. A fund nobody posted to and nobody
// drew on stands at nothing.
func (t *Treasury) Standing(ctx context.Context, key fund.Key) (fund.Standing, error) {
	if err := key.Check(); err != nil {
		return fund.Standing{}, err
	}
	days, err := t.Store.Days(ctx, key)
	if err != nil {
		return fund.Standing{}, err
	}
	return t.stand(ctx, key, days)
}

// stand says how a fund stands today on which days drew.
func (t *Treasury) stand(ctx context.Context, key fund.Key, days []fund.Day) (fund.Standing, error) {
	postings, err := t.Postings(ctx, key)
	return fund.Stand(key, postings, days, settlement.DayOf(t.Now())), err
}

// walk is the store's Assisted, one at a time: each holds one of the few readers
// until it ends, and whoever settles needs the others. Unavailable: ctx ended
// first.
func (t *Treasury) walk(ctx context.Context, region settlement.RegionID, year int, each func(Drawn) error) error {
	if err := (fund.Key{Region: region, Fund: settlement.RuralFund, Year: year}).Check(); err != nil {
		return err
	}
	select {
	case t.walking <- struct{}{}:
	case <-ctx.Done():
		return &settlement.Error{Kind: settlement.KindUnavailable, Reason: settlement.ReasonStoreUnavailable, Cause: ctx.Err()}
	}
	defer func() { <-t.walking }()
	return t.Store.Assisted(ctx, region, year, each)
}

// Report is a region's year: what was paid to whom, and how its funds stand.
type Report struct {
	Region    settlement.RegionID
	Year      int
	Paid      report.Year
	Standings []fund.Standing // urban, then rural
}

// Report adds up a region's year. What was paid is what the settlements say, and
// how the funds stand is what the ledger says, both at one moment: what a fund
// granted and what adjustments changed of it are, to the fen, what it paid.
func (t *Treasury) Report(ctx context.Context, region settlement.RegionID, year int) (Report, error) {
	r, adder := Report{Region: region, Year: year}, report.NewAdder()
	draws := map[settlement.Fund]fund.Draws{settlement.UrbanFund: {}, settlement.RuralFund: {}}
	err := t.walk(ctx, region, year, func(d Drawn) error {
		draws[d.Fund].Add(d.Settlement.Claim.Discharge, d.Paid, d.Adjusted)
		return adder.Add(d.Settlement)
	})
	if err != nil {
		return r, err
	}
	r.Paid = adder.Year()
	for _, name := range []settlement.Fund{settlement.UrbanFund, settlement.RuralFund} {
		standing, err := t.stand(ctx, fund.Key{Region: region, Fund: name, Year: year}, draws[name].Days())
		if err != nil {
			return r, err
		}
		r.Standings = append(r.Standings, standing)
	}
	return r, nil
}

// Disclose hands each line of a region's public list for a year, in order of
// the persons' pseudonyms, which tells nothing. A person no longer known to the
// registry has no name.
func (t *Treasury) Disclose(ctx context.Context, region settlement.RegionID, year int, each func(report.Disclosure) error) error {
	tell := func(lines []report.Disclosure) error {
		for _, line := range lines {
			if err := each(line); err != nil {
				return err
			}
		}
		return nil
	}
	var posted report.Posted
	err := t.walk(ctx, region, year, func(d Drawn) error { return tell(posted.Add(d.Settlement, d.Name)) })
	if err != nil {
		return err
	}
	return tell(posted.Rest())
}
