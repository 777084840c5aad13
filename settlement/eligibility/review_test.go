package eligibility_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/registry"
)

// reviewed is a world with a run of the third quarter that proposes to end
// p-1, who lives above the line, and to watch p-2, whom nobody surveyed lately.
func reviewed(t *testing.T) *world {
	w := newWorld(t)
	for i, id := range []settlement.BeneficiaryID{"p-1", "p-2", "p-3"} {
		w.enrols(id, numbers[i])
	}
	survey := func(id settlement.BeneficiaryID, income settlement.Money, day settlement.Date) {
		w.records(id, registry.Change{Action: registry.Surveyed, Effective: day, Survey: registry.Survey{Members: 1, Income: income}})
	}
	survey("p-1", 200_00, 20120901)
	survey("p-2", 100_00, 20111231)
	survey("p-3", 100_00, 20120901)
	moved := draft("p-4", numbers[3])
	moved.Facts.Region = "360828"
	if _, err := w.Enrol(t.Context(), enrolment("r-4", moved)); err != nil {
		t.Fatal(err)
	}
	if _, err := w.OpenReview(t.Context(), "360827", registry.Quarter{Year: 2012, Number: 3}, "clerk-1"); err != nil {
		t.Fatal(err)
	}
	return w
}

const run registry.ReviewID = "360827-2012Q3"

func decision(line int, confirmed bool, by string) registry.Decision {
	return registry.Decision{Review: run, Line: line, Confirmed: confirmed, By: by}
}

func TestAReviewProposesAndChangesNothing(t *testing.T) {
	w := reviewed(t)
	got, err := w.Review(t.Context(), run)
	if err != nil {
		t.Fatal(err)
	}
	r := got.Review
	if r.Due != 3 || r.Kept != 1 || r.Households != 1 {
		t.Errorf("due %d, kept %d, households %d", r.Due, r.Kept, r.Households)
	}
	want := []registry.Proposal{
		{Line: 1, Person: "p-1", Action: registry.Ended, Category: "rural_dibao", Effective: 20120930, Cause: registry.CauseIncome},
		{Line: 2, Person: "p-2", Action: registry.Watched, Effective: 20120701, Cause: registry.CauseUnsurveyed},
	}
	if diff := cmp.Diff(want, r.Proposals); diff != "" {
		t.Error(diff)
	}
	if history, _ := w.History(t.Context(), "p-1"); len(history) != 3 {
		t.Errorf("the run recorded %d rows", len(history)-3)
	}
	again, err := w.OpenReview(t.Context(), "360827", r.Quarter, "clerk-9")
	if err != nil || again.Review.By != "clerk-1" {
		t.Errorf("a second run of the quarter: %+v, %v", again.Review.By, err)
	}
}

// Nobody confirms what they proposed themselves; a confirmed proposal becomes
// a change, once, and a rejected one none.
func TestTwoPeopleDecide(t *testing.T) {
	w := reviewed(t)
	_, err := w.Decide(t.Context(), decision(1, true, "clerk-1"))
	refuses(t, err, settlement.KindForbidden, settlement.ReasonSamePerson, "operator")
	_, err = w.Decide(t.Context(), decision(3, true, "chief-1"))
	refuses(t, err, settlement.KindNotFound, settlement.ReasonUnknownReview, "line")
	done, err := w.Decide(t.Context(), decision(1, true, "chief-1"))
	if err != nil || len(done.Changes) != 1 || done.Changes[0].Document != string(run) {
		t.Fatalf("%+v, %v", done, err)
	}
	again, err := w.Decide(t.Context(), decision(1, true, "chief-2"))
	if err != nil || !again.Replayed || again.Changes[0] != done.Changes[0] {
		t.Errorf("%+v, %v", again, err)
	}
	_, err = w.Decide(t.Context(), decision(1, false, "chief-1"))
	refuses(t, err, settlement.KindBlocked, settlement.ReasonProposalDecided, "line")
	for range 2 {
		if _, err := w.Decide(t.Context(), decision(2, false, "chief-1")); err != nil {
			t.Error(err)
		}
	}
	if history, _ := w.History(t.Context(), "p-2"); len(history) != 3 {
		t.Error("a rejected proposal changed the person")
	}
	person, err := w.store.Person(t.Context(), "p-1")
	if err != nil || person.Entitlements[0].Period.To != 20120930 {
		t.Errorf("%+v, %v", person.Entitlements, err)
	}
}

// What a proposal speaks of may have ended meanwhile: then it is refused, and
// stays undecided.
func TestAProposalThatIsNoLongerSo(t *testing.T) {
	w := reviewed(t)
	w.records("p-1", ended(20120831))
	_, err := w.Decide(t.Context(), decision(1, true, "chief-1"))
	refuses(t, err, settlement.KindBlocked, settlement.ReasonNotInForce, "category")
	got, _ := w.Review(t.Context(), run)
	if len(got.Decisions) != 0 {
		t.Errorf("%+v", got.Decisions)
	}
}

func TestOpenReviewRefuses(t *testing.T) {
	w := newWorld(t)
	_, err := w.OpenReview(t.Context(), "360827", registry.Quarter{Year: 2012, Number: 3}, "")
	refuses(t, err, settlement.KindInvalid, settlement.ReasonInvalidArgument, "operator")
	_, err = w.OpenReview(t.Context(), "360829", registry.Quarter{Year: 2012, Number: 3}, "clerk-1")
	refuses(t, err, settlement.KindBlocked, settlement.ReasonNoStandard, "region")
}
