package lifecycle

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
)

// Wake makes an open settlement due now, so that what is in doubt about it is
// asked again at the next look, whatever pause it was in. One that is worked
// on, or has nothing left to do, stays as it is. NotFound.
func (l *Lifecycle) Wake(ctx context.Context, id settlement.SettlementID) (settlement.Settlement, error) {
	s, err := l.Settlement(ctx, "", id)
	if err != nil || !s.State.Open() || s.Owner != "" && s.LeaseUntil.After(l.Now()) {
		return s, err
	}
	w := &work{Lifecycle: l, s: s, actor: reconciler}
	if err := w.apply("reconcile.wake", "")(s.Woken(), nil); err != nil {
		return s, err
	}
	err = w.leave(ctx)
	if settlement.KindOf(err) == settlement.KindConflict { // somebody works on it already
		return l.Settlement(ctx, "", id)
	}
	return w.s, err
}

// reconciler is how the audit trail names what reconciliation does by itself.
const reconciler = "reconciliation"

// Question is asked of a payer about a leg of a settlement at rest.
type Question struct {
	Settlement settlement.SettlementID
	Payer      settlement.PayerCode
	// Operation is OpInquire, or OpReverse where the settlement is aborted or
	// reversed, and yet the payer books it.
	Operation settlement.Operation
	Actor     string
}

// Ask asks a payer once about a leg of a settlement at rest and says what it
// answered. The question and its answer are in the journal and the audit
// trail; the settlement, the ledger and the person's year stay as they are.
// Kinds: NotFound, Blocked (it is not at rest, or it stands and may not be
// reversed so, or has no such leg), Conflict (somebody writes it; ask again),
// and those of the store.
func (l *Lifecycle) Ask(ctx context.Context, q Question) (settlement.Result, error) {
	s, err := l.Settlement(ctx, "", q.Settlement)
	if err != nil {
		return "", err
	}
	i := slices.IndexFunc(s.Legs, func(leg settlement.Leg) bool { return leg.Payer == q.Payer && leg.Message != "" })
	payer, configured := l.Directory.Payers[q.Payer]
	if i < 0 || !configured {
		return "", blocked(settlement.ReasonNoPayer, "", string(q.Payer))
	}
	w := &work{Lifecycle: l, s: s, actor: q.Actor}
	now := l.Now()
	next, err := s.Asked(i, q.Operation, w.number(now))
	if err != nil {
		return "", err
	}
	wire, err := payer.Prepare(w.calling(&next, i, q.Operation, now))
	if err != nil {
		return "", err
	}
	action := "reconcile." + string(q.Operation)
	if err := w.apply(action+".send", "")(next, nil); err != nil {
		return "", err
	}
	w.journal(Attempt{Leg: i, Operation: q.Operation, Phase: PhaseSent, Message: wire.Call.Message, At: now, Body: wire.Body})
	if err := w.write(ctx); err != nil {
		return "", err
	}
	answer := w.send(ctx, payer, wire, s.ID)
	w.journal(Attempt{Leg: i, Operation: q.Operation, Phase: PhaseResult, Message: wire.Call.Message, At: l.Now(), Result: answer.Result, Body: answer.Body})
	w.note(action+"."+string(answer.Result), "")
	// The answer is kept though the caller has gone.
	return answer.Result, w.write(context.WithoutCancel(ctx))
}

// Stray is what a payer books under a message of ours that no settlement has.
type Stray struct {
	Payer     settlement.PayerCode
	Message   settlement.MessageID
	Reference string             // the payer's name of its record, if known
	Insured   settlement.Private // the payer's number of the person
	Encounter settlement.EncounterID
	Actor     string
}

// TakeBack opens a settlement for a stray, decided against already, so that
// recovery has the payer reverse it by the original message and proves that it
// did. The same message again is answered with the settlement there is. Blocked:
// the message is of no facility that is configured, or whose it is is not said.
func (l *Lifecycle) TakeBack(ctx context.Context, stray Stray) (settlement.SettlementID, error) {
	w, err := l.strayed(stray)
	if err != nil {
		return "", err
	}
	lost, err := w.s.Lose(0)
	if err == nil {
		lost, err = lost.DecideAbort(settlement.ReasonPayerInDoubt)
	}
	if err := w.apply("reconcile.found", settlement.ReasonPayerInDoubt)(lost, err); err != nil {
		return "", err
	}
	w.journal(Attempt{
		Operation: settlement.OpSettle, Phase: PhaseSent, Message: stray.Message, At: w.s.OpenedAt,
		Body: fmt.Appendf(nil, "found in the list of %s", stray.Payer),
	})
	err = w.leave(ctx)
	if settlement.KindOf(err) == settlement.KindExists {
		kept, err := l.Store.Request(ctx, w.requestKey())
		return kept.Settlement, err
	}
	return w.s.ID, err
}

// strayed is a settlement for a message whose own is not there, not stored yet.
func (l *Lifecycle) strayed(stray Stray) (*work, error) {
	payer, configured := l.Directory.Payers[stray.Payer]
	facility, ours := l.facilityOf(stray.Message)
	day, dated := dayOf(stray.Message)
	switch {
	case !configured:
		return nil, &settlement.Error{Kind: settlement.KindBlocked, Reason: settlement.ReasonNoPayer, Value: "the payer is not configured"}
	case !ours || !dated:
		return nil, &settlement.Error{Kind: settlement.KindBlocked, Reason: settlement.ReasonUnknownFacility, Value: "the message is of no facility that is configured"}
	case stray.Insured == "" || stray.Encounter == "":
		return nil, &settlement.Error{
			Kind: settlement.KindBlocked, Reason: settlement.ReasonFixNotPossible,
			Value: "the book says neither whose it is nor of which encounter, so it cannot be reversed",
		}
	}
	now := l.Now()
	s := settlement.Settlement{
		ID: l.NewID(), Tenant: settlement.TenantID(facility.ID), Request: settlement.RequestID("restored-" + stray.Message),
		Facility: facility.ID, Discharge: settlement.DischargeID(lostDischarge + stray.Message), Encounter: stray.Encounter, Insured: stray.Insured,
		Beneficiary: settlement.Beneficiary{ID: lostPerson, Region: facility.Region},
		Claim:       settlement.Claim{Mode: settlement.Inpatient, Admission: day, Discharge: day}, Year: day.Year(),
		OpenedAt: now, DecideBy: now, State: settlement.StateReceived, Epoch: 1,
		Legs: []settlement.Leg{{
			Payer: stray.Payer, State: settlement.LegIntent, Message: stray.Message, SentAt: now, Sends: 1,
			QuietUntil: now.Add(payer.Terms().QuietPeriod),
		}},
	}
	s.Legs[0].Payment.Reference = stray.Reference
	s.Fingerprint = fingerprint([]field{{"message", string(stray.Message)}})
	w := &work{Lifecycle: l, s: s, actor: stray.Actor}
	w.change.Request = &Request{Key: w.requestKey(), Settlement: s.ID, Fingerprint: s.Fingerprint}
	return w, nil
}

// requestKey is the key under which the settlement was asked for.
func (w *work) requestKey() RequestKey { return RequestKey{w.s.Tenant, MethodSettle, w.s.Request} }

// WakeAll wakes settlements and waits until none of them is open, or within is
// over. What is not proved by then stays in doubt.
func (l *Lifecycle) WakeAll(ctx context.Context, ids []settlement.SettlementID, within time.Duration) error {
	for _, id := range ids {
		if _, err := l.Wake(ctx, id); err != nil {
			return err
		}
	}
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	tick := time.NewTicker(wakeLook)
	defer tick.Stop()
	for {
		for len(ids) > 0 {
			s, err := l.Settlement(ctx, "", ids[0])
			if err != nil && ctx.Err() == nil {
				return err
			}
			if err != nil || s.State.Open() {
				break
			}
			ids = ids[1:]
		}
		if len(ids) == 0 {
			return nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return nil
		}
	}
}

// wakeLook is how often WakeAll looks whether what it woke has come to rest.
const wakeLook = 100 * time.Millisecond
