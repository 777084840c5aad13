package assent

import (
	"context"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/correction"
)

// write answers from what is kept, else checks and writes until nobody was in
// between.
func (o *Office) write(ctx context.Context, note correction.Note, etag string) (Reading, error) {
	return settlement.Once(
		func() (Reading, error) { return o.replay(ctx, &note) },
		func() (Reading, error) { return o.attempt(ctx, note, etag) },
		settlement.Raced,
	)
}

// attempt checks a step against the history as it is and writes it. Line and
// time of the event are not the caller's to say.
func (o *Office) attempt(ctx context.Context, note correction.Note, etag string) (Reading, error) {
	current, err := o.current(ctx, &note)
	if err != nil {
		return Reading{}, err
	}
	note.Event.Line = len(current.History) + 1
	note.Event.At = after(current.History, o.Now().Truncate(time.Microsecond))
	if err := current.CheckNext(note.Event); err != nil {
		return Reading{}, err
	}
	if note.Event.Act == correction.Approved {
		err = o.approve(ctx, &current, note, etag)
	} else {
		err = o.Store.Suggest(ctx, note)
	}
	if err != nil {
		return Reading{}, err
	}
	return o.Proposal(ctx, note.ID)
}

// current is the proposal a note is about: a new one, whose matter must be one
// that could be done now, or the one it names.
func (o *Office) current(ctx context.Context, note *correction.Note) (correction.Proposal, error) {
	if note.Matter == nil {
		kept, err := o.Store.Proposal(ctx, note.ID)
		return kept.Aged(o.Life, o.Now()), err
	}
	effect, err := o.examine(ctx, note.Matter)
	if err != nil {
		return correction.Proposal{}, err
	}
	note.ID, note.Region = o.NewID(), ""
	switch {
	case effect != nil:
		note.Region = effect.Region
	case note.Matter.Posting != nil:
		note.Region = note.Matter.Posting.Key.Region
	}
	return correction.Proposal{ID: note.ID, Region: note.Region, Matter: *note.Matter}, nil
}

// approve makes the matter so with its approval, if it does what was read.
func (o *Office) approve(ctx context.Context, p *correction.Proposal, note correction.Note, etag string) error {
	may := func(effect *correction.Effect) error {
		if p.Etag(effect) != etag {
			return &settlement.Error{Kind: settlement.KindBlocked, Reason: settlement.ReasonProposalChanged, Field: "etag"}
		}
		return nil
	}
	if m := &p.Matter; m.Person != "" {
		return o.Register.Correct(ctx, m.Person, m.Change, note, func(effect correction.Effect) error { return may(&effect) })
	}
	if err := may(nil); err != nil {
		return err
	}
	if p.Matter.Posting != nil {
		return o.Books.PostApproved(ctx, *p.Matter.Posting, note)
	}
	return o.Store.Suggest(ctx, note)
}

// after is now, or just behind the last line where a clock lags.
func after(history []correction.Event, now time.Time) time.Time {
	if len(history) == 0 {
		return now
	}
	if next := history[len(history)-1].At.Add(time.Microsecond); next.After(now) {
		return next
	}
	return now
}

// replay gives what a request key became, as it reads now. NotFound: the key is
// new. KeyReused: it became something else.
func (o *Office) replay(ctx context.Context, note *correction.Note) (Reading, error) {
	mark, err := o.Store.Suggested(ctx, note.Key)
	if err != nil {
		return Reading{}, err
	}
	out, err := o.Proposal(ctx, mark.ID)
	if err != nil {
		return Reading{}, unread(err)
	}
	if field := differing(note, &out.Proposal, mark.Line); field != "" {
		return Reading{}, &settlement.Error{Kind: settlement.KindKeyReused, Reason: settlement.ReasonKeyReused, Field: field}
	}
	out.Replayed = true
	return out, nil
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
func differing(note *correction.Note, kept *correction.Proposal, line int) string {
	was, id := kept.History[line-1], note.ID
	matter := kept.Matter
	if note.Matter != nil {
		id, matter = kept.ID, *note.Matter
	}
	for _, field := range []struct {
		name string
		same bool
	}{
		{"id", id == kept.ID},
		{"act", note.Event.Act == was.Act},
		{"operator", note.Event.By == was.By},
		{"cause", note.Event.Cause == was.Cause},
		{"person_id", matter.Person == kept.Matter.Person},
		{"change", matter.Change == kept.Matter.Change},
		{"posting", samePosting(&matter, &kept.Matter)},
		{"file", matter.File == kept.Matter.File},
	} {
		if !field.same {
			return field.name
		}
	}
	return ""
}

func samePosting(a, b *correction.Matter) bool {
	if a.Posting == nil || b.Posting == nil {
		return a.Posting == b.Posting
	}
	return a.Posting.Same(b.Posting)
}
