package stay_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
	"github.com/onestop-gateway/onestop/settlement/stay"
)

// archived is one settlement and what is kept of its stay.
type archived struct {
	lifecycle.Archive
	settlement settlement.Settlement
	events     []stay.Event
	err        error
}

func (a *archived) Dossiers(context.Context, lifecycle.Place, int) ([]lifecycle.Dossier, error) {
	return []lifecycle.Dossier{{Settlement: a.settlement}, {Settlement: settlement.Settlement{ID: "s-2"}}}, nil
}

func (a *archived) StayEvents(context.Context, stay.ID) ([]stay.Event, error) {
	if len(a.events) == 0 {
		return nil, &settlement.Error{Kind: settlement.KindNotFound}
	}
	return a.events, a.err
}

// settledByAStay is a settlement as it is when all is well: the stay was charged
// again after it was settled, which is not the settlement's.
func settledByAStay(t *testing.T) *archived {
	h := open(t)
	h.registers(stay.Registered, false)
	for _, id := range []string{"1", "2"} {
		if _, err := h.charges(row(id, 1_00)); err != nil {
			t.Fatal(err)
		}
	}
	if err := h.TakeUp(t.Context(), lifecycle.AdmissionTake{Tenant: "H1", Admission: "y-1", Discharge: "D1"}); err != nil {
		t.Fatal(err)
	}
	if _, err := h.charges(row("late", 9_00)); err != nil {
		t.Fatal(err)
	}
	events, err := h.store.StayEvents(t.Context(), "y-1")
	if err != nil {
		t.Fatal(err)
	}
	return &archived{events: events, settlement: settlement.Settlement{
		ID: "s-1", Tenant: "H1", Facility: "H1", Discharge: "D1", Encounter: "I1", Insured: "360827010001", Admission: "y-1", State: settlement.StateCommitted,
		Beneficiary: settlement.Beneficiary{ID: "p-1"}, Coverage: settlement.Coverage{Scheme: settlement.SchemeNCMS},
		Claim: settlement.Claim{Admission: 20120625, Bill: settlement.Bill{Submitted: 2_00}},
	}}
}

// found is what the auditor says of it.
func (a *archived) found(t *testing.T) (says []string) {
	t.Helper()
	all := stay.Audit(a, func(b stay.Breach) { says = append(says, b.String()) })
	if seen, err := all.Dossiers(t.Context(), lifecycle.Place{}, 9); err != nil || len(seen) != 2 {
		t.Fatalf("%d, %v", len(seen), err)
	}
	return says
}

// A settlement and its stay that belong together are passed, and whatever of
// either is changed is found.
func TestSettlementsAreTiedToTheirStays(t *testing.T) {
	if says := settledByAStay(t).found(t); says != nil {
		t.Fatalf("all is well: %v", says)
	}
	for name, c := range map[string]struct {
		spoil func(*archived)
		says  string
	}{
		"gone":                       {func(a *archived) { a.events = nil }, "is not there"},
		"an event gone":              {func(a *archived) { a.events = slices.Delete(a.events, 3, 4) }, "has no event 4"},
		"another tenant's":           {func(a *archived) { a.events[0].Tenant = "H2" }, "is of hospital H1"},
		"another hospital's":         {func(a *archived) { a.settlement.Facility = "H2" }, "is of hospital H1"},
		"another person's":           {func(a *archived) { a.settlement.Beneficiary.ID = "p-2" }, "is of person p-1"},
		"of another insurance":       {func(a *archived) { a.events[0].Form.Scheme = "other" }, "is insured with other"},
		"from another day":           {func(a *archived) { a.settlement.Claim.Admission = 20120626 }, "began on"},
		"never taken up":             {func(a *archived) { a.settlement.Discharge = "D2" }, "never taken up"},
		"bound to another discharge": {func(a *archived) { a.events[len(a.events)-1] = stay.Event{No: 9, Act: stay.ActTaken, Discharge: "D2"} }, `bound to discharge "D2"`},
		"settled by another number":  {func(a *archived) { a.settlement.Encounter = "I2" }, "never registered as I2"},
		"settled as another member":  {func(a *archived) { a.settlement.Insured = "9" }, "never registered as I1"},
		"a fen more than charged":    {func(a *archived) { a.settlement.Claim.Bill.Submitted++ }, "charged with 2.01"},
		"charged later only":         {func(a *archived) { a.settlement.Claim.Bill.Submitted = 3_00 }, "charged with 3.00"},
	} {
		a := settledByAStay(t)
		c.spoil(a)
		if says := a.found(t); len(says) != 1 || !strings.HasPrefix(says[0], "I17 s-1: its stay y-1 ") || !strings.Contains(says[0], c.says) {
			t.Errorf("%s: %v", name, says)
		}
	}
}

// What was undone is bound to nothing any more; and where stays cannot be read,
// nothing is said to be well.
func TestUndoneSettlementsLetTheirStayGo(t *testing.T) {
	for _, state := range []settlement.State{settlement.StateAborted, settlement.StateReversed, settlement.StateAttention} {
		a := settledByAStay(t)
		a.settlement.State = state
		a.events = append(a.events, stay.Event{Stay: "y-1", No: len(a.events) + 1, Act: stay.ActTaken, Discharge: "D2"})
		if says := a.found(t); (len(says) == 0) != (state != settlement.StateAttention) {
			t.Errorf("%s: %v", state, says)
		}
	}
	a := settledByAStay(t)
	a.err = &settlement.Error{Kind: settlement.KindUnavailable}
	_, err := stay.Audit(a, func(stay.Breach) {}).Dossiers(t.Context(), lifecycle.Place{}, 9)
	if settlement.KindOf(err) != settlement.KindUnavailable {
		t.Error(err)
	}
}
