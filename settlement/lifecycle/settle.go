package lifecycle

import (
	"context"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
)

// Settle settles one discharge, exactly once for each request key and at most
// once for each discharge. It returns the final answer, or, past AnswerWithin,
// the settlement in progress, which goes on without the caller. A repeat of a
// request gets the first answer's bytes. Kinds: Invalid, Blocked, Refused and
// Overloaded before anything was stored; KeyReused, InFlight, Exists;
// Unavailable means ask again with the same key.
func (l *Lifecycle) Settle(ctx context.Context, ask Ask) (Answer, error) {
	held := &places{}
	defer held.leave()
	if err := l.admit(held, l.inFlight); err != nil {
		return Answer{}, err
	}
	key, fields := RequestKey{ask.Tenant, MethodSettle, ask.Request}, ask.fields()
	p, err := l.prepare(ctx, &ask, held)
	if err == nil && ask.Quote != "" {
		err = l.takeUpQuote(ctx, p)
	}
	if err == nil {
		err = l.takeUpAdmission(ctx, &ask)
	}
	if err != nil {
		held.leave() // a repeat may wait long for its first answer
		return l.replayOr(ctx, key, fields, func() error { return err })
	}
	for tried := range openTries {
		if tried > 0 {
			if err := l.admitAgain(ctx, p, held); err != nil {
				return Answer{}, err
			}
		}
		result := l.start(ctx, l.opening(p, key, fields), held.handOver())
		answer, err := l.await(ctx, key, fields, result)
		if settlement.KindOf(err) != settlement.KindExists {
			return answer, err
		}
		l.numbers.passBy(err)
		answer, err = l.replayOr(ctx, key, fields, func() error { return l.taken(ctx, &ask) })
		if err == nil || settlement.ReasonOf(err) != settlement.ReasonStaleRecord {
			return answer, err
		}
	}
	return Answer{}, &settlement.Error{Kind: settlement.KindUnavailable, Reason: settlement.ReasonStoreUnavailable}
}

// admitAgain takes the places of p anew, which the first try gave back.
func (l *Lifecycle) admitAgain(ctx context.Context, p *prepared, held *places) error {
	if err := l.admit(held, l.inFlight); err != nil {
		return err
	}
	return l.enter(ctx, p, held)
}

// openTries bounds how often a settlement or a reversal is opened anew because
// a message id turned out to be taken.
const openTries = 3

// opening is the record of a settlement about to be opened.
func (l *Lifecycle) opening(p *prepared, key RequestKey, fields []field) *work {
	now, decideBy := l.Now(), p.decideBy
	if decideBy.IsZero() {
		decideBy = now.Add(l.DecideWithin)
	}
	s := settlement.Settlement{
		ID: l.NewID(), Tenant: key.Tenant, Request: key.Request, Fingerprint: fingerprint(fields),
		Facility: p.facility.ID, Discharge: p.ask.Discharge, Encounter: p.encounter, Insured: p.insured,
		Beneficiary: p.person.Beneficiary, Policy: p.policy.ID, Version: p.version.ID, Year: p.year,
		Claim: p.claim, Coverage: p.coverage, BillStated: p.ask.BillStated,
		OpenedAt: now, DecideBy: decideBy, Quote: p.ask.Quote, Admission: p.ask.Admission, State: settlement.StateReceived, Epoch: 1,
	}
	for _, payer := range p.payers {
		s.Legs = append(s.Legs, settlement.Leg{Payer: payer.Code(), State: settlement.LegPlanned})
	}
	w := &work{Lifecycle: l, s: s, actor: p.ask.Actor}
	w.change.Request = &Request{Key: key, Settlement: s.ID, Fingerprint: s.Fingerprint}
	w.note("settle.open", "")
	return w
}

// start runs w apart from its caller: a cashier who hangs up does not stop a
// settlement. Of ctx only what travels in it is taken along.
func (l *Lifecycle) start(ctx context.Context, w *work, held *places) <-chan outcome {
	result := make(chan outcome, 1)
	w.held = held
	l.running.Go(func() {
		deepen()
		defer held.leave()
		body, err := w.observed(context.WithoutCancel(ctx), w.verb())
		held.leave() // first, or whoever is answered may find their own place still taken
		result <- outcome{w.s, body, err, w.change.Request != nil}
	})
	return result
}

// deepen makes the stack of a goroutine that is new as large as a settlement needs,
// while there is nothing on it. Grown by need it is copied at each doubling, with all
// that is on it: a twentieth of the processor time of a lone settlement.
//
//go:noinline
func deepen() {
	var room [stackRoom]byte
	touch(&room)
}

// stackRoom is what the deepest calls of a settlement take, those of store and driver
// included, in bytes.
const stackRoom = 14 << 10

//go:noinline
func touch(room *[stackRoom]byte) { room[0] = 1 }

// outcome is how a piece of work came to rest: body is nil if it must wait. unkept
// says that its request key was not written.
type outcome struct {
	s      settlement.Settlement
	body   []byte
	err    error
	unkept bool
}

// ended reports whether the work has an error that is the caller's to know:
// others only mean that it goes on elsewhere, because another owner has the
// record or the store did not say whether it wrote. What lost its record before
// its key was written goes on nowhere.
func (o *outcome) ended() bool {
	switch settlement.KindOf(o.err) {
	case settlement.KindConflict:
		return o.unkept
	case settlement.KindInDoubt:
		return false
	}
	return o.err != nil
}

// await gives the answer of a running piece of work, or of the recovery that
// takes it up when it must wait.
func (l *Lifecycle) await(ctx context.Context, key RequestKey, fields []field, result <-chan outcome) (Answer, error) {
	ctx, cancel := context.WithTimeout(ctx, l.AnswerWithin)
	defer cancel()
	select {
	case got := <-result:
		if got.ended() {
			return Answer{}, got.err
		}
		if got.body != nil {
			return Answer{Settlement: got.s, Body: got.body}, nil
		}
	case <-ctx.Done():
	}
	return l.poll(ctx, key, fields)
}

// poll waits for the final answer of a key until ctx ends, and otherwise says
// that the settlement is in progress; one that waits for people is told at
// once, for nothing more comes until they act. A key that never became durable is
// Unavailable: nothing was done. One that became durable with another content
// meanwhile is KeyReused.
func (l *Lifecycle) poll(ctx context.Context, key RequestKey, fields []field) (Answer, error) {
	defer WatchOf(ctx).Enter(ShareRecovery)()
	want := fingerprint(fields)
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	for n := 0; ; n++ {
		reading := context.WithoutCancel(ctx)
		kept, err := l.Store.Request(reading, key)
		switch {
		case settlement.KindOf(err) == settlement.KindNotFound:
			return Answer{}, &settlement.Error{Kind: settlement.KindUnavailable, Reason: settlement.ReasonStoreUnavailable, Cause: err}
		case err != nil:
			return Answer{}, err
		case kept.Fingerprint != want:
			return Answer{}, reused(kept, fields)
		case kept.Answer != nil || ctx.Err() != nil:
			return l.answered(reading, kept, false)
		case n%pollsPerLook == 0:
			answer, err := l.answered(reading, kept, false)
			if err != nil || answer.Settlement.State == settlement.StateAttention {
				return answer, err
			}
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
		}
	}
}

// pollEvery is how often a waiting caller looks for its answer.
const pollEvery = 50 * time.Millisecond

// pollsPerLook is how many of these looks one look at the settlement itself
// comes with.
const pollsPerLook = 20

// answered is what is kept under a key, as an answer.
func (l *Lifecycle) answered(ctx context.Context, kept Request, replayed bool) (Answer, error) {
	s, err := l.Store.Settlement(ctx, kept.Settlement)
	return Answer{Settlement: s, Body: kept.Answer, Replayed: replayed}, err
}
