package assent_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/onestop-gateway/onestop/adapters/store/memory"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/assent"
	"github.com/onestop-gateway/onestop/settlement/correction"
	"github.com/onestop-gateway/onestop/settlement/eligibility"
	"github.com/onestop-gateway/onestop/settlement/fund"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
	"github.com/onestop-gateway/onestop/settlement/registry"
	"github.com/onestop-gateway/onestop/settlement/treasury"
)

// world is an office over a store in memory, with a clock of its own.
type world struct {
	*assent.Office
	t       *testing.T
	store   *memory.Store
	persons *eligibility.Register
	books   *treasury.Treasury
	now     time.Time
	ids     int
}

func newWorld(t *testing.T) *world {
	w := &world{t: t, store: memory.New(), now: time.Date(2012, 9, 15, 8, 0, 0, 0, time.FixedZone("Asia/Shanghai", 8*60*60))}
	now := func() time.Time { return w.now }
	id := func() string { w.ids++; return fmt.Sprint("x-", w.ids) }
	w.persons = eligibility.New(eligibility.Config{Store: w.store, Now: now, TwoPeople: true, NewID: func() settlement.BeneficiaryID { return settlement.BeneficiaryID(id()) }})
	w.books = treasury.New(treasury.Config{Store: w.store, Now: now, TwoFrom: 100_00, NewID: func() fund.PostingID { return fund.PostingID(id()) }})
	w.Office = assent.New(assent.Config{Store: w.store, Register: w.persons, Books: w.books, Now: now, NewID: func() correction.ID { return correction.ID(id()) }})
	_, err := w.persons.Enrol(t.Context(), eligibility.Enrolment{Key: eligibility.Key{Request: "enrol"}, By: "li", Draft: registry.Draft{
		ID:      "p-1",
		Facts:   registry.Facts{Name: "张测试", Certificate: "360827194910010018", Region: "360827", Residence: settlement.Rural, Scheme: settlement.SchemeNCMS},
		Periods: []settlement.Entitlement{{Category: "rural_dibao", Period: settlement.Period{From: 20090101}, Document: "文号1"}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func ended(day settlement.Date) registry.Change {
	return registry.Change{Action: registry.Ended, Category: "rural_dibao", Effective: day, Cause: registry.CauseMistake, By: "li"}
}

func suggestion(request settlement.RequestID, m correction.Matter) assent.Suggestion {
	return assent.Suggestion{Key: correction.Key{Tenant: "bureau", Request: request}, By: "li", Cause: "核查发现", Matter: m}
}

// proposes takes in what must be taken.
func (w *world) proposes(request settlement.RequestID, m correction.Matter) assent.Reading {
	w.t.Helper()
	done, err := w.Propose(w.t.Context(), suggestion(request, m))
	if err != nil {
		w.t.Fatal(err)
	}
	return done
}

func (w *world) decides(r assent.Reading, act correction.Act, by string) (assent.Reading, error) {
	return w.Decide(w.t.Context(), assent.Decision{
		Key: correction.Key{Tenant: "bureau", Request: settlement.RequestID(string(act) + by + string(r.ID) + r.Etag)}, ID: r.ID, Act: act, Etag: r.Etag, By: by, Cause: "核对",
	})
}

func (w *world) rows() int {
	history, err := w.persons.History(w.t.Context(), "p-1")
	if err != nil {
		w.t.Fatal(err)
	}
	return len(history)
}

func refuses(t *testing.T, what string, err error, kind settlement.Kind, reason settlement.Reason) {
	t.Helper()
	if err == nil || settlement.KindOf(err) != kind || settlement.ReasonOf(err) != reason {
		t.Errorf("%s: got %v, want %s", what, err, reason)
	}
}

// What needs two people, and what does not.
func TestWhatOneMayNotDoAlone(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change registry.Change
		two    bool
	}{
		{"dated back", ended(20120914), true},
		{"of today", ended(20120915), false},
		{"ahead", ended(20121231), false},
		{"in the place of a row", registry.Change{Action: registry.Granted, Category: "rural_dibao", Effective: 20090101, Until: 20121231, Corrects: 2, Document: "文号2", Cause: registry.CauseMistake, By: "li"}, true},
		{"withdrawn", registry.Change{Action: registry.Withdrawn, Effective: 20120915, Corrects: 2, Cause: registry.CauseMistake, By: "li"}, true},
		{"moved before", registry.Change{Action: registry.Moved, Effective: 20120901, Facts: registry.Facts{Region: "360827", Residence: settlement.Urban}, By: "li"}, true},
		{"a death told afterwards", registry.Change{Action: registry.Died, Effective: 20120901, Cause: registry.CauseDeath, By: "li"}, false},
		{"a survey told afterwards", registry.Change{Action: registry.Surveyed, Effective: 20120901, Survey: registry.Survey{Members: 2}, By: "li"}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			_, err := w.persons.Record(t.Context(), eligibility.Notice{Person: "p-1", Change: tt.change})
			if tt.two {
				refuses(t, "alone", err, settlement.KindBlocked, settlement.ReasonSecondPerson)
			} else if err != nil {
				t.Error(err)
			}
		})
	}
}

// settles commits a stay of today, on whose ground p-1 stands.
func (w *world) settles() {
	w.t.Helper()
	s := settlement.Settlement{
		ID: "s-1", Tenant: "hospital", Discharge: "d-1", Beneficiary: settlement.Beneficiary{ID: "p-1"}, OpenedAt: w.now, Year: 2012,
		State: settlement.StateSettling, Claim: settlement.Claim{Admission: 20120915, Discharge: 20120920},
	}
	key := lifecycle.RequestKey{Tenant: "hospital", Request: "q-1"}
	if err := w.store.Open(w.t.Context(), lifecycle.Change{Settlement: s, Request: &lifecycle.Request{Key: key, Settlement: s.ID}}); err != nil {
		w.t.Fatal(err)
	}
	s.Revision, s.State, s.Decision = 1, settlement.StateCommitted, settlement.Commit
	if err := w.store.Advance(w.t.Context(), lifecycle.Change{Settlement: s}); err != nil {
		w.t.Fatal(err)
	}
}

// Settled ground needs two people whatever the day; who approves reads which
// settlements it takes, and they are flagged with the approval.
func TestSettledGroundIsReadBeforeItGoes(t *testing.T) {
	w := newWorld(t)
	first := w.proposes("a", correction.Matter{Person: "p-1", Change: ended(20120916)})
	w.settles()
	suspended := registry.Change{Action: registry.Suspended, Category: "rural_dibao", Effective: 20120915, Cause: registry.CauseMistake, By: "li"}
	_, err := w.persons.Record(t.Context(), eligibility.Notice{Person: "p-1", Change: suspended})
	refuses(t, "alone", err, settlement.KindBlocked, settlement.ReasonSecondPerson)
	read := w.proposes("b", correction.Matter{Person: "p-1", Change: suspended})
	if read.Effect == nil || len(read.Effect.Touched) != 1 || read.Effect.Touched[0] != "s-1" || read.Region != "360827" {
		t.Errorf("%+v", read.Effect)
	}
	if done, err := w.decides(read, correction.Approved, "wang"); err != nil || done.History[1].Became != "3" || done.Effect != nil {
		t.Errorf("%+v, %v", done, err)
	}
	s, err := w.store.Settlement(t.Context(), "s-1")
	if err != nil || !s.Review {
		t.Errorf("not flagged, %v", err)
	}
	_, err = w.decides(first, correction.Approved, "wang")
	refuses(t, "what was read before", err, settlement.KindBlocked, settlement.ReasonProposalChanged)
}

// The maker is not the checker, what was read is what is approved, and a
// decision is one.
func TestTwoPeopleAndOneDecision(t *testing.T) {
	w := newWorld(t)
	read := w.proposes("a", correction.Matter{Person: "p-1", Change: ended(20120630)})
	if w.rows() != 2 {
		t.Fatal("it holds before anybody agreed")
	}
	_, err := w.decides(read, correction.Approved, "li")
	refuses(t, "by the maker", err, settlement.KindBlocked, settlement.ReasonSamePerson)
	stale := read
	stale.Etag = "ab"
	_, err = w.decides(stale, correction.Approved, "wang")
	refuses(t, "another etag", err, settlement.KindBlocked, settlement.ReasonProposalChanged)
	for _, again := range []bool{false, true} {
		done, err := w.decides(read, correction.Approved, "wang")
		if err != nil || done.Replayed != again || done.Status() != correction.Approved {
			t.Fatalf("%+v, %v", done, err)
		}
	}
	history, err := w.persons.History(t.Context(), "p-1")
	if err != nil || len(history) != 3 || history[2].By != "li" || history[2].Action != registry.Ended {
		t.Errorf("%+v, %v", history, err)
	}
	_, err = w.decides(read, correction.Declined, "wang")
	refuses(t, "twice", err, settlement.KindBlocked, settlement.ReasonCorrectionDecided)
}

// Who proposed may withdraw, what is declined is kept and changes nothing.
func TestDeclinedIsKept(t *testing.T) {
	w := newWorld(t)
	read := w.proposes("a", correction.Matter{Person: "p-1", Change: ended(20120630)})
	if done, err := w.decides(read, correction.Declined, "li"); err != nil || done.Status() != correction.Declined {
		t.Fatalf("%+v, %v", done, err)
	}
	found, _, err := w.Proposals(t.Context(), assent.Query{Limit: 1})
	if err != nil || len(found) != 1 || w.rows() != 2 {
		t.Errorf("%+v, %v", found, err)
	}
	_, err = w.decides(read, correction.Approved, "wang")
	refuses(t, "afterwards", err, settlement.KindBlocked, settlement.ReasonCorrectionDecided)
}

// A key is answered once, and what cannot be done is not taken in.
func TestProposingIsOnce(t *testing.T) {
	w := newWorld(t)
	m := correction.Matter{Person: "p-1", Change: ended(20120630)}
	first := w.proposes("a", m)
	if again := w.proposes("a", m); again.ID != first.ID || !again.Replayed {
		t.Errorf("%+v", again)
	}
	m.Change.Effective = 20120701
	_, err := w.Propose(t.Context(), suggestion("a", m))
	refuses(t, "another change", err, settlement.KindKeyReused, settlement.ReasonKeyReused)
	m.Change.Category = "tekun"
	_, err = w.Propose(t.Context(), suggestion("b", m))
	refuses(t, "not in force", err, settlement.KindBlocked, settlement.ReasonNotInForce)
	m.Person = "nobody"
	_, err = w.Propose(t.Context(), suggestion("c", m))
	refuses(t, "nobody", err, settlement.KindNotFound, settlement.ReasonUnknownPerson)
	ask := suggestion("d", correction.Matter{Person: "p-1", Change: ended(20120630)})
	ask.Cause = ""
	_, err = w.Propose(t.Context(), ask)
	refuses(t, "no cause", err, settlement.KindInvalid, settlement.ReasonInvalidArgument)
	_, err = w.Proposal(t.Context(), "c-none")
	refuses(t, "none", err, settlement.KindNotFound, settlement.ReasonCorrectionUnknown)
}

// A large posting is posted with its approval, under the request of its maker.
func TestALargePosting(t *testing.T) {
	w := newWorld(t)
	p := fund.Posting{
		Tenant: "bureau", Request: "a", Key: fund.Key{Region: "360827", Fund: settlement.RuralFund, Year: 2012}, Kind: fund.Budget,
		Level: settlement.County, Amount: -100_00, Document: "县财社1号", Day: 20120110, By: "li",
	}
	_, _, err := w.books.Post(t.Context(), p)
	refuses(t, "alone", err, settlement.KindBlocked, settlement.ReasonSecondPerson)
	small := p
	small.Amount, small.Request = 99_99, "small"
	if _, _, err := w.books.Post(t.Context(), small); err != nil {
		t.Error(err)
	}
	read := w.proposes("a", correction.Matter{Posting: &p})
	if done, err := w.decides(read, correction.Approved, "wang"); err != nil || done.History[1].Became == "" {
		t.Fatalf("%+v, %v", done, err)
	}
	kept, replayed, err := w.books.Post(t.Context(), p)
	if err != nil || !replayed || kept.Amount != -100_00 || kept.By != "li" {
		t.Errorf("%+v, %v, %v", kept, replayed, err)
	}
	found, err := w.books.Postings(t.Context(), p.Key)
	if err != nil || len(found) != 2 {
		t.Errorf("%d postings, %v", len(found), err)
	}
}

// What fails before it is written did not happen; what is lost in its answer did,
// once, and is told.
func TestALostAnswer(t *testing.T) {
	for _, applied := range []bool{false, true} {
		w := newWorld(t)
		read := w.proposes("a", correction.Matter{Person: "p-1", Change: ended(20120630)})
		w.store.Fault = func(m memory.Moment) error {
			if m.Applied == applied {
				return &settlement.Error{Kind: settlement.KindInDoubt, Reason: settlement.ReasonStoreUnavailable, Cause: errors.New("cut")}
			}
			return nil
		}
		if done, err := w.decides(read, correction.Approved, "wang"); (err == nil) != applied || done.Replayed != applied {
			t.Errorf("applied %v: %+v, %v", applied, done, err)
		}
		w.store.Fault = nil
		if done, err := w.decides(read, correction.Approved, "wang"); err != nil || done.Replayed != applied || w.rows() != 3 {
			t.Errorf("applied %v, again: %+v, %v", applied, done, err)
		}
	}
}

// What nobody approved in time is refused, is listed as expired, and may be
// proposed again under another request.
func TestAProposalExpires(t *testing.T) {
	w := newWorld(t)
	w.Life = 7 * 24 * time.Hour
	m := correction.Matter{Person: "p-1", Change: ended(20120630)}
	read := w.proposes("a", m)
	if !read.Until.Equal(w.now.Add(w.Life)) || read.Etag == "" {
		t.Errorf("until %s", read.Until)
	}
	w.now = w.now.Add(w.Life + time.Second)
	_, err := w.decides(read, correction.Approved, "wang")
	refuses(t, "too late", err, settlement.KindBlocked, settlement.ReasonProposalExpired)
	stands, err := w.Proposal(t.Context(), read.ID)
	if err != nil || stands.Status() != correction.Expired || stands.Etag != "" || stands.Effect != nil {
		t.Errorf("%+v, %v", stands, err)
	}
	listed, _, err := w.Proposals(t.Context(), assent.Query{Open: true, Limit: 9})
	if err != nil || len(listed) != 1 || listed[0].Status() != correction.Expired {
		t.Errorf("%+v, %v", listed, err)
	}
	if w.rows() != 2 {
		t.Error("it holds though it expired")
	}
	again := w.proposes("b", m)
	if done, err := w.decides(again, correction.Approved, "wang"); err != nil || done.Status() != correction.Approved || w.rows() != 3 {
		t.Errorf("%+v, %v", done, err)
	}
	if done, err := w.decides(read, correction.Declined, "wang"); err != nil || done.Status() != correction.Declined {
		t.Errorf("%+v, %v", done, err)
	}
}
