package nhsa

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/onestop-gateway/onestop/adapters/payer/sim"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// soaker drives the adapter against a payer that misbehaves by seed, and knows
// what each answer allows the payer's book to hold.
type soaker struct {
	t      *testing.T
	payer  *Payer
	server *sim.Server
}

// allowed is what the payer may hold of a settlement after each answer.
var allowed = map[settlement.Result][]int{
	settlement.ResultApplied: {1}, settlement.ResultRefused: {0}, settlement.ResultUnsent: {0}, settlement.ResultInDoubt: {0, 1},
}

func (s soaker) send(call lifecycle.Call) lifecycle.PayerAnswer {
	wire, err := s.payer.Prepare(call)
	if err != nil {
		s.t.Error(err)
		return lifecycle.PayerAnswer{}
	}
	return s.payer.Send(context.Background(), wire)
}

func (s soaker) check(call lifecycle.Call, answer lifecycle.PayerAnswer) {
	net, err := s.server.Net(string(call.Message))
	if err != nil {
		s.t.Error(err)
	}
	for _, possible := range allowed[answer.Result] {
		if net == possible {
			return
		}
	}
	s.t.Errorf("%s: %s, and the payer holds %d", call.Message, answer.Result, net)
}

// live settles once and undoes it until the payer is known to hold nothing,
// as the saga does: by reference if there is one, else by message.
func (s soaker) live(n int) {
	call := callOf(settlement.OpSettle)
	call.Message = settlement.MessageID(fmt.Sprintf("H3608270000120120701150405%04d", n))
	call.Encounter = settlement.EncounterID(fmt.Sprintf("E%06d", n))
	answer := s.send(call)
	s.check(call, answer)
	undo := call
	undo.Operation, undo.Original = settlement.OpReverse, call.Message
	undo.Message = settlement.MessageID(fmt.Sprintf("H3608270000120120701150405U%03d", n))
	undo.Reference = answer.Payment.Reference
	for range 20 {
		switch result := s.send(undo).Result; result {
		case settlement.ResultReversed, settlement.ResultAccepted, settlement.ResultNotFound:
			if net, err := s.server.Net(string(call.Message)); err != nil || net != 0 {
				s.t.Errorf("%s: %s, and the payer holds %d (%v)", call.Message, result, net, err)
			}
			return
		}
	}
	s.t.Errorf("%s: never undone", call.Message)
}

// Many at once, every fault by seed: no answer says more than the book holds,
// and what is undone is gone.
func TestAnswersNeverSayMoreThanTheBook(t *testing.T) {
	settings := script()
	settings.DelayMillis, settings.DrawsMax = 30, 3
	settings.Weights = map[sim.Fault]int{sim.OK: 30}
	for _, fault := range []sim.Fault{
		sim.Refuse, sim.SystemError, sim.HTTPError, sim.LostBefore, sim.LostAfter, sim.Slow, sim.Duplicate, sim.Malformed, sim.Reset,
		sim.Oversized, sim.WrongSums, sim.OtherPerson, sim.OtherMessage, sim.OtherTotal, sim.OtherParts, sim.Assists,
	} {
		settings.Weights[fault] = 5
	}
	for seed := range uint64(3) {
		server, err := sim.Start(sim.Config{Book: filepath.Join(t.TempDir(), "book"), Script: settings, Seed: seed}, "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		s := soaker{t, payerAt(t, server.URL, func(c *Config) { c.CallTimeout = 20 * time.Second }), server}
		var workers sync.WaitGroup
		for w := range 4 {
			workers.Go(func() {
				for i := range 50 {
					s.live(w*50 + i)
				}
			})
		}
		workers.Wait()
		if sent := server.Arrivals("2304"); sent != 200 {
			t.Errorf("seed %d: %d settlements arrived, 200 were sent", seed, sent)
		}
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	}
}
