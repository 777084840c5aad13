package main

import (
	"cmp"
	"slices"

	"github.com/onestop-gateway/onestop/adapters/payer/inbox"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/reconciliation"
)

// examineInbox looks at the lists of each payer that is compared by calendar.
func (d *doctor) examineInbox(c *config) {
	plans, err := c.plans()
	if err != nil {
		d.problem("calendar of reconciliation", alike(err.Error()), told("mend it in the configuration", "请在配置中改正"))
		return
	}
	folder := inbox.Folder{Path: c.Reconciliation.Inbox, Now: d.now}
	for i := range plans {
		d.examineLists(folder, &plans[i])
	}
}

// examineLists looks for what keeps a payer's days from being compared: lists
// that cannot be seen, that are named otherwise, that stand twice, and the last
// that is due and has not come.
func (d *doctor) examineLists(folder inbox.Folder, p *reconciliation.Plan) {
	check, folderName, before := "inbox of payer "+string(p.Payer), cmp.Or(string(p.Payer), inbox.Assistance), len(d.report)
	if p.Payer == "" {
		check = "inbox of assistance"
	}
	lists, strange, err := folder.Files(p.Payer)
	if err != nil {
		d.problem(check, alike(err.Error()), told("let the gateway's user read the folder", "请让网关的运行用户可读该目录"))
		return
	}
	if len(strange) > 0 {
		d.warn(check, told("%d files are named like no list, such as %s", "%d 个文件名不符合清单命名，例如 %s", len(strange), strange[0]),
			told("call them DAY.FORM or DAY.FORM.zip, as 2026-07-01.csv", "请命名为 日期.格式 或 日期.格式.zip，如 2026-07-01.csv"))
	}
	days := make([]settlement.Date, len(lists))
	for i := range lists {
		days[i] = lists[i].Day
	}
	slices.Sort(days)
	for i := 1; i < len(days); i++ {
		if days[i] == days[i-1] {
			d.warn(check, told("%s has more than one list", "%s 有多份清单", days[i]), told("leave the right one", "请只保留正确的一份"))
		}
	}
	due := settlement.DayOf(d.now().Add(-p.At)).Previous()
	if !slices.Contains(p.From, reconciliation.FromPayer) && due >= p.Since && !slices.Contains(days, due) {
		d.warn(check, told("the list of %s has not come", "%s 的清单尚未到达", due), told("ask the payer for it, or lay it into the folder %s", "请向支付方索取，或放入目录 %s", folderName))
	}
	if len(d.report) == before {
		d.ok(check, told("%d lists, all named as lists are", "清单 %d 份，命名均正确", len(lists)))
	}
}
