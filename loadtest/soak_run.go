package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"time"

	"golang.org/x/sync/errgroup"
)

// run is one soak under way.
type run struct {
	soak
	*stage
	out  io.Writer // what a person may want to know; the verdict goes elsewhere
	seen tally
}

// load lets the clients settle while chaos strikes, for the length of the
// soak. Everything stands when it returns without an error.
func (r *run) load(outer context.Context) error {
	ctx, cancel := context.WithTimeout(outer, r.length)
	defer cancel()
	work, ctx := errgroup.WithContext(ctx)
	failed := make(chan error, 1)
	fail := func(err error) {
		select {
		case failed <- err:
		default: // the first is the cause of the others
		}
	}
	for _, p := range r.processes() {
		p.failed = fail
	}
	for i := range r.clients {
		c, err := r.client(i, "load")
		if err != nil {
			return err
		}
		work.Go(func() error { return errors.Join(c.run(ctx), c.journal.close()) })
	}
	strikes := newChaos(r.stage, r.soak)
	work.Go(func() error { strikes.run(ctx, fail); return nil })
	var did rotation
	if r.stage.keys != nil {
		work.Go(func() error { return r.rotate(ctx, &did) })
	}
	work.Go(func() error {
		select {
		case err := <-failed:
			return err
		case <-ctx.Done():
			return nil
		}
	})
	err := errors.Join(work.Wait(), context.Cause(outer)) // a soak cut short has no verdict
	select {
	case late := <-failed: // while the chaos was ending
		err = errors.Join(err, late)
	default:
	}
	fmt.Fprintf(r.out, "load: %d final answers, %d asked again, %d declined; %d killed, %d frozen, slowest start %s; %d answered INTERNAL\n",
		r.seen.final.Load(), r.seen.again.Load(), r.seen.declined.Load(), strikes.killed.Load(), strikes.frozen.Load(),
		time.Duration(strikes.slowest.Load()).Round(time.Millisecond), r.seen.internal.Load())
	if r.stage.keys != nil {
		fmt.Fprintf(r.out, "keys: rotated %d times; %d runs encrypted everything anew beside it, %d were killed\n", did.rotated.Load(), did.whole.Load(), did.killed.Load())
	}
	return err
}

// client is the cashier who keeps journal number i.
func (r *run) client(i int, purpose string) (*client, error) {
	kept, err := openJournal(r.folder, i)
	if err != nil {
		return nil, err
	}
	c := newClient(r.stage, kept, clientOf{r.seed, i, purpose})
	c.seen = &r.seen
	return c, nil
}

// drainWithin bounds how long unanswered keys are asked again after the
// faults have ended; then they are stuck.
const drainWithin = 75 * time.Second

// drain ends the faults and pursues every key that has no final answer, each
// client its own, many at once.
func (r *run) drain(ctx context.Context) error {
	for _, p := range r.payers {
		if err := r.heal(ctx, p); err != nil {
			return err
		}
	}
	stories, err := readJournals(r.folder)
	if err != nil {
		return err
	}
	began := time.Now()
	bounded, cancel := context.WithTimeout(ctx, drainWithin)
	defer cancel()
	open, work := 0, new(errgroup.Group)
	work.SetLimit(drainersMax)
	for _, s := range stories {
		if _, how := s.last(); how != standingOpen {
			continue
		}
		open++
		work.Go(func() error {
			c, err := r.client(s.client, "drain")
			if err != nil {
				return err
			}
			_, err = c.pursue(bounded, &s.ask)
			return errors.Join(err, c.journal.close())
		})
	}
	err = work.Wait()
	fmt.Fprintf(r.out, "drain: %d keys without a final answer pursued, for %s\n", open, time.Since(began).Round(time.Second))
	return errors.Join(err, ctx.Err())
}

// drainersMax bounds the keys pursued at once; the gateway's own bound on work
// under way is higher.
const drainersMax = 128

// recheck asks every final key and reads every settlement once more.
func (r *run) recheck(ctx context.Context, stories []*story) (map[string]second, error) {
	moved := map[string]bool{} // settle keys whose settlement has a later word
	for _, s := range stories {
		if _, how := s.last(); s.Verb == verbReverse && how != standingDeclined {
			moved[s.OfKey] = true
		}
	}
	type result struct {
		key string
		second
	}
	results := make(chan result, len(stories))
	work, ctx := errgroup.WithContext(ctx)
	work.SetLimit(4 * runtime.NumCPU())
	for i, s := range stories {
		last, how := s.last()
		if how != standingFinal {
			continue
		}
		work.Go(func() error {
			at := r.gateways[i%len(r.gateways)].door
			again := result{key: s.Key}
			again.repeat = patient(ctx, func(ctx context.Context) said { return at.asks(ctx, last.Transport, &s.ask) })
			if !moved[s.Key] {
				again.read = patient(ctx, func(ctx context.Context) said { return at.reads(ctx, other(last.Transport), last.ID) })
			}
			results <- again
			return ctx.Err()
		})
	}
	err := work.Wait()
	close(results)
	seconds := map[string]second{}
	for one := range results {
		seconds[one.key] = one.second
	}
	return seconds, err
}

// other is the other transport: what one has answered, both must show.
func other(transport string) string {
	if transport == transportREST {
		return transportGRPC
	}
	return transportREST
}

// patience is how often a question at rest is asked before no answer is taken
// for one.
const patience = 20

// patient asks until there is an answer.
func patient(ctx context.Context, call func(context.Context) said) (heard said) {
	for range patience {
		bounded, cancel := context.WithTimeout(ctx, answerWithin)
		heard = call(bounded)
		cancel()
		if heard.Status != statusNone && heard.standing() != standingOpen {
			return heard
		}
		select {
		case <-time.After(againAfter):
		case <-ctx.Done():
			return heard
		}
	}
	return heard
}

// attend fails the work of a trial in which nobody is started a second time, as
// soon as one of its processes has ended by itself.
func (r *run) attend(ctx context.Context, work *errgroup.Group) {
	processes := r.processes()
	failed := make(chan error, len(processes))
	for _, p := range processes {
		p.failed = func(err error) { failed <- err }
	}
	work.Go(func() error {
		select {
		case err := <-failed:
			return err
		case <-ctx.Done():
			return nil
		}
	})
}

// processes are all that may not end by themselves.
func (s *stage) processes() []*process {
	var all []*process
	for _, g := range s.gateways {
		all = append(all, g.process)
	}
	for _, p := range s.payers {
		all = append(all, p.process)
	}
	return all
}

// populate puts the town into the registry.
func (s *stage) populate(ctx context.Context) error {
	persons, err := s.town.registry()
	if err != nil {
		return err
	}
	if err := os.WriteFile(s.path("persons.yaml"), persons, 0o600); err != nil {
		return err
	}
	_, err = output(ctx, s.path("onestop"), "person", "import", "--config", s.gateways[0].config, s.path("persons.yaml"))
	return err
}

// audit lets the product's own auditor look at the store at rest and at the
// payers' books, and gives what it printed; a finding is an error.
func (s *stage) audit(ctx context.Context) (string, error) {
	arguments := []string{"verify", "--config", s.gateways[0].config, "--stuck-after", "1s"}
	for _, p := range s.payers {
		arguments = append(arguments, "--book", p.Code+"="+s.book(p))
	}
	return output(ctx, s.path("onestop"), arguments...)
}
