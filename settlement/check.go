package settlement

import (
	"fmt"
	"slices"
)

// Check finds what is wrong with a claim and its coverage before any policy is
// known, in the precedence of assumption A23: NEGATIVE_AMOUNT,
// BILL_UNBALANCED, PAYERS_EXCEED_TOTAL, DATE_ORDER. Every failure is of kind
// Invalid and changes no accumulator.
func Check(claim Claim, coverage Coverage) error {
	return checkInput(&claim, &coverage, usuallyBefore)
}

// usuallyBefore are the sources that pay before assistance where no version is
// at hand to say so.
var usuallyBefore = []Source{Commercial, HospitalDerate, SpecialCare}

// checkInput is Check with the sources the version in force places before.
func checkInput(claim *Claim, coverage *Coverage, before []Source) error {
	if field, amount := negative(claim.Bill, coverage); field != "" {
		return invalid(ReasonNegativeAmount, field, amount.String())
	}
	if !claim.Bill.Balanced() {
		return invalid(ReasonBillUnbalanced, "bill.submitted", claim.Bill.Submitted.String())
	}
	if paid := paidBefore(coverage, before); paid > claim.Bill.Submitted {
		return invalid(ReasonPayersExceed, "coverage", paid.String())
	}
	if claim.Admission == 0 || claim.Discharge < claim.Admission {
		return invalid(ReasonDateOrder, "discharge", claim.Discharge.String())
	}
	return nil
}

// checkPlaced finds the errors of our own that stand below all of A23: a care
// grant with a bill (A19), insurance shares on an uninsured bill, and a source
// of payment for which the version has no place or whose share it computes.
func (v *Version) checkPlaced(claim *Claim, coverage *Coverage) error {
	if claim.Mode == Care && claim.Bill != (Bill{}) {
		return invalid(ReasonCareBill, "bill", claim.Bill.Submitted.String())
	}
	insured := coverage.Basic + coverage.given()
	if uninsured(claim, coverage) && insured > 0 {
		return invalid(ReasonSchemeConflict, "coverage.scheme", insured.String())
	}
	for i, share := range coverage.Others {
		placed := slices.Contains(v.Before, share.Source) || slices.Contains(v.After, share.Source)
		if share.Amount > 0 && (!placed || v.stage(share.Source) != nil) {
			return invalid(ReasonSourceNotPlaced, fmt.Sprintf("coverage.others[%d]", i), string(share.Source))
		}
	}
	return nil
}

// negative is the first amount below zero and where it stands, or "".
func negative(bill Bill, coverage *Coverage) (field string, amount Money) {
	for _, part := range [...]struct {
		field  string
		amount Money
	}{
		{"bill.submitted", bill.Submitted},
		{"bill.self_funded", bill.SelfFunded},
		{"bill.first_self_pay", bill.FirstSelfPay},
		{"bill.over_limit", bill.OverLimit},
		{"bill.eligible", bill.Eligible},
		{"coverage.basic", coverage.Basic},
		{"coverage.critical_illness", coverage.CriticalIllness},
	} {
		if part.amount < 0 {
			return part.field, part.amount
		}
	}
	for i, share := range coverage.Others {
		if share.Amount < 0 {
			return fmt.Sprintf("coverage.others[%d]", i), share.Amount
		}
	}
	return "", 0
}

// paidBefore is what is paid ahead of assistance by the figures handed in:
// basic insurance, given critical illness and the sources before (A05).
func paidBefore(coverage *Coverage, before []Source) Money {
	paid := coverage.Basic + coverage.given()
	for _, source := range before {
		paid += coverage.Other(source)
	}
	return paid
}

// given is the insurer's own figure of critical illness, 0 where the policy is
// to compute it (A16).
func (c *Coverage) given() Money {
	if c.ComputeCriticalIllness {
		return 0
	}
	return c.CriticalIllness
}

// uninsured reports whether the uninsured rule governs the claim: it does not
// in modes inclined and care, where the scheme only informs (A06, A18).
func uninsured(claim *Claim, coverage *Coverage) bool {
	return coverage.Scheme == SchemeNone && (claim.Mode == Inpatient || claim.Mode == Outpatient)
}

func invalid(reason Reason, field, value string) *Error {
	return &Error{Kind: KindInvalid, Reason: reason, Field: field, Value: clip(value)}
}
