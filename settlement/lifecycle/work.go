package lifecycle

import (
	"context"
	"slices"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
)

// work is one settlement being carried forward: the record as it stands in
// memory and what of it is not durable yet. A crash at any line loses only
// what is in change, and recovery goes on from what the store has.
type work struct {
	*Lifecycle
	s      settlement.Settlement
	change Change // collected since the last durable write
	dirty  bool   // s differs from what is durable
	actor  string
	closed []byte  // the final answer, once it is durable
	held   *places // by the caller it is carried for; nil in recovery
}

// run carries the settlement to a resting place: closed, handed to people, or
// waiting. The final answer's bytes are returned when it closed. Kinds as of
// the store: Conflict means another owner has it, InDoubt that the store did
// not say whether it wrote; both are dropped here and taken up by recovery.
func (w *work) run(ctx context.Context) ([]byte, error) {
	for {
		terms, err := w.terms()
		if err != nil {
			if err := w.attend(settlement.ReasonNoPayer); err != nil {
				return nil, err
			}
			return nil, w.settled(ctx)
		}
		switch next := settlement.Next(&w.s, terms, w.Now()); next.Do {
		case settlement.DoSettle, settlement.DoInquire, settlement.DoReverse:
			var until time.Time
			if until, err = w.turn(ctx, next); !until.IsZero() {
				return nil, w.rest(ctx, until)
			}
		case settlement.DoLose:
			err = w.apply("leg.lost", settlement.ReasonPayerInDoubt)(w.s.Lose(next.Leg))
		case settlement.DoDecideAbort:
			err = w.apply("settle.abort", next.Reason)(w.s.DecideAbort(next.Reason))
		case settlement.DoClose:
			var body []byte
			if body, err = w.commit(ctx); body != nil {
				return body, nil
			}
		case settlement.DoEnd:
			return w.end(ctx)
		case settlement.DoUndo:
			return w.undo(ctx)
		case settlement.DoResume:
			return w.resume(ctx, next.Reason)
		case settlement.DoAttend:
			err = w.attend(next.Reason)
		case settlement.DoWait:
			return nil, w.rest(ctx, next.Until)
		default:
			return nil, w.settled(ctx)
		}
		if err != nil {
			return nil, err
		}
	}
}

// observed is run as one step, told to the observer.
func (w *work) observed(ctx context.Context, verb string) ([]byte, error) {
	within, end := w.Observer.Begin(ctx, Step{Kind: StepWork, Verb: verb, Settlement: w.s.ID})
	body, err := w.run(within)
	end(Ended{Err: err})
	return body, err
}

// verb is what is being done to the settlement for its caller.
func (w *work) verb() string {
	if w.s.Reversal != nil {
		return string(MethodReverse)
	}
	return string(MethodSettle)
}

// terms are the terms of each leg's payer. A payer that is no longer
// configured cannot be called: people must look.
func (w *work) terms() ([]settlement.Terms, error) {
	terms := make([]settlement.Terms, len(w.s.Legs))
	for i, leg := range w.s.Legs {
		payer, found := w.Directory.Payers[leg.Payer]
		if !found {
			return nil, blocked(settlement.ReasonNoPayer, "", string(leg.Payer))
		}
		terms[i] = payer.Terms()
	}
	return terms, nil
}

// apply takes over a transition's result and notes it for the audit trail.
func (w *work) apply(action string, reason settlement.Reason) func(settlement.Settlement, error) error {
	return func(next settlement.Settlement, err error) error {
		if err != nil {
			return err
		}
		w.s, w.dirty = next, true
		w.note(action, reason)
		return nil
	}
}

// note adds a line to the audit trail of the next durable write.
func (w *work) note(action string, reason settlement.Reason) {
	w.change.Events = append(w.change.Events, w.line(action, reason, w.s.State))
}

// line is one line of the audit trail, written now.
func (w *work) line(action string, reason settlement.Reason, state settlement.State) Event {
	return Event{At: w.Now(), Actor: w.actor, Action: action, Reason: reason, State: state}
}

// call makes the intent durable with the exact request, sends it once, and
// hears the answer, which becomes durable with the next write. No transaction
// is open while the network is used.
func (w *work) call(ctx context.Context, leg int, operation settlement.Operation) error {
	payer := w.Directory.Payers[w.s.Legs[leg].Payer]
	now := w.Now()
	next, err := w.s.Sending(leg, operation, w.number(now), now, payer.Terms())
	if err != nil {
		return err
	}
	wire, err := payer.Prepare(w.calling(&next, leg, operation, now))
	if err != nil && w.s.Revision > 0 { // what was stored can no longer be said to this payer
		w.Log.ErrorContext(ctx, "preparing a call", "request_id", WatchOf(ctx).Request(), "settlement", w.s.ID, "operation", operation, "error", err)
		return w.attend(settlement.ReasonInternal)
	}
	if err != nil {
		return err
	}
	if err := w.apply(string(operation)+".send", "")(next, nil); err != nil {
		return err
	}
	w.journal(Attempt{Leg: leg, Operation: operation, Phase: PhaseSent, Message: wire.Call.Message, At: now, Body: wire.Body})
	if err := w.save(ctx); err != nil {
		return err
	}
	unbound := w.bind(ctx, operation)
	answer := PayerAnswer{Result: settlement.ResultUnsent, Cause: unbound}
	if unbound == nil {
		answer = w.sendWithin(ctx, payer, wire)
	}
	if answer.Result == settlement.ResultApplied || answer.Result == settlement.ResultRefused {
		w.held.leavePayer(payer.Code()) // one in doubt keeps it: it may have to be asked again
	}
	if answer.Cause != nil {
		w.Log.WarnContext(ctx, "payer gave no usable answer", "request_id", WatchOf(ctx).Request(), "settlement", w.s.ID, "payer", payer.Code(), "operation", operation, "result", answer.Result, "cause", answer.Cause)
	}
	w.journal(Attempt{Leg: leg, Operation: operation, Phase: PhaseResult, Message: wire.Call.Message, At: w.Now(), Result: answer.Result, Body: answer.Body})
	heard := settlement.Heard{Operation: operation, Result: answer.Result, Payment: answer.Payment, Message: answer.Message, Conflict: answer.Conflict}
	before := w.s
	err = w.apply(string(operation)+"."+string(answer.Result), answer.Conflict)(w.s.Hear(leg, heard, w.Now()))
	if err == nil {
		w.proved(&before, leg)
	}
	if kind := settlement.KindOf(unbound); err == nil && (kind == settlement.KindBlocked || kind == settlement.KindNotFound) {
		return w.apply("settle.abort", settlement.ReasonAdmissionMismatch)(w.s.DecideAbort(settlement.ReasonAdmissionMismatch))
	}
	return err
}

// bind has the stay that is about to be settled by bound to this discharge, as
// takeUpAdmission did before this settlement was durable. Two people who released
// the stay in between did not see it; whoever releases it from now on does. So no
// payer is told to settle a stay that another discharge may take up.
func (w *work) bind(ctx context.Context, operation settlement.Operation) error {
	if operation != settlement.OpSettle || w.s.Admission == "" {
		return nil
	}
	return w.Admissions.TakeUp(ctx, AdmissionTake{w.s.Tenant, w.actor, w.s.Admission, w.s.Discharge})
}

// calling is the call about a leg, with the message ids the record holds.
func (w *work) calling(s *settlement.Settlement, i int, operation settlement.Operation, now time.Time) Call {
	leg := &s.Legs[i]
	call := Call{
		Operation: operation, Original: leg.Message, Reference: leg.Payment.Reference,
		Facility: w.Directory.Facilities[s.Facility], Region: s.Beneficiary.Region, Insured: s.Insured,
		Scheme: s.Coverage.Scheme, Encounter: s.Encounter, Claim: s.Claim, BillStated: s.BillStated, At: now,
	}
	for _, earlier := range s.Legs[:i] {
		call.Paid += earlier.Payment.Paid()
	}
	switch operation {
	case settlement.OpSettle:
		call.Message = leg.Message
	case settlement.OpReverse:
		call.Message = leg.Undo
	default:
		call.Message = w.number(now)
	}
	return call
}

// number is a message id that the settlement does not carry yet. A process
// started with its clock set back may give one out again; the store refuses
// one of another settlement, but not the settlement's own.
func (w *work) number(now time.Time) settlement.MessageID {
	for {
		id := w.numbers.next(w.s.Facility, now)
		if !slices.ContainsFunc(w.s.Legs, func(leg settlement.Leg) bool { return leg.Message == id || leg.Undo == id }) {
			return id
		}
	}
}

// sendWithin sends while the record is ours for certain: a process that slept
// between storing the intent and sending must not send at all.
func (w *work) sendWithin(ctx context.Context, payer Payer, wire Wire) PayerAnswer {
	ours := w.s.LeaseUntil.Add(-leaseMargin).Sub(w.Now())
	if ours <= 0 {
		return PayerAnswer{Result: settlement.ResultUnsent, Cause: context.DeadlineExceeded}
	}
	ctx, cancel := context.WithTimeout(ctx, ours)
	defer cancel()
	return w.send(ctx, payer, wire, w.s.ID)
}

func (w *work) journal(attempt Attempt) {
	w.change.Attempts = append(w.change.Attempts, attempt)
}

// save makes everything collected durable and keeps the record ours for a
// lease, long enough for the call that may follow.
func (w *work) save(ctx context.Context) error {
	w.s.Owner, w.s.LeaseUntil, w.s.NextAt = w.Owner, w.Now().Add(w.Lease), time.Time{}
	return w.write(ctx)
}

// write makes everything collected durable.
func (w *work) write(ctx context.Context) error {
	change := w.change
	change.Settlement = w.s
	change.seal()
	verb, write := "advance", w.Store.Advance
	if w.s.Revision == 0 {
		verb, write = "open", w.Store.Open
	}
	within, end := w.begin(ctx, Step{Kind: StepWrite, Verb: verb, Settlement: w.s.ID}, ShareStore)
	err := write(within, change)
	end(Ended{Err: err})
	if err != nil {
		return err
	}
	w.s.Revision++
	w.s.Seal = change.Settlement.Seal
	w.change, w.dirty = Change{}, false
	return nil
}

// rest leaves the settlement to recovery, from until on, or for ever if it is
// terminal or people's turn.
func (w *work) rest(ctx context.Context, until time.Time) error {
	if !w.dirty && w.s.Owner == "" {
		return nil
	}
	w.s.Owner, w.s.LeaseUntil, w.s.NextAt = "", time.Time{}, until
	return w.write(ctx)
}

// attend hands the settlement to people.
func (w *work) attend(reason settlement.Reason) error {
	return w.apply("settlement.attend", reason)(w.s.Attended(reason))
}

// settled leaves a settlement at which the gateway has nothing more to do.
func (w *work) settled(ctx context.Context) error {
	err := w.rest(ctx, time.Time{})
	if err == nil && w.s.State == settlement.StateAttention {
		w.Observer.Closed(w.s, w.Now().Sub(w.s.OpenedAt))
	}
	return err
}
