package lifecycle_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/onestop-gateway/onestop/adapters/store/memory"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/approval"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// admitted is the notice of an admission of person p.
func admitted(p int, number settlement.ApprovalNumber) lifecycle.Ask {
	return lifecycle.Ask{
		Tenant: settlement.TenantID(hospital), Facility: hospital, Person: certificate(p), Scheme: settlement.SchemeResident,
		Claim: settlement.Claim{
			Mode: settlement.Inpatient, DiseaseClass: settlement.General, Admission: 20260310, Discharge: 20260310, Approval: number,
		},
	}
}

func (h *house) counts(ask lifecycle.Ask) lifecycle.Benefits {
	h.Helper()
	ask.Request = settlement.RequestID(fmt.Sprint("notice ", len(h.w.told)))
	h.notice(ask)
	return h.w.told[len(h.w.told)-1]
}

func (h *house) notice(ask lifecycle.Ask) lifecycle.Noticed {
	h.Helper()
	done, err := h.g.Notify(context.Background(), ask)
	if err != nil {
		h.Fatal(err)
	}
	return done
}

// What an admitted person can count on: the rule, what is used and held of the
// year, whether the approval is good. No payer is asked.
func TestBenefitsBeforeTreatment(t *testing.T) {
	live(t, best("A"), func(h *house) {
		h.asks()
		h.notes("good", approval.Submitted, approval.Approved)
		h.notes("refused", approval.Submitted, approval.Refused)
		found := h.counts(admitted(0, ""))
		if len(found.Outlooks) != 1 || found.Outlooks[0].Category != "rural_dibao" || !found.Outlooks[0].Rule.Approved ||
			found.Version != "county/1" || found.Used.Used["total"] != 0 || found.Approval != "" || h.sends() != 0 {
			t.Errorf("%+v, %d sent", found, h.sends())
		}
		for number, want := range map[settlement.ApprovalNumber]settlement.Reason{
			"good": "", "refused": settlement.ReasonApprovalRefused, "unheard of": settlement.ReasonApprovalUnknown,
		} {
			if got := h.counts(admitted(0, number)).Approval; got != want {
				t.Errorf("%s: %q, want %q", number, got, want)
			}
		}
		benefit := h.benefit(h.settled(approved(1, 0, "good")))
		h.notes("second", approval.Submitted, approval.Approved)
		held := holding(2, 6_500_000)
		held.Claim.Approval = "second"
		quote := h.holds(held)
		found = h.counts(admitted(0, "good"))
		if found.Used.Used["total"] != benefit || found.Used.Held["total"] != quote.Adjudication.Benefit || found.Approval != settlement.ReasonApprovalUsed {
			t.Errorf("used %v, want %s; held %v, want %s; %s", found.Used.Used, benefit, found.Used.Held, quote.Adjudication.Benefit, found.Approval)
		}
	})
}

func TestBenefitsOfNobodyKnown(t *testing.T) {
	live(t, best("A"), func(h *house) {
		_, err := h.g.Notify(context.Background(), admitted(7, ""))
		h.refused(err, settlement.KindBlocked, settlement.ReasonUnknownPerson)
	})
}

// A notice is kept with who asked, when, and what was answered; the same
// request gets the same notice, whatever the register says by then.
func TestANoticeIsKept(t *testing.T) {
	live(t, best("A"), func(h *house) {
		ask := admitted(0, "")
		ask.Request, ask.Actor = "r-1", "facility/"+string(hospital)
		first := h.notice(ask)
		time.Sleep(time.Hour)
		again := h.notice(ask)
		if !again.Replayed || first.Replayed || again.ID != first.ID || !again.At.Equal(first.At) || len(h.w.told) != 1 {
			t.Errorf("%+v, then %+v", first, again)
		}
		kept, err := h.g.FindNotice(t.Context(), ask.Tenant, first.ID)
		if err != nil || kept.Actor != ask.Actor || kept.Person != "b0" || kept.Claim.Admission != 20260310 || string(kept.Answer) != "county/1 1 " {
			t.Errorf("%+v, %v", kept, err)
		}
		ask.Claim.Admission, ask.Claim.Discharge = 20260311, 20260311
		_, err = h.g.Notify(t.Context(), ask)
		h.refused(err, settlement.KindKeyReused, settlement.ReasonKeyReused)
		for _, tenant := range []settlement.TenantID{"another", ""} {
			_, err = h.g.FindNotice(t.Context(), tenant, first.ID)
			if other := tenant != ""; other != (settlement.KindOf(err) == settlement.KindNotFound) {
				t.Errorf("%q reads it: %v", tenant, err)
			}
		}
		_, err = h.g.FindNotice(t.Context(), "", "n-none")
		h.refused(err, settlement.KindNotFound, settlement.ReasonNoticeNotFound)
	})
}

// What may not have been kept is never told as if it had been.
func TestANoticeInDoubt(t *testing.T) {
	for applied, fails := range map[bool]bool{true: false, false: true} {
		live(t, best("A"), func(h *house) {
			h.store.Fault = func(m memory.Moment) error {
				if m.Verb == "notice" && m.Applied == applied {
					h.store.Fault = nil
					return &settlement.Error{Kind: settlement.KindInDoubt, Reason: settlement.ReasonStoreUnavailable, Cause: errors.New("no answer")}
				}
				return nil
			}
			_, err := h.g.Notify(t.Context(), admitted(0, ""))
			if (settlement.KindOf(err) == settlement.KindUnavailable) != fails || err != nil && !fails {
				t.Errorf("applied %t: %v", applied, err)
			}
		})
	}
}

func TestNoticesPageByPage(t *testing.T) {
	live(t, best("A"), func(h *house) {
		for range 3 {
			h.counts(admitted(0, ""))
			time.Sleep(time.Second)
		}
		query := lifecycle.NoticeQuery{Person: "b0", Limit: 2}
		first, next, err := h.g.ListNotices(t.Context(), query)
		if err != nil || len(first) != 2 || next == nil || !first[0].At.After(first[1].At) {
			t.Fatalf("%v, %v, %v", first, next, err)
		}
		query.Before = next
		last, next, err := h.g.ListNotices(t.Context(), query)
		if err != nil || len(last) != 1 || next != nil || !first[1].At.After(last[0].At) {
			t.Errorf("%v, %v, %v", last, next, err)
		}
	})
}
