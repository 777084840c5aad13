package lifecycle

import (
	"context"
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
	object := string(code) + "/" + string(message)
	payer, configured := t.Directory.Payers[code]
	facility, ours := t.facilityOf(message)
	day, dated := dayOf(message)
	switch {
	case !configured:
		t.contradiction(object, "the payer is not configured")
		return nil
	case !ours || !dated:
		t.contradiction(object, "the message is of no facility that is configured")
		return nil
	case line.Insured == "" || line.Encounter == "":
		t.contradiction(object, "the book says neither whose it is nor of which encounter, so it cannot be reversed")
		return nil
	}
	t.restored.Found++
	now := t.Now()
	s := settlement.Settlement{
		ID: t.NewID(), Tenant: settlement.TenantID(facility.ID), Request: settlement.RequestID("restored-" + message),
		Facility: facility.ID, Discharge: settlement.DischargeID(lostDischarge + message), Encounter: line.Encounter, Insured: line.Insured,
		Beneficiary: settlement.Beneficiary{ID: lostPerson, Region: facility.Region},
		Claim:       settlement.Claim{Mode: settlement.Inpatient, Admission: day, Discharge: day}, Year: day.Year(),
		OpenedAt: now, DecideBy: now, State: settlement.StateReceived, Epoch: 1,
		Legs: []settlement.Leg{{Payer: code, State: settlement.LegIntent, Message: message, SentAt: now, Sends: 1}},
	}
	s.Legs[0].Payment.Reference = line.Reference
	s.Fingerprint = fingerprint([]field{{"message", string(message)}})
	w := &work{Lifecycle: t.Lifecycle, s: s, actor: "recovery"}
	if err := w.apply("restore.found", settlement.ReasonRestored)(s.Restored([]settlement.Terms{payer.Terms()}, now)); err != nil {
		return err
	}
	key := RequestKey{s.Tenant, MethodSettle, s.Request}
	w.change.Request = &Request{Key: key, Settlement: s.ID, Fingerprint: s.Fingerprint}
	w.journal(Attempt{ // the request itself is lost; this is what tells of it
		Operation: settlement.OpSettle, Phase: PhaseSent, Message: message, At: now,
		Body: fmt.Appendf(nil, "restored from the book of %s: %d standing", code, line.Net),
	})
	return w.leave(ctx)
}

// facilityOf is the facility that a message id begins with.
func (t *restoring) facilityOf(message settlement.MessageID) (Facility, bool) {
	for id, facility := range t.Directory.Facilities {
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
