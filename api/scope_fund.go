package api

import (
	"context"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/fund"
	"github.com/onestop-gateway/onestop/settlement/report"
	"github.com/onestop-gateway/onestop/settlement/treasury"
)

// Post keeps a posting to a fund of a region of the caller's.
func (s *scopedFunds) Post(ctx context.Context, posting fund.Posting) (fund.Posting, bool, error) {
	if err := inRegion(ctx, "region_id", posting.Key.Region); err != nil {
		return fund.Posting{}, false, err
	}
	return s.of.Post(ctx, posting)
}

// Postings lists those of a fund of a region of the caller's.
func (s *scopedFunds) Postings(ctx context.Context, key fund.Key) ([]fund.Posting, error) {
	if err := inRegion(ctx, "region_id", key.Region); err != nil {
		return nil, err
	}
	return s.of.Postings(inFunds(ctx), key)
}

// Standing says how a fund of a region of the caller's stands.
func (s *scopedFunds) Standing(ctx context.Context, key fund.Key) (fund.Standing, error) {
	if err := inRegion(ctx, "region_id", key.Region); err != nil {
		return fund.Standing{}, err
	}
	return s.of.Standing(inFunds(ctx), key)
}

// Report adds up the year of a region of the caller's.
func (s *scopedFunds) Report(ctx context.Context, region settlement.RegionID, year int) (treasury.Report, error) {
	if err := inRegion(ctx, "region_id", region); err != nil {
		return treasury.Report{}, err
	}
	return s.of.Report(inFunds(ctx), region, year)
}

// Disclose hands over the public list of a region of the caller's.
func (s *scopedFunds) Disclose(ctx context.Context, region settlement.RegionID, year int, each func(report.Disclosure) error) error {
	if err := inRegion(ctx, "region_id", region); err != nil {
		return err
	}
	return s.of.Disclose(inFunds(ctx), region, year, each)
}
