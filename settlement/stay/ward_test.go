package stay_test

import (
	"errors"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/onestop-gateway/onestop/adapters/store/memory"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
	"github.com/onestop-gateway/onestop/settlement/stay"
)

// house is a ward with one hospital, one person and one payer that wants stays.
type house struct {
	*testing.T
	*stay.Ward
	store *memory.Store
	payer *scheme
	gate  *gates
	now   time.Time
	doubt map[settlement.PayerCode]int // as the last whole look told
	// handed are those in which people must end rows.
	handed map[settlement.PayerCode]int
}

func open(t *testing.T, results ...settlement.Result) *house {
	h := &house{T: t, store: memory.New(), payer: &scheme{results: results}, gate: &gates{}, now: time.Date(2012, 7, 1, 8, 0, 0, 0, time.UTC)}
	person := settlement.Person{
		Beneficiary: settlement.Beneficiary{ID: "p-1", Region: "360827"}, Certificate: "36082719900101003X", Name: "张测试",
		Scheme: settlement.SchemeNCMS, Insured: "360827010001",
	}
	if err := h.store.PutPerson(t.Context(), person); err != nil {
		t.Fatal(err)
	}
	ids := 0
	h.Ward = stay.New(stay.Config{
		Store: h.store, Registry: h.store, Payers: map[settlement.PayerCode]stay.Payer{"ncms": h.payer}, Gate: h.gate,
		Directory: lifecycle.Directory{
			Facilities: map[settlement.FacilityID]lifecycle.Facility{"H1": {ID: "H1", Region: "360827"}},
			Regions: map[settlement.RegionID]lifecycle.Region{"360827": {ID: "360827", Payers: map[settlement.Scheme][]settlement.PayerCode{
				settlement.SchemeNCMS: {"other", "ncms"}, settlement.SchemeResident: {"other"},
			}}},
		},
		Now: func() time.Time { return h.now }, AtOnceMax: 2, Uses: &uses{}, InDoubt: func(owed, handed map[settlement.PayerCode]int) { h.doubt, h.handed = owed, handed }, Log: slog.New(slog.DiscardHandler),
		NewID: func() stay.ID { ids++; return stay.ID(fmt.Sprintf("y-%d", ids)) },
	})
	return h
}

func asking() stay.Ask {
	return stay.Ask{
		Tenant: "H1", Actor: "cashier", Request: "r-1", Facility: "H1", Person: "36082719900101003X", Name: "张测试",
		Details: stay.Details{Inpatient: "ZY1", Admission: 20120625, Department: "内科", Doctor: "李测试", Disease: "J18"},
	}
}

func (h *house) registers(want stay.State, replayed bool) stay.Stay {
	h.Helper()
	done, err := h.Register(h.Context(), asking())
	if err != nil || done.State != want || done.Replayed != replayed {
		h.Fatalf("%s, replayed %t: %v", done.State, done.Replayed, err)
	}
	return done.Stay
}

func (h *house) refused(name string, err error, kind settlement.Kind, reason settlement.Reason) {
	h.Helper()
	if settlement.KindOf(err) != kind || settlement.ReasonOf(err) != reason {
		h.Errorf("%s: %v, want %v %s", name, err, kind, reason)
	}
}

func row(id string, total settlement.Money) stay.Row {
	return stay.Row{ID: id, Item: "x", Name: "药", Number: "1", Price: total.String(), Total: total}
}

func (h *house) charges(rows ...stay.Row) (stay.Stay, error) {
	return h.Charge(h.Context(), stay.ChargeAsk{Tenant: "H1", Actor: "cashier", Stay: "y-1", Rows: rows})
}

// A registration is sent once, kept byte for byte, and answered alike for ever.
func TestAStayIsRegisteredOnce(t *testing.T) {
	h := open(t)
	first := h.registers(stay.Registered, false)
	h.now = h.now.Add(24 * time.Hour)
	again := h.registers(stay.Registered, true)
	if first.Encounter != "I1" || again.Encounter != "I1" || len(h.payer.sent) != 1 {
		t.Errorf("%s, then %s, %v", first.Encounter, again.Encounter, h.payer.sent)
	}
	events, err := h.store.StayEvents(t.Context(), "y-1")
	if err != nil || len(events) != 2 || events[0].Body != "register H1 360827010001" || events[1].Body != "yes" || events[0].Actor != "cashier" {
		t.Errorf("%+v, %v", events, err)
	}
	other := asking()
	other.Details.Bed = "7"
	_, err = h.Register(t.Context(), other)
	h.refused("another stay", err, settlement.KindKeyReused, settlement.ReasonKeyReused)
	for tenant, known := range map[settlement.TenantID]bool{"H1": true, "": true, "H2": false} {
		if _, err := h.Find(t.Context(), tenant, "y-1"); (settlement.KindOf(err) == settlement.KindNotFound) == known {
			t.Errorf("%q: %v", tenant, err)
		}
	}
}

// Where no payer wants it nothing is sent, and that is kept, too.
func TestAStayThatNobodyWants(t *testing.T) {
	h := open(t)
	ask := asking()
	ask.Scheme = settlement.SchemeResident
	for _, replayed := range []bool{false, true} {
		done, err := h.Register(t.Context(), ask)
		if err != nil || done.State != stay.NotNeeded || done.Replayed != replayed || len(h.payer.sent) > 0 {
			t.Errorf("%s, %t, %v, %v", done.State, done.Replayed, h.payer.sent, err)
		}
	}
	_, err := h.charges(row("1", 1_00))
	h.refused("charging it", err, settlement.KindBlocked, settlement.ReasonAdmissionUnregistered)
}

// What is in doubt is sent again only where the payer gives one stay one number;
// what never left is, always.
func TestRegistrationsThatGoWrong(t *testing.T) {
	for _, c := range []struct {
		result  settlement.Result
		repeats bool
		state   stay.State
		again   stay.State
		calls   int
	}{
		{settlement.ResultInDoubt, false, stay.InDoubt, stay.InDoubt, 1},
		{settlement.ResultInDoubt, true, stay.InDoubt, stay.Registered, 2},
		{settlement.ResultUnsent, false, stay.Unsent, stay.Registered, 2},
		{settlement.ResultRefused, true, stay.Refused, stay.Refused, 1},
	} {
		h := open(t, c.result)
		h.payer.repeats = c.repeats
		h.registers(c.state, false)
		h.registers(c.again, c.calls == 1)
		if len(h.payer.sent) != c.calls {
			t.Errorf("%+v: %v", c, h.payer.sent)
		}
	}
}

// A gateway that died while a registration was under way finds it in doubt, not
// to be sent again; until its time is over it is being sent.
func TestARegistrationCutShort(t *testing.T) {
	h := open(t)
	h.store.Fault = func(m memory.Moment) error {
		if m.Verb == "stay" && len(h.payer.sent) > 0 {
			return &settlement.Error{Kind: settlement.KindUnavailable, Reason: settlement.ReasonStoreUnavailable}
		}
		return nil
	}
	_, err := h.Register(t.Context(), asking())
	h.refused("the answer is not kept", err, settlement.KindUnavailable, settlement.ReasonStoreUnavailable)
	h.store.Fault = nil
	h.registers(stay.Sending, true)
	h.now = h.now.Add(time.Minute)
	h.registers(stay.InDoubt, true)
	if len(h.payer.sent) != 1 {
		t.Errorf("sent %v", h.payer.sent)
	}
}

func TestRegistrationsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		spoil  func(*stay.Ask)
		kind   settlement.Kind
		reason settlement.Reason
	}{
		"a hospital of nowhere": {func(a *stay.Ask) { a.Facility = "H9" }, settlement.KindBlocked, settlement.ReasonUnknownFacility},
		"a stranger":            {func(a *stay.Ask) { a.Person = "360827199001010048" }, settlement.KindBlocked, settlement.ReasonUnknownPerson},
		"another name":          {func(a *stay.Ask) { a.Name = "王测试" }, settlement.KindBlocked, settlement.ReasonPersonMismatch},
	} {
		h := open(t)
		ask := asking()
		c.spoil(&ask)
		_, err := h.Register(t.Context(), ask)
		h.refused(name, err, c.kind, c.reason)
		if len(h.payer.sent) > 0 {
			t.Errorf("%s: sent %v", name, h.payer.sent)
		}
	}
	h := open(t)
	h.gate.err = &settlement.Error{Kind: settlement.KindUnavailable, Reason: settlement.ReasonPayerSuspended}
	_, err := h.Register(t.Context(), asking())
	h.refused("a payer that is silent", err, settlement.KindUnavailable, settlement.ReasonPayerSuspended)
	h.gate.err = nil
	h.registers(stay.Registered, false) // nothing was kept of the first
}

// A row is sent until the payer has taken it, and never another under its id;
// one that was not taken may be mended.
func TestRowsAreKnownByTheirIds(t *testing.T) {
	h := open(t)
	h.registers(stay.Registered, false)
	bad := row("2", 2_00)
	bad.Item = ""
	found, err := h.charges(row("1", 1_00), bad)
	if err != nil || len(found.Charges) != 2 || !found.Charges[0].Taken || found.Charges[1].Taken || found.Charges[1].Line.Words != "目录外" {
		t.Fatalf("%+v, %v", found.Charges, err)
	}
	found, err = h.charges(row("1", 1_00), row("2", 2_00), row("3", 3_00))
	if err != nil || !found.Charges[1].Taken || found.Charges[2].Eligible != 3_00 {
		t.Errorf("%+v, %v", found.Charges, err)
	}
	if _, err = h.charges(row("1", 1_00), row("3", 3_00)); err != nil {
		t.Error(err)
	}
	want := []string{"register H1 360827010001", "charge I1 1 2", "charge I1 2 3"}
	if diff := cmp.Diff(want, h.payer.sent); diff != "" {
		t.Error(diff)
	}
	_, err = h.charges(row("4", 1_00), row("1", 9_00))
	h.refused("another row of a known id", err, settlement.KindKeyReused, settlement.ReasonKeyReused)
	if wrong := (*settlement.Error)(nil); !errors.As(err, &wrong) || wrong.Field != "rows[1].row_id" {
		t.Errorf("%+v", err)
	}
	_, err = h.charges(row("4", 1_00), row("4", 2_00))
	h.refused("one id for two rows", err, settlement.KindKeyReused, settlement.ReasonKeyReused)
}

// A row that stands twice in one request is sent once, also when it is in doubt:
// of two in one message nobody says that a payer stores one.
func TestARowThatStandsTwiceIsSentOnce(t *testing.T) {
	h := open(t, settlement.ResultApplied, settlement.ResultInDoubt)
	h.registers(stay.Registered, false)
	_, err := h.charges(row("1", 1_00), row("2", 2_00), row("1", 1_00))
	h.refused("in doubt", err, settlement.KindUnavailable, settlement.ReasonPayerUnavailable)
	found, err := h.charges(row("1", 1_00), row("1", 1_00), row("2", 2_00))
	if err != nil || len(found.Charges) != 2 || found.Charged != 3_00 {
		t.Errorf("%+v, %v", found.Charges, err)
	}
	want := []string{"register H1 360827010001", "charge I1 1 2", "charge I1 1 2"}
	if diff := cmp.Diff(want, h.payer.sent); diff != "" {
		t.Error(diff)
	}
}

// Rows in doubt are sent again, which stores none twice.
func TestRowsInDoubtAreSentAgain(t *testing.T) {
	h := open(t, settlement.ResultApplied, settlement.ResultInDoubt, settlement.ResultRefused)
	h.registers(stay.Registered, false)
	_, err := h.charges(row("1", 1_00))
	h.refused("in doubt", err, settlement.KindUnavailable, settlement.ReasonPayerUnavailable)
	_, err = h.charges(row("1", 2_00))
	h.refused("another in its place", err, settlement.KindKeyReused, settlement.ReasonKeyReused)
	_, err = h.charges(row("1", 1_00))
	h.refused("the payer says no", err, settlement.KindRefused, settlement.ReasonPayerRefused)
	if found, err := h.charges(row("1", 1_00)); err != nil || !found.Charges[0].Taken {
		t.Errorf("%+v, %v", found.Charges, err)
	}
}

// Two who charge at once both get through, and what both were told is kept.
func TestChargingAtOnce(t *testing.T) {
	h := open(t)
	h.registers(stay.Registered, false)
	h.payer.before = func() {
		h.payer.before = nil
		if _, err := h.charges(row("2", 2_00)); err != nil {
			t.Error(err)
		}
	}
	found, err := h.charges(row("1", 1_00))
	if err != nil || len(found.Charges) != 2 || !found.Charges[0].Taken || !found.Charges[1].Taken {
		t.Errorf("%+v, %v", found.Charges, err)
	}
}

// No more are worked on at once than may be, and a stay has its bound.
func TestStaysAreBounded(t *testing.T) {
	h := open(t)
	h.registers(stay.Registered, false)
	deep := 0
	h.payer.before = func() {
		deep++
		here := deep
		_, err := h.charges(row(fmt.Sprint("deep ", here), 1_00))
		if here == 2 {
			h.refused("a third at once", err, settlement.KindOverloaded, settlement.ReasonOverloaded)
		}
	}
	if _, err := h.charges(row("1", 1_00)); err != nil {
		t.Error(err)
	}
	rows := make([]stay.Row, stay.RowsStayMost+1)
	for i := range rows {
		rows[i] = row(fmt.Sprint("r", i), 1)
	}
	_, err := h.charges(rows...)
	h.refused("more rows than a stay has", err, settlement.KindInvalid, settlement.ReasonInvalidArgument)
}
