package api

import (
	"github.com/onestop-gateway/onestop/api/sheet"
	"github.com/onestop-gateway/onestop/api/statement"
	onestopv1 "github.com/onestop-gateway/onestop/proto/onestop/v1"
	"github.com/onestop-gateway/onestop/settlement/clearing"
)

var clearingActs = pairing[onestopv1.ClearingAct, clearing.Act]{
	{onestopv1.ClearingAct_CLEARING_ACT_OPENED, clearing.Opened},
	{onestopv1.ClearingAct_CLEARING_ACT_CUT, clearing.Cut},
	{onestopv1.ClearingAct_CLEARING_ACT_FROZEN, clearing.Frozen},
	{onestopv1.ClearingAct_CLEARING_ACT_PROPOSED, clearing.Proposed},
	{onestopv1.ClearingAct_CLEARING_ACT_DECLINED, clearing.Declined},
	{onestopv1.ClearingAct_CLEARING_ACT_APPROVED, clearing.Approved},
	{onestopv1.ClearingAct_CLEARING_ACT_EXPORTED, clearing.Exported},
	{onestopv1.ClearingAct_CLEARING_ACT_PAID, clearing.Paid},
	{onestopv1.ClearingAct_CLEARING_ACT_VOIDED, clearing.Voided},
}

var paymentStandings = pairing[onestopv1.PaymentStanding, clearing.Standing]{
	{onestopv1.PaymentStanding_PAYMENT_STANDING_UNPAID, clearing.Unpaid},
	{onestopv1.PaymentStanding_PAYMENT_STANDING_PART_PAID, clearing.PartPaid},
	{onestopv1.PaymentStanding_PAYMENT_STANDING_PAID, clearing.PaidFull},
	{onestopv1.PaymentStanding_PAYMENT_STANDING_OVER_PAID, clearing.OverPaid},
}

var clearingForms = pairing[onestopv1.ClearingFormat, string]{
	{onestopv1.ClearingFormat_CLEARING_FORMAT_CSV, "csv"},
	{onestopv1.ClearingFormat_CLEARING_FORMAT_XLSX, "xlsx"},
}

// encodePeriod shows a clearing with its history and without its sums.
func encodePeriod(c *clearing.Clearing) *onestopv1.Clearing {
	out := &onestopv1.Clearing{
		Number: int32(c.Number), FromDate: c.Period.From.String(), ToDate: c.Period.To.String(), PayOn: c.PayOn.String(),
		Status: clearingActs.toWire(c.Act()), Etag: c.Etag(),
	}
	for i := range c.History {
		e := &c.History[i]
		out.Events = append(out.Events, &onestopv1.ClearingEvent{
			Act: clearingActs.toWire(e.Act), Operator: operatorID(e.By), Time: encodeTime(e.At), Cause: e.Cause,
		})
	}
	return out
}

// encodeClearing shows a clearing with what it comes to.
func encodeClearing(c *clearing.Clearing, positions []clearing.Position) *onestopv1.Clearing {
	out := encodePeriod(c)
	if c.Frozen() == nil {
		return out
	}
	t := clearing.Total(positions, c.History)
	out.Totals = &onestopv1.ClearingTotals{
		Bills: t.Bills.String(), Patients: t.Patients.String(), Borne: t.Borne.String(), Paid: t.Paid.String(),
		BorneCapitals: statement.Capitals(t.Borne), Settlements: int32(t.Settlements), Reversals: int32(t.Reversals),
	}
	for _, s := range clearing.Statements(positions, c.History) {
		out.Statements = append(out.Statements, encodeOwed(&s))
	}
	return out
}

// encodeOwed shows one statement.
func encodeOwed(s *clearing.Statement) *onestopv1.ClearingStatement {
	due, paid := s.Due(), s.Paid()
	out := &onestopv1.ClearingStatement{
		FacilityId: string(s.Facility), Bearer: string(s.Bearer), Due: due.String(), Paid: paid.String(),
		Outstanding: (due - paid).String(), Standing: paymentStandings.toWire(s.Standing()),
	}
	for i := range s.Lines {
		line := &s.Lines[i]
		out.Lines = append(out.Lines, &onestopv1.ClearingLine{
			Account: string(line.Account), Settled: line.Settled.String(), Reversed: line.Reversed.String(),
			Settlements: int32(line.Settlements), Reversals: int32(line.Reversals),
		})
	}
	for _, p := range s.Payments {
		out.Payments = append(out.Payments, &onestopv1.ClearingPayment{Amount: p.Amount.String(), Reference: p.Reference, Day: p.Day.String()})
	}
	return out
}

// personsPaid is the payee of grants, in a file.
const personsPaid = "个人 persons"

// clearingTables are a clearing as a list of payments, and as the accounts
// behind them. Each ends in its sum; the list says its own in capitals.
func clearingTables(c *clearing.Clearing, positions []clearing.Position) []sheet.Table {
	list := sheet.Table{Name: "清算单", Header: []string{
		both("收款机构", "facility"), both("付款方", "bearer"), both("应付（元）", "due, yuan"), both("大写", "in capitals"),
		both("预计付款日", "expected on"), both("已付（元）", "paid"), both("未付（元）", "outstanding"),
	}}
	for _, s := range clearing.Statements(positions, c.History) {
		due, paid := s.Due(), s.Paid()
		list.Rows = append(list.Rows, []any{
			payeeOf(string(s.Facility)), string(s.Bearer), sheet.Amount(due.String()), statement.Capitals(due), c.PayOn.String(),
			sheet.Amount(paid.String()), sheet.Amount((due - paid).String()),
		})
	}
	t := clearing.Total(positions, c.History)
	list.Rows = append(list.Rows, []any{
		both("合计", "total"), "", sheet.Amount(t.Borne.String()), statement.Capitals(t.Borne), c.PayOn.String(),
		sheet.Amount(t.Paid.String()), sheet.Amount((t.Borne - t.Paid).String()),
	})
	accounts := sheet.Table{Name: "明细", Header: []string{
		both("收款机构", "facility"), both("科目", "account"), both("结算（元）", "settled"), both("冲销（元）", "reversed"),
		both("净额（元）", "net"), both("结算笔数", "settlements"), both("冲销笔数", "reversals"),
	}}
	for i := range positions {
		p := &positions[i]
		accounts.Rows = append(accounts.Rows, []any{
			payeeOf(string(p.Facility)), string(p.Account), sheet.Amount(p.Settled.String()), sheet.Amount(p.Reversed.String()),
			sheet.Amount(p.Due().String()), p.Settlements, p.Reversals,
		})
	}
	return []sheet.Table{list, accounts}
}

func payeeOf(facility string) string {
	if facility == "" {
		return personsPaid
	}
	return facility
}
