package statement

import (
	"slices"
	"strings"

	"github.com/onestop-gateway/onestop/settlement/reconcile"
)

// Form is the shape of a list.
type Form string

// The forms. What is not a workbook may come packed in a zip.
const (
	Upload   Form = "3202-upload" // table 200: all that one side holds
	Result   Form = "3202-result" // table 201: what the platform found to differ
	CSV      Form = "csv"         // a heading, then one booking a row
	Workbook Form = "xlsx"        // the same, on the first sheet
)

// Forms are all of them.
func Forms() []Form { return []Form{Upload, Result, CSV, Workbook} }

// column is one kind of cell.
type column struct {
	names  []string // in headings; the first is the platform's
	states reconcile.Fields
	read   func(*row, string)
	must   bool // null is no answer
}

// columns are all that a list may have. The three of which nothing is read are
// for people.
var columns = []column{
	{names: []string{"mdtrt_id", "就诊ID"}, read: func(r *row, text string) { r.line.Encounter = name[encounterID](r, text) }, must: true},
	{names: []string{"setl_id", "结算ID"}, states: reconcile.StatesReference, read: func(r *row, text string) { r.line.Reference = name[string](r, text) }},
	{names: []string{"msgid", "报文ID"}, states: reconcile.StatesMessage, read: func(r *row, text string) { r.line.Message = name[messageID](r, text) }},
	{names: []string{"psn_no", "人员编号"}, states: reconcile.StatesPerson, read: func(r *row, text string) { r.line.Person = name[private](r, text) }},
	{names: []string{"fixmedins_code", "定点医药机构编号"}, states: reconcile.StatesFacility, read: func(r *row, text string) { r.line.Facility = name[facilityID](r, text) }},
	{names: []string{"setl_time", "结算时间", "结算日期"}, states: reconcile.StatesDay, read: (*row).day, must: true},
	{names: []string{"insutype", "险种"}, states: reconcile.StatesInsurance, read: func(r *row, text string) { r.line.Insurance = coded(r, text, insurances) }},
	{names: []string{"clr_type", "清算类别"}, states: reconcile.StatesClearing, read: func(r *row, text string) { r.line.Clearing = coded(r, text, clearings) }},
	{names: []string{"category", "救助对象类别"}, states: reconcile.StatesCategory, read: func(r *row, text string) { r.line.Category = name[categoryID](r, text) }},
	{names: []string{"medfee_sumamt", "医疗费总额"}, states: reconcile.StatesBill, read: amount(reconcile.Bill), must: true},
	{names: []string{"fund_pay_sumamt", "基金支付总额"}, states: reconcile.StatesFund, read: amount(reconcile.Fund), must: true},
	{names: []string{"acct_pay", "个人账户支出"}, states: reconcile.StatesAccount, read: amount(reconcile.Account)},
	{names: []string{"maf_pay", "医疗救助"}, states: reconcile.StatesAssistance, read: amount(reconcile.Assistance), must: true},
	{names: []string{"refd_setl_flag", "退费结算标志"}, read: (*row).flag},
	{names: []string{"stmt_rslt", "对账结果"}, read: (*row).result, must: true},
	{names: []string{"memo", "备注"}, read: skip},
	{names: []string{"exp_content", "扩展字段"}, read: skip},
}

func skip(*row, string) {}

// The columns of the platform's lists, in their order; the last may be left
// out of all rows.
var (
	uploadColumns = []string{"setl_id", "mdtrt_id", "psn_no", "medfee_sumamt", "fund_pay_sumamt", "acct_pay", "refd_setl_flag", "exp_content"}
	resultColumns = []string{
		"psn_no", "mdtrt_id", "setl_id", "msgid", "stmt_rslt", "refd_setl_flag", "memo", "medfee_sumamt", "fund_pay_sumamt", "acct_pay", "exp_content",
	}
)

// layout is what the cells of a row are.
type layout struct {
	columns []*column
	states  reconcile.Fields
}

// named finds the layout of a heading. A cell that heads nothing is not told:
// where there is no heading, it is somebody's.
func named(heading []string, line int) (layout, error) {
	var l layout
	if !slices.ContainsFunc(heading, func(cell string) bool { return columnOf(cell) >= 0 }) {
		return l, refused(line, "no headings: the first row must name the columns, as %s", headings())
	}
	for at, cell := range heading {
		i := columnOf(cell)
		switch {
		case i < 0:
			return l, refused(line, "column %d: no such heading; known are %s", at+1, headings())
		case slices.Contains(l.columns, &columns[i]):
			return l, refused(line, "heading %q: stands twice", cell)
		}
		l.columns = append(l.columns, &columns[i])
		l.states |= columns[i].states
	}
	if !slices.Contains(l.columns, &columns[0]) {
		return l, refused(line, "no column %s", columns[0].names[0])
	}
	if l.states&(reconcile.StatesFund|reconcile.StatesAssistance) == 0 {
		return l, refused(line, "neither fund_pay_sumamt nor maf_pay among the columns: nothing to compare")
	}
	return l, nil
}

// columnOf is the place among columns of the one that a cell heads; -1: none.
func columnOf(cell string) int {
	return slices.IndexFunc(columns, func(c column) bool { return slices.Contains(c.names, cell) })
}

// headings are what columns are called, by the platform's names.
func headings() string {
	names := make([]string, len(columns))
	for i := range columns {
		names[i] = columns[i].names[0]
	}
	return strings.Join(names, ", ")
}

// fixed is the layout of a platform's list by its first row.
func fixed(known []string, cells int) (layout, error) {
	if cells != len(known) && cells != len(known)-1 {
		return layout{}, refused(1, "%d columns: must be %d or %d, divided by tabs", cells, len(known)-1, len(known))
	}
	return named(known[:cells], 1)
}
