package storetest

import (
	"testing"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

var reviewScenarios = []scenario{
	{"flags the settlements it names", reviewFlags},
	{"is not lost to a writer that had not seen it", reviewNotLost},
}

// reviewed reverses s and flags others.
func (o Opened) reviewed(t *testing.T, s settlement.Settlement, others ...settlement.SettlementID) error {
	t.Helper()
	_, err := o.Store.Close(t.Context(), s, func(lifecycle.Ground) (lifecycle.Change, error) {
		change := reversing(s)
		change.Review = others
		return change, nil
	})
	return err
}

func reviewFlags(t *testing.T, o Opened) {
	all := o.committed(t, "1", "2", "3", "4")
	same(t, "error", o.reviewed(t, all[0], all[1].ID, all[3].ID), nil)
	for i, want := range []bool{false, true, false, true} {
		same(t, "review of "+string(all[i].ID), o.reads(t, all[i].ID).Review, want)
	}
	flagged := all[1]
	flagged.Review = true
	flagged.Revision = o.reads(t, flagged.ID).Revision // a store may raise it
	same(t, "what was flagged", o.reads(t, flagged.ID), flagged)
}

func reviewNotLost(t *testing.T, o Opened) {
	all := o.committed(t, "1", "2")
	same(t, "error", o.reviewed(t, all[0], all[1].ID), nil)
	err := o.Store.Advance(t.Context(), lifecycle.Change{Settlement: all[1]})
	if err != nil { // a store may refuse the writer or keep the flag for it
		refused(t, "advancing", err, settlement.KindConflict)
	}
	same(t, "review", o.reads(t, all[1].ID).Review, true)
}
