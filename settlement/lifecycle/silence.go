package lifecycle

import (
	"context"
	"sync"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
)

// The bounds of sparing a payer that is silent.
const (
	// silentAfter is how many calls in a row have to go without an answer: a
	// lost answer or two are no silence.
	silentAfter = 3
	// probeEvery is how often a silent payer is asked something at least, while
	// anything waits for it.
	probeEvery = 2 * time.Second
	// spareMost is the longest that a doubt rests before it is looked at again,
	// so that what a gateway left which ended is taken up by another.
	spareMost = 30 * time.Second
	// spareEach makes what waits come in turn, so many a second.
	spareEach = 10 * time.Millisecond
	// wakeAfter is how long a silence has to last for what waits to be made due
	// when it is over: after a shorter one the pauses between tries are short,
	// and a payer that comes and goes must not use up all tries at once.
	wakeAfter = 10 * time.Second
	// placesMost is how many calls of recovery a payer may hold at once, so that
	// one that hangs leaves some of recoveringMax to the others.
	placesMost = recoveringMax * 3 / 4
	// placeWithin is how long recovery waits for one of them.
	placeWithin = 250 * time.Millisecond
)

// ears hear which payers answer. Recovery spares one that is silent: its doubts
// rest, and the tries that a doubt has before people must look are not used up
// by calls that nobody hears. Every other second one of them asks on behalf of
// all, and with the first answer all are due. Each process hears for itself. It is
// safe for concurrent use.
type ears struct {
	mu     sync.Mutex
	payers map[settlement.PayerCode]*ear
}

// ear is what was heard of one payer.
type ear struct {
	unanswered int       // calls in a row
	since      time.Time // when the first of them ended
	again      time.Time // when it answered after its last silence
	waking     bool      // what waits for it is to be made due, after
	after      *Mark     // this one
	probeAt    time.Time
	spared     map[settlement.SettlementID]struct{} // in this silence
	places     chan struct{}
}

// of is the ear of a payer. The caller has the lock.
func (e *ears) of(payer settlement.PayerCode) *ear {
	one, found := e.payers[payer]
	if !found {
		one = &ear{places: make(chan struct{}, placesMost), spared: map[settlement.SettlementID]struct{}{}}
		if e.payers == nil {
			e.payers = map[settlement.PayerCode]*ear{}
		}
		e.payers[payer] = one
	}
	return one
}

func (e *ear) silent() bool { return e.unanswered >= silentAfter }

// heard takes note of what came of a call that tells whether its payer answers.
func (e *ears) heard(payer settlement.PayerCode, result settlement.Result, now time.Time) {
	e.mu.Lock()
	defer e.mu.Unlock()
	one := e.of(payer)
	if result == settlement.ResultInDoubt || result == settlement.ResultUnsent {
		if one.unanswered++; one.unanswered == 1 {
			one.since = now
		}
		return
	}
	if one.silent() {
		one.again = now
		clear(one.spared)
		if now.Sub(one.since) >= wakeAfter {
			one.waking, one.after = true, nil
		}
	}
	one.unanswered = 0
}

// again is when a payer answered after its last silence; zero where it never
// was silent, or is.
func (e *ears) again(payer settlement.PayerCode) time.Time {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.of(payer).again
}

// spare says until when a doubt rests because its payer is silent, or that it
// is the one to ask on behalf of all; neither where the payer answers.
func (e *ears) spare(payer settlement.PayerCode, id settlement.SettlementID, now time.Time) (until time.Time, probe bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	one := e.of(payer)
	if !one.silent() {
		return time.Time{}, false
	}
	one.spared[id] = struct{}{}
	until = now.Add(min(max(time.Duration(len(one.spared))*spareEach, probeEvery), spareMost))
	if probe = !now.Before(one.probeAt); probe {
		one.probeAt = now.Add(probeEvery)
	}
	return until, probe
}

// place takes one of recovery's places at a payer; false where none gets free
// within placeWithin.
func (e *ears) place(payer settlement.PayerCode) (leave func(), taken bool) {
	e.mu.Lock()
	places := e.of(payer).places
	e.mu.Unlock()
	leave = func() { <-places }
	select {
	case places <- struct{}{}:
		return leave, true
	default:
	}
	enough := time.NewTimer(placeWithin)
	defer enough.Stop()
	select {
	case places <- struct{}{}:
		return leave, true
	case <-enough.C:
		return nil, false
	}
}

// operations are what the saga's calls ask of a payer.
var operations = map[settlement.Do]settlement.Operation{
	settlement.DoSettle: settlement.OpSettle, settlement.DoInquire: settlement.OpInquire, settlement.DoReverse: settlement.OpReverse,
}

// turn makes the call that the saga wants next, or says until when it has to
// wait for its turn at the payer. What a caller waits for is tried once, whatever
// was heard of the payer.
func (w *work) turn(ctx context.Context, next settlement.Action) (until time.Time, err error) {
	leg := &w.s.Legs[next.Leg]
	if w.held == nil || leg.Inquiries+leg.Undos > 0 {
		until, probe := w.ears.spare(leg.Payer, w.s.ID, w.Now())
		if !until.IsZero() && !(probe && w.answers(ctx, next.Leg)) {
			return until, nil
		}
	}
	if w.held == nil {
		leave, taken := w.ears.place(leg.Payer)
		if !taken {
			return w.Now().Add(probeEvery), nil
		}
		defer leave()
	}
	return time.Time{}, w.call(ctx, next.Leg, operations[next.Do])
}

// answers asks a payer what it would pay, which changes nothing, and says only
// whether there was an answer. One that proves nothing is one: of a stay that it
// has settled a payer may well not say what it would pay.
func (w *work) answers(ctx context.Context, leg int) bool {
	payer := w.Directory.Payers[w.s.Legs[leg].Payer]
	wire, err := payer.Prepare(w.calling(&w.s, leg, settlement.OpQuote, w.Now()))
	if err != nil {
		return true // it cannot be asked so; the call that is due tells
	}
	answer := w.sendWithin(ctx, payer, wire)
	switch answer.Result {
	case settlement.ResultInDoubt, settlement.ResultUnsent:
		return answer.proofless()
	}
	return true
}
