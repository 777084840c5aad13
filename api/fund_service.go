package api

import (
	"context"
	"fmt"

	"google.golang.org/genproto/googleapis/api/httpbody"
	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/proto"

	"github.com/onestop-gateway/onestop/api/sheet"
	onestopv1 "github.com/onestop-gateway/onestop/proto/onestop/v1"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/assent"
	"github.com/onestop-gateway/onestop/settlement/correction"
	"github.com/onestop-gateway/onestop/settlement/fund"
	"github.com/onestop-gateway/onestop/settlement/report"
	"github.com/onestop-gateway/onestop/settlement/treasury"
)

// Funds is what this room needs of the treasury. Every method may return the
// kinds Invalid, Unavailable and Internal; the others are named at each.
type Funds interface {
	// Post keeps a posting, once for each request. Blocked, KeyReused, InDoubt.
	Post(ctx context.Context, posting fund.Posting) (kept fund.Posting, replayed bool, err error)
	// Postings are all postings of a fund, in the order they were made.
	Postings(ctx context.Context, key fund.Key) ([]fund.Posting, error)
	// Standing says how a fund stands.
	Standing(ctx context.Context, key fund.Key) (fund.Standing, error)
	// Report adds up a region's year.
	Report(ctx context.Context, region settlement.RegionID, year int) (treasury.Report, error)
	// Disclose hands each line of a public list and stops at its first error.
	Disclose(ctx context.Context, region settlement.RegionID, year int, each func(report.Disclosure) error) error
}

// fundService is the contract's server for the bureau's funds: decode, one
// verb, encode.
type fundService struct {
	onestopv1.UnimplementedFundServiceServer
	funds       Funds
	corrections Corrections
}

// CreateFundPosting keeps one posting, or proposes it.
func (s *fundService) CreateFundPosting(ctx context.Context, in *onestopv1.CreateFundPostingRequest) (*onestopv1.FundPosting, error) {
	posting, err := decodePosting(ctx, in)
	if err != nil {
		return nil, err
	}
	if cause := in.GetProposeBecause(); cause != "" {
		id, err := suggested(ctx, s.corrections, assent.Suggestion{
			Key: correction.Key{Tenant: posting.Tenant, Request: posting.Request}, By: posting.By, Cause: cause, Matter: correction.Matter{Posting: &posting},
		})
		if err != nil {
			return nil, err
		}
		out := encodePosting(&posting)
		out.CreateTime, out.CorrectionId = nil, id
		return out, nil
	}
	kept, replayed, err := s.funds.Post(ctx, posting)
	if err != nil {
		return nil, err
	}
	if replayed {
		if err := grpc.SetHeader(ctx, metadata.Pairs(replayedHeader, "true")); err != nil {
			return nil, err
		}
	}
	return encodePosting(&kept), nil
}

// ListFundPostings lists a fund's postings.
func (s *fundService) ListFundPostings(ctx context.Context, in *onestopv1.ListFundPostingsRequest) (*onestopv1.ListFundPostingsResponse, error) {
	key := fund.Key{Region: settlement.RegionID(in.GetRegionId()), Fund: funds.toWord(in.GetFund()), Year: int(in.GetYear())}
	found, err := s.funds.Postings(ctx, key)
	if err != nil {
		return nil, err
	}
	out := &onestopv1.ListFundPostingsResponse{}
	for i := range found {
		out.Postings = append(out.Postings, encodePosting(&found[i]))
	}
	return out, nil
}

// ListFunds says how a region's two funds stand.
func (s *fundService) ListFunds(ctx context.Context, in *onestopv1.ListFundsRequest) (*onestopv1.ListFundsResponse, error) {
	out := &onestopv1.ListFundsResponse{}
	for _, name := range []settlement.Fund{settlement.UrbanFund, settlement.RuralFund} {
		standing, err := s.funds.Standing(ctx, fund.Key{Region: settlement.RegionID(in.GetRegionId()), Fund: name, Year: int(in.GetYear())})
		if err != nil {
			return nil, err
		}
		out.Funds = append(out.Funds, encodeStanding(&standing))
	}
	return out, nil
}

// GetYearlyReport reports a region's year.
func (s *fundService) GetYearlyReport(ctx context.Context, in *onestopv1.GetYearlyReportRequest) (*onestopv1.YearlyReport, error) {
	found, err := s.funds.Report(ctx, settlement.RegionID(in.GetRegionId()), int(in.GetYear()))
	if err != nil {
		return nil, err
	}
	return encodeReport(&found), nil
}

// ExportReport gives a region's year as a file.
func (s *fundService) ExportReport(ctx context.Context, in *onestopv1.ExportReportRequest) (*httpbody.HttpBody, error) {
	region, year := settlement.RegionID(in.GetRegionId()), int(in.GetYear())
	if in.GetContent() == onestopv1.ReportContent_REPORT_CONTENT_DISCLOSURE {
		lines, err := s.disclosure(ctx, region, year)
		if err != nil {
			return nil, err
		}
		return file(in.GetFormat(), encodeDisclosure(region, year, lines), disclosureTable(lines))
	}
	found, err := s.funds.Report(ctx, region, year)
	if err != nil {
		return nil, err
	}
	return file(in.GetFormat(), encodeReport(&found), reportTable(&found), standingTable(found.Standings))
}

// file is a message or its tables in a format; a CSV is the first of these.
func file(format onestopv1.ReportFormat, message proto.Message, tables ...sheet.Table) (*httpbody.HttpBody, error) {
	switch format {
	case onestopv1.ReportFormat_REPORT_FORMAT_JSON:
		return printed("application/json")(jsonForm{}.Marshal(message))
	case onestopv1.ReportFormat_REPORT_FORMAT_XLSX:
		return workbook(sheet.XLSX(tables...))
	}
	return commaSeparated(sheet.CSV(tables[0]))
}

// The forms that people open in a spreadsheet, and print.
var (
	portable       = printed("application/pdf")
	workbook       = printed("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
	commaSeparated = printed("text/csv; charset=utf-8")
)

// disclosure is a region's public list, if it is not too long.
func (s *fundService) disclosure(ctx context.Context, region settlement.RegionID, year int) (lines []report.Disclosure, err error) {
	err = s.funds.Disclose(ctx, region, year, func(line report.Disclosure) error {
		if len(lines) == disclosureMax {
			return &settlement.Error{Kind: settlement.KindTooManyRows, Reason: settlement.ReasonInvalidArgument, Field: "content", Value: fmt.Sprintf("more than %d lines", disclosureMax)}
		}
		lines = append(lines, line)
		return nil
	})
	return lines, err
}

// disclosureMax bounds the lines of one list, as the contract says.
const disclosureMax = 50_000

// decodePosting reads what is posted; what is wrong is named all at once.
func decodePosting(ctx context.Context, in *onestopv1.CreateFundPostingRequest) (fund.Posting, error) {
	var d decoder
	p := fund.Posting{
		Tenant: keyTenantOf(ctx), Request: settlement.RequestID(in.GetRequestId()),
		Key:  fund.Key{Region: settlement.RegionID(in.GetRegionId()), Fund: funds.toWord(in.GetFund()), Year: int(in.GetYear())},
		Kind: postingKinds.toWord(in.GetKind()), Level: levels.toWord(in.GetLevel()),
		Amount: d.signed("amount", in.GetAmount()), Persons: int(in.GetPersons()),
		Document: in.GetDocument(), Day: d.date("day", in.GetDay()), By: operatorOf(in.GetOperator()),
	}
	return p, d.err()
}
