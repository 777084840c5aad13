package api

import (
	"context"
	"strconv"

	onestopv1 "github.com/onestop-gateway/onestop/proto/onestop/v1"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// Matters is what this room needs of the lifecycle for the people who look
// into what the gateway cannot prove. Every method may return the kinds
// Unavailable, InDoubt and Internal; the others are named at each.
type Matters interface {
	// Attention reads one page of what waits for people, newest first.
	Attention(ctx context.Context, before *lifecycle.Mark, limit int) (lifecycle.Queue, error)
	// Matter reads one settlement with its journal of calls. NotFound.
	Matter(ctx context.Context, id settlement.SettlementID) (lifecycle.Matter, error)
	// Propose records one person's word. NotFound, Blocked, Invalid, Conflict.
	Propose(ctx context.Context, id settlement.SettlementID, proposal settlement.Proposal) (lifecycle.Matter, error)
	// Approve carries out what another person proposed and is seen at that
	// revision. Kinds as in Propose, and Forbidden for the same person.
	Approve(ctx context.Context, id settlement.SettlementID, by string, seen int64) (lifecycle.Matter, error)
	// Decline turns a proposal down. Kinds as in Propose.
	Decline(ctx context.Context, id settlement.SettlementID, by string) (lifecycle.Matter, error)
}

// attentionService is the contract's server for people: decode, one verb,
// encode.
type attentionService struct {
	onestopv1.UnimplementedAttentionServiceServer
	matters Matters
}

// ListAttention reads one page of the queue.
func (s *attentionService) ListAttention(ctx context.Context, in *onestopv1.ListAttentionRequest) (*onestopv1.ListAttentionResponse, error) {
	before, err := parsePageToken(in.GetPageToken(), attentionKey)
	if err != nil {
		return nil, err
	}
	queue, err := s.matters.Attention(ctx, before, pageLimit(in.GetPageSize()))
	if err != nil {
		return nil, err
	}
	return encodeQueue(ctx, &queue), nil
}

// GetAttention reads one settlement with its journal of calls.
func (s *attentionService) GetAttention(ctx context.Context, in *onestopv1.GetAttentionRequest) (*onestopv1.Attention, error) {
	found, err := s.matters.Matter(ctx, settlement.SettlementID(in.GetId()))
	return encodeMatter(ctx, &found, err)
}

// ProposeResolution records the first person's word.
func (s *attentionService) ProposeResolution(ctx context.Context, in *onestopv1.ProposeResolutionRequest) (*onestopv1.Attention, error) {
	proposal := settlement.Proposal{
		By: operatorOf(in.GetOperator()), Resolution: resolutions.toWord(in.GetResolution()),
		Leg: int(in.GetLeg()), Document: in.GetDocument(),
	}
	if (in.Leg != nil) != (proposal.Resolution == settlement.ResolveOffline) {
		return nil, &settlement.Error{
			Kind: settlement.KindInvalid, Reason: settlement.ReasonInvalidArgument, Field: "leg", Object: in.GetId(),
			Value: "for " + onestopv1.Resolution_RESOLUTION_REVERSED_OFFLINE.String() + " only, and needed there",
		}
	}
	found, err := s.matters.Propose(ctx, settlement.SettlementID(in.GetId()), proposal)
	return encodeMatter(ctx, &found, err)
}

// ApproveResolution records the second person's word.
func (s *attentionService) ApproveResolution(ctx context.Context, in *onestopv1.ApproveResolutionRequest) (*onestopv1.Attention, error) {
	seen, err := strconv.ParseInt(in.GetEtag(), 10, 64)
	if err != nil { // never: the contract says so
		return nil, err
	}
	found, err := s.matters.Approve(ctx, settlement.SettlementID(in.GetId()), operatorOf(in.GetOperator()), seen)
	return encodeMatter(ctx, &found, err)
}

// DeclineResolution turns a proposal down.
func (s *attentionService) DeclineResolution(ctx context.Context, in *onestopv1.DeclineResolutionRequest) (*onestopv1.Attention, error) {
	found, err := s.matters.Decline(ctx, settlement.SettlementID(in.GetId()), operatorOf(in.GetOperator()))
	return encodeMatter(ctx, &found, err)
}
