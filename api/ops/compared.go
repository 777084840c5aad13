package ops

import (
	"fmt"

	"github.com/onestop-gateway/onestop/api/words"
	"github.com/onestop-gateway/onestop/settlement/reconcile"
	"github.com/onestop-gateway/onestop/settlement/reconciliation"
)

// Compared is what payers and agencies were compared with us for.
type Compared struct {
	Last []reconciliation.Kept         // the last run of each payer that has one, and of the assistance share
	Open []reconciliation.FindingCount // differences on which the last word is not spoken
	Err  error                         // the store could not be read; Last and Open are nil
}

// comparedRun is the last run of one payer as it is shown.
type comparedRun struct {
	reconciliation.Kept
	Came words.Text
	Well bool // it has a result that counts, and nothing differs
}

// openClass is how many differences of a class are open.
type openClass struct {
	Says    words.Text
	Code    reconcile.Class
	Number  int
	Waiting int // of these, fixes that wait for a second person
}

// classes are what differences are called.
var classes = map[reconcile.Class]words.Text{
	reconcile.PayerOnly:     {Zh: "中心多", En: "only they hold it"},
	reconcile.OursOnly:      {Zh: "医药机构多", En: "only we hold it"},
	reconcile.Duplicated:    {Zh: "重复", En: "held more than once"},
	reconcile.StatusDiffers: {Zh: "状态不一致", En: "reversed on one side"},
	reconcile.WrongFacility: {Zh: "机构不一致", En: "of another facility"},
	reconcile.WrongDay:      {Zh: "日期不一致", En: "of another day"},
	reconcile.AmountDiffers: {Zh: "数据不一致", En: "an amount differs"},
}

// runs are the last runs as they are shown.
func (c *Compared) runs() (shown []comparedRun) {
	for _, run := range c.Last {
		one := comparedRun{Kept: run}
		switch end := run.End; {
		case run.Void != nil:
			one.Came = words.Text{Zh: "结果已作废", En: "its result is voided"}
		case end == nil:
			one.Came = words.Text{Zh: "对账中", En: "under way"}
		case end.Failed != "":
			one.Came = text("失败：%s", "failed: %s", end.Failed)
		case end.Result.Differences() > 0 || end.Result.Bad > 0:
			one.Came = text("%d 处差异，%d 行无法识别", "%d differ, %d bad rows", end.Result.Differences(), end.Result.Bad)
		default:
			one.Came, one.Well = words.Text{Zh: "一致", En: "equal"}, true
		}
		shown = append(shown, one)
	}
	return shown
}

// open are the classes of which a difference is open, in the order of classes.
func (c *Compared) open() (shown []openClass) {
	for _, class := range reconcile.Classes() {
		one := openClass{Says: classes[class], Code: class}
		for _, count := range c.Open {
			if count.Class != class {
				continue
			}
			one.Number += count.Count
			if count.State == reconciliation.Proposed {
				one.Waiting += count.Count
			}
		}
		if one.Number > 0 {
			shown = append(shown, one)
		}
	}
	return shown
}

// concern is what the last runs want of people.
func (c *Compared) concern() (is bool, says concern) {
	failed := 0
	for i := range c.Last {
		if end := c.Last[i].End; end != nil && end.Failed != "" {
			failed++
		}
	}
	return failed > 0, concern{Says: text("%d 个支付方最近一次对账失败，见下文", "Payers whose last comparison failed: %d, see below", failed), Runbook: "OnestopReconciliationMissing"}
}

// period is the days of a run.
func period(run comparedRun) string {
	p := run.Scope.Period
	if p.From == p.To {
		return p.From.String()
	}
	return fmt.Sprintf("%s – %s", p.From, p.To)
}
