package settlement

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// paid is a committed settlement in which everybody pays something.
func paid() Settlement {
	return Settlement{
		Beneficiary: Beneficiary{ID: "b1", Region: "360827"}, Facility: "H1", Year: 2026,
		Claim:    Claim{Mode: Inpatient, Bill: Bill{Submitted: 10_000, SelfFunded: 1_000, Eligible: 9_000}},
		Coverage: Coverage{Others: []Share{{Commercial, 500}, {Charity, 300}}},
		Legs: []Leg{{Payer: "A", Payment: Payment{
			Basic: 4_000, CriticalIllness: 600, Others: []Share{{HospitalDerate, 100}, {SpecialCare, 200}},
		}}},
		Adjudication: &Adjudication{
			CriticalIllness: 600, Fund: RuralFund, Benefit: 2_520, PatientPays: 1_780,
			Before: []Share{{Commercial, 500}, {HospitalDerate, 100}, {SpecialCare, 200}}, After: []Share{{Charity, 300}},
		},
	}
}

func TestEntriesNameEveryBearerAndSumToZero(t *testing.T) {
	s := paid()
	want := []Entry{
		{Account: "payer/A/basic", Debit: 4_000},
		{Account: "payer/A/critical_illness", Debit: 600},
		{Account: "source/commercial", Debit: 500},
		{Account: "source/hospital_derate", Debit: 100},
		{Account: "source/special_care", Debit: 200},
		{Account: "fund/rural/360827/2026", Debit: 2_520},
		{Account: "source/charity", Debit: 300},
		{Account: "person/b1", Debit: 1_780},
		{Account: "facility/H1", Credit: 10_000},
	}
	if diff := cmp.Diff(want, s.Entries()); diff != "" {
		t.Error(diff)
	}
	if !Balanced(s.Entries()) || !Balanced(Counter(s.Entries())) {
		t.Error("the entries do not sum to zero")
	}
	s.Adjudication.PatientPays++
	if Balanced(s.Entries()) {
		t.Error("a fen too much went unseen")
	}
}

func TestComputedCriticalIllnessHasItsOwnAccount(t *testing.T) {
	s := paid()
	s.Coverage.ComputeCriticalIllness = true
	s.Legs[0].Payment.CriticalIllness = 0
	if got := s.Entries()[1]; got != (Entry{Account: "critical_illness/360827", Debit: 600}) || !Balanced(s.Entries()) {
		t.Errorf("%+v", s.Entries())
	}
}

func TestCareGrantGoesToThePerson(t *testing.T) {
	s := Settlement{
		Beneficiary: Beneficiary{ID: "b1", Region: "360827"}, Facility: "H1", Year: 2026, Claim: Claim{Mode: Care},
		Adjudication: &Adjudication{Fund: RuralFund, Ordinary: 100_000, Benefit: 100_000},
	}
	want := []Entry{{Account: "fund/rural/360827/2026", Debit: 100_000}, {Account: "person/b1", Credit: 100_000}}
	if diff := cmp.Diff(want, s.Entries()); diff != "" {
		t.Error(diff)
	}
}

func TestNothingPaidLeavesNoEntryOfZero(t *testing.T) {
	s := Settlement{
		Beneficiary: Beneficiary{ID: "b1"}, Facility: "H1", Claim: Claim{Mode: Inpatient, Bill: Bill{Submitted: 5, SelfFunded: 5}},
		Adjudication: &Adjudication{PatientPays: 5},
	}
	want := []Entry{{Account: "person/b1", Debit: 5}, {Account: "facility/H1", Credit: 5}}
	if diff := cmp.Diff(want, s.Entries()); diff != "" {
		t.Error(diff)
	}
}
