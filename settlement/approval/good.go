package approval

import "github.com/onestop-gateway/onestop/settlement"

// Subject is what an approval is asked to be good for.
type Subject struct {
	Tenant    settlement.TenantID
	Discharge settlement.DischargeID
	Facility  settlement.FacilityID
	Person    settlement.BeneficiaryID
	Claim     *settlement.Claim
}

// field is what the caller calls the number of the approval it names.
const field = "approval_number"

// CheckGood refuses an approval that is not good for subject, Blocked, in this
// order: it is for another person, facility, mode or class of illness
// (APPROVAL_IS_FOR_ANOTHER, Value says which); it is not decided
// (APPROVAL_PENDING), refused or revoked; the day of discharge is outside its
// days (APPROVAL_EXPIRED); another discharge has used it up. The discharge
// that uses it itself may name it again.
func (a *Approval) CheckGood(subject Subject) error {
	if other := a.differs(&subject); other != "" {
		return blocked(settlement.ReasonApprovalMismatch, field, other)
	}
	if reason := ungranted[a.last().Act]; reason != "" {
		return blocked(reason, field, "")
	}
	if !a.Valid.Covers(subject.Claim.Discharge) {
		return blocked(settlement.ReasonApprovalExpired, field, a.Valid.From.String()+"/"+a.Valid.To.String())
	}
	if a.Use != nil && (a.Use.Tenant != subject.Tenant || a.Use.Discharge != subject.Discharge) {
		return blocked(settlement.ReasonApprovalUsed, field, "")
	}
	return nil
}

// ungranted says why an approval whose last act is not Approved is not good.
var ungranted = map[Act]settlement.Reason{
	Submitted: settlement.ReasonApprovalPending,
	Refused:   settlement.ReasonApprovalRefused,
	Revoked:   settlement.ReasonApprovalRevoked,
}

// differs names what the approval is for and the subject is not, or "".
func (a *Approval) differs(subject *Subject) string {
	claim := subject.Claim
	switch {
	case a.Person != subject.Person:
		return "beneficiary"
	case a.Facility != subject.Facility:
		return "facility_id"
	case a.Mode != "" && a.Mode != claim.Mode:
		return "mode"
	case a.Class != "" && a.Class != settlement.AnyDisease && a.Class != claim.DiseaseClass:
		return "disease_class"
	}
	return ""
}
