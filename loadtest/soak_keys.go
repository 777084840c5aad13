package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"sync/atomic"
	"time"
)

// keysOf are the files of a soak's keys.
type keysOf struct{ Ring, Master string }

// newKeys makes a ring and its master key.
func (s *stage) newKeys(ctx context.Context) error {
	s.keys = &keysOf{s.path("ring.json"), s.path("master.key")}
	_, err := s.ofRing(ctx, "new")
	return err
}

// ofRing runs a command on the ring.
func (s *stage) ofRing(ctx context.Context, verb string) (string, error) {
	return output(ctx, s.path("onestop"), "keys", verb, "--ring", s.keys.Ring, "--master", s.keys.Master)
}

// ofStore runs a command on the ring and the store.
func (s *stage) ofStore(verb string, more ...string) []string {
	return append([]string{"keys", verb, "--config", s.gateways[0].config}, more...)
}

// rotation is what was done with keys while clients settled.
type rotation struct{ rotated, killed, whole atomic.Int64 }

// rotateEvery is how long a key seals.
const rotateEvery = 4 * time.Second

// rotate lets another key seal from time to time until ctx ends, and has what is
// under older ones encrypted anew; every other such run is killed on its way. A run
// that fails because a database is down is one of those that are taken up later.
func (r *run) rotate(ctx context.Context, did *rotation) error {
	chance := rand.New(rand.NewPCG(r.seed, 4))
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(rotateEvery):
		}
		if _, err := r.ofRing(context.WithoutCancel(ctx), "rotate"); err != nil {
			return err
		}
		did.rotated.Add(1)
		bounded, cancel := ctx, context.CancelFunc(func() {})
		if did.rotated.Load()%2 == 0 {
			bounded, cancel = context.WithTimeout(ctx, time.Duration(chance.Int64N(int64(rotateEvery/4))))
		}
		command := exec.CommandContext(bounded, r.path("onestop"), r.ofStore("rewrap", "--rows", "20")...) // SIGKILL
		switch err := command.Run(); {
		case err == nil:
			did.whole.Add(1)
		case bounded.Err() != nil:
			did.killed.Add(1)
		}
		cancel()
	}
}

var errKeysLeft = errors.New("keys are left beside the one in use")

// retire encrypts anew what is left, retires every key but the one in use, and
// demands that no other is left.
func (r *run) retire(ctx context.Context) error {
	began := time.Now()
	text, err := output(ctx, r.path("onestop"), r.ofStore("rewrap", "--rest", "0")...)
	if err != nil {
		return fmt.Errorf("%w\n%s", err, text)
	}
	fmt.Fprintf(r.out, "keys: what was left encrypted anew in %s\n%s", time.Since(began).Round(time.Millisecond), text)
	ids, active, err := r.ring()
	if err != nil {
		return err
	}
	for _, id := range ids {
		if id == active {
			continue
		}
		if text, err := output(ctx, r.path("onestop"), r.ofStore("retire", "--idle", "0s", id)...); err != nil {
			return fmt.Errorf("%w\n%s", err, text)
		}
	}
	if ids, _, err = r.ring(); err == nil && len(ids) != 1 {
		err = fmt.Errorf("%d: %w", len(ids), errKeysLeft)
	}
	return err
}

// ring reads the ids of the data keys, and which of them seals.
func (r *run) ring() (ids []string, active string, err error) {
	text, err := os.ReadFile(r.stage.keys.Ring)
	if err != nil {
		return nil, "", err
	}
	var kept struct {
		Active string `json:"active"`
		Keys   []struct {
			ID string `json:"id"`
		} `json:"keys"`
	}
	err = json.Unmarshal(text, &kept)
	for _, key := range kept.Keys {
		ids = append(ids, key.ID)
	}
	return ids, kept.Active, err
}
