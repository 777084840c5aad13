package reconciliation

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/reconcile"
)

// Possible are the fixes that can be proposed for a difference as it stands.
func (f *Finding) Possible() []reconcile.Fix {
	if f.State().Closed() || f.State() == Approved {
		return nil
	}
	var fixes []reconcile.Fix
	if f.Settlement != "" && f.Share == reconcile.InsuranceShare {
		fixes = append(fixes, reconcile.Requery)
	}
	theirs := f.Class == reconcile.PayerOnly || f.Class == reconcile.StatusDiffers || f.Class == reconcile.Duplicated && f.Settlement == ""
	if theirs && f.Message != "" && f.Share == reconcile.InsuranceShare {
		fixes = append(fixes, reconcile.ReverseMessage)
	}
	if _, adjustable := f.Correction(); adjustable {
		fixes = append(fixes, reconcile.PostAdjustment)
	}
	return append(fixes, reconcile.AcceptTheirs)
}

// Proposal is the first of two people's word on a difference.
type Proposal struct {
	Finding  FindingID
	Fix      reconcile.Fix
	Document string // what speaks for it; needed
	Cause    string // why, for a person; needed where an adjustment is posted
	By       string
}

// Finding reads one difference with its history. NotFound.
func (d *Desk) Finding(ctx context.Context, id FindingID) (Finding, error) {
	found, err := d.Store.Findings(ctx, FindingQuery{Run: id.Run, Line: max(id.Line, 1), Limit: 1})
	if err != nil {
		return Finding{}, err
	}
	if len(found) == 0 || id.Line < 1 {
		return Finding{}, &settlement.Error{Kind: settlement.KindNotFound, Reason: settlement.ReasonReconciliationNotFound, Field: "line", Object: string(id.Run)}
	}
	found[0].aged(d.ProposalLife)
	return found[0], nil
}

// Propose records what one person proposes; a later proposal takes the place
// of an earlier one, and the same again is the same unless it has expired. NotFound; Blocked: it is
// closed, its run does not count, or the fix is not one for it; Invalid.
func (d *Desk) Propose(ctx context.Context, p Proposal) (Finding, error) {
	f, err := d.counting(ctx, p.Finding)
	if err != nil {
		return f, err
	}
	if last := f.last(); last.Act == Proposed && last.Fix == p.Fix && last.Document == p.Document && last.Says == p.Cause && last.By == p.By && !f.Lapsed(d.Now()) {
		return f, nil
	}
	if p.Document == "" {
		return f, &settlement.Error{Kind: settlement.KindInvalid, Reason: settlement.ReasonInvalidArgument, Field: "document"}
	}
	if p.Fix == reconcile.PostAdjustment && p.Cause == "" {
		return f, &settlement.Error{Kind: settlement.KindInvalid, Reason: settlement.ReasonInvalidArgument, Field: "cause"}
	}
	if !slices.Contains(f.Possible(), p.Fix) {
		return f, notPossible(&f, "fix", string(p.Fix))
	}
	return d.remark(ctx, f, Remark{Act: Proposed, By: p.By, Fix: p.Fix, Document: p.Document, Says: p.Cause})
}

// Approve carries out what another person proposed. seen is the length of the
// history that was read: another proposal since is Blocked, so that nobody
// approves what they have not seen. The same approval again is answered with
// how the difference stands. Blocked with PROPOSAL_EXPIRED where the time of what
// was proposed is over; Forbidden for the person who proposed.
func (d *Desk) Approve(ctx context.Context, id FindingID, by string, seen int) (Finding, error) {
	f, err := d.counting(ctx, id)
	if err != nil {
		return f, err
	}
	if seen < len(f.History) && seen > 0 && f.History[seen].Act == Approved && f.History[seen].By == by {
		return f, nil
	}
	switch last := f.last(); {
	case last.Act != Proposed:
		return f, notPossible(&f, "id", "")
	case seen != len(f.History):
		return f, &settlement.Error{Kind: settlement.KindBlocked, Reason: settlement.ReasonProposalChanged, Field: "etag", Object: string(id.Run)}
	case f.Lapsed(d.Now()):
		return f, &settlement.Error{
			Kind: settlement.KindBlocked, Reason: settlement.ReasonProposalExpired, Field: "id", Object: string(id.Run), Value: f.Until.UTC().Format(time.RFC3339),
		}
	case by == "" || by == last.By:
		return f, &settlement.Error{Kind: settlement.KindForbidden, Reason: settlement.ReasonSamePerson, Object: string(id.Run)}
	}
	p := f.last()
	f, err = d.remark(ctx, f, Remark{Act: Approved, By: by, Fix: p.Fix, Document: p.Document})
	if err != nil {
		return f, err
	}
	return d.carried(ctx, f)
}

// Decline turns a proposal down; whoever made it may take it back so. Blocked:
// there is none.
func (d *Desk) Decline(ctx context.Context, id FindingID, by string) (Finding, error) {
	f, err := d.counting(ctx, id)
	if err != nil {
		return f, err
	}
	last := f.last()
	if last.Act == Declined && last.By == by {
		return f, nil
	}
	if last.Act != Proposed {
		return f, notPossible(&f, "id", "")
	}
	return d.remark(ctx, f, Remark{Act: Declined, By: by, Fix: last.Fix})
}

// resumeAfter is how long whoever approved is left to carry a fix out.
const resumeAfter = 2 * time.Minute

// Resume carries out what was approved and never finished, because a process
// ended or the store did not answer, and says how many it carried out. Each fix
// stands by itself: the error joins those of all that could not be carried out,
// each with its run and line, and they are tried again.
func (d *Desk) Resume(ctx context.Context) (int, error) {
	done, left := 0, []error(nil)
	query := FindingQuery{States: []Act{Approved}, Limit: pageMost}
	err := d.each(ctx, query, func(f *Finding) error {
		if d.Now().Sub(f.last().At) < resumeAfter {
			return nil
		}
		if _, err := d.carried(ctx, *f); err != nil {
			left = append(left, fmt.Errorf("line %d of run %s: %w", f.Line, f.Run, err))
			return ctx.Err()
		}
		done++
		return nil
	})
	return done, errors.Join(append(left, err)...)
}

// carried carries out what the last two remarks agree on.
func (d *Desk) carried(ctx context.Context, f Finding) (Finding, error) {
	approved, proposed := f.last(), f.History[len(f.History)-2]
	o := order{&f, approved.Fix, approved.Document, proposed.Says, proposed.By, approved.By}
	act, says, err := d.carry(ctx, &o)
	if err != nil {
		return f, err
	}
	return d.remark(context.WithoutCancel(ctx), f, Remark{Act: act, By: approved.By, Fix: approved.Fix, Document: approved.Document, Says: says})
}

// counting reads a difference whose run counts.
func (d *Desk) counting(ctx context.Context, id FindingID) (Finding, error) {
	run, err := d.Store.KeptRun(ctx, id.Run)
	if err != nil {
		return Finding{}, err
	}
	f, err := d.Finding(ctx, id)
	if err == nil && !run.Standing() {
		err = notPossible(&f, "id", "the run does not count")
	}
	return f, err
}

// remark adds a line to the history. Conflict: somebody else was quicker.
func (d *Desk) remark(ctx context.Context, f Finding, r Remark) (Finding, error) {
	r.FindingID, r.Number, r.At = f.FindingID, len(f.History)+1, d.Now()
	if err := d.Store.Remark(ctx, []Remark{r}); err != nil {
		return f, err
	}
	f.History = append(slices.Clip(f.History), r)
	f.aged(d.ProposalLife)
	return f, nil
}

// last is what was last said; nothing of a difference nobody spoke of.
func (f *Finding) last() Remark {
	if len(f.History) == 0 {
		return Remark{}
	}
	return f.History[len(f.History)-1]
}

func notPossible(f *Finding, field, value string) error {
	return &settlement.Error{Kind: settlement.KindBlocked, Reason: settlement.ReasonFixNotPossible, Field: field, Object: string(f.Run), Value: value}
}
