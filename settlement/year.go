package settlement

// LateRule says to which year a claim counts that is handed in after the year
// of its discharge.
type LateRule struct {
	Month, Day int // last day of the next year on which it still counts to its own
	After      LateAfter
	Article    string
}

// LateAfter is what happens to a claim past the last day.
type LateAfter string

// What can happen. A claim of a year before last is refused either way.
const (
	LateToCurrent LateAfter = "current_year" // it counts to the year it is handed in
	LateRefused   LateAfter = "refused"
)

// CrossYearRule says how a stay across 31 December is settled.
type CrossYearRule struct {
	Split      bool // as two claims, up to 31 December and from 1 January
	Deductible bool // the second pays the deductible per stay again
	Article    string
}

// BenefitYear is the year whose caps and deductibles a claim draws on: that of
// its discharge (A08) unless the version has a rule for claims handed in late.
// Blocked, reason LATE_CLAIM: it is too late.
func (v *Version) BenefitYear(claim *Claim) (int, error) {
	year, rule := claim.Discharge.Year(), v.Late
	if rule == nil || claim.Filed <= NewDate(year+1, rule.Month, rule.Day) {
		return year, nil
	}
	if rule.After == LateToCurrent && claim.Filed.Year() == year+1 {
		return year + 1, nil
	}
	return 0, &Error{
		Kind: KindBlocked, Reason: ReasonLateClaim, Field: "discharge", Value: claim.Discharge.String(), Object: string(v.ID),
	}
}

// checkYear refuses a claim that is too late, and a stay across 31 December
// that is not settled the way the version settles one. A continued stay begins
// on 1 January.
func (w *working) checkYear() error {
	claim := w.claim
	if _, err := w.version.BenefitYear(claim); err != nil {
		return err
	}
	rule := &w.version.CrossYear
	crosses := claim.Mode == Inpatient && claim.Admission.Year() != claim.Discharge.Year()
	newYear := claim.Admission == NewDate(claim.Admission.Year(), 1, 1) && claim.Mode == Inpatient
	if crosses && rule.Split || claim.Continued && !(rule.Split && newYear) {
		return invalid(ReasonCrossYear, "admission", claim.Admission.String())
	}
	return nil
}

// continued reports whether the deductible per stay was met by the part of the
// stay before 1 January.
func (w *working) continued() bool {
	return w.claim.Continued && !w.version.CrossYear.Deductible
}
