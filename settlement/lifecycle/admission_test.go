package lifecycle_test

import (
	"context"
	"testing"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// ward knows stays by their ids, and takes them up as asked.
type ward struct {
	stays  map[settlement.AdmissionID]lifecycle.Admission
	taken  []lifecycle.AdmissionTake
	err    error
	before func() // runs when a stay is taken up
	lost   []error
}

func (w *ward) Admission(_ context.Context, tenant settlement.TenantID, id settlement.AdmissionID) (lifecycle.Admission, error) {
	found, known := w.stays[id]
	if w.err == nil && (!known || tenant != settlement.TenantID(hospital)) {
		return found, &settlement.Error{Kind: settlement.KindNotFound, Reason: settlement.ReasonAdmissionNotFound, Field: "id"}
	}
	return found, w.err
}

func (w *ward) TakeUp(_ context.Context, take lifecycle.AdmissionTake) error {
	w.taken = append(w.taken, take)
	if w.before != nil {
		w.before()
	}
	if len(w.lost) > 0 {
		err := w.lost[0]
		w.lost = w.lost[1:]
		if err != nil {
			return err
		}
	}
	found := w.stays[take.Admission]
	if found.Taken != "" && found.Taken != take.Discharge {
		return &settlement.Error{Kind: settlement.KindBlocked, Reason: settlement.ReasonAdmissionMismatch, Field: "discharge_id"}
	}
	found.Taken = take.Discharge
	w.stays[take.Admission] = found
	return nil
}

// charged is person 0's stay as registered and charged for discharge, and how
// a test spoils it.
func charged(spoil func(*lifecycle.Admission)) lifecycle.Admission {
	a := lifecycle.Admission{
		Facility: hospital, Person: "b0", Scheme: settlement.SchemeResident, Day: 20260301, Payer: "A", State: "REGISTERED", Registered: true,
		Encounter: "I7", Insured: "N7", Charged: 1_000_000,
	}
	spoil(&a)
	return a
}

// ofStay is a discharge of person 0 by a stay; it states no numbers of its own.
func ofStay(n int, id settlement.AdmissionID) lifecycle.Ask {
	ask := discharge(n, 0)
	ask.Admission, ask.Encounter = id, ""
	return ask
}

func wards(h *house) *ward {
	w := &ward{stays: map[settlement.AdmissionID]lifecycle.Admission{"y-1": charged(func(*lifecycle.Admission) {})}}
	h.g.Admissions = w
	return w
}

// A settlement by a stay takes both numbers of the payer from it, keeps which
// one it was, and binds it to its discharge; a quote binds nothing.
func TestSettlingByAnAdmission(t *testing.T) {
	live(t, best("A"), func(h *house) {
		w := wards(h)
		if _, err := h.g.Quote(context.Background(), ofStay(1, "y-1")); err != nil || len(w.taken) != 0 {
			t.Fatalf("%v, taken %v", err, w.taken)
		}
		done := h.settled(ofStay(1, "y-1"))
		s := h.record(done.Settlement.ID)
		if s.State != settlement.StateCommitted || s.Admission != "y-1" || s.Encounter != "I7" || s.Insured != "N7" {
			t.Errorf("%s by %s as %s of %s", s.State, s.Admission, s.Encounter, s.Insured.Reveal())
		}
		if len(w.taken) != 2 || w.taken[0] != (lifecycle.AdmissionTake{Tenant: settlement.TenantID(hospital), Actor: "cashier", Admission: "y-1", Discharge: "D1"}) || w.taken[1] != w.taken[0] {
			t.Errorf("taken %+v", w.taken)
		}
		if again := h.settled(ofStay(1, "y-1")); !again.Replayed || string(again.Body) != string(done.Body) {
			t.Errorf("%s, want %s", again.Body, done.Body)
		}
		sends := h.sends()
		_, err := h.g.Settle(context.Background(), ofStay(2, "y-1"))
		if wrong := h.refused(err, settlement.KindBlocked, settlement.ReasonAdmissionMismatch); wrong.Field != "discharge_id" {
			t.Errorf("a second discharge: %s", wrong.Field)
		}
		stated := ofStay(1, "y-1")
		stated.Admission = "another"
		_, err = h.g.Settle(context.Background(), stated)
		if wrong := h.refused(err, settlement.KindKeyReused, settlement.ReasonKeyReused); wrong.Field != "admission_id" || h.sends() != sends {
			t.Errorf("a key reused: %s, %d sent, were %d", wrong.Field, h.sends(), sends)
		}
	})
}

// What is not this stay, or not the whole of it, is refused before the payer or
// the store hears of it, and says which field.
func TestAdmissionsThatDoNotFit(t *testing.T) {
	live(t, best("A"), func(h *house) {
		w := wards(h)
		for name, c := range map[string]struct {
			stay   func(*lifecycle.Admission)
			ask    func(*lifecycle.Ask)
			reason settlement.Reason
			field  string
		}{
			"nobody's":            {ask: func(a *lifecycle.Ask) { a.Admission = "y-9" }, reason: settlement.ReasonAdmissionNotFound, field: "admission_id"},
			"another hospital's":  {stay: func(a *lifecycle.Admission) { a.Facility = "H9" }, reason: settlement.ReasonAdmissionMismatch, field: "facility_id"},
			"another person's":    {stay: func(a *lifecycle.Admission) { a.Person = "b1" }, reason: settlement.ReasonAdmissionMismatch, field: "beneficiary.id_number"},
			"of another scheme":   {stay: func(a *lifecycle.Admission) { a.Scheme = settlement.SchemeNCMS }, reason: settlement.ReasonAdmissionMismatch, field: "scheme"},
			"with another payer":  {stay: func(a *lifecycle.Admission) { a.Payer = "B" }, reason: settlement.ReasonAdmissionMismatch, field: "scheme"},
			"from another day":    {stay: func(a *lifecycle.Admission) { a.Day = 20260302 }, reason: settlement.ReasonAdmissionMismatch, field: "admission_date"},
			"of another number":   {ask: func(a *lifecycle.Ask) { a.Encounter = "I8" }, reason: settlement.ReasonAdmissionMismatch, field: "encounter_id"},
			"of another member":   {ask: func(a *lifecycle.Ask) { a.Insured = "N8" }, reason: settlement.ReasonAdmissionMismatch, field: "beneficiary.insured_number"},
			"not of an inpatient": {ask: func(a *lifecycle.Ask) { a.Claim.Mode = settlement.Outpatient }, reason: settlement.ReasonAdmissionMismatch, field: "mode"},
			"settled otherwise":   {stay: func(a *lifecycle.Admission) { a.Taken = "D7" }, reason: settlement.ReasonAdmissionMismatch, field: "discharge_id"},
			"in doubt":            {stay: func(a *lifecycle.Admission) { a.Registered, a.Encounter = false, "" }, reason: settlement.ReasonAdmissionUnregistered, field: "admission_id"},
			"short of a row":      {stay: func(a *lifecycle.Admission) { a.Missing = "r7" }, reason: settlement.ReasonAdmissionUncharged, field: "admission_id"},
			"short of a fen":      {stay: func(a *lifecycle.Admission) { a.Charged-- }, reason: settlement.ReasonAdmissionBill, field: "bill.submitted"},
		} {
			ask := ofStay(1, "y-1")
			if c.stay != nil {
				w.stays["y-1"] = charged(c.stay)
			} else {
				w.stays["y-1"] = charged(func(*lifecycle.Admission) {})
				c.ask(&ask)
			}
			for verb, err := range map[string]error{"settle": settleErr(h, ask), "quote": quoteErr(h, ask)} {
				if wrong, _ := err.(*settlement.Error); wrong == nil || wrong.Kind != settlement.KindBlocked || wrong.Reason != c.reason || wrong.Field != c.field {
					t.Errorf("%s a stay %s: %v", verb, name, err)
				}
			}
		}
		w.err = &settlement.Error{Kind: settlement.KindUnavailable, Reason: settlement.ReasonStoreUnavailable}
		h.refused(settleErr(h, ofStay(1, "y-1")), settlement.KindUnavailable, settlement.ReasonStoreUnavailable)
		if listed, err := h.store.List(context.Background(), lifecycle.Query{Limit: 9}); err != nil || len(listed) != 0 || h.sends() != 0 || len(w.taken) != 0 {
			t.Errorf("%v: stored %d, sent %d, taken %d", err, len(listed), h.sends(), len(w.taken))
		}
	})
}

func settleErr(h *house, ask lifecycle.Ask) error {
	_, err := h.g.Settle(context.Background(), ask)
	return err
}

func quoteErr(h *house, ask lifecycle.Ask) error {
	_, err := h.g.Quote(context.Background(), ask)
	return err
}

// A stay that no payer wanted is settled with the numbers the facility states,
// and needs no rows.
func TestSettlingByAnAdmissionNobodyWanted(t *testing.T) {
	live(t, best("A"), func(h *house) {
		w := wards(h)
		w.stays["y-1"] = charged(func(a *lifecycle.Admission) {
			a.Payer, a.State, a.Registered, a.Encounter, a.Charged = "", "NOT_NEEDED", false, "", 0
		})
		ask := ofStay(1, "y-1")
		ask.Encounter = "E1"
		s := h.record(h.settled(ask).Settlement.ID)
		if s.State != settlement.StateCommitted || s.Encounter != "E1" || s.Insured != "P0" {
			t.Errorf("%s as %s of %s", s.State, s.Encounter, s.Insured.Reveal())
		}
	})
}

// A stay that is named with a discharge which is settled already is bound to
// nothing, and is settled by its own.
func TestAnAdmissionIsNotBoundToASettledDischarge(t *testing.T) {
	live(t, best("A"), func(h *house) {
		w := wards(h)
		h.settled(discharge(1, 0))
		mistaken := ofStay(1, "y-1")
		mistaken.Request = "mistaken"
		h.refused(settleErr(h, mistaken), settlement.KindExists, settlement.ReasonDischargeSettled)
		if len(w.taken) != 0 {
			t.Errorf("taken %+v", w.taken)
		}
		if s := h.settled(ofStay(2, "y-1")).Settlement; s.State != settlement.StateCommitted {
			t.Errorf("%s", s.State)
		}
	})
}

// A stay that two people released, and that another discharge took up, between
// binding and opening is settled by nobody: no payer is told anything.
func TestAStayReleasedBeforeItsPayerIsAskedIsNotSettled(t *testing.T) {
	live(t, best("A"), func(h *house) {
		w := wards(h)
		w.before = func() {
			if len(w.taken) == 2 {
				w.stays["y-1"] = charged(func(a *lifecycle.Admission) { a.Taken = "D9" })
			}
		}
		s := h.record(h.settled(ofStay(1, "y-1")).Settlement.ID)
		if s.State != settlement.StateAborted || s.Reason != settlement.ReasonAdmissionMismatch || s.Legs[0].State != settlement.LegPlanned || h.sends() != 0 {
			t.Errorf("%s for %s, leg %s, sent %d", s.State, s.Reason, s.Legs[0].State, h.sends())
		}
		if again := h.settled(ofStay(1, "y-1")); !again.Replayed || again.Settlement.State != settlement.StateAborted {
			t.Errorf("%+v", again)
		}
	})
}

// Where it cannot be said whether the stay is still bound the payer is not asked
// before it can.
func TestABindingThatCannotBeReadIsReadAgain(t *testing.T) {
	live(t, best("A"), func(h *house) {
		w := wards(h)
		w.lost = []error{nil, &settlement.Error{Kind: settlement.KindUnavailable, Reason: settlement.ReasonStoreUnavailable}}
		w.before = func() {
			if h.sends() != 0 {
				t.Error("sent before")
			}
		}
		s := h.record(h.settled(ofStay(1, "y-1")).Settlement.ID)
		if s.State != settlement.StateCommitted || len(w.taken) != 3 || s.Legs[0].Sends != 2 {
			t.Errorf("%s, taken %d times, sent %d", s.State, len(w.taken), s.Legs[0].Sends)
		}
	})
}
