package api

import (
	"context"

	"github.com/onestop-gateway/onestop/api/words"
	onestopv1 "github.com/onestop-gateway/onestop/proto/onestop/v1"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/assent"
	"github.com/onestop-gateway/onestop/settlement/correction"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
	"github.com/onestop-gateway/onestop/settlement/registry"
)

// Corrections is what this room needs of the office of corrections. Every
// method may return the kinds Invalid, Unavailable, InDoubt and Internal; the
// others are named at each.
type Corrections interface {
	// Propose takes a matter in, once for each request. NotFound, Blocked,
	// Exists, KeyReused.
	Propose(ctx context.Context, ask assent.Suggestion) (assent.Reading, error)
	// Decide records a decision, once for each request. NotFound, Blocked,
	// Exists, KeyReused.
	Decide(ctx context.Context, ask assent.Decision) (assent.Reading, error)
	// Proposal reads one. NotFound.
	Proposal(ctx context.Context, id correction.ID) (assent.Reading, error)
	// Proposals reads one page, and the id to go on after, if any.
	Proposals(ctx context.Context, query assent.Query) ([]correction.Proposal, correction.ID, error)
}

// correctionService is the contract's server for corrections: decode, one verb,
// encode.
type correctionService struct {
	onestopv1.UnimplementedCorrectionServiceServer
	corrections Corrections
}

// ApproveCorrection approves one.
func (s *correctionService) ApproveCorrection(ctx context.Context, in *onestopv1.ApproveCorrectionRequest) (*onestopv1.Correction, error) {
	reading, err := s.corrections.Decide(ctx, assent.Decision{
		Key: correctionKey(ctx, in.GetRequestId()), ID: correction.ID(in.GetId()), Act: correction.Approved,
		Etag: in.GetEtag(), By: operatorOf(in.GetOperator()), Cause: in.GetCause(),
	})
	return encodeCorrection(ctx, &reading, err)
}

// DeclineCorrection declines one.
func (s *correctionService) DeclineCorrection(ctx context.Context, in *onestopv1.DeclineCorrectionRequest) (*onestopv1.Correction, error) {
	reading, err := s.corrections.Decide(ctx, assent.Decision{
		Key: correctionKey(ctx, in.GetRequestId()), ID: correction.ID(in.GetId()), Act: correction.Declined,
		By: operatorOf(in.GetOperator()), Cause: in.GetCause(),
	})
	return encodeCorrection(ctx, &reading, err)
}

// GetCorrection reads one.
func (s *correctionService) GetCorrection(ctx context.Context, in *onestopv1.GetCorrectionRequest) (*onestopv1.Correction, error) {
	reading, err := s.corrections.Proposal(ctx, correction.ID(in.GetId()))
	return encodeCorrection(ctx, &reading, err)
}

// ListCorrections reads one page.
func (s *correctionService) ListCorrections(ctx context.Context, in *onestopv1.ListCorrectionsRequest) (*onestopv1.ListCorrectionsResponse, error) {
	key := "corrections"
	if in.GetOpen() {
		key += "\x00open"
	}
	place, err := parsePageToken(in.GetPageToken(), key)
	if err != nil {
		return nil, err
	}
	query := assent.Query{Open: in.GetOpen(), Limit: pageLimit(in.GetPageSize())}
	if place != nil {
		query.After = correction.ID(place.ID)
	}
	found, next, err := s.corrections.Proposals(ctx, query)
	if err != nil {
		return nil, err
	}
	out := &onestopv1.ListCorrectionsResponse{}
	for i := range found {
		out.Corrections = append(out.Corrections, encodeSuggested(&found[i]))
	}
	if next != "" {
		out.NextPageToken = pageToken(lifecycle.Mark{ID: settlement.SettlementID(next)}, key)
	}
	return out, nil
}

// correctionKey is the scope of a request about corrections: they are the
// bureau's.
func correctionKey(ctx context.Context, request string) correction.Key {
	return correction.Key{Tenant: keyTenantOf(ctx), Request: settlement.RequestID(request)}
}

var correctionActs = pairing[onestopv1.CorrectionAct, correction.Act]{
	{onestopv1.CorrectionAct_CORRECTION_ACT_PROPOSED, correction.Proposed},
	{onestopv1.CorrectionAct_CORRECTION_ACT_APPROVED, correction.Approved},
	{onestopv1.CorrectionAct_CORRECTION_ACT_DECLINED, correction.Declined},
	{onestopv1.CorrectionAct_CORRECTION_ACT_EXPIRED, correction.Expired},
}

// encodeSuggested shows what is kept of a correction, without what identifies a
// person.
func encodeSuggested(p *correction.Proposal) *onestopv1.Correction {
	m := &p.Matter
	out := &onestopv1.Correction{
		Id: string(p.ID), Status: correctionActs.toWire(p.Status()), Region: string(p.Region),
		PersonId: string(m.Person), FileDigest: m.File, HeldRows: int32(m.Held),
	}
	if !p.Until.IsZero() {
		out.ExpireTime = encodeTime(p.Until)
	}
	if m.Person != "" {
		out.Change = encodeChanges([]registry.Change{m.Change})[0]
		out.Change.RecordTime = nil
		if facts := &m.Change.Facts; facts.Name != "" || facts.Certificate != "" {
			out.MaskedName, out.MaskedIdNumber = masked(facts.Name.Reveal(), 1), maskedNumber(facts.Certificate)
		}
	}
	if m.Posting != nil {
		out.Posting = encodePosting(m.Posting)
		out.Posting.CreateTime = nil
	}
	for _, e := range p.History {
		out.Events = append(out.Events, &onestopv1.CorrectionEvent{
			Act: correctionActs.toWire(e.Act), Operator: operatorID(e.By), Time: encodeTime(e.At), Cause: e.Cause, Became: e.Became,
		})
	}
	return out
}

// encodeCorrection shows what a verb answered, if it did not fail.
func encodeCorrection(ctx context.Context, r *assent.Reading, err error) (*onestopv1.Correction, error) {
	if err != nil {
		return nil, ofRegister(err)
	}
	out := encodeSuggested(&r.Proposal)
	out.Etag = r.Etag
	if r.Effect != nil {
		for _, id := range r.Effect.Touched {
			out.SettlementIds = append(out.SettlementIds, string(id))
		}
	}
	if r.Obstacle != nil {
		reason := settlement.ReasonOf(r.Obstacle)
		out.Reason, out.Message = string(reason), encodeText(words.Reason(reason).Sentence())
	}
	if r.Replayed {
		err = replayed(ctx)
	}
	return out, err
}

// suggested is the answer to a request that only proposes: the id of what waits.
func suggested(ctx context.Context, corrections Corrections, ask assent.Suggestion) (string, error) {
	reading, err := corrections.Propose(ctx, ask)
	if err == nil && reading.Replayed {
		err = replayed(ctx)
	}
	return string(reading.ID), err
}
