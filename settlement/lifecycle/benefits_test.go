package lifecycle_test

import (
	"context"
	"testing"

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
	found, err := h.g.Benefits(context.Background(), ask)
	if err != nil {
		h.Fatal(err)
	}
	return found
}

// What an admitted person can count on: the rule, what is used and held of the
// year, whether the approval is good. Nobody is asked and nothing is stored.
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
		_, err := h.g.Benefits(context.Background(), admitted(7, ""))
		h.refused(err, settlement.KindBlocked, settlement.ReasonUnknownPerson)
	})
}
