package lifecycle

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/onestop-gateway/onestop/settlement"
)

// lostDischarge begins the name of a discharge whose own name was lost: no
// facility's begins like this.
const lostDischarge = "restored/"

// lostPerson stands for a person whom only the payer's number names.
const lostPerson settlement.BeneficiaryID = "restored"

// strangers takes up the messages in the books that no settlement has: those
// sent for settlements which were opened after the moment to which the store
// went back.
func (t *restoring) strangers(ctx context.Context) error {
	for _, code := range slices.Sorted(maps.Keys(t.Books)) {
		for _, message := range slices.Sorted(maps.Keys(t.Books[code])) {
			line := t.Books[code][message]
			if line.known {
				continue
			}
			if err := t.stranger(ctx, code, message, line); err != nil {
				return err
			}
		}
	}
	return nil
}

// stranger opens a settlement for a message whose own is lost, decided against
// already, so that the payer is asked to reverse it: without the bill and the
// policy that were sent, nothing else can be proved. The facility settles the
// discharge again, under the same request key, which is lost as well.
func (t *restoring) stranger(ctx context.Context, code settlement.PayerCode, message settlement.MessageID, line *Booked) error {
	w, err := t.strayed(Stray{
		Payer: code, Message: message, Reference: line.Reference, Insured: line.Insured, Encounter: line.Encounter, Actor: "recovery",
	})
	var refused *settlement.Error
	if errors.As(err, &refused) {
		t.contradiction(string(code)+"/"+string(message), "%s", refused.Value)
		return nil
	}
	t.restored.Found++
	now := t.Now()
	terms := []settlement.Terms{t.Directory.Payers[code].Terms()}
	if err := w.apply("restore.found", settlement.ReasonRestored)(w.s.Restored(terms, now)); err != nil {
		return err
	}
	w.journal(Attempt{ // the request itself is lost; this is what tells of it
		Operation: settlement.OpSettle, Phase: PhaseSent, Message: message, At: now,
		Body: fmt.Appendf(nil, "restored from the book of %s: %d standing", code, line.Net),
	})
	return w.leave(ctx)
}

// facilityOf is the facility that a message id begins with.
func (l *Lifecycle) facilityOf(message settlement.MessageID) (Facility, bool) {
	for id, facility := range l.Directory.Facilities {
		if len(message) > facilityDigits && fmt.Sprintf("%.*s", facilityDigits, id) == string(message[:facilityDigits]) {
			return facility, true
		}
	}
	return Facility{}, false
}

// dayOf is the day that a message id was given out on.
func dayOf(message settlement.MessageID) (settlement.Date, bool) {
	const dayEnd = facilityDigits + len("20060102")
	if len(message) < dayEnd {
		return 0, false
	}
	text := string(message[facilityDigits:dayEnd])
	day, err := settlement.ParseDate(text[:4] + "-" + text[4:6] + "-" + text[6:])
	return day, err == nil
}
