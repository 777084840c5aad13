package stay

import (
	"context"
	"iter"
	"slices"
	"sync"
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

// Bounds of one look: how many stays are read at once, and for how many a payer is
// asked, so many of them at a time. The others come with a later look.
const (
	recoverPage = 100
	laneMost    = 1000
	laneAtOnce  = 4
)

// Run asks again, until ctx ends, what payers owe, and returns once what is under
// way then is kept.
func (w *Ward) Run(ctx context.Context) {
	ticker := time.NewTicker(w.Every)
	defer ticker.Stop()
	defer w.asking.Wait()
	for {
		if err := w.look(ctx); err != nil && ctx.Err() == nil {
			w.Log.WarnContext(ctx, "asking again about stays", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// look finds the stays about which a payer owes an answer, also those that
// another gateway died over, and has each payer asked again, beside the others,
// what may be asked twice: a registration where the payer gives one stay one
// number, and rows. Others wait for people.
func (w *Ward) look(ctx context.Context) error {
	query := Query{Outstanding: true, Limit: recoverPage}
	owed, handed, due := map[settlement.PayerCode]int{}, map[settlement.PayerCode]int{}, map[settlement.PayerCode][]ID{}
	for more := true; more; {
		found, next, err := w.List(ctx, query)
		if err != nil {
			return err
		}
		for i := range found {
			s, payer := &found[i], found[i].Form.Payer
			if w.late(s) {
				owed[payer]++
			}
			if s.Handed > 0 {
				handed[payer]++
			}
			if w.due(s) && len(due[payer]) < laneMost {
				due[payer] = append(due[payer], s.Stay)
			}
		}
		query.Before, more = next, next != nil
	}
	w.InDoubt(owed, handed)
	for payer, stays := range due {
		w.ask(ctx, payer, stays)
	}
	return nil
}

// ask asks one payer again about stays, apart from all other payers: one that is
// slow keeps none but its own waiting. While it is asked from an earlier look it
// is asked nothing more. An error of one stay is logged and keeps none from the
// next.
func (w *Ward) ask(ctx context.Context, payer settlement.PayerCode, stays []ID) {
	if _, busy := w.lanes.LoadOrStore(payer, true); busy {
		return
	}
	w.asking.Go(func() {
		defer w.lanes.Delete(payer)
		var group sync.WaitGroup
		defer group.Wait()
		places := make(chan struct{}, laneAtOnce)
		for _, id := range stays {
			places <- struct{}{}
			if ctx.Err() != nil {
				return
			}
			group.Go(func() {
				defer func() { <-places }()
				if err := w.again(ctx, id); err != nil && ctx.Err() == nil {
					w.Log.InfoContext(ctx, "a stay stays in doubt", "stay", id, "error", unsaid(err))
				}
			})
		}
	})
}

// unsaid is an error for the log: of a refusal the reason alone, for the payer's
// own words, which the stay keeps, may name somebody.
func unsaid(err error) any {
	if settlement.KindOf(err) == settlement.KindRefused {
		return settlement.ReasonOf(err)
	}
	return err
}

// again asks once more what a payer owes about a stay, if it still does. Two
// gateways that meet at a stay do not both send: one of them writes the next
// event.
func (w *Ward) again(ctx context.Context, id ID) error {
	found, err := w.Find(ctx, "", id)
	if err != nil || !w.due(&found.Summary) {
		return err
	}
	if found.State != Registered {
		_, err := w.send(ctx, found.events, found.Event, recovery)
		return err
	}
	var refused error
	for batch := range found.batches() {
		found, err = w.upload(ctx, &found, batch, recovery)
		if settlement.KindOf(err) == settlement.KindRefused {
			refused = err
			found, err = w.Find(ctx, "", id)
		}
		if err != nil {
			return err
		}
	}
	if err := w.hand(ctx, &found); err != nil {
		return err
	}
	return refused
}

// batches are the rows to be sent again. Those that were refused go up with fewer
// others each time, a quarter of as many, and in the end alone: a payer that
// refuses all for the sake of one tells so which one it is.
func (s *Stay) batches() iter.Seq[[]Row] {
	charges := slices.DeleteFunc(slices.Clone(s.Charges), func(c Charge) bool { return !c.owed() || c.Handed })
	return func(yield func([]Row) bool) {
		for len(charges) > 0 {
			refused := charges[0].Refusals.All
			most := max(1, RowsMost>>min(2*refused, 16))
			var batch []Row
			for len(batch) < min(most, len(charges)) && charges[len(batch)].Refusals.All == refused {
				batch = append(batch, charges[len(batch)].Row)
			}
			charges = charges[len(batch):]
			if !yield(batch) {
				return
			}
		}
	}
}

// hand gives people the rows that the payer refused too often: it is not sent
// them again but by whoever asks for it.
func (w *Ward) hand(ctx context.Context, found *Stay) error {
	event := Event{Stay: found.Event.Stay, At: w.Now(), Actor: recovery, Act: ActHanded}
	for i := range found.Charges {
		if c := &found.Charges[i]; c.owed() && !c.Handed && c.Refusals.worn(w.Payers[found.Form.Payer].RefusalsMost()) {
			event.Lines = append(event.Lines, Line{Of: c.ID})
		}
	}
	if event.Lines == nil {
		return nil
	}
	w.Log.WarnContext(ctx, "rows of a stay are people's now", "stay", event.Stay, "payer", found.Form.Payer, "rows", len(event.Lines))
	_, err := w.keep(ctx, found.events, event)
	return err
}

// due reports whether a payer may be asked now what it owes about a stay.
func (w *Ward) due(s *Summary) bool {
	payer := w.Payers[s.Form.Payer]
	switch {
	case payer == nil || !s.Outstanding:
		return false
	case s.State == Registered:
		return s.Unanswered > 0 && w.rested(payer, s.Uploaded)
	}
	return s.State == InDoubt && payer.RegistrationRepeats() && w.rested(payer, s.Asked)
}

// late reports whether an answer that is owed can no longer come by itself.
func (w *Ward) late(s *Summary) bool {
	payer := w.Payers[s.Form.Payer]
	switch {
	case !s.Outstanding:
		return false
	case s.State != Registered || payer == nil:
		return s.State != Sending
	}
	return s.Unanswered > 0 && w.Now().Sub(s.Uploaded.At) > payer.StayTimeout()+answerWithin
}

// rested reports whether what was sent so often may be sent again: certainly not
// while its answer may still come.
func (w *Ward) rested(payer Payer, sent Tries) bool {
	wait := againMost
	if sent.Times < 7 { // beyond, the doubled time is longer than the most
		wait = againFirst << max(sent.Times-1, 0)
	}
	return w.Now().Sub(sent.At) >= max(payer.StayTimeout()+answerWithin, wait)
}
