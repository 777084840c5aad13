package registry

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/onestop-gateway/onestop/settlement"
)

// drawHistory is any history that the checks let grow, corrections included.
func drawHistory(t *rapid.T) []Change {
	history := told(first())
	today := settlement.Date(20151231)
	for range rapid.IntRange(0, 14).Draw(t, "tries") {
		c := Change{
			Number:    len(history) + 1,
			Recorded:  dawn.Add(time.Duration(len(history)) * time.Hour),
			By:        "clerk-1",
			Document:  "文号1",
			Action:    rapid.SampledFrom(Actions).Draw(t, "action"),
			Effective: drawDay(t, "effective"),
			Cause:     CauseReview,
			Category:  rapid.SampledFrom([]settlement.CategoryID{"rural_dibao", "tekun"}).Draw(t, "category"),
			Facts:     first().Facts,
			Survey:    Survey{Members: 1, Income: 100},
		}
		if rapid.IntRange(0, 3).Draw(t, "correction") == 0 || c.Action == Withdrawn {
			c.Corrects = rapid.IntRange(1, len(history)).Draw(t, "corrects")
		}
		if Check(history, c, today) == nil {
			history = append(history, c)
		}
	}
	return history
}

func drawDay(t *rapid.T, label string) settlement.Date {
	return settlement.NewDate(rapid.IntRange(2009, 2014).Draw(t, label+" year"), rapid.IntRange(1, 12).Draw(t, label+" month"), 15)
}

// A row recorded later changes no answer to what was known before it.
func TestAsOfAnswersStay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		history := drawHistory(t)
		upTo := rapid.IntRange(1, len(history)).Draw(t, "known")
		known := history[upTo-1].Recorded
		day := drawDay(t, "day")
		then, wasKnown := At("p", history[:upTo], known, day)
		now, isKnown := At("p", history, known, day)
		if diff := cmp.Diff(then, now); diff != "" || wasKnown != isKnown {
			t.Fatal(diff)
		}
	})
}

// In which order a store gives the rows back is of no account.
func TestOrderOfReadingIsOfNoAccount(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		history := drawHistory(t)
		shuffled := rapid.Permutation(history).Draw(t, "shuffled")
		if diff := cmp.Diff(Project("p", history), Project("p", shuffled)); diff != "" {
			t.Fatal(diff)
		}
	})
}

// Rows that take effect on different days come to the same whatever the order
// in which they were recorded.
func TestOrderOfRecordingIsOfNoAccountOnDifferentDays(t *testing.T) {
	rows := []Change{
		granted(20090101, 0), on(Suspended, 20100101), on(Resumed, 20100701), on(Ended, 20110630), granted(20120101, 20121231),
		{Action: Moved, Effective: 20110101, Facts: Facts{Region: "360828", Residence: settlement.Urban}},
		{Action: Watched, Effective: 20110201},
	}
	want := Project("p", told(append([]Change{first()}, rows...)...))
	rapid.Check(t, func(t *rapid.T) {
		other := append([]Change{first()}, rapid.Permutation(rows).Draw(t, "recorded")...)
		if diff := cmp.Diff(want, Project("p", told(other...))); diff != "" {
			t.Fatal(diff)
		}
	})
}

// The periods of one category never overlap, and are never of no day.
func TestPeriodsNeverOverlap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		held := Project("p", drawHistory(t)).Entitlements
		for i, a := range held {
			if a.Period.To != 0 && a.Period.To < a.Period.From {
				t.Fatalf("%v holds no day", a)
			}
			for _, b := range held[i+1:] {
				if a.Category == b.Category && a.Period.Overlaps(b.Period) {
					t.Fatalf("%v and %v", a, b)
				}
			}
		}
	})
}

// Reading a draft a second time adds nothing.
func TestAmendingTwiceAddsNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		history := drawHistory(t)
		stamp := Stamp{By: "clerk-2", At: dawn.Add(1000 * time.Hour), Today: 20151231, Document: "文号9"}
		draft := &Draft{ID: "p", Facts: first().Facts, Survey: Survey{Members: 2, Income: 5}, Visited: 20150101}
		draft.Facts.Name, draft.Facts.Scheme = "李测试", settlement.SchemeResident
		draft.Periods = []settlement.Entitlement{{Category: "rural_dibao", Period: settlement.Period{From: drawDay(t, "from")}}}
		made := Amend(history, draft, stamp)
		if again := Amend(append(history, made...), draft, stamp); len(again) != 0 {
			t.Fatalf("%+v", again)
		}
	})
}
