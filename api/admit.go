package api

import (
	"context"
	"path"

	"google.golang.org/grpc"

	"github.com/onestop-gateway/onestop/api/admission"
	"github.com/onestop-gateway/onestop/api/identity"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// classOf says which calls go first where not all can be answered. Every method
// of the contract is named: a test compares.
var classOf = map[string]admission.Class{
	"ReverseSettlement":      admission.Reversal,
	"CreateFundPosting":      admission.Report,
	"ListFundPostings":       admission.Report,
	"ListFunds":              admission.Report,
	"GetYearlyReport":        admission.Report,
	"ExportReport":           admission.Report,
	"ProposeResolution":      admission.Reversal,
	"ApproveResolution":      admission.Reversal,
	"DeclineResolution":      admission.Reversal,
	"GetAttention":           admission.Query,
	"GetSettlement":          admission.Query,
	"GetStatement":           admission.Query,
	"QuoteSettlement":        admission.Settle,
	"GetQuote":               admission.Query,
	"ListQuotes":             admission.Report,
	"ReleaseQuote":           admission.Reversal,
	"CreateSettlement":       admission.Settle,
	"ListSettlements":        admission.Report,
	"ListAttention":          admission.Report,
	"CreateApproval":         admission.Report,
	"DecideApproval":         admission.Report,
	"GetApproval":            admission.Query,
	"CheckBenefits":          admission.Query,
	"ListApprovals":          admission.Report,
	"GetNotice":              admission.Query,
	"ListNotices":            admission.Report,
	"ApproveCorrection":      admission.Report,
	"DeclineCorrection":      admission.Report,
	"GetCorrection":          admission.Query,
	"ListCorrections":        admission.Report,
	"CreateClearing":         admission.Report,
	"AdvanceClearing":        admission.Report,
	"ExportClearing":         admission.Report,
	"ConfirmPayment":         admission.Report,
	"GetClearing":            admission.Report,
	"ListClearings":          admission.Report,
	"CreateAdmission":        admission.Settle,
	"ChargeAdmission":        admission.Settle,
	"StateAdmission":         admission.Report,
	"ProposeRemedy":          admission.Report,
	"ApproveRemedy":          admission.Report,
	"DeclineRemedy":          admission.Report,
	"GetAdmission":           admission.Query,
	"ListAdmissions":         admission.Report,
	"CreatePerson":           admission.Report,
	"GetPerson":              admission.Query,
	"ListPersons":            admission.Report,
	"ListPersonChanges":      admission.Report,
	"RecordPersonChange":     admission.Report,
	"CreateReview":           admission.Report,
	"GetReview":              admission.Report,
	"DecideProposal":         admission.Report,
	"ListStandards":          admission.Report,
	"ProposePolicy":          admission.Report,
	"ApprovePolicy":          admission.Report,
	"DeclinePolicy":          admission.Report,
	"GetPolicyPublication":   admission.Report,
	"ListPolicyPublications": admission.Report,
	"GetPolicyInForce":       admission.Query,
	"CreateReconciliation":   admission.Report,
	"UploadReconciliation":   admission.Report,
	"GetReconciliation":      admission.Query,
	"ListReconciliations":    admission.Report,
	"VoidReconciliation":     admission.Report,
	"ListDifferences":        admission.Report,
	"GetDifference":          admission.Query,
	"ProposeFix":             admission.Reversal,
	"ApproveFix":             admission.Reversal,
	"DeclineFix":             admission.Reversal,
}

// admitted waits for a place of a call, or refuses it before anything is done.
// Others may have the place while the call waits for payers.
func (c *Config) admitted(ctx context.Context, req any, info *grpc.UnaryServerInfo, next grpc.UnaryHandler) (any, error) {
	if c.Admission == nil {
		return next(ctx, req)
	}
	watch := lifecycle.WatchOf(ctx)
	waited := watch.Enter(lifecycle.ShareQueue)
	place, err := c.Admission.Enter(ctx, classOf[path.Base(info.FullMethod)], shareOf(ctx, req))
	waited()
	if err != nil {
		return nil, err
	}
	defer place.Leave()
	watch.OnPayer(func(asked bool) {
		if asked {
			place.Aside()
		} else {
			place.Back()
		}
	})
	return next(ctx, req)
}

// shareOf is whose share of the queue a call takes: its caller's. Where callers
// are not known, it is the facility's that is named; one that names none takes
// a common share.
func shareOf(ctx context.Context, req any) string {
	if caller := identity.Of(ctx); caller != nil {
		return string(caller.Tenant)
	}
	if in, ok := req.(interface{ GetFacilityId() string }); ok {
		return in.GetFacilityId()
	}
	return ""
}
