package stay_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
	"github.com/onestop-gateway/onestop/settlement/stay"
)

// uses tells what a test says is settled and held.
type uses struct {
	live []settlement.Settlement
	held settlement.Holds
	err  error
	year int // asked for last
}

func (u *uses) List(_ context.Context, query lifecycle.Query) (found []settlement.Settlement, _ error) {
	for _, s := range u.live {
		if s.Tenant == query.Tenant && s.Discharge == query.Discharge && slices.Contains(query.States, s.State) {
			found = append(found, s)
		}
	}
	return found, u.err
}

func (u *uses) Year(_ context.Context, key lifecycle.AccumulatorKey) (lifecycle.YearRow, error) {
	u.year = key.Year
	if key.Beneficiary != "p-1" || key.Year != 2012 {
		return lifecycle.YearRow{}, nil
	}
	return lifecycle.YearRow{Holds: u.held}, nil
}

// doubted is a house with two rows in doubt, of which the payer refuses every
// batch with these words from then on.
func doubted(t *testing.T, words ...string) *house {
	results := []settlement.Result{settlement.ResultApplied, settlement.ResultInDoubt}
	for range words {
		results = append(results, settlement.ResultRefused)
	}
	h := open(t, results...)
	h.payer.words = words
	h.registers(stay.Registered, false)
	_, err := h.charges(row("1", 1_00), row("2", 2_00))
	h.refused("in doubt", err, settlement.KindUnavailable, settlement.ReasonPayerUnavailable)
	return h
}

// always says the same so often.
func always(words string, times int) (all []string) {
	for range times {
		all = append(all, words)
	}
	return all
}

// A row in doubt that the payer refuses each time is sent again a few times, in
// the end alone, and is then people's: nobody but a hospital sends it again.
func TestWhatIsRefusedEachTimeIsForPeople(t *testing.T) {
	for name, c := range map[string]struct {
		words []string
		sent  int
	}{
		"in the same words":              {always("不予受理", 40), 5},
		"in other words each time":       {[]string{"1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14", "15", "16", "17", "18", "19", "20", "21", "22", "23", "24", "25", "26", "27", "28", "29", "30"}, 15},
		"in the same words, but for one": {append([]string{"a", "a", "b"}, always("a", 40)...), 8},
	} {
		h := doubted(t, c.words...)
		for range 100 {
			h.after(time.Hour)
		}
		found := h.found()
		alone := 0
		for _, text := range h.payer.sent {
			if text == "charge I1 1" {
				alone++
			}
		}
		if !found.Outstanding || found.Handed != 2 || found.Unanswered != 0 || found.Charges[0].Refusals.All != c.sent || alone == 0 {
			t.Errorf("%s: %+v; alone %d of %d", name, found.Summary, alone, len(h.payer.sent))
		}
		if len(h.doubt) != 0 || h.handed["ncms"] != 1 {
			t.Errorf("%s: told %v and %v", name, h.doubt, h.handed)
		}
		sent := len(h.payer.sent)
		if h.after(1000 * time.Hour); len(h.payer.sent) != sent {
			t.Errorf("%s: sent again", name)
		}
		listed, _, err := h.List(t.Context(), stay.Query{ForPeople: true, Limit: 9})
		if err != nil || len(listed) != 1 || listed[0].Missing != "1" {
			t.Errorf("%s: %+v, %v", name, listed, err)
		}
		h.payer.results = nil
		if found, err := h.charges(row("1", 1_00), row("2", 2_00)); err != nil || found.Handed != 0 || found.Charged != 3_00 || found.ForPeople() {
			t.Errorf("%s: the hospital sends it again: %+v, %v", name, found.Summary, err)
		}
	}
}

// Of rows that are refused for the sake of one, the others are taken.
func TestTheRowThatIsRefusedIsFound(t *testing.T) {
	h := open(t, settlement.ResultApplied, settlement.ResultInDoubt)
	h.registers(stay.Registered, false)
	rows := make([]stay.Row, 200)
	for i := range rows {
		rows[i] = row(string(rune('A'+i/26))+string(rune('a'+i%26)), 1_00)
	}
	h.payer.never = rows[77].ID
	_, err := h.charges(rows...)
	h.refused("in doubt", err, settlement.KindUnavailable, settlement.ReasonPayerUnavailable)
	for range 30 {
		h.after(time.Hour)
	}
	if found := h.found(); found.NotTaken != 1 || found.Missing != h.payer.never || found.Handed != 1 || found.Charged != 199_00 {
		t.Errorf("%+v", found.Summary)
	}
}

func (h *house) proposes(remedy stay.Remedy, rows ...string) (stay.Stay, error) {
	return h.Propose(h.Context(), stay.Suggestion{Tenant: "H1", Actor: "operator/li", Stay: "y-1", Remedy: remedy, Rows: rows, Document: "电话记录 7"})
}

func (h *house) approves(actor string, seen int) (stay.Stay, error) {
	return h.Approve(h.Context(), stay.Decision{Tenant: "H1", Actor: actor, Stay: "y-1", Seen: seen})
}

// Two people end a row, one way or the other: it is sent no more, stands for no
// other, and counts if the payer has it. All of it is kept.
func TestTwoPeopleEndARow(t *testing.T) {
	h := doubted(t, always("不予受理", 40)...)
	_, err := h.proposes(stay.RowsNotUploaded, "1")
	h.refused("under way", err, settlement.KindBlocked, settlement.ReasonAdmissionRow)
	h.now = h.now.Add(time.Minute)
	_, err = h.proposes(stay.RowsNotUploaded, "9")
	h.refused("no such row", err, settlement.KindInvalid, settlement.ReasonInvalidArgument)
	_, err = h.approves("operator/wang", 5)
	h.refused("nothing proposed", err, settlement.KindBlocked, settlement.ReasonAdmissionUnproposed)
	var read stay.Stay
	for range 2 { // proposing it again changes nothing
		if read, err = h.proposes(stay.RowsNotUploaded, "1"); err != nil || !read.Proposed || read.Charges[0].Ended != "" || read.Events != 5 {
			t.Fatalf("%+v, %v", read.Summary, err)
		}
	}
	_, err = h.approves("operator/li", read.Events)
	h.refused("by the same person", err, settlement.KindBlocked, settlement.ReasonSamePerson)
	_, err = h.approves("operator/wang", read.Events-1)
	h.refused("what was read before", err, settlement.KindBlocked, settlement.ReasonProposalChanged)
	for range 2 { // approving it again changes nothing
		if done, err := h.approves("operator/wang", read.Events); err != nil || done.Charges[0].Ended != stay.RowsNotUploaded || done.Proposed || done.Events != 6 {
			t.Fatalf("%+v, %v", done.Summary, err)
		}
	}
	if done, err := h.proposes(stay.RowsNotUploaded, "1"); err != nil || done.Events != 6 {
		t.Errorf("proposed again afterwards: %d, %v", done.Events, err)
	}
	_, err = h.proposes(stay.RowsByHand, "1")
	h.refused("otherwise afterwards", err, settlement.KindBlocked, settlement.ReasonAdmissionRow)
	if read, err = h.proposes(stay.RowsByHand, "2"); err != nil {
		t.Fatal(err)
	}
	done, err := h.approves("operator/wang", read.Events)
	if err != nil || done.Charged != 2_00 || done.Missing != "" || done.Outstanding || done.ForPeople() {
		t.Errorf("%+v, %v", done.Summary, err)
	}
	sent := len(h.payer.sent)
	if again, err := h.charges(row("1", 1_00), row("2", 2_00)); err != nil || again.Events != done.Events || len(h.payer.sent) != sent {
		t.Errorf("charged again: %v, sent %v", err, h.payer.sent)
	}
	_, err = h.charges(row("1", 7_00))
	h.refused("another row by its id", err, settlement.KindKeyReused, settlement.ReasonKeyReused)
	if h.after(24 * time.Hour); len(h.payer.sent) != sent {
		t.Errorf("sent %v", h.payer.sent)
	}
	events, err := h.store.StayEvents(t.Context(), "y-1")
	if err != nil || events[4].Actor != "operator/li" || events[4].Words != "电话记录 7" || events[5].Actor != "operator/wang" || events[5].Act != stay.ActApproved {
		t.Errorf("%+v, %v", events, err)
	}
}

// A proposal is declined by anybody, one that proposed it too, once; and is over
// where the row is sent again meanwhile.
func TestProposalsThatComeToNothing(t *testing.T) {
	h := doubted(t)
	h.now = h.now.Add(time.Minute)
	if _, err := h.proposes(stay.RowsByHand, "1", "2"); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if done, err := h.Decline(t.Context(), stay.Decision{Tenant: "H1", Actor: "operator/li", Stay: "y-1"}); err != nil || done.Proposed || done.Events != 6 || done.Missing != "1" {
			t.Errorf("%+v, %v", done.Summary, err)
		}
	}
	_, err := h.Decline(t.Context(), stay.Decision{Tenant: "H1", Actor: "operator/wang", Stay: "y-1"})
	h.refused("by another afterwards", err, settlement.KindBlocked, settlement.ReasonAdmissionUnproposed)
	read, err := h.proposes(stay.RowsByHand, "1", "2")
	if err != nil || read.Events != 7 {
		t.Fatalf("proposed anew: %d, %v", read.Events, err)
	}
	if _, err := h.charges(row("2", 2_00)); err != nil {
		t.Fatal(err)
	}
	_, err = h.approves("operator/wang", read.Events)
	h.refused("sent meanwhile", err, settlement.KindBlocked, settlement.ReasonAdmissionUnproposed)
	_, err = h.Propose(t.Context(), stay.Suggestion{Tenant: "H2", Stay: "y-1", Remedy: stay.Release})
	h.refused("another's", err, settlement.KindNotFound, settlement.ReasonAdmissionNotFound)
}

// bound is a house whose stay was named with a discharge by mistake.
func bound(t *testing.T) *house {
	h := open(t)
	h.registers(stay.Registered, false)
	if err := h.TakeUp(t.Context(), taking("D1")); err != nil {
		t.Fatal(err)
	}
	return h
}

func taking(discharge settlement.DischargeID) lifecycle.AdmissionTake {
	return lifecycle.AdmissionTake{Tenant: "H1", Actor: "cashier", Admission: "y-1", Discharge: discharge}
}

// Two people release a stay from a discharge that nothing is settled by, and it
// is settled by its own.
func TestTwoPeopleReleaseAStay(t *testing.T) {
	h := bound(t)
	h.refused("another discharge", h.TakeUp(t.Context(), taking("D2")), settlement.KindBlocked, settlement.ReasonAdmissionMismatch)
	read, err := h.proposes(stay.Release)
	if err != nil || read.Taken != "D1" || !read.ForPeople() {
		t.Fatalf("%+v, %v", read.Summary, err)
	}
	for range 2 {
		if done, err := h.approves("operator/wang", read.Events); err != nil || done.Taken != "" {
			t.Fatalf("%+v, %v", done.Summary, err)
		}
	}
	if err := h.TakeUp(t.Context(), taking("D2")); err != nil || h.found().Taken != "D2" {
		t.Errorf("%s, %v", h.found().Taken, err)
	}
	h.refused("the mistyped one", h.TakeUp(t.Context(), taking("D1")), settlement.KindBlocked, settlement.ReasonAdmissionMismatch)
	if read, err = h.proposes(stay.Release); err != nil || !read.ForPeople() {
		t.Fatalf("mistyped once more, the same words are a new proposal: %+v, %v", read.Summary, err)
	}
	if done, err := h.approves("operator/wang", read.Events); err != nil || done.Taken != "" {
		t.Errorf("released once more: %+v, %v", done.Summary, err)
	}
}

// What is settled by the stay, moves, or holds keeps it bound, also where it came
// between the two people; what is another's, undone or over does not.
func TestAStayInUseIsNotReleased(t *testing.T) {
	until := time.Date(2012, 7, 2, 0, 0, 0, 0, time.UTC)
	by := func(state settlement.State, admission stay.ID) *uses {
		return &uses{live: []settlement.Settlement{{ID: "s-1", Tenant: "H1", Discharge: "D1", Admission: admission, State: state}}}
	}
	held := func(discharge settlement.DischargeID, until time.Time) *uses {
		return &uses{held: settlement.Holds{{Quote: "q-1", Tenant: "H1", Discharge: discharge, Until: until}}}
	}
	for name, c := range map[string]struct {
		uses *uses
		kept bool
	}{
		"settled":                   {by(settlement.StateCommitted, "y-1"), true},
		"being settled":             {by(settlement.StateSettling, "y-1"), true},
		"in doubt":                  {by(settlement.StateAttention, "y-1"), true},
		"being reversed":            {by(settlement.StateReversing, "y-1"), true},
		"reversed":                  {by(settlement.StateReversed, "y-1"), false},
		"not settled":               {by(settlement.StateAborted, "y-1"), false},
		"settled without the stay":  {by(settlement.StateCommitted, ""), false},
		"promised":                  {held("D1", until), true},
		"promised, until yesterday": {held("D1", until.Add(-48*time.Hour)), false},
		"another's promise":         {held("D2", until), false},
	} {
		h := bound(t)
		h.Uses = c.uses
		if _, err := h.proposes(stay.Release); c.kept {
			h.refused(name, err, settlement.KindBlocked, settlement.ReasonAdmissionUsed)
		} else if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		h.Uses = &uses{}
		read, err := h.proposes(stay.Release)
		if err != nil {
			t.Fatal(err)
		}
		h.Uses = c.uses
		if _, err = h.approves("operator/wang", read.Events); c.kept {
			h.refused(name+", since it was proposed", err, settlement.KindBlocked, settlement.ReasonAdmissionUsed)
		} else if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	h := open(t)
	h.registers(stay.Registered, false)
	_, err := h.proposes(stay.Release)
	h.refused("bound to nothing", err, settlement.KindBlocked, settlement.ReasonAdmissionUnbound)
	h = bound(t)
	h.Uses = &uses{err: &settlement.Error{Kind: settlement.KindUnavailable, Reason: settlement.ReasonStoreUnavailable}}
	_, err = h.proposes(stay.Release)
	h.refused("cannot be told", err, settlement.KindUnavailable, settlement.ReasonStoreUnavailable)
}

// A discharge that is taken up while its release is proposed keeps the stay.
func TestTakingUpEndsAProposedRelease(t *testing.T) {
	h := bound(t)
	read, err := h.proposes(stay.Release)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := h.TakeUp(t.Context(), taking("D1")); err != nil || h.found().Events != 5 {
			t.Fatalf("%d events, %v", h.found().Events, err)
		}
	}
	_, err = h.approves("operator/wang", read.Events)
	h.refused("approving it", err, settlement.KindBlocked, settlement.ReasonAdmissionUnproposed)
	if h.found().Taken != "D1" || h.found().ForPeople() {
		t.Errorf("%+v", h.found().Summary)
	}
}
