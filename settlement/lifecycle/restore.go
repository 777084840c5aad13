package lifecycle

import (
	"context"
	"fmt"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
)

// Restoration is a store's return to an earlier moment. Until it is done, what
// payers remember beyond that moment is not taken up, and nothing may be served.
type Restoration struct {
	BegunAt, DoneAt time.Time // whole microseconds; DoneAt is zero until it is done
}

// Pending reports whether something is left to be taken up.
func (r Restoration) Pending() bool { return !r.BegunAt.IsZero() && r.DoneAt.IsZero() }

// Restorations keeps a store's latest restoration. Kinds as of Store.
type Restorations interface {
	// Restoration is the latest, zero where there never was one.
	Restoration(ctx context.Context) (Restoration, error)

	// PutRestoration keeps r, in place of what was kept of the same beginning.
	PutRestoration(ctx context.Context, r Restoration) error
}

// Booked is what a payer's own book says of one message of ours: how many
// settlements of it stand, whose, in which encounter, and what the payer calls
// it, if the book tells.
type Booked struct {
	Net       int
	Reference string
	Insured   settlement.Private
	Encounter settlement.EncounterID

	known bool // a settlement has it
}

// Restore is what is known after a store went back to an earlier moment.
type Restore struct {
	Archive Archive
	Books   map[settlement.PayerCode]map[settlement.MessageID]*Booked
	BegunAt time.Time // what was taken up since then is not taken up again
	// Since is when the books begin: of a settlement committed before it they
	// need say nothing.
	Since time.Time
}

// Restored says what was taken up.
type Restored struct {
	Seen      int // settlements
	Again     int // were open, and are decided against or reversed anew
	Forgotten int // stand here and were undone by their payers since
	Found     int // messages of ours in a book, of settlements that are lost
	People    int // waited for people then, and wait again
	// Contradictions cannot come of the restore, or cannot be healed here.
	Contradictions []Finding
}

// Restore compares a store with its payers' books and takes up everything that
// is newer than the moment to which it went back, so that Recover carries it to
// a rest by asking and reversing. No gateway may serve meanwhile. It may be
// asked again, after a failure or with newer books: nothing is taken up twice.
// Memory holds the books. Kinds as of Store and Archive.
func (l *Lifecycle) Restore(ctx context.Context, r Restore) (Restored, error) {
	t := &restoring{Lifecycle: l, Restore: r}
	place := Place{}
	for {
		piece, err := r.Archive.Dossiers(ctx, place, verifyPiece)
		if err != nil {
			return t.restored, err
		}
		for i := range piece {
			if err := t.settlement(ctx, piece[i].Settlement); err != nil {
				return t.restored, err
			}
		}
		if len(piece) < verifyPiece {
			return t.restored, t.strangers(ctx)
		}
		place = piece[len(piece)-1].Place()
	}
}

// Unrested counts the settlements that recovery still has to carry to a rest.
// Those are at rest whose payers accepted every reversal and only have to prove
// it, however long that takes.
func (l *Lifecycle) Unrested(ctx context.Context) (count int, err error) {
	query := Query{Limit: verifyPiece, States: []settlement.State{
		settlement.StateReceived, settlement.StateSettling, settlement.StateAborting, settlement.StateReversing,
	}}
	for {
		page, err := l.List(ctx, query)
		if err != nil {
			return count, err
		}
		for i := range page.Settlements {
			if !awaitsProof(&page.Settlements[i]) {
				count++
			}
		}
		if query.Before = page.Next; query.Before == nil {
			return count, nil
		}
	}
}

// awaitsProof reports whether nothing is left but proof of accepted reversals.
func awaitsProof(s *settlement.Settlement) bool {
	waits := false
	for i := range s.Legs {
		switch state := s.Legs[i].State; {
		case state == settlement.LegUnconfirmed:
			waits = true
		case !state.Clear():
			return false
		}
	}
	return waits
}

// restoring is one comparison under way.
type restoring struct {
	*Lifecycle
	Restore
	restored Restored
}

// settlement takes up one settlement, if anything of it is uncertain.
func (t *restoring) settlement(ctx context.Context, s settlement.Settlement) error {
	t.restored.Seen++
	for i := range s.Legs {
		if line := t.line(&s.Legs[i]); line != nil {
			line.known = true
		}
	}
	w := &work{Lifecycle: t.Lifecycle, s: s, actor: "recovery"}
	terms, err := w.terms()
	switch {
	case !s.RetriedAt.Before(t.BegunAt):
		return nil // taken up already
	case s.State == settlement.StateAttention:
		t.restored.People++
		return nil
	case err != nil && s.State.Open():
		return nil // recovery hands it to people
	case s.State.Open():
		t.restored.Again++
		action := "restore.retry"
		if s.Decision == settlement.Undecided {
			action = "restore.abort"
		}
		if err := w.apply(action, settlement.ReasonRestored)(s.Restored(terms, t.Now())); err != nil {
			return err
		}
		return w.leave(ctx)
	case err == nil && t.undone(&s):
		t.restored.Forgotten++
		return t.forgotten(ctx, w, terms)
	}
	return nil
}

// line is what the book of a leg's payer says of it; nil where it says nothing.
func (t *restoring) line(leg *settlement.Leg) *Booked {
	return t.Books[leg.Payer][leg.Message]
}

// undone reports whether payers have undone a settlement that stands here. What
// agrees neither with that nor with what is kept is noted as a contradiction.
func (t *restoring) undone(s *settlement.Settlement) bool {
	undone, sound := false, true
	for i := range s.Legs {
		leg := &s.Legs[i]
		line := t.line(leg)
		stands := s.State == settlement.StateCommitted
		switch {
		case leg.Message == "":
		case line == nil && stands && !s.ClosedAt.Before(t.Since):
			sound = false
			t.contradiction(string(s.ID), "payer %s pays %s, and its book does not have it", leg.Payer, leg.Message)
		case line == nil:
		case !stands && line.Net != 0 || line.Net < 0 || line.Net > 1:
			sound = false
			t.contradiction(string(s.ID), "is %s, and payer %s has %s standing %d times", s.State, leg.Payer, leg.Message, line.Net)
		case stands && line.Net == 0:
			undone = true
		}
	}
	return undone && sound
}

func (t *restoring) contradiction(object, says string, args ...any) {
	t.restored.Contradictions = append(t.restored.Contradictions, Finding{"I5", object, fmt.Sprintf(says, args...)})
}

// forgotten asks for the reversal of a settlement once more, under a key of the
// gateway's own: the one it was asked under is lost.
func (t *restoring) forgotten(ctx context.Context, w *work, terms []settlement.Terms) error {
	ask := ReverseAsk{Settlement: w.s.ID, Cause: string(settlement.ReasonRestored)}
	ask.Request = settlement.RequestID(fmt.Sprintf("restored-%d-%s", t.BegunAt.UnixMicro(), w.s.ID))
	reversal := settlement.Reversal{Request: ask.Request, Cause: ask.Cause, AskedAt: t.Now()}
	if err := w.apply("restore.reverse", settlement.ReasonRestored)(w.s.ReversalForgotten(reversal, terms)); err != nil {
		return err
	}
	key := RequestKey{w.s.Tenant, MethodReverse, ask.Request}
	w.change.Request = &Request{Key: key, Settlement: w.s.ID, Fingerprint: fingerprint(ask.fields())}
	return w.leave(ctx)
}

// leave writes what was taken up and leaves it to recovery, due at once.
func (w *work) leave(ctx context.Context) error { return w.rest(ctx, time.Time{}) }
