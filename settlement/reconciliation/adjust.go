package reconciliation

import (
	"context"
	"fmt"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/reconcile"
)

// Correction is what a bearer bears of a settlement, as each side says it.
type Correction struct {
	Ours, Theirs settlement.Money
}

// Amount is what is to be posted: theirs less ours.
func (c Correction) Amount() settlement.Money { return c.Theirs - c.Ours }

// Correction is what an adjustment of the difference posts, which nobody types:
// it follows from what the comparison found. False where a posting cannot put
// it right: unless the booking stands on both sides, is in the period of both,
// and nothing but the one amount that the ledger books is off. Bills and
// personal accounts are not the bearer's, and what stands on one side only is
// asked about or reversed.
func (f *Finding) Correction() (Correction, bool) {
	amount, field := reconcile.Fund, "fund"
	if f.Share == reconcile.AssistanceShare {
		amount, field = reconcile.Assistance, "assistance"
	}
	off := f.Off
	off.Amounts[amount] = 0
	if f.Class != reconcile.AmountDiffers || f.Settlement == "" || off != (reconcile.Total{}) {
		return Correction{}, false
	}
	for _, d := range f.Fields {
		if d.Field != field {
			continue
		}
		theirs, err := settlement.ParseMoney(d.Theirs)
		if err != nil {
			return Correction{}, false
		}
		ours, err := settlement.ParseMoney(d.Ours)
		c := Correction{Ours: ours, Theirs: theirs}
		return c, err == nil && c.Amount() == f.Off.Amounts[amount] && theirs >= 0
	}
	return Correction{}, false
}

// AdjustmentOf is the name of the adjustment that a difference leads to.
func AdjustmentOf(id FindingID) settlement.AdjustmentID {
	return settlement.AdjustmentID(fmt.Sprintf("%s/%d", id.Run, id.Line))
}

// adjust posts what theirs says more or less, to the fen.
func (d *Desk) adjust(ctx context.Context, o *order) (string, error) {
	f := o.finding
	c, adjustable := f.Correction()
	if !adjustable {
		return "", notPossible(f, "fix", string(o.fix))
	}
	err := d.Hands.Adjust(ctx, f.Settlement, settlement.Adjustment{
		ID: AdjustmentOf(f.FindingID), Payer: f.Payer, From: c.Ours, To: c.Theirs,
		Document: o.document, Cause: o.cause, By: o.proposer, Approver: o.approver,
	})
	return fmt.Sprintf("posted %s: %s was booked, and %s is from now on", c.Amount(), c.Ours, c.Theirs), err
}

// posted reports whether what was carried out for the earlier difference leaves
// nothing of the later one to the fen: what else differs is what the document
// of the posting was about.
func (f *Finding) posted(earlier *Finding) bool {
	return earlier.State() == Done && earlier.last().Fix == reconcile.PostAdjustment && f.Off == (reconcile.Total{})
}
