package eligibility

import (
	"cmp"
	"context"
	"strconv"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/registry"
)

// replay gives the answer that a request key was given first. NotFound: the
// key is new, or the request has none. KeyReused: its rows say something else
// than this request.
func (r *Register) replay(ctx context.Context, w *writing) (Recorded, error) {
	if w.key.Request == "" {
		return Recorded{}, unknown(w.id)
	}
	kept, err := r.Store.Recorded(ctx, w.key)
	if err != nil {
		return Recorded{}, err
	}
	if w.given && kept.Person != w.id {
		return Recorded{}, reused("id")
	}
	history, err := r.history(ctx, kept.Person)
	if err != nil {
		return Recorded{}, err
	}
	before, rows := history[:kept.First-1], history[kept.First-1:kept.Last]
	stamp := w.stamp
	stamp.At, stamp.Today = rows[0].Recorded, settlement.DayOf(rows[0].Recorded)
	again, err := w.build(before, stamp)
	if err != nil {
		return Recorded{}, err
	}
	if len(again) != len(rows) {
		return Recorded{}, reused("categories")
	}
	for i := range rows {
		if field := differing(&rows[i], &again[i]); field != "" {
			return Recorded{}, reused(field)
		}
	}
	done := answer(kept.Person, history[:kept.Last], rows, kept.Touched)
	done.Replayed = true
	return done, nil
}

func reused(field string) error {
	return &settlement.Error{Kind: settlement.KindKeyReused, Reason: settlement.ReasonKeyReused, Field: field}
}

// differing names the first field in which two rows differ, as the caller
// names it, or "".
func differing(a, b *registry.Change) string {
	for _, field := range []struct {
		name string
		same bool
	}{
		{"action", a.Action == b.Action},
		{"corrects", a.Corrects == b.Corrects},
		{"effective_date", a.Effective == b.Effective},
		{"operator", a.By == b.By},
		{"document", a.Document == b.Document},
		{"cause", a.Cause == b.Cause},
		{"category", a.Category == b.Category},
		{"until_date", a.Until == b.Until},
		{"facts", a.Facts == b.Facts},
		{"survey", a.Survey == b.Survey},
		{"number " + strconv.Itoa(b.Number), cmp.Compare(a.Number, b.Number) == 0},
	} {
		if !field.same {
			return field.name
		}
	}
	return ""
}
