package api

import (
	"fmt"

	"github.com/onestop-gateway/onestop/api/sheet"
	"github.com/onestop-gateway/onestop/api/statement"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/clearing"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// places are what facilities are called; one that is not configured any more has
// none.
type places map[settlement.FacilityID]lifecycle.Facility

// personsPaid is the payee of grants, in a file.
const personsPaid = "个人 persons"

// tables are a clearing as a list of payments, and as the accounts
// behind them. Each ends in its sum; the list says its own in capitals.
func (p places) tables(c *clearing.Clearing, positions []clearing.Position) []sheet.Table {
	list := sheet.Table{Name: "清算单", Header: []string{
		both("收款机构", "facility"), both("名称", "name"), both("付款方", "bearer"), both("应付（元）", "due, yuan"), both("大写", "in capitals"),
		both("预计付款日", "expected on"), both("已付（元）", "paid"), both("未付（元）", "outstanding"), both("其中调整（元）", "of it adjusted"),
	}}
	for _, s := range clearing.Statements(positions, c.History) {
		due, paid := s.Due(), s.Paid()
		list.Rows = append(list.Rows, []any{
			payeeOf(string(s.Facility)), p[s.Facility].Name, string(s.Bearer), sheet.Amount(due.String()), statement.Capitals(due), c.PayOn.String(),
			sheet.Amount(paid.String()), sheet.Amount((due - paid).String()), sheet.Amount(s.Adjusted().String()),
		})
	}
	t := clearing.Total(positions, c.History)
	list.Rows = append(list.Rows, []any{
		both("合计", "total"), "", "", sheet.Amount(t.Borne.String()), statement.Capitals(t.Borne), c.PayOn.String(),
		sheet.Amount(t.Paid.String()), sheet.Amount((t.Borne - t.Paid).String()), sheet.Amount(t.Adjusted.String()),
	})
	accounts := sheet.Table{Name: "明细", Header: []string{
		both("收款机构", "facility"), both("科目", "account"), both("结算（元）", "settled"), both("冲销（元）", "reversed"),
		both("净额（元）", "net"), both("结算笔数", "settlements"), both("冲销笔数", "reversals"),
	}}
	for i := range positions {
		at := &positions[i]
		accounts.Rows = append(accounts.Rows, []any{
			payeeOf(string(at.Facility)), string(at.Account), sheet.Amount(at.Settled.String()), sheet.Amount(at.Reversed.String()),
			sheet.Amount(at.Due().String()), at.Settlements, at.Reversals,
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

// document is a clearing for print, with room for those who sign it. It says
// what it was made from: the same export is the same document.
func (p places) document(c *clearing.Clearing, positions []clearing.Position) sheet.Document {
	t := clearing.Total(positions, c.History)
	doc := sheet.Document{
		Title: both(fmt.Sprintf("医疗救助清算单 第 %d 期", c.Number), "clearing"),
		Notes: []string{
			fmt.Sprintf("期间 period %s 至 to %s    预计付款日 expected on %s    校验 etag %s", c.Period.From, c.Period.To, c.PayOn, c.Etag()),
			fmt.Sprintf("应付合计 owed %s 元（大写：%s）    已付 paid %s    未付 outstanding %s", t.Borne, statement.Capitals(t.Borne), t.Paid, t.Borne-t.Paid),
			fmt.Sprintf("费用总额 bills %s    个人自付 patients %s    调整 adjusted %s    结算 settlements %d    冲销 reversals %d", t.Bills, t.Patients, t.Adjusted, t.Settlements, t.Reversals),
		},
		Tables: p.tables(c, positions), Made: c.History[len(c.History)-1].At,
	}
	for _, line := range []struct {
		act   clearing.Act
		label string
	}{{clearing.Proposed, "编制 made"}, {clearing.Approved, "批准 approved"}} {
		for i := len(c.History) - 1; i >= 0; i-- {
			if e := &c.History[i]; e.Act == line.act {
				doc.Signed = append(doc.Signed, fmt.Sprintf("%s %s %s", line.label, operatorID(e.By), settlement.DayOf(e.At)))
				break
			}
		}
	}
	doc.Signed = append(doc.Signed, "签章 signature:")
	return doc
}
