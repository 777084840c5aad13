package api

import (
	"context"
	"errors"
	"io"
	"strconv"
	"time"

	onestopv1 "github.com/onestop-gateway/onestop/proto/onestop/v1"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
	"github.com/onestop-gateway/onestop/settlement/reconciliation"
)

// Reconciliations is what this room needs of the desk that compares. Every
// method may return the kinds Invalid, Unavailable, InDoubt and Internal; the
// others are named at each.
type Reconciliations interface {
	// Reconcile has a payer compare. KeyReused, InFlight. A run that takes long
	// is answered while it is under way.
	Reconcile(ctx context.Context, ask reconciliation.Ask) (reconciliation.Begun, error)
	// Upload compares a list, whose form ask.Input names, as Reconcile does. It
	// reads all of file before it answers. TooManyRows: file is too large.
	Upload(ctx context.Context, ask reconciliation.Ask, file io.Reader) (reconciliation.Begun, error)
	// Run reads one run. NotFound.
	Run(ctx context.Context, id reconciliation.RunID) (reconciliation.Kept, error)
	// Runs reads one page of runs, and the place to go on after, if any.
	Runs(ctx context.Context, query reconciliation.RunQuery) ([]reconciliation.Kept, *reconciliation.RunMark, error)
	// Void takes a result back. NotFound, Blocked, Conflict.
	Void(ctx context.Context, id reconciliation.RunID, by, cause string) (reconciliation.Kept, error)
	// Findings reads one page of differences, and the place to go on after, if
	// any. NotFound.
	Findings(ctx context.Context, query reconciliation.FindingQuery) ([]reconciliation.Finding, *reconciliation.FindingID, error)
}

// Fixes is what this room needs to have differences put right. Kinds beside
// those of Reconciliations: NotFound, Blocked, Conflict.
type Fixes interface {
	// Finding reads one difference with its history.
	Finding(ctx context.Context, id reconciliation.FindingID) (reconciliation.Finding, error)
	// Propose records one person's word.
	Propose(ctx context.Context, p reconciliation.Proposal) (reconciliation.Finding, error)
	// Approve carries out what another person proposed and was seen at that
	// length of the history. Forbidden for the same person.
	Approve(ctx context.Context, id reconciliation.FindingID, by string, seen int) (reconciliation.Finding, error)
	// Decline turns a proposal down.
	Decline(ctx context.Context, id reconciliation.FindingID, by string) (reconciliation.Finding, error)
}

// reconciliationService is the contract's server for comparisons: decode, one
// verb, encode.
type reconciliationService struct {
	onestopv1.UnimplementedReconciliationServiceServer
	runs  Reconciliations
	fixes Fixes
}

// CreateReconciliation has a payer compare.
func (s *reconciliationService) CreateReconciliation(ctx context.Context, in *onestopv1.CreateReconciliationRequest) (*onestopv1.Reconciliation, error) {
	ask, err := decodeRun(ctx, in, reconciliation.Live)
	if err != nil {
		return nil, err
	}
	begun, err := s.runs.Reconcile(ctx, ask)
	return encodeBegun(ctx, &begun, err)
}

// compare compares a file.
func (s *reconciliationService) compare(ctx context.Context, in *onestopv1.CreateReconciliationRequest, form onestopv1.ListForm, file io.Reader) (*onestopv1.Reconciliation, error) {
	ask, err := decodeRun(ctx, in, listForms.toWord(form))
	if err != nil {
		return nil, err
	}
	if ask.Input.Form == "" || ask.Input.Form == reconciliation.Live {
		return nil, &settlement.Error{Kind: settlement.KindInvalid, Reason: settlement.ReasonInvalidArgument, Field: "form", Value: "missing"}
	}
	begun, err := s.runs.Upload(ctx, ask, file)
	var wrong *settlement.Problem
	if errors.As(err, &wrong) && wrong.Path == "" { // the file as a whole, or a line of it
		err = wrongAt("file", wrong)
	}
	return encodeBegun(ctx, &begun, err)
}

// GetReconciliation reads one run.
func (s *reconciliationService) GetReconciliation(ctx context.Context, in *onestopv1.GetReconciliationRequest) (*onestopv1.Reconciliation, error) {
	return encodeRun(s.runs.Run(ctx, reconciliation.RunID(in.GetId())))
}

// ListReconciliations reads one page of runs.
func (s *reconciliationService) ListReconciliations(ctx context.Context, in *onestopv1.ListReconciliationsRequest) (*onestopv1.ListReconciliationsResponse, error) {
	query := reconciliation.RunQuery{
		Share: reconciliationShares.toWord(in.GetShare()), Payer: settlement.PayerCode(in.GetPayer()), Limit: pageLimit(in.GetPageSize()),
	}
	key := "reconciliations\x00" + string(query.Share) + "\x00" + in.GetPayer()
	place, err := parsePageToken(in.GetPageToken(), key)
	if err != nil {
		return nil, err
	}
	if place != nil {
		query.Before = &reconciliation.RunMark{At: place.OpenedAt, ID: reconciliation.RunID(place.ID)}
	}
	found, next, err := s.runs.Runs(ctx, query)
	if err != nil {
		return nil, err
	}
	out := &onestopv1.ListReconciliationsResponse{}
	for i := range found {
		run := runMessage(&found[i])
		run.Groups, run.BadRows = nil, nil
		out.Reconciliations = append(out.Reconciliations, run)
	}
	if next != nil {
		out.NextPageToken = pageToken(lifecycle.Mark{OpenedAt: next.At, ID: settlement.SettlementID(next.ID)}, key)
	}
	return out, nil
}

// VoidReconciliation takes a result back.
func (s *reconciliationService) VoidReconciliation(ctx context.Context, in *onestopv1.VoidReconciliationRequest) (*onestopv1.Reconciliation, error) {
	return encodeRun(s.runs.Void(ctx, reconciliation.RunID(in.GetId()), operatorOf(in.GetOperator()), in.GetCause()))
}

// openStates are those in which the last word is not spoken.
var openStates = []reconciliation.Act{
	"", reconciliation.Proposed, reconciliation.Declined, reconciliation.Approved, reconciliation.Done, reconciliation.Failed,
}

// ListDifferences reads one page of what a run found.
func (s *reconciliationService) ListDifferences(ctx context.Context, in *onestopv1.ListDifferencesRequest) (*onestopv1.ListDifferencesResponse, error) {
	query := reconciliation.FindingQuery{
		Run: reconciliation.RunID(in.GetId()), Class: differenceClasses.toWord(in.GetClass()), Limit: pageLimit(in.GetPageSize()),
	}
	if in.GetOpen() {
		query.States = openStates
	}
	key := "differences\x00" + in.GetId() + "\x00" + string(query.Class) + "\x00" + strconv.FormatBool(in.GetOpen())
	place, err := parsePageToken(in.GetPageToken(), key)
	if err != nil {
		return nil, err
	}
	if place != nil {
		query.After = &reconciliation.FindingID{Run: query.Run, Line: int(place.OpenedAt.Unix())}
	}
	found, next, err := s.runs.Findings(ctx, query)
	if err != nil {
		return nil, err
	}
	out := &onestopv1.ListDifferencesResponse{}
	for i := range found {
		out.Differences = append(out.Differences, findingMessage(&found[i]))
	}
	if next != nil { // the place of a difference is its line
		out.NextPageToken = pageToken(lifecycle.Mark{OpenedAt: time.Unix(int64(next.Line), 0), ID: settlement.SettlementID(next.Run)}, key)
	}
	return out, nil
}

// GetDifference reads one difference.
func (s *reconciliationService) GetDifference(ctx context.Context, in *onestopv1.GetDifferenceRequest) (*onestopv1.Difference, error) {
	return encodeFinding(s.fixes.Finding(ctx, findingID(in)))
}

// ProposeFix records the first person's word.
func (s *reconciliationService) ProposeFix(ctx context.Context, in *onestopv1.ProposeFixRequest) (*onestopv1.Difference, error) {
	return encodeFinding(s.fixes.Propose(ctx, reconciliation.Proposal{
		Finding: findingID(in), Fix: fixes.toWord(in.GetFix()), Document: in.GetDocument(), Cause: in.GetCause(),
		By: operatorOf(in.GetOperator()),
	}))
}

// ApproveFix records the second person's word.
func (s *reconciliationService) ApproveFix(ctx context.Context, in *onestopv1.ApproveFixRequest) (*onestopv1.Difference, error) {
	seen, err := strconv.Atoi(in.GetEtag())
	if err != nil { // never: the contract says so
		return nil, err
	}
	return encodeFinding(s.fixes.Approve(ctx, findingID(in), operatorOf(in.GetOperator()), seen))
}

// DeclineFix turns a proposal down.
func (s *reconciliationService) DeclineFix(ctx context.Context, in *onestopv1.DeclineFixRequest) (*onestopv1.Difference, error) {
	return encodeFinding(s.fixes.Decline(ctx, findingID(in), operatorOf(in.GetOperator())))
}

// findingID is the difference that a request names.
func findingID(in interface {
	GetId() string
	GetLine() int32
}) reconciliation.FindingID {
	return reconciliation.FindingID{Run: reconciliation.RunID(in.GetId()), Line: int(in.GetLine())}
}
