package ops

import (
	"strings"
	"testing"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/reconcile"
	"github.com/onestop-gateway/onestop/settlement/reconciliation"
)

// lately is one run of yesterday, which failed for a reason or found two
// differences.
func lately(failed settlement.Reason) []reconciliation.Kept {
	at := time.Date(2026, 11, 20, 18, 30, 0, 0, time.UTC)
	end := &reconciliation.Ending{At: at, Failed: failed}
	if failed == "" {
		end.Result.Classes = []reconciliation.ClassCount{{Class: reconcile.OursOnly, Count: 2}}
	}
	return []reconciliation.Kept{{
		Scope: reconcile.Scope{Payer: "nhsa", Period: settlement.Period{From: 20261120, To: 20261120}}, At: at, End: end, Late: true,
	}}
}

// Every outcome of the last run, and every class that is open, is told in both
// languages.
func TestCompared(t *testing.T) {
	equal, voided, busy := lately(""), lately(""), lately("")
	equal[0].End.Result.Classes, voided[0].Void, busy[0].End = nil, &reconciliation.Remark{}, nil
	agency := lately("")
	agency[0].Scope.Payer, agency[0].Scope.Period.To = "", 20261121
	all := make([]reconciliation.FindingCount, 0, len(reconcile.Classes()))
	for _, class := range reconcile.Classes() {
		all = append(all, reconciliation.FindingCount{Class: class, Count: 1})
	}
	for name, one := range map[string]struct {
		compared Compared
		zh, en   []string
	}{
		"nothing yet":   {Compared{}, []string{"尚未对账。", "✓ 没有"}, []string{"Nothing was compared yet.", "✓ none"}},
		"equal":         {Compared{Last: equal}, []string{"✓ 一致", "2026-11-20</td>", "2026-11-21 02:30:00", "迟到清单"}, []string{"✓ equal", "a late list"}},
		"different":     {Compared{Last: lately("")}, []string{"! 2 处差异，0 行无法识别"}, []string{"! 2 differ, 0 bad rows"}},
		"failed":        {Compared{Last: lately("BAD_DOCUMENT")}, []string{"! 失败：BAD_DOCUMENT"}, []string{"! failed: BAD_DOCUMENT"}},
		"voided":        {Compared{Last: voided}, []string{"! 结果已作废"}, []string{"! its result is voided"}},
		"under way":     {Compared{Last: busy}, []string{"! 对账中"}, []string{"! under way"}},
		"assistance":    {Compared{Last: agency}, []string{"医疗救助", "2026-11-20 – 2026-11-21"}, []string{"assistance"}},
		"store is away": {Compared{Err: errAway}, []string{"对账情况未知"}, []string{"it is not known"}},
		"open": {Compared{Open: append(all, reconciliation.FindingCount{Class: reconcile.OursOnly, State: reconciliation.Proposed, Count: 3})},
			[]string{"中心多 <code>payer_only", "医药机构多 <code>ours_only</code></th><td class=\"number\" data-name=\"笔数\">4</td><td class=\"number\" data-name=\"待第二人批准\">3<", "重复", "状态不一致", "机构不一致", "日期不一致", "数据不一致"},
			[]string{"only they hold it", "only we hold it", "held more than once", "reversed on one side", "of another facility", "of another day", "an amount differs"}},
	} {
		w := quiet()
		w.compared = one.compared
		handler := NewHandler(w.config())
		for language, want := range map[string][]string{"zh": one.zh, "en": one.en} {
			page := get(t, handler, Path+"?lang="+language).Body.String()
			for _, text := range want {
				if !strings.Contains(page, text) {
					t.Errorf("%s: it does not show %q", name, text)
				}
			}
		}
	}
}
