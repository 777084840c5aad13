package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/onestop-gateway/onestop/adapters/measure"
	"github.com/onestop-gateway/onestop/adapters/payer/nhsa"
	"github.com/onestop-gateway/onestop/adapters/payer/statement"
	"github.com/onestop-gateway/onestop/adapters/spill"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
	"github.com/onestop-gateway/onestop/settlement/reconciliation"
)

// reconciler is the desk that compares, as a gateway serves it: files are kept
// aside while they are compared, and a run that takes long goes on after its
// caller has heard that it is under way.
type reconciler struct {
	*reconciliation.Desk
	calendar *reconciliation.Calendar
	log      *slog.Logger
	within   time.Duration // then a caller hears that the run is under way
	running  sync.WaitGroup
}

// The bounds of runs in a gateway.
const (
	askWithin   = 30 * time.Second // for what is in doubt to be proved first
	brokenAfter = time.Hour        // no list takes longer
)

// reconciler puts the desk together over the gateway's store.
func (g *gateway) reconciler(directory *lifecycle.Directory, observer reconciliation.Observer) *reconciler {
	c, store, hands := g.config, g.store.runs, g.lifecycle
	desk := reconciliation.New(reconciliation.Config{
		Store: store, Hands: hands, Observer: observer, Now: hands.Now, AskWithin: askWithin, BrokenAfter: brokenAfter, ProposalLife: c.TwoPeople.ExpireAfter,
		Payers: slices.Sorted(maps.Keys(directory.Payers)), Sources: measure.Statements(sources(directory), hands.Observer),
		Books: func(ctx context.Context) (reconciliation.Books, func() error, error) {
			opened, err := c.openArchive(ctx)
			if err != nil {
				return nil, nil, err
			}
			return opened, opened.Shut, nil
		},
		Scratch: func() reconciliation.Scratch { return spill.New("") },
		NewID:   func() reconciliation.RunID { return reconciliation.RunID(uuid.NewString()) },
	})
	return &reconciler{Desk: desk, log: hands.Log, within: c.Limits.AnswerWithin}
}

// sources are the payers that can be asked themselves.
func sources(directory *lifecycle.Directory) map[settlement.PayerCode]reconciliation.Source {
	found := map[settlement.PayerCode]reconciliation.Source{}
	for code, payer := range directory.Payers {
		if national, is := payer.(*nhsa.Payer); is {
			found[code] = &nhsa.Source{Payer: national, Facilities: directory.Facilities, Now: time.Now}
		}
	}
	return found
}

// Reconcile implements api.Reconciliations.
func (r *reconciler) Reconcile(ctx context.Context, ask reconciliation.Ask) (reconciliation.Begun, error) {
	return r.start(ctx, ask, func() error { return nil })
}

// Upload implements api.Reconciliations.
func (r *reconciler) Upload(ctx context.Context, ask reconciliation.Ask, from io.Reader) (reconciliation.Begun, error) {
	file, err := os.CreateTemp("", "onestop-list-")
	if err != nil {
		return reconciliation.Begun{}, fmt.Errorf("keeping a list aside: %w", err)
	}
	aside := func() error { return errors.Join(file.Close(), os.Remove(file.Name())) }
	sum := sha256.New()
	ask.Input.Size, err = io.Copy(io.MultiWriter(file, sum), from)
	if err != nil {
		return reconciliation.Begun{}, errors.Join(err, aside())
	}
	ask.Input.Digest = hex.EncodeToString(sum.Sum(nil))
	list, err := statement.Open(file, ask.Input.Size, statement.Form(ask.Input.Form), statement.Usual)
	if err != nil {
		return reconciliation.Begun{}, errors.Join(err, aside())
	}
	ask.List = list
	return r.start(ctx, ask, func() error { return errors.Join(list.Close(), aside()) })
}

// start has a run done and waits for it a while. done is called when nothing
// of ask is needed any more.
func (r *reconciler) start(ctx context.Context, ask reconciliation.Ask, done func() error) (reconciliation.Begun, error) {
	begun, err := r.Begin(ctx, &ask)
	if err != nil || begun.Replayed {
		return begun, errors.Join(err, done())
	}
	ended := make(chan reconciliation.Kept, 1)
	r.running.Go(func() {
		run, err := r.Compare(context.WithoutCancel(ctx), begun.Kept, &ask)
		if err = errors.Join(err, done()); err != nil {
			r.log.Error("reconciling", "run", run.ID, "error", err)
		}
		ended <- run
	})
	wait := time.NewTimer(r.within)
	defer wait.Stop()
	select {
	case begun.Kept = <-ended:
	case <-wait.C:
	case <-ctx.Done():
	}
	return begun, nil
}

// resume carries out fixes that were approved and left, until ctx ends.
func (r *reconciler) resume(ctx context.Context) {
	tick := time.NewTicker(resumeEvery)
	defer tick.Stop()
	for {
		if n, err := r.Resume(ctx); err != nil && ctx.Err() == nil {
			r.log.Warn("carrying out approved fixes", "done", n, "error", err)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// resumeEvery is how often approved fixes that were left are looked for.
const resumeEvery = time.Minute

// drain waits until no run is under way, or ctx ends.
func (r *reconciler) drain(ctx context.Context) error {
	done := make(chan struct{})
	go func() {
		r.running.Wait()
		close(done)
	}()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
