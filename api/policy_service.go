package api

import (
	"context"

	"github.com/onestop-gateway/onestop/api/words"
	onestopv1 "github.com/onestop-gateway/onestop/proto/onestop/v1"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/gazette"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// Policies is what this room needs of the office that publishes policies. Every
// method may return the kinds Invalid, Unavailable, InDoubt and Internal; the
// others are named at each.
type Policies interface {
	// Propose takes a policy file in, once for each request. Blocked, KeyReused.
	Propose(ctx context.Context, ask gazette.Submission) (gazette.Reading, error)
	// Decide records a decision, once for each request. NotFound, Blocked,
	// KeyReused.
	Decide(ctx context.Context, ask gazette.Decision) (gazette.Reading, error)
	// Publication reads one. NotFound.
	Publication(ctx context.Context, id gazette.PublicationID) (gazette.Reading, error)
	// Publications reads one page, and the id to go on after, if any.
	Publications(ctx context.Context, query gazette.Query) ([]gazette.Publication, gazette.PublicationID, error)
	// InForce says what rules a day. NotFound.
	InForce(ctx context.Context, id settlement.PolicyID, day settlement.Date) (gazette.Standing, error)
	// RegionsOf are the regions that settle under a policy.
	RegionsOf(id settlement.PolicyID) []settlement.RegionID
	// Used are the policies that any region settles under.
	Used() []settlement.PolicyID
	// Today is the day by which versions begin.
	Today() settlement.Date
}

// policyService is the contract's server for policies: decode, one verb,
// encode.
type policyService struct {
	onestopv1.UnimplementedPolicyServiceServer
	policies Policies
}

// ProposePolicy takes in a policy file.
func (s *policyService) ProposePolicy(ctx context.Context, in *onestopv1.ProposePolicyRequest) (*onestopv1.PolicyPublication, error) {
	reading, err := s.policies.Propose(ctx, gazette.Submission{
		Key: policyKey(ctx, in.GetRequestId()), Policy: settlement.PolicyID(in.GetPolicyId()),
		Text: in.GetPolicyText(), Cases: in.GetCasesText(), By: operatorOf(in.GetOperator()), Cause: in.GetCause(),
	})
	return encodeReading(ctx, &reading, err)
}

// ApprovePolicy approves one.
func (s *policyService) ApprovePolicy(ctx context.Context, in *onestopv1.ApprovePolicyRequest) (*onestopv1.PolicyPublication, error) {
	reading, err := s.policies.Decide(ctx, gazette.Decision{
		Key: policyKey(ctx, in.GetRequestId()), ID: gazette.PublicationID(in.GetId()), Act: gazette.Approved,
		Etag: in.GetEtag(), By: operatorOf(in.GetOperator()), Cause: in.GetCause(),
	})
	return encodeReading(ctx, &reading, err)
}

// DeclinePolicy declines one.
func (s *policyService) DeclinePolicy(ctx context.Context, in *onestopv1.DeclinePolicyRequest) (*onestopv1.PolicyPublication, error) {
	reading, err := s.policies.Decide(ctx, gazette.Decision{
		Key: policyKey(ctx, in.GetRequestId()), ID: gazette.PublicationID(in.GetId()), Act: gazette.Declined,
		By: operatorOf(in.GetOperator()), Cause: in.GetCause(),
	})
	return encodeReading(ctx, &reading, err)
}

// GetPolicyPublication reads one.
func (s *policyService) GetPolicyPublication(ctx context.Context, in *onestopv1.GetPolicyPublicationRequest) (*onestopv1.PolicyPublication, error) {
	reading, err := s.policies.Publication(ctx, gazette.PublicationID(in.GetId()))
	return encodeReading(ctx, &reading, err)
}

// ListPolicyPublications reads one page.
func (s *policyService) ListPolicyPublications(ctx context.Context, in *onestopv1.ListPolicyPublicationsRequest) (*onestopv1.ListPolicyPublicationsResponse, error) {
	key := "publications\x00" + in.GetPolicyId()
	place, err := parsePageToken(in.GetPageToken(), key)
	if err != nil {
		return nil, err
	}
	query := gazette.Query{Limit: pageLimit(in.GetPageSize())}
	if in.GetPolicyId() != "" {
		query.Policies = []settlement.PolicyID{settlement.PolicyID(in.GetPolicyId())}
	}
	if place != nil {
		query.After = gazette.PublicationID(place.ID)
	}
	found, next, err := s.policies.Publications(ctx, query)
	if err != nil {
		return nil, err
	}
	out := &onestopv1.ListPolicyPublicationsResponse{}
	for i := range found {
		out.Publications = append(out.Publications, encodePublication(&found[i]))
	}
	if next != "" {
		out.NextPageToken = pageToken(lifecycle.Mark{ID: settlement.SettlementID(next)}, key)
	}
	return out, nil
}

// GetPolicyInForce says what rules a day.
func (s *policyService) GetPolicyInForce(ctx context.Context, in *onestopv1.GetPolicyInForceRequest) (*onestopv1.PolicyInForce, error) {
	day := s.policies.Today()
	if in.GetDay() != "" {
		var d decoder
		day = d.date("day", in.GetDay())
		if err := d.err(); err != nil {
			return nil, err
		}
	}
	found, err := s.policies.InForce(ctx, settlement.PolicyID(in.GetPolicyId()), day)
	if err != nil {
		return nil, err
	}
	out := &onestopv1.PolicyInForce{
		PolicyId: string(found.Policy.ID), Title: found.Policy.Title, Day: day.String(),
		Edition: int32(found.Edition.Number), PublicationId: string(found.Edition.ID),
	}
	if v := found.Version; v != nil {
		out.Version, out.EffectiveFromDate, out.EffectiveToDate = string(v.ID), v.Effective.From.String(), dayOrNone(v.Effective.To)
	}
	return out, nil
}

// policyKey is the scope of a request about policies: they are the bureau's.
func policyKey(ctx context.Context, request string) gazette.Key {
	return gazette.Key{Tenant: keyTenantOf(ctx), Request: settlement.RequestID(request)}
}

var policyActs = pairing[onestopv1.PolicyAct, gazette.Act]{
	{onestopv1.PolicyAct_POLICY_ACT_PROPOSED, gazette.Proposed},
	{onestopv1.PolicyAct_POLICY_ACT_APPROVED, gazette.Approved},
	{onestopv1.PolicyAct_POLICY_ACT_DECLINED, gazette.Declined},
}

var versionTurns = pairing[onestopv1.VersionTurn, gazette.Turn]{
	{onestopv1.VersionTurn_VERSION_TURN_ADDED, gazette.Added},
	{onestopv1.VersionTurn_VERSION_TURN_REDATED, gazette.Redated},
	{onestopv1.VersionTurn_VERSION_TURN_WITHDRAWN, gazette.Withdrawn},
}

// encodePublication shows what is kept of a publication.
func encodePublication(p *gazette.Publication) *onestopv1.PolicyPublication {
	out := &onestopv1.PolicyPublication{
		Id: string(p.ID), PolicyId: string(p.Policy), Status: policyActs.toWire(p.Status()), Digest: p.Digest,
		PolicyText: p.Text, CasesText: p.Cases,
	}
	for _, e := range p.History {
		out.Edition = max(out.GetEdition(), int32(e.Edition))
		out.Events = append(out.Events, &onestopv1.PolicyEvent{
			Act: policyActs.toWire(e.Act), Operator: operatorID(e.By), Time: encodeTime(e.At), Cause: e.Cause,
		})
	}
	return out
}

// encodeReading shows what a verb answered, if it did not fail.
func encodeReading(ctx context.Context, r *gazette.Reading, err error) (*onestopv1.PolicyPublication, error) {
	if err != nil {
		return nil, err
	}
	out := encodePublication(&r.Publication)
	out.Title, out.CasesPassed, out.Etag = r.Title, int32(r.Passed), r.Etag
	if r.Effect != nil {
		out.Effect = encodeEffect(r.Effect)
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

func encodeEffect(e *gazette.Effect) *onestopv1.PolicyEffect {
	out := &onestopv1.PolicyEffect{SinceDate: dayOrNone(e.Since), SettlementsTouched: int32(e.Touched), SettlementsMore: e.Most}
	for _, id := range e.Examples {
		out.SettlementIds = append(out.SettlementIds, string(id))
	}
	for i := range e.Versions {
		v := &e.Versions[i]
		shown := &onestopv1.VersionEffect{
			Version: string(v.Version), Turn: versionTurns.toWire(v.Turn), Against: string(v.Against),
			EffectiveFromDate: dayOrNone(v.Effective.From), EffectiveToDate: dayOrNone(v.Effective.To), WasToDate: dayOrNone(v.Was.To),
		}
		for _, rule := range v.Rules {
			shown.Rules = append(shown.Rules, &onestopv1.RuleChange{
				Path: rule.Path, Before: rule.Before, After: rule.After, Message: encodeText(words.RuleChange(rule.Path, rule.Before, rule.After)),
			})
		}
		out.Versions = append(out.Versions, shown)
	}
	return out
}

// dayOrNone is a day as the contract writes it, "" for none.
func dayOrNone(day settlement.Date) string {
	if day == 0 {
		return ""
	}
	return day.String()
}
