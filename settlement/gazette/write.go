package gazette

import (
	"bytes"
	"context"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
)

// write answers from what is kept, else checks and writes until nobody was in
// between. may says whether the step may be taken now.
func (o *Office) write(ctx context.Context, note Note, may func(*Publication) error) (Reading, error) {
	return settlement.Once(
		func() (Reading, error) { return o.replay(ctx, &note) },
		func() (Reading, error) { return o.attempt(ctx, note, may) },
		settlement.Raced,
	)
}

// attempt checks a step against the history as it is and writes it. Line, time
// and edition of the event are not the caller's to say. The edition is counted
// before what is in force is looked at, so that whoever is approved in between
// takes its number.
func (o *Office) attempt(ctx context.Context, note Note, may func(*Publication) error) (Reading, error) {
	current := Publication{ID: note.ID, Policy: note.Policy}
	if note.Files != nil {
		note.ID = o.NewID()
		current = Publication{ID: note.ID, Policy: note.Policy, Text: note.Files.Text, Cases: note.Files.Cases, Digest: Digest(note.Files.Text)}
	} else {
		kept, err := o.Store.Publication(ctx, note.ID)
		if err != nil {
			return Reading{}, err
		}
		current, note.Policy = kept, kept.Policy
	}
	note.Event.Line = len(current.History) + 1
	note.Event.At = after(current.History, o.Now().Truncate(time.Microsecond))
	if err := current.CheckNext(note.Event); err != nil {
		return Reading{}, err
	}
	if note.Event.Act == Approved {
		newest, err := o.edition(ctx, note.Policy)
		if err != nil {
			return Reading{}, err
		}
		note.Event.Edition = newest.Number + 1
	}
	if err := may(&current); err != nil {
		return Reading{}, err
	}
	if err := o.Store.Publish(ctx, note); err != nil {
		return Reading{}, err
	}
	current.History = append(current.History, note.Event)
	return o.read(ctx, &current)
}

// after is now, or just behind the last line where a clock lags.
func after(history []Event, now time.Time) time.Time {
	if len(history) == 0 {
		return now
	}
	if next := history[len(history)-1].At.Add(time.Microsecond); next.After(now) {
		return next
	}
	return now
}

// replay gives what a request key became, as it reads now.
// NotFound: the key is new. KeyReused: it became something else.
func (o *Office) replay(ctx context.Context, note *Note) (Reading, error) {
	mark, err := o.Store.Published(ctx, note.Key)
	if err != nil {
		return Reading{}, err
	}
	kept, err := o.Store.Publication(ctx, mark.ID)
	if err != nil {
		return Reading{}, unread(err)
	}
	if field := differing(note, &kept, mark.Line); field != "" {
		return Reading{}, &settlement.Error{Kind: settlement.KindKeyReused, Reason: settlement.ReasonKeyReused, Field: field}
	}
	out, err := o.read(ctx, &kept)
	out.Replayed = true
	return out, unread(err)
}

// unread keeps what is gone from the store from being taken for a new key.
func unread(err error) error {
	if settlement.KindOf(err) == settlement.KindNotFound {
		return &settlement.Error{Kind: settlement.KindInternal, Reason: settlement.ReasonInternal, Cause: err}
	}
	return err
}

// differing names the first field in which a request differs from the line its
// key became, as the caller names it, or "".
func differing(note *Note, kept *Publication, line int) string {
	was := kept.History[line-1]
	files, policy, id := Files{kept.Text, kept.Cases}, kept.Policy, note.ID
	if note.Files != nil {
		files, policy, id = *note.Files, note.Policy, kept.ID
	}
	for _, field := range []struct {
		name string
		same bool
	}{
		{"id", id == kept.ID},
		{"act", note.Event.Act == was.Act},
		{"operator", note.Event.By == was.By},
		{"cause", note.Event.Cause == was.Cause},
		{"policy_id", policy == kept.Policy},
		{"policy_text", bytes.Equal(files.Text, kept.Text)},
		{"cases_text", bytes.Equal(files.Cases, kept.Cases)},
	} {
		if !field.same {
			return field.name
		}
	}
	return ""
}
