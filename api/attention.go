package api

import (
	"context"
	"strconv"

	"google.golang.org/protobuf/proto"

	"github.com/onestop-gateway/onestop/api/identity"
	"github.com/onestop-gateway/onestop/api/words"
	onestopv1 "github.com/onestop-gateway/onestop/proto/onestop/v1"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// attentionKey binds the page tokens of the queue to it; no filter reads so.
const attentionKey = "attention"

// encodeQueue shows a page of the queue.
func encodeQueue(ctx context.Context, queue *lifecycle.Queue) *onestopv1.ListAttentionResponse {
	out := &onestopv1.ListAttentionResponse{}
	for i := range queue.Matters {
		out.Attention = append(out.Attention, matterFor(ctx, &queue.Matters[i]))
	}
	if queue.Next != nil {
		out.NextPageToken = pageToken(*queue.Next, attentionKey)
	}
	return out
}

// encodeMatter shows what a verb answered, if it did not fail.
func encodeMatter(ctx context.Context, m *lifecycle.Matter, err error) (*onestopv1.Attention, error) {
	if err != nil {
		return nil, err
	}
	return matterFor(ctx, m), nil
}

// matterFor is what the caller may read of a settlement: an operator, who meets
// no personal data, not the payer's own words, which may name the person.
func matterFor(ctx context.Context, m *lifecycle.Matter) *onestopv1.Attention {
	out := matter(m)
	if caller := identity.Of(ctx); caller != nil && caller.Is(identity.Operator) {
		out.PayerMessage = ""
	}
	return out
}

// matter shows a settlement to the people who look into it. It names no
// person: the calls go without what was sent and answered.
func matter(m *lifecycle.Matter) *onestopv1.Attention {
	s := &m.Settlement
	out := &onestopv1.Attention{
		Id: string(s.ID), Etag: strconv.FormatInt(s.Revision, 10), FacilityId: string(s.Facility),
		DischargeId: string(s.Discharge), EncounterId: string(encounter(s)),
		State: states.toWire(s.State), Decision: decisions.toWire(s.Decision), PayerMessage: s.Message,
		Message: encodeText(words.Attention(s)), CreateTime: encodeTime(s.OpenedAt), SinceTime: encodeTime(m.Since),
		Proposal: encodeProposal(s.Proposal),
	}
	if s.Adjudication == nil || s.State == settlement.StateAttention { // else it tells of the person's entitlement
		out.Reason = string(s.Reason)
	}
	if out.Reason != "" {
		out.ReasonText = encodeText(words.Reason(s.Reason).What)
	}
	for i := range s.Legs {
		out.Legs = append(out.Legs, encodeLeg(i, &s.Legs[i]))
	}
	for _, possible := range s.Possible() {
		out.Actions = append(out.Actions, &onestopv1.AttentionAction{
			Resolution: resolutions.toWire(possible.Resolution), Leg: legOf(&possible),
			Text: encodeText(words.Resolution(possible.Resolution)),
		})
	}
	for i := range m.Attempts {
		out.Calls = append(out.Calls, encodeCall(&m.Attempts[i]))
	}
	return out
}

func encodeLeg(i int, leg *settlement.Leg) *onestopv1.AttentionLeg {
	return &onestopv1.AttentionLeg{
		Leg: proto.Int32(int32(i)), Payer: string(leg.Payer), State: legStates.toWire(leg.State),
		StateText: encodeText(words.LegState(leg.State)), MessageId: string(leg.Message),
		ReversalMessageId: string(leg.Undo), Reference: leg.Payment.Reference,
		Sends: int32(leg.Sends), Inquiries: int32(leg.Inquiries), Reversals: int32(leg.Undos),
		SendTime: encodeTime(leg.SentAt),
	}
}

func encodeProposal(p *settlement.Proposal) *onestopv1.Proposal {
	if p == nil {
		return nil
	}
	return &onestopv1.Proposal{
		Operator: operatorID(p.By), ProposeTime: encodeTime(p.At), Resolution: resolutions.toWire(p.Resolution),
		Leg: legOf(p), Document: p.Document,
	}
}

// legOf is the leg a proposal is about; absent where it is about all of them.
func legOf(p *settlement.Proposal) *int32 {
	if p.Resolution != settlement.ResolveOffline {
		return nil
	}
	return proto.Int32(int32(p.Leg))
}

func encodeCall(a *lifecycle.Attempt) *onestopv1.AttentionCall {
	return &onestopv1.AttentionCall{
		Leg: proto.Int32(int32(a.Leg)), Operation: operations.toWire(a.Operation), Phase: phases.toWire(a.Phase),
		MessageId: string(a.Message), Time: encodeTime(a.At), Result: results.toWire(a.Result),
	}
}
