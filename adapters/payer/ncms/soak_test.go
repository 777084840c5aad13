package ncms

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/onestop-gateway/onestop/adapters/payer/sim"
	"github.com/onestop-gateway/onestop/settlement"
)

// allowed is what the payer may hold of a settlement after each answer.
var allowed = map[settlement.Result][]int{
	settlement.ResultApplied: {1}, settlement.ResultRefused: {0}, settlement.ResultUnsent: {0}, settlement.ResultInDoubt: {0, 1},
}

// soaker drives the adapter against a payer that misbehaves by seed, and knows
// what each answer allows the payer's book to hold.
type soaker struct {
	*simServer
	payer *Payer
}

// live settles once and undoes it until the payer is known to hold nothing, as
// the saga does: by reference if there is one, else by message.
func (s soaker) live(n int) {
	call := callOf(settlement.OpSettle)
	call.Message = settlement.MessageID(fmt.Sprintf("H3608270000120120701150405%04d", n))
	call.Encounter = settlement.EncounterID(fmt.Sprintf("E%06d", n))
	wire, err := s.payer.Prepare(call)
	if err != nil {
		s.t.Error(err)
		return
	}
	answer := s.payer.Send(context.Background(), wire)
	if net := s.Net(call.Message); !slices.Contains(allowed[answer.Result], net) {
		s.t.Errorf("%s: %s, and the payer holds %d", call.Message, answer.Result, net)
	}
	undo := call
	undo.Operation, undo.Original, undo.Reference = settlement.OpReverse, call.Message, answer.Payment.Reference
	undo.Message = settlement.MessageID(fmt.Sprintf("H3608270000120120701150405U%03d", n))
	if wire, err = s.payer.Prepare(undo); err != nil {
		s.t.Error(err)
		return
	}
	for range 20 {
		switch result := s.payer.Send(context.Background(), wire).Result; result {
		case settlement.ResultReversed, settlement.ResultAccepted, settlement.ResultNotFound:
			if net := s.Net(call.Message); net != 0 {
				s.t.Errorf("%s: %s, and the payer holds %d", call.Message, result, net)
			}
			return
		}
	}
	s.t.Errorf("%s: never undone", call.Message)
}

// Many at once, every fault by seed, over both wires: no answer says more than
// the book holds, nothing is sent twice, and what is undone is gone.
func TestAnswersNeverSayMoreThanTheBook(t *testing.T) {
	settings := script()
	settings.DelayMillis, settings.DrawsMax = 30, 3
	settings.Rules = []sim.Rule{{Transaction: "S02", Fault: sim.OK}}
	settings.Weights = map[sim.Fault]int{sim.OK: 30}
	for _, fault := range []sim.Fault{
		sim.Refuse, sim.SystemError, sim.HTTPError, sim.LostBefore, sim.LostAfter, sim.Slow, sim.Duplicate, sim.Malformed, sim.Reset,
		sim.Oversized, sim.WrongSums, sim.OtherPerson, sim.OtherMessage, sim.OtherTotal, sim.OtherParts, sim.Assists,
	} {
		settings.Weights[fault] = 5
	}
	for i, shape := range []Shape{Ticket, Pipe, Ticket, Pipe} {
		server, err := sim.Start(sim.Config{
			Book: filepath.Join(t.TempDir(), "book"), Script: settings, Seed: uint64(i), Protocol: sim.Protocol(shape),
		}, "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		payer := newPayer(t, shape, func(c *Config) { c.URL, c.CallTimeout = server.URL+addresses[shape], 20*time.Second })
		s := soaker{&simServer{t, server, settings, shape}, payer}
		var workers sync.WaitGroup
		for w := range 4 {
			workers.Go(func() {
				for i := range 25 {
					s.live(w*25 + i)
				}
			})
		}
		workers.Wait()
		if sent := s.Arrivals(settlement.OpSettle); sent != 100 {
			t.Errorf("%s, seed %d: %d settlements arrived, 100 were sent", shape, i, sent)
		}
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	}
}
