package registry

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/onestop-gateway/onestop/settlement"
)

var dawn = time.Date(2012, 1, 1, 8, 0, 0, 0, time.UTC)

// told is a history in the order given, each row recorded an hour after the
// one before.
func told(rows ...Change) []Change {
	history := make([]Change, len(rows))
	for i, row := range rows {
		row.Number, row.Recorded, row.By = i+1, dawn.Add(time.Duration(i)*time.Hour), "clerk-1"
		history[i] = row
	}
	return history
}

func first() Change {
	return Change{Action: Registered, Effective: 20090101, Facts: Facts{
		Name: "张测试", Certificate: "360827194103120018", Household: "H-1", Region: "360827",
		Residence: settlement.Rural, Scheme: settlement.SchemeNCMS, Insured: "P1",
	}}
}

func granted(from, until settlement.Date) Change {
	return Change{Action: Granted, Category: "rural_dibao", Effective: from, Until: until, Document: "文号1", Cause: CauseApplied}
}

func on(action Action, day settlement.Date) Change {
	return Change{Action: action, Category: "rural_dibao", Effective: day, Cause: CauseReview}
}

func TestPeriodsOfACategory(t *testing.T) {
	type periods []settlement.Period
	tests := []struct {
		name string
		rows []Change
		want periods
	}{
		{"granted for good", []Change{granted(20090101, 0)}, periods{{From: 20090101}}},
		{"granted until", []Change{granted(20090101, 20091231)}, periods{{From: 20090101, To: 20091231}}},
		{"ended: the day is the last", []Change{granted(20090101, 0), on(Ended, 20100630)}, periods{{From: 20090101, To: 20100630}}},
		{"suspended: the day is the first without", []Change{granted(20090101, 0), on(Suspended, 20100701)}, periods{{From: 20090101, To: 20100630}}},
		{"resumed runs as long as the grant", []Change{granted(20090101, 20111231), on(Suspended, 20100701), on(Resumed, 20101001)}, periods{{From: 20090101, To: 20100630}, {From: 20101001, To: 20111231}}},
		{"resumed after the grant ran out", []Change{granted(20090101, 20100801), on(Suspended, 20100701), on(Resumed, 20101001)}, periods{{From: 20090101, To: 20100630}}},
		{"suspended and resumed on one day", []Change{granted(20090101, 0), on(Suspended, 20100701), on(Resumed, 20100701)}, periods{{From: 20090101, To: 20100630}, {From: 20100701}}},
		{"suspended from its first day", []Change{granted(20090101, 0), on(Suspended, 20090101)}, nil},
		{"ended while suspended", []Change{granted(20090101, 0), on(Suspended, 20100701), on(Ended, 20101231)}, periods{{From: 20090101, To: 20100630}}},
		{"granted again", []Change{granted(20090101, 0), on(Ended, 20091231), granted(20110101, 0)}, periods{{From: 20090101, To: 20091231}, {From: 20110101}}},
		{"a later grant takes over", []Change{granted(20090101, 0), granted(20100101, 20101231)}, periods{{From: 20090101, To: 20091231}, {From: 20100101, To: 20101231}}},
		{"ended and granted on one day", []Change{granted(20090101, 0), granted(20100101, 0), on(Ended, 20100101)}, periods{{From: 20090101, To: 20091231}, {From: 20100101, To: 20100101}}},
		{"recorded late", []Change{on(Ended, 20100630), granted(20090101, 0)}, periods{{From: 20090101, To: 20100630}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			person := Project("p", told(append([]Change{first()}, tt.rows...)...))
			var got periods
			for _, e := range person.Entitlements {
				got = append(got, e.Period)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// What was believed then and what is known now are two answers, and both stay.
func TestCorrectionsAreFurtherRows(t *testing.T) {
	wrong := granted(20100101, 0)
	right := granted(20110101, 0)
	right.Corrects, right.Cause = 2, CauseMistake
	gone := Change{Action: Withdrawn, Effective: 20110101, Corrects: 3, Cause: CauseMistake}
	history := told(first(), wrong, right, gone)
	for hour, want := range []settlement.Date{0, 20100101, 20110101, 0} {
		state, known := At("p", history, dawn.Add(time.Duration(hour)*time.Hour), 20120101)
		var got settlement.Date
		if len(state.Person.Entitlements) > 0 {
			got = state.Person.Entitlements[0].Period.From
		}
		if !known || got != want {
			t.Errorf("after %d hours: from %v, want %v", hour, got, want)
		}
	}
	if _, known := At("p", history, dawn.Add(-time.Second), 20120101); known {
		t.Error("known before it was recorded")
	}
	if _, known := At("p", history, dawn, 20081231); known {
		t.Error("known for a day before it took effect")
	}
}

func TestFactsAreThoseOfTheDay(t *testing.T) {
	history := told(first(),
		Change{Action: Moved, Effective: 20110601, Facts: Facts{Region: "360828", Residence: settlement.Urban}},
		Change{Action: SchemeChanged, Effective: 20110701, Facts: Facts{Scheme: settlement.SchemeNone}},
		Change{Action: Watched, Effective: 20110801},
		Change{Action: Surveyed, Effective: 20110901, Survey: Survey{Members: 2, Income: 300_00}},
		Change{Action: Released, Effective: 20111001},
		Change{Action: Died, Effective: 20111101})
	tests := []struct {
		on      settlement.Date
		region  settlement.RegionID
		scheme  settlement.Scheme
		watched settlement.Date
		died    settlement.Date
		members int
	}{
		{20110531, "360827", settlement.SchemeNCMS, 0, 0, 0},
		{20110601, "360828", settlement.SchemeNCMS, 0, 0, 0},
		{20110701, "360828", settlement.SchemeNone, 0, 0, 0},
		{20110831, "360828", settlement.SchemeNone, 20110801, 0, 0},
		{20110901, "360828", settlement.SchemeNone, 20110801, 0, 2},
		{20111001, "360828", settlement.SchemeNone, 0, 0, 2},
		{20111101, "360828", settlement.SchemeNone, 0, 20111101, 2},
	}
	for _, tt := range tests {
		s, _ := At("p", history, dawn.Add(time.Hour*24), tt.on)
		if s.Person.Region != tt.region || s.Person.Scheme != tt.scheme || s.Watched != tt.watched || s.Died != tt.died || s.Survey.Members != tt.members {
			t.Errorf("on %v: %+v", tt.on, s)
		}
	}
}

func TestTouches(t *testing.T) {
	stay := settlement.Period{From: 20110501, To: 20110510}
	before := told(first(), granted(20090101, 0))
	tests := []struct {
		name string
		row  Change
		want bool
	}{
		{"ended before the stay", on(Ended, 20110430), true},
		{"ended on the first day of the stay: it still counts", on(Ended, 20110501), false},
		{"suspended before", on(Suspended, 20110101), true},
		{"another category after the stay", Change{Action: Granted, Category: "tekun", Effective: 20110511}, false},
		{"another category on its last day", Change{Action: Granted, Category: "tekun", Effective: 20110510}, true},
		{"moved before its end", Change{Action: Moved, Effective: 20110510, Facts: Facts{Region: "360828", Residence: settlement.Rural}}, true},
		{"moved after it", Change{Action: Moved, Effective: 20110511, Facts: Facts{Region: "360828", Residence: settlement.Rural}}, false},
		{"watched", Change{Action: Watched, Effective: 20110101}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			after := told(first(), granted(20090101, 0), tt.row)
			if got := Touches(before, after, stay); got != tt.want {
				t.Errorf("got %v", got)
			}
		})
	}
}
