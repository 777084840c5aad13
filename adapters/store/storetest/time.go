package storetest

import (
	"testing"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

var timeScenarios = []scenario{
	{"keeps microseconds", timeMicroseconds},
	{"cuts off what is finer", timeFiner},
	{"keeps an instant, not a place", timePlace},
	{"keeps no time as no time", timeZero},
	{"keeps times long past and far ahead", timeFar},
	{"pages by a time of another place", timePages},
}

// shanghai has no daylight saving, so an offset says it all.
var shanghai = time.FixedZone("Asia/Shanghai", 8*60*60)

// timed has at in every time of a record.
func timed(name string, at time.Time) settlement.Settlement {
	s := record(name)
	s.OpenedAt, s.DecideBy, s.ClosedAt, s.LeaseUntil, s.NextAt = at, at, at, at, at
	s.Legs[0].SentAt, s.Legs[0].QuietUntil, s.Legs[0].NextAt, s.Legs[0].Payment.At = at, at, at, at
	s.Reversal = &settlement.Reversal{AskedAt: at, DoneAt: at}
	s.Proposal, s.RetriedAt = &settlement.Proposal{At: at}, at
	return s
}

// keepsTime opens a settlement full of given and wants it back full of want.
func (o Opened) keepsTime(t *testing.T, name string, given, want time.Time) {
	t.Helper()
	s := timed(name, given)
	change := opening(s)
	change.Attempts[0].At, change.Events[0].At = given, given
	err := o.Store.Open(t.Context(), change)
	if err != nil {
		t.Fatalf("opening: %v", err)
	}
	kept := timed(name, want)
	kept.Revision = 1
	same(t, name, o.reads(t, s.ID), kept)
	journals := o.trails(t, s.ID)
	same(t, "attempt", journals.Attempts[0].At, want)
	same(t, "event", journals.Events[0].At, want)
}

func timeMicroseconds(t *testing.T, o Opened) {
	at := time.Date(2012, 12, 31, 23, 59, 59, 999_999_000, time.UTC)
	o.keepsTime(t, "last of a year", at, at)
}

func timeFiner(t *testing.T, o Opened) {
	at := time.Date(2012, 12, 31, 23, 59, 59, 999_999_999, time.UTC)
	s := timed("1", at)
	o.opens(t, s)
	got := o.reads(t, s.ID).OpenedAt
	same(t, "cut off, never rounded up", []bool{got.After(at), at.Sub(got) < time.Microsecond}, []bool{false, true})
}

func timePlace(t *testing.T, o Opened) {
	at := time.Date(2013, 1, 1, 7, 59, 59, 123_456_000, shanghai)
	o.keepsTime(t, "shanghai", at, at.UTC())
	same(t, "the same instant", o.reads(t, "s-shanghai").OpenedAt.Equal(at), true)
}

func timeZero(t *testing.T, o Opened) {
	o.keepsTime(t, "zero", time.Time{}, time.Time{})
	same(t, "no time", o.reads(t, "s-zero").NextAt.IsZero(), true)
}

func timeFar(t *testing.T, o Opened) {
	for name, at := range map[string]time.Time{
		"before 1970": time.Date(1949, 10, 1, 15, 0, 0, 1_000, time.UTC),
		"at 1970":     time.Unix(0, 0).UTC(),
		"year 9999":   time.Date(9999, 12, 31, 23, 59, 59, 999_999_000, time.UTC),
	} {
		o.keepsTime(t, name, at, at)
	}
}

func timePages(t *testing.T, o Opened) {
	o.openAt(t, "1", 0)
	o.openAt(t, "2", 1)
	before := &lifecycle.Mark{OpenedAt: moment.Add(time.Second).In(shanghai), ID: "s-2"}
	same(t, "listed", o.lists(t, lifecycle.Query{Before: before, Limit: 10}), []settlement.SettlementID{"s-1"})
}
