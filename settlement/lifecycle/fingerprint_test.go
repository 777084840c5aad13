package lifecycle

import (
	"testing"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
)

func asking() Ask {
	return Ask{
		Tenant: "H36082700001", Actor: "cashier", Request: "request-0000000000001", Facility: "H36082700001",
		Discharge: "D1", Encounter: "E1", Person: "360827195001010013", Name: "张测试", Insured: "P1",
		Claim: settlement.Claim{
			Mode: settlement.Inpatient, DiseaseClass: settlement.General, Disease: "J18",
			Admission: 20260301, Discharge: 20260309,
			Bill:      settlement.Bill{Submitted: 10000, SelfFunded: 1000, FirstSelfPay: 500, OverLimit: 500, Eligible: 8000},
			Treatment: settlement.Treatment{Emergency: true, Referral: settlement.ReferralNone},
		},
		BillStated: true, Scheme: settlement.SchemeResident,
		Others: []settlement.Share{{Source: settlement.Commercial, Amount: 100}, {Source: settlement.Charity, Amount: 200}},
	}
}

// TestFingerprintNamesTheFieldThatDiffers changes every business field in
// turn; a field forgotten in the list would let another request pass as a
// repeat.
func TestFingerprintNamesTheFieldThatDiffers(t *testing.T) {
	changes := map[string]func(*Ask){
		"facility_id":                func(a *Ask) { a.Facility = "H36082700002" },
		"discharge_id":               func(a *Ask) { a.Discharge = "D2" },
		"encounter_id":               func(a *Ask) { a.Encounter = "E2" },
		"beneficiary.id_number":      func(a *Ask) { a.Person = "360827195001010021" },
		"beneficiary.name":           func(a *Ask) { a.Name = "李测试" },
		"beneficiary.insured_number": func(a *Ask) { a.Insured = "P2" },
		"scheme":                     func(a *Ask) { a.Scheme = settlement.SchemeEmployee },
		"mode":                       func(a *Ask) { a.Claim.Mode = settlement.Outpatient },
		"disease_class":              func(a *Ask) { a.Claim.DiseaseClass = settlement.Serious },
		"disease":                    func(a *Ask) { a.Claim.Disease = "N18" },
		"admission_date":             func(a *Ask) { a.Claim.Admission = 20260302 },
		"discharge_date":             func(a *Ask) { a.Claim.Discharge = 20260310 },
		"chosen_category":            func(a *Ask) { a.Claim.Choice = "special_care" },
		"continued_stay":             func(a *Ask) { a.Claim.Continued = true },
		"newborn_registration_date":  func(a *Ask) { a.Claim.Registered = 20260309 },
		"emergency":                  func(a *Ask) { a.Claim.Treatment.Emergency = false },
		"referral":                   func(a *Ask) { a.Claim.Treatment.Referral = settlement.ReferralApproved },
		"bill.stated":                func(a *Ask) { a.BillStated = false },
		"bill.submitted":             func(a *Ask) { a.Claim.Bill.Submitted++ },
		"bill.self_funded":           func(a *Ask) { a.Claim.Bill.SelfFunded++ },
		"bill.first_self_pay":        func(a *Ask) { a.Claim.Bill.FirstSelfPay++ },
		"bill.over_limit":            func(a *Ask) { a.Claim.Bill.OverLimit++ },
		"bill.eligible":              func(a *Ask) { a.Claim.Bill.Eligible++ },
		"quote_id":                   func(a *Ask) { a.Quote = "q-2" },
		"hold.minutes":               func(a *Ask) { a.Hold = time.Hour },
		"admission_id":               func(a *Ask) { a.Admission = "y-2" },
		"approval_number":            func(a *Ask) { a.Claim.Approval = "A-2" },
		"other_shares.commercial": func(a *Ask) {
			a.Others = []settlement.Share{{Source: settlement.Commercial, Amount: 101}, {Source: settlement.Charity, Amount: 200}}
		},
		"other_shares.charity": func(a *Ask) { a.Others = a.Others[:1] },
	}
	first := asking()
	kept := fingerprint(first.fields())
	for want, change := range changes {
		second := asking()
		change(&second)
		if got := differing(kept, second.fields()); got != want {
			t.Errorf("changing %s: differing field %q", want, got)
		}
	}
}

func TestFingerprintIgnoresWhatIsNoBusiness(t *testing.T) {
	first, second := asking(), asking()
	second.Actor, second.Tenant, second.Request = "other", "other", "other"
	second.Others = []settlement.Share{{Source: settlement.Charity, Amount: 150}, {Source: settlement.Commercial, Amount: 100}, {Source: settlement.Charity, Amount: 50}}
	if got := differing(fingerprint(first.fields()), second.fields()); got != "" {
		t.Errorf("differs in %q", got)
	}
}

func TestFingerprintOfAnotherFormIsAnotherRequest(t *testing.T) {
	ask := asking()
	if got := differing("0.abc", ask.fields()); got != "request" {
		t.Errorf("got %q", got)
	}
}

func TestReversalFingerprint(t *testing.T) {
	first := ReverseAsk{Settlement: "s1", Cause: "wrong bill"}
	other := ReverseAsk{Settlement: "s1", Cause: "other"}
	if got := differing(fingerprint(first.fields()), other.fields()); got != "cause" {
		t.Errorf("got %q", got)
	}
}

// Two requests have one fingerprint exactly where their business fields are
// the same, whatever stands in them; the first that differs is named.
func FuzzFingerprint(f *testing.F) {
	f.Add("张测试", "张测试", "N18", "N18", int64(8000), int64(8000))
	f.Add("a", "", "", "a", int64(0), int64(-1))
	f.Add("\x00", "", "disease\x00", "", int64(1), int64(1))
	f.Fuzz(func(t *testing.T, name, otherName, disease, otherDisease string, eligible, otherEligible int64) {
		one, other := asking(), asking()
		one.Name, one.Claim.Disease, one.Claim.Bill.Eligible = settlement.Private(name), disease, settlement.Money(eligible)
		other.Name, other.Claim.Disease, other.Claim.Bill.Eligible = settlement.Private(otherName), otherDisease, settlement.Money(otherEligible)
		want := ""
		switch {
		case name != otherName:
			want = "beneficiary.name"
		case disease != otherDisease:
			want = "disease"
		case eligible != otherEligible:
			want = "bill.eligible"
		}
		if got := differing(fingerprint(one.fields()), other.fields()); got != want {
			t.Fatalf("differs in %q, want %q", got, want)
		}
	})
}
