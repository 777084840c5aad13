package storetest

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

var noticeScenarios = []scenario{
	{"keeps a notice as it was answered", noticeKeeps},
	{"a notice never given is not found", noticeUnknown},
	{"refuses a second notice of one request", noticeTwice},
	{"lists newest first, by person, facility and tenant, page by page", noticeList},
	{"refuses what no column may hold", noticeUnsound},
	{"is not kept when given up", noticeGivenUp},
	{"keepers of one request let one through", noticeRace},
	{"a notice in doubt is all there or not at all", noticeDoubt},
	{"outlives the store", noticeReopen},
}

// notice is one with something in every field.
func notice(name string) lifecycle.Notice {
	s := fullRecord(name)
	s.Claim.Approval = "A-1"
	return lifecycle.Notice{
		ID: settlement.NoticeID("n-" + name), Tenant: s.Tenant, Request: s.Request, Fingerprint: s.Fingerprint, Actor: "cashier-7",
		At: moment, Facility: s.Facility, Person: "p-1", Scheme: settlement.SchemeNCMS, Claim: s.Claim,
		Policy: s.Policy, Version: s.Version, Answer: []byte{0, 1, 2, 255},
	}
}

func (o Opened) keepsNotice(t *testing.T, n lifecycle.Notice) lifecycle.Notice {
	t.Helper()
	if err := o.Notices.KeepNotice(t.Context(), n); err != nil {
		t.Fatalf("keeping %s: %v", n.ID, err)
	}
	return n
}

// noticesOf asserts the notices that a query finds.
func (o Opened) noticesOf(t *testing.T, name string, query lifecycle.NoticeQuery, want ...lifecycle.Notice) {
	t.Helper()
	if query.Limit == 0 {
		query.Limit = 10
	}
	found, err := o.Notices.Notices(t.Context(), query)
	same(t, name+": error", err, nil)
	same(t, name, found, want)
}

func noticeKeeps(t *testing.T, o Opened) {
	n := o.keepsNotice(t, notice("1"))
	found, err := o.Notices.Notice(t.Context(), n.ID)
	same(t, "error", err, nil)
	same(t, "notice", found, n)
	found, err = o.Notices.NoticeOf(t.Context(), n.Tenant, n.Request)
	same(t, "error", err, nil)
	same(t, "notice of its request", found, n)
}

func noticeUnknown(t *testing.T, o Opened) {
	n := o.keepsNotice(t, notice("1"))
	_, err := o.Notices.Notice(t.Context(), "another")
	refused(t, "a notice never given", err, settlement.KindNotFound)
	_, err = o.Notices.NoticeOf(t.Context(), "another", n.Request)
	refused(t, "another tenant's request", err, settlement.KindNotFound)
	_, err = o.Notices.NoticeOf(t.Context(), n.Tenant, "another")
	refused(t, "a request never made", err, settlement.KindNotFound)
	o.noticesOf(t, "of nobody", lifecycle.NoticeQuery{Person: "another"})
}

func noticeTwice(t *testing.T, o Opened) {
	first, second := o.keepsNotice(t, notice("1")), notice("2")
	second.Request = first.Request
	refused(t, "the same request", o.Notices.KeepNotice(t.Context(), second), settlement.KindExists)
	o.noticesOf(t, "what is there", lifecycle.NoticeQuery{}, first)
	second.Tenant = "another"
	o.keepsNotice(t, second)
}

func noticeList(t *testing.T, o Opened) {
	older, newer, twin, foreign := notice("1"), notice("2"), notice("3"), notice("4")
	newer.At = moment.Add(time.Second)
	twin.At, twin.Facility = newer.At, "H2"
	foreign.At, foreign.Tenant, foreign.Person = moment.Add(-time.Second), "another", "p-2"
	for _, n := range []lifecycle.Notice{twin, older, foreign, newer} {
		o.keepsNotice(t, n)
	}
	o.noticesOf(t, "all", lifecycle.NoticeQuery{}, twin, newer, older, foreign)
	o.noticesOf(t, "of a person", lifecycle.NoticeQuery{Person: "p-2"}, foreign)
	o.noticesOf(t, "of a facility", lifecycle.NoticeQuery{Facility: "H2"}, twin)
	o.noticesOf(t, "of one of two facilities", lifecycle.NoticeQuery{Facilities: []settlement.FacilityID{"H2", "H3"}}, twin)
	o.noticesOf(t, "of a tenant", lifecycle.NoticeQuery{Tenant: older.Tenant, Person: "p-1", Facility: older.Facility}, newer, older)
	o.noticesOf(t, "a page", lifecycle.NoticeQuery{Limit: 2}, twin, newer)
	o.noticesOf(t, "behind one of two of a moment", lifecycle.NoticeQuery{Before: &lifecycle.NoticeMark{At: twin.At, ID: twin.ID}, Limit: 2}, newer, older)
	o.noticesOf(t, "behind the last", lifecycle.NoticeQuery{Before: &lifecycle.NoticeMark{At: foreign.At, ID: foreign.ID}})
}

func noticeUnsound(t *testing.T, o Opened) {
	n := notice("1")
	n.Request = "a\x00b"
	refused(t, "a NUL", o.Notices.KeepNotice(t.Context(), n), settlement.KindInvalid)
	o.noticesOf(t, "what is there", lifecycle.NoticeQuery{})
}

func noticeGivenUp(t *testing.T, o Opened) {
	refused(t, "keeping", o.Notices.KeepNotice(cancelled(t), notice("1")), settlement.KindUnavailable)
	o.noticesOf(t, "what is there", lifecycle.NoticeQuery{})
	_, err := o.Notices.Notices(cancelled(t), lifecycle.NoticeQuery{Limit: 1})
	unread(t, "notices", err)
}

func noticeRace(t *testing.T, o Opened) {
	errs := make([]error, closers)
	var group sync.WaitGroup
	for i := range errs {
		n := notice(fmt.Sprint(i))
		n.Request = "r-1"
		group.Go(func() { errs[i] = o.Notices.KeepNotice(t.Context(), n) })
	}
	group.Wait()
	oneThrough(t, errs, "a taken request")
}

func noticeDoubt(t *testing.T, o Opened) {
	first, second := notice("1"), notice("2")
	o.doubts(t, false)
	refused(t, "not applied", o.Notices.KeepNotice(t.Context(), first), settlement.KindInDoubt)
	o.noticesOf(t, "after it", lifecycle.NoticeQuery{})
	o.doubts(t, true)
	refused(t, "applied", o.Notices.KeepNotice(t.Context(), second), settlement.KindInDoubt)
	o.noticesOf(t, "after it", lifecycle.NoticeQuery{}, second)
}

func noticeReopen(t *testing.T, o Opened) {
	n := o.keepsNotice(t, notice("1"))
	o.reopens(t).noticesOf(t, "opened again", lifecycle.NoticeQuery{}, n)
}
