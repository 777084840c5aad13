package stay_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/onestop-gateway/onestop/adapters/store/memory"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
	"github.com/onestop-gateway/onestop/settlement/stay"
)

// after lets time pass and looks for what payers owe.
func (h *house) after(d time.Duration) {
	h.Helper()
	h.now = h.now.Add(d)
	if err := h.Recover(h.Context()); err != nil {
		h.Fatal(err)
	}
}

func (h *house) found() *stay.Stay {
	h.Helper()
	found, err := h.Find(h.Context(), "H1", "y-1")
	if err != nil {
		h.Fatal(err)
	}
	return &found
}

// A registration in doubt is asked again by itself where that gives no second
// stay, later and later, and by nobody once there is a number.
func TestRecoveryRegistersAgain(t *testing.T) {
	h := open(t, settlement.ResultInDoubt, settlement.ResultInDoubt, settlement.ResultInDoubt)
	h.payer.repeats = true
	h.registers(stay.InDoubt, false)
	for i, c := range []struct {
		wait  time.Duration
		calls int
	}{
		{59 * time.Second, 1}, {time.Second, 2}, {119 * time.Second, 2}, {time.Second, 3}, {4 * time.Minute, 4}, {24 * time.Hour, 4},
	} {
		if h.after(c.wait); len(h.payer.sent) != c.calls {
			t.Fatalf("look %d: %d calls, want %d", i, len(h.payer.sent), c.calls)
		}
	}
	if found := h.found(); found.State != stay.Registered || found.Outstanding {
		t.Errorf("%s", found.State)
	}
}

// Where the payer may give one stay two numbers nobody asks again but people.
func TestRecoveryLeavesToPeople(t *testing.T) {
	h := open(t, settlement.ResultInDoubt)
	h.registers(stay.InDoubt, false)
	h.after(24 * time.Hour)
	if len(h.payer.sent) != 1 || !h.found().Outstanding || h.doubt["ncms"] != 1 {
		t.Errorf("sent %v, in doubt %v", h.payer.sent, h.doubt)
	}
	if _, err := h.State(t.Context(), stay.Statement{Stay: "y-1", Encounter: "I7", Document: "d"}); err != nil {
		t.Fatal(err)
	}
	if h.after(0); len(h.doubt) != 0 {
		t.Errorf("in doubt %v", h.doubt)
	}
}

// dies makes the store lose every answer from now on, as if the process died.
func (h *house) dies() {
	h.store.Fault = func(m memory.Moment) error {
		if m.Verb == "stay" && len(h.payer.sent) > 0 {
			return &settlement.Error{Kind: settlement.KindUnavailable, Reason: settlement.ReasonStoreUnavailable}
		}
		return nil
	}
}

// A gateway that died with a registration or with rows under way leaves them to
// whoever looks next.
func TestRecoveryAfterACrash(t *testing.T) {
	h := open(t)
	h.payer.repeats = true
	h.dies()
	_, err := h.Register(t.Context(), asking())
	h.refused("the answer is lost", err, settlement.KindUnavailable, settlement.ReasonStoreUnavailable)
	h.store.Fault = nil
	if h.after(time.Minute); h.found().State != stay.Registered || len(h.payer.sent) != 2 {
		t.Fatalf("%s, sent %v", h.found().State, h.payer.sent)
	}
	rows := make([]stay.Row, stay.RowsMost+1)
	for i := range rows {
		rows[i] = row(fmt.Sprint(i), 1)
	}
	h.payer.sent = nil
	h.dies()
	_, err = h.charges(rows...)
	h.refused("the answer is lost", err, settlement.KindUnavailable, settlement.ReasonStoreUnavailable)
	h.store.Fault = nil
	if h.after(20 * time.Second); len(h.doubt) != 0 {
		t.Errorf("in doubt while the answer may come: %v", h.doubt)
	}
	if h.after(39 * time.Second); len(h.payer.sent) != 1 || h.doubt["ncms"] != 1 {
		t.Errorf("sent again too soon: %d, in doubt %v", len(h.payer.sent), h.doubt)
	}
	if h.after(time.Second); len(h.payer.sent) != 3 || h.found().Missing != "" || h.found().Charged != settlement.Money(len(rows)) {
		t.Errorf("%d calls, %s missing", len(h.payer.sent), h.found().Missing)
	}
	if h.after(24 * time.Hour); len(h.payer.sent) != 3 {
		t.Errorf("%d calls", len(h.payer.sent))
	}
}

// Run looks at once and then as often as it is told to, until it is stopped.
func TestRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := open(t, settlement.ResultInDoubt, settlement.ResultInDoubt)
		h.payer.repeats, h.Every, h.Now = true, 30*time.Second, time.Now
		h.registers(stay.InDoubt, false)
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { h.Ward.Run(ctx); close(done) }()
		time.Sleep(10 * time.Minute)
		stop()
		<-done
		if h.found().State != stay.Registered || len(h.payer.sent) != 3 {
			t.Errorf("%s, sent %v", h.found().State, h.payer.sent)
		}
	})
}

// People end a doubt, one way or the other; and only a doubt.
func TestPeopleStateWhatBecameOfIt(t *testing.T) {
	h := open(t, settlement.ResultInDoubt, settlement.ResultInDoubt)
	h.registers(stay.InDoubt, false)
	said := stay.Statement{Tenant: "H1", Actor: "operator/chen.li", Stay: "y-1", Document: "电话记录 7"}
	for range 2 { // saying it again changes nothing
		if found, err := h.State(t.Context(), said); err != nil || found.State != stay.Unsent || found.Outstanding {
			t.Fatalf("%s, %v", found.State, err)
		}
	}
	h.registers(stay.InDoubt, false)
	said.Encounter = "I7"
	for range 2 {
		if found, err := h.State(t.Context(), said); err != nil || found.State != stay.Registered || found.Encounter != "I7" || found.Words != "电话记录 7" {
			t.Fatalf("%+v, %v", found, err)
		}
	}
	said.Encounter = "I8"
	_, err := h.State(t.Context(), said)
	h.refused("another number", err, settlement.KindBlocked, settlement.ReasonAdmissionNotInDoubt)
	said.Tenant = "H2"
	_, err = h.State(t.Context(), said)
	h.refused("another's", err, settlement.KindNotFound, settlement.ReasonAdmissionNotFound)
	events, err := h.store.StayEvents(t.Context(), "y-1")
	if err != nil || len(events) != 6 || events[5].Actor != "operator/chen.li" || events[5].Act != stay.ActStated {
		t.Errorf("%d events, %v", len(events), err)
	}
	if found, err := h.charges(row("1", 1_00)); err != nil || h.payer.sent[2] != "charge I7 1" || !found.Charges[0].Taken {
		t.Errorf("%v, sent %v", err, h.payer.sent)
	}
}

// A stay is told to settlements as it stands, and bound to one discharge.
func TestAStayAsSettlementsNeedIt(t *testing.T) {
	h := open(t)
	h.registers(stay.Registered, false)
	bad := row("2", 2_00)
	bad.Item = ""
	if _, err := h.charges(row("1", 1_00), bad); err != nil {
		t.Fatal(err)
	}
	take := lifecycle.AdmissionTake{Tenant: "H1", Actor: "cashier", Admission: "y-1", Discharge: "D1"}
	for range 2 {
		if err := h.TakeUp(t.Context(), take); err != nil {
			t.Fatal(err)
		}
	}
	take.Discharge = "D2"
	h.refused("a second discharge", h.TakeUp(t.Context(), take), settlement.KindBlocked, settlement.ReasonAdmissionMismatch)
	got, err := h.Admission(t.Context(), "H1", "y-1")
	want := lifecycle.Admission{
		Facility: "H1", Person: "p-1", Scheme: settlement.SchemeNCMS, Day: 20120625, Taken: "D1", Payer: "ncms", State: "REGISTERED",
		Registered: true, Encounter: "I1", Insured: "360827010001", Charged: 1_00, Missing: "2",
	}
	if err != nil || got != want {
		t.Errorf("%+v, %v", got, err)
	}
	_, err = h.Admission(t.Context(), "H2", "y-1")
	h.refused("another's", err, settlement.KindNotFound, settlement.ReasonAdmissionNotFound)
}

// Stays are listed newest first, page by page.
func TestStaysAreListed(t *testing.T) {
	h := open(t)
	for i := range 3 {
		h.now = h.now.Add(time.Hour)
		ask := asking()
		ask.Request = settlement.RequestID(fmt.Sprint("r-", i))
		if _, err := h.Register(t.Context(), ask); err != nil {
			t.Fatal(err)
		}
	}
	first, next, err := h.List(t.Context(), stay.Query{Limit: 2})
	if err != nil || len(first) != 2 || first[0].Event.Stay != "y-3" || next == nil {
		t.Fatalf("%d, %v, %v", len(first), next, err)
	}
	rest, last, err := h.List(t.Context(), stay.Query{Before: next, Limit: 2})
	if err != nil || len(rest) != 1 || rest[0].Event.Stay != "y-1" || last != nil {
		t.Errorf("%d, %v, %v", len(rest), last, err)
	}
}

// A payer on trial passes it by a call that may come twice, so that one of which
// nothing but stays is wanted is back; one that may not come twice waits for that.
func TestAPayerOnTrialIsAskedWhatMayComeTwice(t *testing.T) {
	h := open(t)
	h.gate.onTrial, h.payer.repeats = true, true
	h.registers(stay.Registered, false)
	if h.gate.onTrial {
		t.Error("registered, and still on trial")
	}
	h.gate.onTrial = true
	if _, err := h.charges(row("1", 1_00)); err != nil || h.gate.onTrial {
		t.Errorf("charged: %v; on trial: %t", err, h.gate.onTrial)
	}
	h.gate.onTrial, h.payer.repeats = true, false
	once := asking()
	once.Request = "another"
	_, err := h.Register(t.Context(), once)
	h.refused("a registration", err, settlement.KindUnavailable, settlement.ReasonPayerSuspended)
	if !h.gate.onTrial || len(h.payer.sent) != 2 {
		t.Errorf("sent %v", h.payer.sent)
	}
}

// A registration that never left stays so where its payer wants no stays any more.
func TestAPayerThatWantsNoStaysAnyMoreIsSentNone(t *testing.T) {
	h := open(t, settlement.ResultUnsent)
	h.registers(stay.Unsent, false)
	delete(h.Payers, "ncms")
	_, err := h.Register(t.Context(), asking())
	h.refused("a registration", err, settlement.KindBlocked, settlement.ReasonNoPayer)
	if h.after(time.Hour); h.found().State != stay.Unsent || len(h.payer.sent) != 1 {
		t.Errorf("%s, sent %v", h.found().State, h.payer.sent)
	}
}

// tardy lists every stay as outstanding, as one who reads what was listed only
// after its answer came meets it.
type tardy struct{ stay.Store }

func (s tardy) Stays(ctx context.Context, query stay.Query) ([]stay.Listed, error) {
	query.Outstanding = false
	found, err := s.Store.Stays(ctx, query)
	for i := range found {
		found[i].Outstanding = true
	}
	return found, err
}

// A stay whose answer comes between the listing and the look owes nothing.
func TestRecoveryMeetsWhatWasAnsweredMeanwhile(t *testing.T) {
	h := open(t)
	h.registers(stay.Registered, false)
	h.Store = tardy{h.Store}
	h.after(time.Hour)
	if len(h.payer.sent) != 1 {
		t.Errorf("sent %v", h.payer.sent)
	}
}

// What a payer says of somebody is kept with the stay and is not in the log.
func TestAPayersWordsAreNotInTheLog(t *testing.T) {
	h := doubted(t, always("张测试未参合", 40)...)
	var told bytes.Buffer
	h.Config.Log = slog.New(slog.NewTextHandler(&told, nil))
	h.Ward = stay.New(h.Config)
	h.after(time.Hour)
	if !strings.Contains(told.String(), string(settlement.ReasonPayerRefused)) || strings.Contains(told.String(), "张测试") {
		t.Errorf("the log has %q", told.String())
	}
}

// A payer that takes hours for an answer is asked a few things at once and no
// more, and keeps none waiting that another payer answers for.
func TestASlowPayerHoldsUpItsOwnOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := open(t, settlement.ResultInDoubt)
		h.payer.repeats, h.Every, h.Now, h.AtOnceMax = true, 30*time.Second, time.Now, 20
		h.Ward = stay.New(h.Config)
		h.registers(stay.InDoubt, false)
		slow := &scheme{repeats: true}
		h.Payers["other"] = slow
		const patients = 10
		for i := range patients {
			slow.results = append(slow.results, settlement.ResultInDoubt)
			ask := asking()
			ask.Scheme, ask.Request = settlement.SchemeResident, settlement.RequestID(fmt.Sprint("slow-", i))
			if done, err := h.Register(t.Context(), ask); err != nil || done.State != stay.InDoubt {
				t.Fatalf("%s, %v", done.State, err)
			}
		}
		var asked, most atomic.Int32
		slow.before = func() {
			for now, seen := asked.Add(1), most.Load(); now > seen && !most.CompareAndSwap(seen, now); seen = most.Load() {
			}
			time.Sleep(time.Hour)
			asked.Add(-1)
		}
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { h.Ward.Run(ctx); close(done) }()
		time.Sleep(10 * time.Minute)
		if h.found().State != stay.Registered || most.Load() != 4 || slow.arrived() != patients {
			t.Errorf("%s; the slow one: %d at once, sent %d", h.found().State, most.Load(), slow.arrived())
		}
		time.Sleep(5 * time.Hour)
		stop()
		<-done
		if slow.arrived() != 2*patients || most.Load() != 4 {
			t.Errorf("the slow one: %d at once, sent %d", most.Load(), slow.arrived())
		}
	})
}

// behind is a store whose summaries an older gateway left as they were.
type behind struct {
	stay.Store
	read int
}

func (s *behind) Stays(ctx context.Context, query stay.Query) ([]stay.Listed, error) {
	found, err := s.Store.Stays(ctx, query)
	for i := range found {
		found[i] = stay.Listed{Summary: stay.Summary{Event: stay.Event{Stay: found[i].Stay}}, Kept: found[i].Kept}
	}
	return found, err
}

func (s *behind) StayEvents(ctx context.Context, id stay.ID) ([]stay.Event, error) {
	s.read++
	return s.Store.StayEvents(ctx, id)
}

// A list reads no events; a stay whose summary is behind is told from its events
// all the same.
func TestAListReadsSummaries(t *testing.T) {
	h := open(t)
	h.registers(stay.Registered, false)
	if _, err := h.charges(row("1", 1_00)); err != nil {
		t.Fatal(err)
	}
	kept := &behind{Store: h.Store}
	h.Store = noEvents{kept.Store}
	want, _, err := h.List(t.Context(), stay.Query{Limit: 1})
	if err != nil || len(want) != 1 || want[0].Charged != 1_00 || want[0].Events != 4 || want[0].Body != "" || want[0].Form.Insured == "" {
		t.Fatalf("%+v, %v", want, err)
	}
	h.Store = kept
	got, _, err := h.List(t.Context(), stay.Query{Limit: 1})
	if diff := cmp.Diff(want, got); err != nil || diff != "" || kept.read != 1 {
		t.Errorf("%s, %v, events read %d times", diff, err, kept.read)
	}
}

// noEvents is a store that shows none.
type noEvents struct{ stay.Store }

func (s noEvents) StayEvents(context.Context, stay.ID) ([]stay.Event, error) {
	return nil, &settlement.Error{Kind: settlement.KindInternal}
}

// However often rows were uploaded before, what is in doubt is asked for again
// after the first pause.
func TestRowsThatWereAnsweredDelayNone(t *testing.T) {
	h := open(t)
	h.registers(stay.Registered, false)
	for i := range 9 {
		if _, err := h.charges(row(fmt.Sprint("r", i), 1_00)); err != nil {
			t.Fatal(err)
		}
	}
	h.payer.results = []settlement.Result{settlement.ResultInDoubt}
	_, err := h.charges(row("last", 1_00))
	h.refused("in doubt", err, settlement.KindUnavailable, settlement.ReasonPayerUnavailable)
	if h.after(time.Minute); h.found().Outstanding {
		t.Errorf("sent %v", h.payer.sent)
	}
}
