package main

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"github.com/onestop-gateway/onestop/adapters/document"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/gazette"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// Where policies come from, as the configuration's policies_from says. There is
// one rule: with files, the files are in force and nothing is published; with
// store, what is published is, and a file counts only for a policy of which
// nothing was ever published, which is how a store begins.
const (
	fromFiles = "files"
	fromStore = "store"
)

// policySet is policies by their ids.
type policySet = map[settlement.PolicyID]*settlement.Policy

// press is what is read of published policies.
type press interface {
	Editions(ctx context.Context) ([]gazette.Edition, error)
	Publication(ctx context.Context, id gazette.PublicationID) (gazette.Publication, error)
}

// printed lays the newest editions over the policies of files. It gives the
// editions, too.
func printed(ctx context.Context, from press, files policySet) (policySet, []gazette.Edition, error) {
	editions, err := from.Editions(ctx)
	if err != nil {
		return nil, nil, fmt.Errorf("published policies: %w", err)
	}
	next := maps.Clone(files)
	for _, edition := range editions {
		kept, err := from.Publication(ctx, edition.ID)
		if err != nil {
			return nil, nil, fmt.Errorf("published policies: %w", err)
		}
		delete(next, edition.Policy)
		if err := addPolicy(next, fmt.Sprintf("%s, edition %d", edition.Policy, edition.Number), kept.Text); err != nil {
			return nil, nil, err
		}
	}
	return next, editions, nil
}

// inForce is what a gateway started now would settle under.
func (c *config) inForce(ctx context.Context, from press, files policySet) (policySet, error) {
	if c.PoliciesFrom != fromStore {
		return files, nil
	}
	policies, _, err := printed(ctx, from, files)
	return policies, err
}

// policiesInForce reads the files and, where they come from there, the store.
func (c *config) policiesInForce(ctx context.Context) (policySet, error) {
	files, err := loadPolicies(c.Policies)
	if err != nil || c.PoliciesFrom != fromStore {
		return files, err
	}
	archive, err := c.openArchive(ctx)
	if err != nil {
		return nil, err
	}
	policies, err := c.inForce(ctx, archive, files)
	if shut := archive.Shut(); err == nil {
		err = shut
	}
	return policies, err
}

// rulebook keeps what this process settles under at what the store has.
type rulebook struct {
	lifecycle *lifecycle.Lifecycle
	press     press
	published bool // policies come from the store

	mu     sync.Mutex
	files  policySet
	taken  map[settlement.PolicyID]int // editions in force here
	behind atomic.Pointer[error]       // why what is published could not be taken over
}

// Current implements gazette.Rulebook.
func (r *rulebook) Current(id settlement.PolicyID) *settlement.Policy { return r.lifecycle.Policy(id) }

// Follow implements gazette.Rulebook: all that is published and not yet in
// force here is put in force at once, or nothing of it is.
func (r *rulebook) Follow(ctx context.Context) error {
	if !r.published {
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	editions, err := r.press.Editions(ctx)
	if err != nil {
		return err
	}
	if maps.Equal(numbered(editions), r.taken) {
		r.behind.Store(nil)
		return nil
	}
	return r.take(ctx)
}

// take puts the files, and over them what is published, in force.
func (r *rulebook) take(ctx context.Context) error {
	next, editions, err := printed(ctx, r.press, r.files)
	if err == nil {
		err = r.lifecycle.ReplacePolicies(ctx, next)
	}
	if settlement.KindOf(err) == settlement.KindUnavailable {
		return err // of the store, which is asked whether it answers elsewhere
	}
	if err != nil {
		r.behind.Store(&err)
		return err
	}
	r.taken = numbered(editions)
	r.behind.Store(nil)
	return nil
}

// replace takes over files that were read again.
func (r *rulebook) replace(ctx context.Context, files policySet) error {
	if !r.published {
		return r.lifecycle.ReplacePolicies(ctx, files)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	before := r.files
	r.files = files
	err := r.take(ctx)
	if err != nil {
		r.files = before
	}
	return err
}

func numbered(editions []gazette.Edition) map[settlement.PolicyID]int {
	numbers := make(map[settlement.PolicyID]int, len(editions))
	for _, edition := range editions {
		numbers[edition.Policy] = edition.Number
	}
	return numbers
}

// Check implements gazette.Rulebook.
func (r *rulebook) Check(ctx context.Context, next *settlement.Policy) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	all, _, err := printed(ctx, r.press, r.files)
	if err != nil {
		return err
	}
	all[next.ID] = next
	return r.lifecycle.CheckPolicies(ctx, all)
}

// followEvery is how soon what is published elsewhere is in force here.
const followEvery = time.Second

// watch follows until ctx ends. What cannot be taken over is said once, and
// once that it was after all.
func (r *rulebook) watch(ctx context.Context, log *slog.Logger) {
	if !r.published {
		return
	}
	failing := false
	every(ctx, followEvery, func() {
		err := r.Follow(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil && !failing:
			log.Error("published policies cannot be taken over; this gateway is not ready meanwhile", "error", err)
		case err == nil && failing:
			log.Warn("published policies are taken over again")
		}
		failing = err != nil
	})
}

// ready is why this process must not settle: others settle under policies that
// it could not take over.
func (r *rulebook) ready() error {
	if behind := r.behind.Load(); behind != nil {
		return fmt.Errorf("published policies: %w", *behind)
	}
	return nil
}

// settledLedger reads settlements for what a policy dated back would touch.
type settledLedger struct{ of *lifecycle.Lifecycle }

// Settled implements gazette.Ledger, page by page.
func (l settledLedger) Settled(ctx context.Context, from, to settlement.Date, each func(*settlement.Settlement) bool) error {
	query := lifecycle.Query{From: from, To: to, States: []settlement.State{settlement.StateCommitted}, Limit: 500}
	for {
		page, err := l.of.List(ctx, query)
		if err != nil {
			return err
		}
		for i := range page.Settlements {
			if !each(&page.Settlements[i]) {
				return nil
			}
		}
		if query.Before = page.Next; query.Before == nil {
			return nil
		}
	}
}

// directory is the surroundings of the lifecycle, with the policies that are in
// force.
func (g *gateway) directory(ctx context.Context, files policySet) (lifecycle.Directory, error) {
	g.rules = &rulebook{press: g.store.press, published: g.config.PoliciesFrom == fromStore, files: files}
	policies := files
	if g.rules.published {
		next, editions, err := printed(ctx, g.store.press, files)
		if err != nil {
			return lifecycle.Directory{}, err
		}
		policies, g.rules.taken = next, numbered(editions)
	}
	directory, err := g.config.directory(policies)
	if err != nil {
		return directory, fmt.Errorf("configuration: %w", err)
	}
	return directory, nil
}

// office publishes policies over the same store.
func (g *gateway) office(directory lifecycle.Directory) *gazette.Office {
	regions := map[settlement.PolicyID][]settlement.RegionID{}
	for id, region := range directory.Regions {
		regions[region.Policy] = append(regions[region.Policy], id)
	}
	return gazette.New(gazette.Config{
		Store: g.store.press, Ledger: settledLedger{g.lifecycle}, Rulebook: g.rules, Read: document.Read, Regions: regions,
		FromFiles: !g.rules.published, Now: time.Now, NewID: func() gazette.PublicationID { return gazette.PublicationID(uuid.NewString()) },
	})
}
