package storetest

import (
	"testing"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/fund"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// adjusting is the change by which assistance bears some fen less of committed
// s than was booked.
func adjusting(s settlement.Settlement, less settlement.Money) lifecycle.Change {
	s.Adjustments = append([]settlement.Adjustment(nil), s.Adjustments...)
	s.Adjustments = append(s.Adjustments, settlement.Adjustment{
		ID: "run-1/1", From: 500, To: 500 - less, Document: "遂民字〔2012〕7号", Cause: "类别更正", By: "operator/li", Approver: "operator/wang",
		At: moment.Add(time.Hour),
	})
	return lifecycle.Change{
		Settlement: s,
		Entries:    []settlement.Entry{{Account: "adjustment/" + rural.Account(), Debit: less}, {Account: rural.Account() + "/adjustment", Credit: less}},
		Events:     []lifecycle.Event{{At: moment.Add(time.Hour), Actor: "operator/wang", Action: "reconcile.adjust"}},
	}
}

// adjusts posts an adjustment of s.
func (o Opened) adjusts(t *testing.T, s settlement.Settlement, less settlement.Money) settlement.Settlement {
	t.Helper()
	change := adjusting(s, less)
	same(t, "error", o.Store.Advance(t.Context(), change), nil)
	change.Settlement.Revision++
	return change.Settlement
}

// clearingAdjusted: an adjustment is a write of its own, kept with the record,
// which is in the clearing after that of its settlement.
func clearingAdjusted(t *testing.T, o Opened) {
	s := o.commits(t, record("1"), 500)
	o.cuts(t, 1, afterJuly)
	adjusted := o.adjusts(t, s, 70)
	same(t, "settlement", o.reads(t, s.ID), adjusted)
	refused(t, "posted on what moved on", o.Store.Advance(t.Context(), adjusting(s, 70)), settlement.KindConflict)
	o.cuts(t, 2, afterJuly)
	same(t, "the first", o.moved(t, 1), map[movement]int{{s.ID, s.Revision}: 1})
	same(t, "the next", o.moved(t, 2), map[movement]int{{s.ID, adjusted.Revision}: 1})
	same(t, "days", o.days(t, rural), []fund.Day{{Date: 20120701, Paid: 430, Settlements: 1, Adjusted: -70}})
	entries := o.trails(t, s.ID).Entries
	same(t, "entries", entries[len(entries)-2:], adjusting(s, 70).Entries)
}
