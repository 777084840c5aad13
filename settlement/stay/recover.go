package stay

import (
	"context"
	"slices"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
)

// recovery is who asks again in the audit trail.
const recovery = "recovery"

// What a payer owes is asked for again after againFirst, then after twice as
// long each time, up to againMost.
const (
	againFirst = time.Minute
	againMost  = time.Hour
)

// recoverPage is how many stays are looked at at once.
const recoverPage = 100

// Run asks again, until ctx ends, what payers owe.
func (w *Ward) Run(ctx context.Context) {
	ticker := time.NewTicker(w.Every)
	defer ticker.Stop()
	for {
		if err := w.Recover(ctx); err != nil && ctx.Err() == nil {
			w.Log.WarnContext(ctx, "asking again about stays", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// Recover looks once at each stay about which a payer owes an answer, also one
// that another gateway died over, and asks again what may be asked twice: a
// registration where the payer gives one stay one number, and rows. Others wait
// for people. Two gateways that meet at a stay do not both send: one of them
// writes the next event. An error of one stay is logged and keeps none from the
// next.
func (w *Ward) Recover(ctx context.Context) error {
	query := Query{Outstanding: true, Limit: recoverPage}
	owed := map[settlement.PayerCode]int{}
	for {
		found, next, err := w.List(ctx, query)
		if err != nil {
			return err
		}
		for i := range found {
			if ctx.Err() != nil {
				return nil
			}
			if !found[i].Outstanding() {
				continue // answered since it was listed
			}
			if w.late(&found[i]) {
				owed[found[i].Form.Payer]++
			}
			if err := w.again(ctx, &found[i]); err != nil {
				w.Log.InfoContext(ctx, "a stay stays in doubt", "stay", found[i].Event.Stay, "error", err)
			}
		}
		if next == nil {
			w.InDoubt(owed)
			return nil
		}
		query.Before = next
	}
}

// again asks once more what a payer owes about a stay, if it is time.
func (w *Ward) again(ctx context.Context, found *Stay) error {
	payer := w.Payers[found.Form.Payer]
	switch {
	case payer == nil:
		return nil
	case found.State == InDoubt && payer.RegistrationRepeats() && w.due(payer, found.asked):
		_, err := w.send(ctx, found.events, found.Event, recovery)
		return err
	case found.State != Registered || !w.due(payer, found.uploaded):
		return nil
	}
	var rows []Row
	for i := range found.Charges {
		if !found.Charges[i].Known {
			rows = append(rows, found.Charges[i].Row)
		}
	}
	for batch := range slices.Chunk(rows, RowsMost) {
		done, err := w.upload(ctx, found, batch, recovery)
		if err != nil {
			return err
		}
		found = &done
	}
	return nil
}

// late reports whether an answer can no longer come by itself.
func (w *Ward) late(found *Stay) bool {
	payer := w.Payers[found.Form.Payer]
	if found.State != Registered || payer == nil {
		return found.State != Sending
	}
	return w.Now().Sub(found.uploaded.at) > payer.StayTimeout()+answerWithin
}

// due reports whether what was sent so often may be sent again: certainly not
// while its answer may still come.
func (w *Ward) due(payer Payer, sent tries) bool {
	wait := againMost
	if sent.times < 7 { // beyond, the doubled time is longer than the most
		wait = againFirst << max(sent.times-1, 0)
	}
	return w.Now().Sub(sent.at) >= max(payer.StayTimeout()+answerWithin, wait)
}
