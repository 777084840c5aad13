package api

import (
	"time"

	"github.com/onestop-gateway/onestop/api/sheet"
	"github.com/onestop-gateway/onestop/api/words"
	onestopv1 "github.com/onestop-gateway/onestop/proto/onestop/v1"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/fund"
	"github.com/onestop-gateway/onestop/settlement/report"
	"github.com/onestop-gateway/onestop/settlement/treasury"
)

var levels = pairing[onestopv1.FundLevel, settlement.Level]{
	{onestopv1.FundLevel_FUND_LEVEL_CENTRAL, settlement.Central},
	{onestopv1.FundLevel_FUND_LEVEL_PROVINCE, settlement.Province},
	{onestopv1.FundLevel_FUND_LEVEL_CITY, settlement.City},
	{onestopv1.FundLevel_FUND_LEVEL_COUNTY, settlement.County},
	{onestopv1.FundLevel_FUND_LEVEL_TOWNSHIP, settlement.Township},
	{onestopv1.FundLevel_FUND_LEVEL_CHARITY, settlement.Charitable},
}

var postingKinds = pairing[onestopv1.FundPostingKind, fund.Kind]{
	{onestopv1.FundPostingKind_FUND_POSTING_KIND_BUDGET, fund.Budget},
	{onestopv1.FundPostingKind_FUND_POSTING_KIND_ENROLMENT, fund.Enrolment},
}

var fundWarnings = pairing[onestopv1.FundWarning, fund.Warning]{
	{onestopv1.FundWarning_FUND_WARNING_RUNS_OUT, fund.RunsOut},
	{onestopv1.FundWarning_FUND_WARNING_UNFUNDED, fund.Unfunded},
	{onestopv1.FundWarning_FUND_WARNING_OVERSPENT, fund.Overspent},
}

func encodePosting(p *fund.Posting) *onestopv1.FundPosting {
	return &onestopv1.FundPosting{
		Id: string(p.ID), RegionId: string(p.Key.Region), Fund: funds.toWire(p.Key.Fund), Year: int32(p.Key.Year),
		Kind: postingKinds.toWire(p.Kind), Level: levels.toWire(p.Level), Amount: p.Amount.String(), Persons: int32(p.Persons),
		Document: p.Document, Day: p.Day.String(), Operator: operatorID(p.By), CreateTime: encodeTime(time.UnixMicro(p.At)),
	}
}

func encodeStanding(s *fund.Standing) *onestopv1.FundStanding {
	out := &onestopv1.FundStanding{
		RegionId: string(s.Key.Region), Fund: funds.toWire(s.Key.Fund), Year: int32(s.Key.Year),
		Raised: s.Raised.String(), Assisted: s.Assisted.String(), Settlements: int32(s.Settlements),
		Enrolment: s.Enrolment.String(), Enrolled: int32(s.Enrolled), Left: s.Left().String(), Adjusted: s.Adjusted.String(),
		Utilisation: s.Utilisation, Warning: fundWarnings.toWire(s.Warning), PaysPerDay: s.Forecast.PerDay.String(),
	}
	for _, one := range s.By {
		out.Contributions = append(out.Contributions, &onestopv1.FundContribution{Level: levels.toWire(one.Level), Amount: one.Amount.String()})
	}
	if s.Warning != fund.NoWarning {
		out.Message = encodeText(words.FundWarning(s))
	}
	if s.Forecast.RunsOut {
		out.RunsOutOn = s.Forecast.Day.String()
	}
	return out
}

func encodeCount(c report.Count) *onestopv1.AssistanceCount {
	return &onestopv1.AssistanceCount{Persons: int32(c.Persons), Times: int32(c.Times), Amount: c.Amount.String()}
}

func encodeParts[T ~string](parts []report.Part[T], name func(T) words.Text) (lines []*onestopv1.ReportLine) {
	for _, part := range parts {
		lines = append(lines, &onestopv1.ReportLine{Key: string(part.Of), Name: encodeText(name(part.Of)), Count: encodeCount(part.Count)})
	}
	return lines
}

func encodeReport(r *treasury.Report) *onestopv1.YearlyReport {
	out := &onestopv1.YearlyReport{
		RegionId: string(r.Region), Year: int32(r.Year), Total: encodeCount(r.Paid.Total), Average: r.Paid.Average.String(),
		Funds: encodeParts(r.Paid.Funds, words.Fund), Categories: encodeParts(r.Paid.Categories, words.Category),
		Modes: encodeParts(r.Paid.Modes, words.Mode), Levels: encodeParts(r.Paid.Levels, words.Level),
		Sources: encodeParts(r.Paid.Sources, words.Source), Adjustments: encodeParts(r.Paid.Adjusted, words.Fund),
	}
	for _, line := range r.Paid.Lines {
		out.Cells = append(out.Cells, &onestopv1.ReportCell{
			Fund: funds.toWire(line.Fund), Category: string(line.Category), Mode: modes.toWire(line.Mode), Count: encodeCount(line.Count),
		})
	}
	for i := range r.Standings {
		out.Standings = append(out.Standings, encodeStanding(&r.Standings[i]))
	}
	return out
}

// both is a heading in the two languages.
func both(zh, en string) string { return zh + " " + en }

// reportTable is a report as one table: the whole, then each way to cut it.
func reportTable(r *treasury.Report) sheet.Table {
	t := sheet.Table{Name: "年度报告", Header: []string{
		both("类别", "by"), both("项目", "of"), both("名称", "name"), both("人数", "persons"), both("人次", "times"), both("金额（元）", "amount, yuan"),
	}}
	t.Rows = append(t.Rows, countRow(both("合计", "total"), "", "", r.Paid.Total))
	rows(&t, both("调整", "adjusted"), r.Paid.Adjusted, words.Fund)
	rows(&t, both("资金", "fund"), r.Paid.Funds, words.Fund)
	rows(&t, both("对象", "category"), r.Paid.Categories, words.Category)
	rows(&t, both("方式", "mode"), r.Paid.Modes, words.Mode)
	rows(&t, both("负担", "level"), r.Paid.Levels, words.Level)
	rows(&t, both("其他来源", "other source"), r.Paid.Sources, words.Source)
	for _, line := range r.Paid.Lines {
		name := words.Fund(line.Fund).Zh + "、" + words.Category(line.Category).Zh + "、" + words.Mode(line.Mode).Zh
		t.Rows = append(t.Rows, countRow(both("明细", "detail"), string(line.Fund)+"/"+string(line.Category)+"/"+string(line.Mode), name, line.Count))
	}
	return t
}

func rows[T ~string](t *sheet.Table, by string, parts []report.Part[T], name func(T) words.Text) {
	for _, part := range parts {
		t.Rows = append(t.Rows, countRow(by, string(part.Of), name(part.Of).Zh, part.Count))
	}
}

func countRow(by, of, name string, c report.Count) []any {
	return []any{by, of, name, c.Persons, c.Times, sheet.Amount(c.Amount.String())}
}

// standingTable is how funds stand as a table.
func standingTable(standings []fund.Standing) sheet.Table {
	t := sheet.Table{Name: "资金", Header: []string{
		both("资金", "fund"), both("筹集（元）", "raised"), both("救助支出（元）", "assisted"), both("其中调整（元）", "of it adjusted"), both("资助参保（元）", "enrolment"),
		both("结余（元）", "left"), both("使用率（%）", "utilisation"), both("预警", "warning"), both("预计用完", "runs out on"),
	}}
	for i := range standings {
		s := &standings[i]
		ends := ""
		if s.Forecast.RunsOut {
			ends = s.Forecast.Day.String()
		}
		t.Rows = append(t.Rows, []any{
			words.Fund(s.Key.Fund).Zh, sheet.Amount(s.Raised.String()), sheet.Amount(s.Assisted.String()), sheet.Amount(s.Adjusted.String()), sheet.Amount(s.Enrolment.String()),
			sheet.Amount(s.Left().String()), s.Utilisation, string(s.Warning), ends,
		})
	}
	return t
}

// encodeDisclosure shows a public list.
func encodeDisclosure(region settlement.RegionID, year int, lines []report.Disclosure) *onestopv1.DisclosureList {
	out := &onestopv1.DisclosureList{RegionId: string(region), Year: int32(year)}
	for _, line := range lines {
		out.Lines = append(out.Lines, &onestopv1.DisclosureLine{
			Name: line.Name, Category: string(line.Category), Fund: funds.toWire(line.Fund), Times: int32(line.Times), Amount: line.Amount.String(),
		})
	}
	return out
}

// disclosureTable is a public list as a table.
func disclosureTable(lines []report.Disclosure) sheet.Table {
	t := sheet.Table{Name: "公示", Header: []string{
		both("姓名", "name"), both("救助对象类别", "category"), both("资金", "fund"), both("人次", "times"), both("救助金额（元）", "amount, yuan"),
	}}
	for _, line := range lines {
		t.Rows = append(t.Rows, []any{line.Name, words.Category(line.Category).Zh, words.Fund(line.Fund).Zh, line.Times, sheet.Amount(line.Amount.String())})
	}
	return t
}
