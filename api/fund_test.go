package api

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"

	onestopv1 "github.com/onestop-gateway/onestop/proto/onestop/v1"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/fund"
	"github.com/onestop-gateway/onestop/settlement/report"
	"github.com/onestop-gateway/onestop/settlement/treasury"
)

// books is a treasury that remembers what was posted and answers fixtures.
type books struct {
	posted []fund.Posting
	lines  int // of the public list
}

func (b *books) Post(_ context.Context, p fund.Posting) (fund.Posting, bool, error) {
	if err := p.Check(); err != nil {
		return p, false, err
	}
	for _, kept := range b.posted {
		if kept.Request == p.Request {
			return kept, true, nil
		}
	}
	p.ID, p.At = "g-1", 1_326_160_800_000_000
	b.posted = append(b.posted, p)
	return p, false, nil
}

func (b *books) Postings(context.Context, fund.Key) ([]fund.Posting, error) { return b.posted, nil }

func (b *books) Standing(_ context.Context, key fund.Key) (fund.Standing, error) {
	return fund.Stand(key, b.posted, []fund.Day{{Date: 20120301, Paid: 1_212_500_00, Settlements: 7, Adjusted: -12_50}}, 20120401), nil
}

func (b *books) Report(_ context.Context, region settlement.RegionID, year int) (treasury.Report, error) {
	count := report.Count{Persons: 2, Times: 7, Amount: 1_212_500_00}
	return treasury.Report{Region: region, Year: year, Paid: report.Year{
		Total: count, Average: 606_250_00,
		Lines:    []report.Line{{Fund: settlement.RuralFund, Category: "rural_dibao", Mode: settlement.Inpatient, Count: count}},
		Funds:    []report.Part[settlement.Fund]{{Of: settlement.RuralFund, Count: count}},
		Levels:   []report.Part[settlement.Level]{{Of: settlement.City, Count: count}},
		Adjusted: []report.Part[settlement.Fund]{{Of: settlement.RuralFund, Count: report.Count{Persons: 1, Times: 1, Amount: -12_50}}},
	}}, nil
}

func (b *books) Disclose(_ context.Context, _ settlement.RegionID, _ int, each func(report.Disclosure) error) error {
	for range b.lines {
		if err := each(report.Disclosure{Name: "张*试", Category: "rural_dibao", Fund: settlement.RuralFund, Times: 3, Amount: 500}); err != nil {
			return err
		}
	}
	return nil
}

// rural serves books of one fund.
func rural(t *testing.T) (*world, *books) {
	b := &books{lines: 1}
	return serve(t, func(c *Config) { c.Funds = b }), b
}

const aBudget = `{"request_id": "a-budget-for-the-tests", "region_id": "360827", "fund": "FUND_RURAL", "year": 2012, "kind": "FUND_POSTING_KIND_BUDGET",
	"level": "FUND_LEVEL_PROVINCE", "amount": "1000000.00", "document": "赣财社〔2012〕1号", "day": "2012-01-10", "operator": "li"}`

func TestPostingOverBothTransports(t *testing.T) {
	w, b := rural(t)
	first := w.post("/v1/fundPostings", aBudget)
	want := `{"id":"g-1","region_id":"360827","fund":"FUND_RURAL","year":2012,"kind":"FUND_POSTING_KIND_BUDGET","level":"FUND_LEVEL_PROVINCE",` +
		`"amount":"1000000.00","document":"赣财社〔2012〕1号","day":"2012-01-10","operator":"li","create_time":"2012-01-10T02:00:00Z"}`
	if first.status != http.StatusOK || first.body != want {
		t.Fatalf("%d %s", first.status, first.body)
	}
	kept := fund.Posting{
		ID: "g-1", Request: "a-budget-for-the-tests", Key: fund.Key{Region: "360827", Fund: settlement.RuralFund, Year: 2012}, Kind: fund.Budget,
		Level: settlement.Province, Amount: 1_000_000_00, Document: "赣财社〔2012〕1号", Day: 20120110, By: "operator/li", At: 1_326_160_800_000_000,
	}
	if diff := cmp.Diff([]fund.Posting{kept}, b.posted); diff != "" {
		t.Error(diff)
	}
	again := w.post("/v1/fundPostings", aBudget)
	if again.body != first.body || again.header.Get("Idempotency-Replayed") != "true" {
		t.Errorf("%s, replayed %q", again.body, again.header.Get("Idempotency-Replayed"))
	}

	client, header := onestopv1.NewFundServiceClient(w.conn), metadata.MD{}
	back := &onestopv1.CreateFundPostingRequest{
		RegionId: "360827", Fund: onestopv1.Fund_FUND_RURAL, Year: 2012, Kind: onestopv1.FundPostingKind_FUND_POSTING_KIND_ENROLMENT,
		Amount: "-280.00", Persons: -1, Document: "更正", Day: "2012-02-01", Operator: "wang",
	}
	ctx := metadata.AppendToOutgoingContext(t.Context(), keyHeader, "a-correction-for-the-tests")
	posted, err := client.CreateFundPosting(ctx, back, grpc.Header(&header))
	if err != nil || posted.GetAmount() != "-280.00" || b.posted[1].Request != "a-correction-for-the-tests" || len(header[replayedHeader]) != 0 {
		t.Errorf("%v %v %v", posted, err, header)
	}
	list, err := client.ListFundPostings(t.Context(), &onestopv1.ListFundPostingsRequest{RegionId: "360827", Fund: onestopv1.Fund_FUND_RURAL, Year: 2012})
	if err != nil || len(list.GetPostings()) != 2 {
		t.Errorf("%v %v", list, err)
	}
}

func TestAWrongPostingIsNamedByField(t *testing.T) {
	w, b := rural(t)
	for _, test := range []struct{ name, from, to, field string }{
		{"amount without fen", `"1000000.00"`, `"1000000"`, "amount"},
		{"amount of nothing", `"1000000.00"`, `"0.00"`, "amount"},
		{"no such day", "2012-01-10", "2012-01-32", "day"},
		{"day of another year", "2012-01-10", "2011-01-10", "day"},
		{"fund of nobody", `"FUND_RURAL"`, `"FUND_UNSPECIFIED"`, "fund"},
		{"region that is none", `"360827"`, `"36082"`, "region_id"},
		{"level of nobody", `"FUND_LEVEL_PROVINCE"`, `"FUND_LEVEL_UNSPECIFIED"`, "level"},
		{"name with blanks", `"li"`, `"Li Si"`, "operator"},
		{"document with a control character", "赣财社", `赣\u202e`, "document"},
	} {
		t.Run(test.name, func(t *testing.T) {
			answer := w.post("/v1/fundPostings", strings.Replace(aBudget, test.from, test.to, 1))
			if answer.status != http.StatusBadRequest || !strings.Contains(answer.body, `"field":"`+test.field+`"`) || len(b.posted) != 0 {
				t.Errorf("%d %s", answer.status, answer.body)
			}
		})
	}
}

func TestFundsAreShown(t *testing.T) {
	w, b := rural(t)
	b.posted = []fund.Posting{{Kind: fund.Budget, Level: settlement.County, Amount: 1_000_000_00}, {Kind: fund.Enrolment, Amount: 500_00, Persons: 2}}
	got := w.get("/v1/funds?region_id=360827&year=2012")
	if got.status != http.StatusOK {
		t.Fatalf("%d %s", got.status, got.body)
	}
	rural := `{"region_id":"360827","fund":"FUND_RURAL","year":2012,"raised":"1000000.00","contributions":[{"level":"FUND_LEVEL_COUNTY","amount":"1000000.00"}],` +
		`"assisted":"1212500.00","settlements":7,"enrolment":"500.00","enrolled":2,"left":"-213000.00","utilisation":"121.3","warning":"FUND_WARNING_OVERSPENT",` +
		`"message":{"zh":"农村医疗救助基金已支出121.3%，超出筹集213000.00元；救助照常结算，请追加筹资。",` +
		`"en":"The rural medical assistance fund has paid 121.3 % of what was raised, 213000.00 yuan more; settling goes on, please raise more."},` +
		`"pays_per_day":"39112.90","runs_out_on":"2012-04-01","adjusted":"-12.50"}`
	if !strings.Contains(got.body, rural) {
		t.Errorf("got  %s\nwant %s", got.body, rural)
	}
}

func TestReportsAreFiles(t *testing.T) {
	w, b := rural(t)
	json := w.get("/v1/yearlyReports?region_id=360827&year=2012")
	if json.status != http.StatusOK || !strings.Contains(json.body, `"average":"606250.00"`) || !strings.Contains(json.body, `"category":"rural_dibao"`) ||
		!strings.Contains(json.body, `"adjustments":[{"key":"rural","name":{"zh":"农村医疗救助基金","en":"rural medical assistance fund"},"count":{"persons":1,"times":1,"amount":"-12.50"}}]`) {
		t.Errorf("%d %s", json.status, json.body)
	}
	csv := w.get("/v1/yearlyReports:export?region_id=360827&year=2012")
	want := "\ufeff类别 by,项目 of,名称 name,人数 persons,人次 times,\"金额（元） amount, yuan\"\r\n合计 total,,,2,7,1212500.00\r\n" +
		"调整 adjusted,rural,农村医疗救助基金,1,1,-12.50\r\n" +
		"资金 fund,rural,农村医疗救助基金,2,7,1212500.00\r\n负担 level,city,市级财政,2,7,1212500.00\r\n" +
		"明细 detail,rural/rural_dibao/inpatient,农村医疗救助基金、农村低保对象、住院救助,2,7,1212500.00\r\n"
	if diff := cmp.Diff(want, csv.body); diff != "" || csv.header.Get("Content-Type") != "text/csv; charset=utf-8" {
		t.Errorf("%s %s", csv.header.Get("Content-Type"), diff)
	}
	book := w.get("/v1/yearlyReports:export?region_id=360827&year=2012&format=REPORT_FORMAT_XLSX")
	if book.status != http.StatusOK || !strings.HasPrefix(book.body, "PK") {
		t.Errorf("%d %.40q", book.status, book.body)
	}
	const list = "/v1/yearlyReports:export?region_id=360827&year=2012&content=REPORT_CONTENT_DISCLOSURE"
	if posted := w.get(list); !strings.HasSuffix(posted.body, "\r\n张*试,农村低保对象,农村医疗救助基金,3,5.00\r\n") {
		t.Errorf("%q", posted.body)
	}
	if posted, want := w.get(list+"&format=REPORT_FORMAT_JSON"), `{"region_id":"360827","year":2012,"lines":[{"name":"张*试","category":"rural_dibao","fund":"FUND_RURAL","times":3,"amount":"5.00"}]}`; posted.body != want || posted.header.Get("Content-Type") != "application/json" {
		t.Errorf("%s %s", posted.header.Get("Content-Type"), posted.body)
	}
	if same := w.get("/v1/yearlyReports:export?region_id=360827&year=2012&format=REPORT_FORMAT_JSON"); same.body != json.body {
		t.Errorf("%s\n%s", same.body, json.body)
	}
	b.lines = disclosureMax + 1
	if many := w.get(list); many.status != http.StatusRequestEntityTooLarge || !strings.Contains(many.body, "50000") {
		t.Errorf("%d %s", many.status, many.body)
	}
}
