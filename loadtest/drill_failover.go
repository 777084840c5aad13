package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// After a standby was promoted: how soon cashiers must get answers again, how
// many of them show that it goes on, and how soon the alerts must be silent,
// beside the windows they look back over.
const (
	resumesWithin = 20 * time.Second
	resumesWith   = 5
	calmsWithin   = 90 * time.Second
)

var (
	errNotResumed = errors.New("the standby was promoted, and nobody is answered")
	errNotSilent  = errors.New("cashiers are answered again, and alerts still fire")
)

// failover promotes the standby and waits until cashiers get final answers
// again and every alert that the drill expects is silent.
func (s *scene) failover(ctx context.Context) error {
	promoted, before := time.Now(), s.run.seen.final.Load()
	if err := s.stage.standby.promote(ctx); err != nil {
		return err
	}
	for s.run.seen.final.Load() < before+resumesWith {
		if ctx.Err() != nil || time.Since(promoted) > resumesWithin {
			return errNotResumed
		}
		wait(ctx, 50*time.Millisecond)
	}
	resumed := time.Since(promoted)
	for silent := false; !silent; wait(ctx, time.Second) {
		now, err := s.firing(ctx)
		if err != nil {
			return err
		}
		silent = !slices.ContainsFunc(s.drill.expect, func(e expected) bool { return slices.Contains(now, e.alert) })
		if ctx.Err() != nil || time.Since(promoted) > s.drill.longest()/time.Duration(s.factor)+calmsWithin {
			return fmt.Errorf("%w: %q", errNotSilent, now)
		}
	}
	fmt.Fprintf(s.notes, "%s: answered again %.1f s after the order to promote, silent after %.1f s\n", s.drill.name, resumed.Seconds(), time.Since(promoted).Seconds())
	return nil
}
