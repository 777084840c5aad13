package lifecycle

import (
	"context"

	"github.com/onestop-gateway/onestop/settlement"
)

// Adjust posts an adjustment of a committed settlement: the record, the ledger
// entries, which sum to zero, and a line of the audit trail are one durable
// write. The answer that was given, the person's year and the payer stay as
// they are. The same adjustment again is the same one. Kinds: NotFound; Blocked
// and Invalid as settlement.Adjusted says; KeyReused (its name is another's);
// Conflict (somebody writes the settlement; post again), and those of the store.
func (l *Lifecycle) Adjust(ctx context.Context, id settlement.SettlementID, adjustment settlement.Adjustment) error {
	s, err := l.Settlement(ctx, "", id)
	if err != nil {
		return err
	}
	adjustment.At = l.Now()
	if kept := s.Adjustment(adjustment.ID); kept != nil {
		adjustment.At = kept.At
		if *kept != adjustment {
			return &settlement.Error{Kind: settlement.KindKeyReused, Reason: settlement.ReasonKeyReused, Field: "id", Object: string(id)}
		}
		return nil
	}
	w := &work{Lifecycle: l, s: s, actor: adjustment.Approver}
	if err := w.apply("reconcile.adjust", "")(s.Adjusted(adjustment)); err != nil {
		return err
	}
	w.change.Entries = w.s.AdjustingEntries(&adjustment)
	// It is kept though the caller has gone.
	return w.write(context.WithoutCancel(ctx))
}
