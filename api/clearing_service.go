package api

import (
	"context"
	"strconv"

	"google.golang.org/genproto/googleapis/api/httpbody"

	"github.com/onestop-gateway/onestop/api/sheet"
	onestopv1 "github.com/onestop-gateway/onestop/proto/onestop/v1"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/clearing"
	"github.com/onestop-gateway/onestop/settlement/clearinghouse"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// Clearings is what this room needs of the clearing house. Every method may
// return the kinds Invalid, Unavailable, InDoubt and Internal; the others are
// named at each.
type Clearings interface {
	// Open opens the next period, once for each request. Blocked, KeyReused.
	Open(ctx context.Context, ask clearinghouse.Opening) (clearinghouse.Outcome, error)
	// Take takes a clearing one step further, once for each request. NotFound,
	// Blocked, KeyReused.
	Take(ctx context.Context, ask clearinghouse.Step) (clearinghouse.Outcome, error)
	// Clearing reads one with its positions, as a scope sees them. NotFound.
	Clearing(ctx context.Context, number clearing.Number, scope clearinghouse.Scope) (clearing.Clearing, []clearing.Position, error)
	// Clearings reads one page, and the number to go on before, if any.
	Clearings(ctx context.Context, query clearinghouse.Query) ([]clearing.Clearing, clearing.Number, error)
	// Positions are those of a clearing; none before it is frozen.
	Positions(ctx context.Context, number clearing.Number) ([]clearing.Position, error)
}

// clearingService is the contract's server for clearings: decode, one verb,
// encode.
type clearingService struct {
	onestopv1.UnimplementedClearingServiceServer
	clearings Clearings
	places    places
}

// CreateClearing opens a period.
func (s *clearingService) CreateClearing(ctx context.Context, in *onestopv1.CreateClearingRequest) (*onestopv1.Clearing, error) {
	var d decoder
	period := settlement.Period{From: d.date("from_date", in.GetFromDate()), To: d.date("to_date", in.GetToDate())}
	if err := d.err(); err != nil {
		return nil, err
	}
	outcome, err := s.clearings.Open(ctx, clearinghouse.Opening{
		Key: clearingKey(ctx, in.GetRequestId()), Period: period, By: operatorOf(in.GetOperator()),
	})
	return s.encode(ctx, &outcome, err)
}

// AdvanceClearing takes one step.
func (s *clearingService) AdvanceClearing(ctx context.Context, in *onestopv1.AdvanceClearingRequest) (*onestopv1.Clearing, error) {
	act := clearingActs.toWord(in.GetAct())
	if act == clearing.Frozen {
		act = clearing.Cut // which freezes too
	}
	outcome, err := s.clearings.Take(ctx, clearinghouse.Step{
		Key: clearingKey(ctx, in.GetRequestId()), Number: clearing.Number(in.GetNumber()), Act: act,
		By: operatorOf(in.GetOperator()), Cause: in.GetCause(), Etag: in.GetEtag(),
	})
	return s.encode(ctx, &outcome, err)
}

// ExportClearing gives a clearing as a file.
func (s *clearingService) ExportClearing(ctx context.Context, in *onestopv1.ExportClearingRequest) (*httpbody.HttpBody, error) {
	outcome, err := s.clearings.Take(ctx, clearinghouse.Step{
		Key: clearingKey(ctx, in.GetRequestId()), Number: clearing.Number(in.GetNumber()), Act: clearing.Exported,
		By: operatorOf(in.GetOperator()), Cause: clearingForms.toWord(in.GetFormat()),
	})
	if err != nil {
		return nil, err
	}
	positions, err := s.clearings.Positions(ctx, outcome.Clearing.Number)
	if err != nil {
		return nil, err
	}
	switch in.GetFormat() {
	case onestopv1.ClearingFormat_CLEARING_FORMAT_PDF:
		return portable(sheet.PDF(s.places.document(&outcome.Clearing, positions)))
	case onestopv1.ClearingFormat_CLEARING_FORMAT_XLSX:
		return workbook(sheet.XLSX(s.places.tables(&outcome.Clearing, positions)...))
	}
	return commaSeparated(sheet.CSV(s.places.tables(&outcome.Clearing, positions)[0]))
}

// ConfirmPayment keeps a payment.
func (s *clearingService) ConfirmPayment(ctx context.Context, in *onestopv1.ConfirmPaymentRequest) (*onestopv1.Clearing, error) {
	var d decoder
	payment := clearing.Payment{
		Facility: settlement.FacilityID(in.GetFacilityId()), Bearer: clearing.Bearer(in.GetBearer()),
		Amount: d.signed("amount", in.GetAmount()), Reference: in.GetReference(), Day: d.date("day", in.GetDay()),
	}
	if err := d.err(); err != nil {
		return nil, err
	}
	outcome, err := s.clearings.Take(ctx, clearinghouse.Step{
		Key: clearingKey(ctx, in.GetRequestId()), Number: clearing.Number(in.GetNumber()), Act: clearing.Paid,
		By: operatorOf(in.GetOperator()), Payment: &payment,
	})
	return s.encode(ctx, &outcome, err)
}

// GetClearing reads one. A hospital sees what it is to be paid, and nothing of
// another.
func (s *clearingService) GetClearing(ctx context.Context, in *onestopv1.GetClearingRequest) (*onestopv1.Clearing, error) {
	scope := clearinghouse.Scope{All: true}
	if facility := in.GetFacilityId(); facility != "" {
		scope = clearinghouse.Scope{Facilities: []settlement.FacilityID{settlement.FacilityID(facility)}}
	}
	found, positions, err := s.clearings.Clearing(ctx, clearing.Number(in.GetNumber()), scope)
	if err != nil {
		return nil, err
	}
	return encodeClearing(&found, positions), nil
}

// ListClearings reads one page.
func (s *clearingService) ListClearings(ctx context.Context, in *onestopv1.ListClearingsRequest) (*onestopv1.ListClearingsResponse, error) {
	const key = "clearings"
	place, err := parsePageToken(in.GetPageToken(), key)
	if err != nil {
		return nil, err
	}
	query := clearinghouse.Query{Limit: pageLimit(in.GetPageSize()), Scope: clearinghouse.Scope{All: true}}
	if place != nil {
		before, err := strconv.ParseInt(string(place.ID), 10, 64)
		if err != nil {
			return nil, badToken()
		}
		query.Before = clearing.Number(before)
	}
	found, next, err := s.clearings.Clearings(ctx, query)
	if err != nil {
		return nil, err
	}
	out := &onestopv1.ListClearingsResponse{}
	for i := range found {
		out.Clearings = append(out.Clearings, encodePeriod(&found[i]))
	}
	if next != 0 {
		out.NextPageToken = pageToken(lifecycle.Mark{ID: settlement.SettlementID(strconv.FormatInt(int64(next), 10))}, key)
	}
	return out, nil
}

// clearingKey is the scope of a request about clearings, which are the bureau's.
func clearingKey(ctx context.Context, request string) clearinghouse.Key {
	return clearinghouse.Key{Tenant: keyTenantOf(ctx), Request: settlement.RequestID(request)}
}

// encode shows what a request came to, if it did not fail.
func (s *clearingService) encode(ctx context.Context, outcome *clearinghouse.Outcome, err error) (*onestopv1.Clearing, error) {
	if err != nil {
		return nil, err
	}
	var positions []clearing.Position
	if outcome.Clearing.Frozen() != nil {
		positions, err = s.clearings.Positions(ctx, outcome.Clearing.Number)
	}
	if err == nil && outcome.Replayed {
		err = replayed(ctx)
	}
	if err != nil {
		return nil, err
	}
	return encodeClearing(&outcome.Clearing, positions), nil
}
