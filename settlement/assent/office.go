package assent

import (
	"context"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/correction"
)

// Config is what an Office is made of. Every field but Life is required.
type Config struct {
	Store    Store
	Register Register
	Books    Books
	Now      func() time.Time
	NewID    func() correction.ID
	// Life is how long a proposal may be approved; 0: for ever.
	Life time.Duration
}

// Office takes in what is proposed and records what is decided on it.
type Office struct{ Config }

// New makes an Office.
func New(config Config) *Office { return &Office{config} }

// Suggestion asks to propose a matter, once for each request key.
type Suggestion struct {
	Key       correction.Key
	By, Cause string
	Matter    correction.Matter
}

// Decision asks to approve or to decline. Etag is what was read, and is needed
// to approve.
type Decision struct {
	Key             correction.Key
	ID              correction.ID
	Act             correction.Act
	Etag, By, Cause string
}

// Reading is a proposal as a person reads it. What it would do is told until it
// is decided, and the etag stands for exactly that. Obstacle is why it could
// not be approved as things are now.
type Reading struct {
	correction.Proposal
	Effect   *correction.Effect // of a person's change
	Etag     string
	Obstacle error
	Replayed bool
}

// Propose takes in a matter that could be done now. Kinds as registry.Check and
// fund.Posting.Check give them; KeyReused: the key became something else.
func (o *Office) Propose(ctx context.Context, ask Suggestion) (Reading, error) {
	event := correction.Event{Act: correction.Proposed, By: ask.By, Cause: ask.Cause}
	return o.write(ctx, correction.Note{Key: ask.Key, Matter: &ask.Matter, Event: event}, "")
}

// Decide records a decision, once for each request key. What is approved is so
// when this returns. NotFound; Invalid and Blocked as Proposal.CheckNext says,
// as Propose says, and Blocked with PROPOSAL_CHANGED where the etag is not that
// of now and with PROPOSAL_EXPIRED where its time is over; KeyReused.
func (o *Office) Decide(ctx context.Context, ask Decision) (Reading, error) {
	event := correction.Event{Act: ask.Act, By: ask.By, Cause: ask.Cause}
	return o.write(ctx, correction.Note{Key: ask.Key, ID: ask.ID, Event: event}, ask.Etag)
}

// Proposal reads one with what it would do. NotFound.
func (o *Office) Proposal(ctx context.Context, id correction.ID) (Reading, error) {
	kept, err := o.Store.Proposal(ctx, id)
	if err != nil {
		return Reading{}, err
	}
	return o.read(ctx, kept)
}

// read tells of a proposal what can be told now.
func (o *Office) read(ctx context.Context, kept correction.Proposal) (Reading, error) {
	kept = kept.Aged(o.Life, o.Now())
	out := Reading{Proposal: kept}
	if !kept.Open() {
		return out, nil
	}
	effect, err := o.examine(ctx, &kept.Matter)
	if kind := settlement.KindOf(err); err != nil && (kind == settlement.KindUnavailable || kind == settlement.KindInternal) {
		return Reading{}, err
	}
	out.Effect, out.Obstacle = effect, err
	if err == nil {
		out.Etag = kept.Etag(effect)
	}
	return out, nil
}

// examine says what a matter would do now, or why it cannot be done.
func (o *Office) examine(ctx context.Context, m *correction.Matter) (*correction.Effect, error) {
	switch {
	case m.Posting != nil:
		return nil, m.Posting.Check()
	case m.Person != "":
		effect, err := o.Register.Foresee(ctx, m.Person, m.Change)
		if err != nil {
			return nil, err
		}
		return &effect, nil
	}
	return nil, nil
}

// Proposals reads one page without effects, and the id to go on after, if any.
func (o *Office) Proposals(ctx context.Context, query Query) ([]correction.Proposal, correction.ID, error) {
	limit := query.Limit
	query.Limit++
	found, err := o.Store.Proposals(ctx, query)
	for i := range found {
		found[i] = found[i].Aged(o.Life, o.Now())
	}
	if err != nil || len(found) <= limit {
		return found, "", err
	}
	return found[:limit], found[limit-1].ID, nil
}
