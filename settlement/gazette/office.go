package gazette

import (
	"context"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
)

// Ledger knows what was settled.
type Ledger interface {
	// Settled gives each settlement that stands with a discharge from one day
	// to another, newest first, until each has enough.
	Settled(ctx context.Context, from, to settlement.Date, each func(*settlement.Settlement) bool) error
}

// Rulebook is what is settled under in this process.
type Rulebook interface {
	// Current is the policy in force for what is opened now, or nil.
	Current(id settlement.PolicyID) *settlement.Policy
	// Follow takes over what the store has and this process has not.
	Follow(ctx context.Context) error
	// Check refuses a policy that could not be taken over, as Blocked.
	Check(ctx context.Context, next *settlement.Policy) error
}

// Config is what an Office is made of. Every field is required.
type Config struct {
	Store    Store
	Ledger   Ledger
	Rulebook Rulebook
	// Read understands a document, YAML or JSON.
	Read func(text []byte) (settlement.Node, error)
	// Regions are those that settle under a policy.
	Regions map[settlement.PolicyID][]settlement.RegionID
	// FromFiles refuses to publish: the configuration's files are in force.
	FromFiles bool
	Now       func() time.Time
	NewID     func() PublicationID
}

// Office takes in what is proposed and records what is decided on it.
type Office struct{ Config }

// New makes an Office.
func New(config Config) *Office { return &Office{config} }

// Submission asks to propose a policy file. Cases are a document with the one
// section "cases", each of which names the policy.
type Submission struct {
	Key         Key
	Policy      settlement.PolicyID
	Text, Cases []byte
	By, Cause   string
}

// Decision asks to approve or to decline. Etag is what was read, and is needed
// to approve.
type Decision struct {
	Key             Key
	ID              PublicationID
	Act             Act
	Etag, By, Cause string
}

// Reading is a publication as a person reads it. What it would change is told
// until it is decided, and the etag stands for exactly that. Obstacle is why it
// could not be approved as things are now.
type Reading struct {
	Publication
	Title    string // of the policy, as proposed
	Passed   int    // worked cases
	Effect   *Effect
	Etag     string
	Obstacle error
	Replayed bool
}

// Propose takes in a policy file whose worked cases pass, once for each request
// key. Invalid names the field: a file cannot be read ("policy_text",
// "cases_text", Value says what is wrong where). Blocked: POLICIES_FROM_FILES,
// POLICY_NOT_USED where no region settles under it, what Compare says,
// WORKED_CASE_FAILED (Value is the first difference) and VERSION_WITHOUT_CASE
// for an added version that no case comes by. KeyReused.
func (o *Office) Propose(ctx context.Context, ask Submission) (Reading, error) {
	note := Note{
		Key: ask.Key, Policy: ask.Policy, Files: &Files{ask.Text, ask.Cases}, Event: Event{Act: Proposed, By: ask.By, Cause: ask.Cause},
	}
	return o.write(ctx, note, func(p *Publication) error {
		if o.FromFiles {
			return blocked(settlement.ReasonPoliciesFromFiles, "policy_id", string(ask.Policy))
		}
		return o.examined(ctx, p).err
	})
}

// Decide records a decision, once for each request key. What is approved is in
// force here when this returns, and with every other gateway of the store as
// soon as it looks again. NotFound; Invalid and Blocked as
// Publication.CheckNext and Propose say, and Blocked with PROPOSAL_CHANGED
// where the etag is not that of now; KeyReused.
func (o *Office) Decide(ctx context.Context, ask Decision) (Reading, error) {
	note := Note{Key: ask.Key, ID: ask.ID, Event: Event{Act: ask.Act, By: ask.By, Cause: ask.Cause}}
	done, err := o.write(ctx, note, func(p *Publication) error {
		if ask.Act != Approved {
			return nil
		}
		if o.FromFiles {
			return blocked(settlement.ReasonPoliciesFromFiles, "id", string(p.Policy))
		}
		seen := o.examined(ctx, p)
		if seen.err == nil && seen.etag != ask.Etag {
			seen.err = blocked(settlement.ReasonProposalChanged, "etag", "")
		}
		if seen.err == nil {
			seen.err = o.Rulebook.Check(ctx, seen.next)
		}
		return seen.err
	})
	if err == nil && ask.Act == Approved {
		// It is approved whatever comes of this; who fails to follow tries again
		// and is not ready meanwhile.
		_ = o.Rulebook.Follow(ctx)
	}
	return done, err
}

// Publication reads one with what it would change. NotFound.
func (o *Office) Publication(ctx context.Context, id PublicationID) (Reading, error) {
	kept, err := o.Store.Publication(ctx, id)
	if err != nil {
		return Reading{}, err
	}
	return o.read(ctx, &kept)
}

// read tells of a publication what can be told now.
func (o *Office) read(ctx context.Context, kept *Publication) (Reading, error) {
	out := Reading{Publication: *kept}
	if kept.Status() != Proposed {
		return out, nil
	}
	seen := o.examined(ctx, kept)
	if kind := settlement.KindOf(seen.err); seen.err != nil && kind != settlement.KindInvalid && kind != settlement.KindBlocked {
		return Reading{}, seen.err
	}
	out.Obstacle, out.Passed, out.Etag = seen.err, seen.passed, seen.etag
	if seen.next != nil {
		out.Title = seen.next.Title
	}
	if seen.err != nil {
		return out, nil
	}
	if err := o.touched(ctx, seen); err != nil {
		return Reading{}, err
	}
	out.Effect = &seen.effect
	return out, nil
}

// Publications reads one page without files and effects, and the id to go on
// after, if any.
func (o *Office) Publications(ctx context.Context, query Query) ([]Publication, PublicationID, error) {
	limit := query.Limit
	query.Limit++
	found, err := o.Store.Publications(ctx, query)
	if err != nil || len(found) <= limit {
		return found, "", err
	}
	return found[:limit], found[limit-1].ID, nil
}

// Standing is the policy that is settled under here, its version on a day and
// the edition it is; edition 0 is the configuration's file.
type Standing struct {
	Policy  *settlement.Policy
	Version *settlement.Version // nil: none covers the day
	Edition Edition
}

// InForce says what rules a day. NotFound: there is no such policy.
func (o *Office) InForce(ctx context.Context, id settlement.PolicyID, day settlement.Date) (Standing, error) {
	if err := o.Rulebook.Follow(ctx); err != nil {
		return Standing{}, err
	}
	found := Standing{Policy: o.Rulebook.Current(id)}
	if found.Policy == nil {
		return Standing{}, NoPolicy(id)
	}
	if version, err := found.Policy.VersionOn(day); err == nil {
		found.Version = version
	}
	edition, err := o.edition(ctx, id)
	if !o.FromFiles {
		found.Edition = edition
	}
	return found, err
}

// NoPolicy is the answer to a look-up that found none.
func NoPolicy(id settlement.PolicyID) error {
	return &settlement.Error{Kind: settlement.KindNotFound, Reason: settlement.ReasonUnknownPolicy, Field: "policy_id", Value: string(id)}
}

// RegionsOf are the regions that settle under a policy.
func (o *Office) RegionsOf(id settlement.PolicyID) []settlement.RegionID { return o.Regions[id] }

// Used are the policies that any region settles under, in order.
func (o *Office) Used() []settlement.PolicyID { return sortedIDs(o.Regions) }

// Today is the day in China, by which a version has begun.
func (o *Office) Today() settlement.Date { return settlement.DayOf(o.Now()) }

// edition is the newest of a policy; its number is 0 where nothing is
// published.
func (o *Office) edition(ctx context.Context, id settlement.PolicyID) (Edition, error) {
	editions, err := o.Store.Editions(ctx)
	for _, edition := range editions {
		if edition.Policy == id {
			return edition, err
		}
	}
	return Edition{Policy: id}, err
}
