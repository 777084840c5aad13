package settlement

// Adjudicate applies the policy in force on the day of discharge to a claim.
// It is a pure function. Errors come in the precedence of assumption A23 and
// change no accumulator: what Check finds, then NO_POLICY_VERSION, then what
// Version.Adjudicate adds.
func Adjudicate(policy *Policy, who Beneficiary, claim Claim, coverage Coverage, used Accumulator) (Adjudication, error) {
	version, missing := policy.VersionOn(claim.Discharge)
	if missing == nil {
		return version.Adjudicate(who, claim, coverage, used)
	}
	if err := Check(claim, coverage); err != nil {
		return Adjudication{}, err
	}
	return Adjudication{}, missing
}

// Adjudicate applies this very version, whatever the day of discharge, so that
// a stored settlement can be recomputed with the version it was made by. used
// is what the person has used in the claim's year. Errors, of kind Invalid
// unless said otherwise: what Check finds; UNKNOWN_CATEGORY;
// CARE_BILL_NOT_ZERO; SCHEME_CONFLICT; SOURCE_NOT_PLACED; LATE_CLAIM, kind
// Blocked; CROSS_YEAR_STAY; DATE_ORDER of a newborn's registration;
// DISEASE_NOT_LISTED; CHOICE_NEEDED; CHOICE_NOT_OFFERED; APPROVAL_REQUIRED,
// kind Blocked; PAYERS_EXCEED_TOTAL once more where critical illness as computed
// leaves the sources before assistance more than the bill; and
// NO_POLICY_VERSION, kind Blocked, where a figure is a part of an income the
// version does not know.
func (v *Version) Adjudicate(who Beneficiary, claim Claim, coverage Coverage, used Accumulator) (Adjudication, error) {
	if err := checkInput(&claim, &coverage, v.Before); err != nil {
		return Adjudication{}, err
	}
	if err := v.checkCategories(&who); err != nil {
		return Adjudication{}, err
	}
	if err := v.checkPlaced(&claim, &coverage); err != nil {
		return Adjudication{}, err
	}
	w := working{version: v, who: &who, claim: &claim, coverage: &coverage, used: &used}
	w.trace = make([]Step, 0, usualSteps)
	if err := w.situate(); err != nil {
		return Adjudication{}, err
	}
	w.facility = v.Facility.judge(claim.Treatment)
	if err := w.settle(); err != nil {
		return Adjudication{}, err
	}
	return w.result, nil
}

// situate finds what the local rules make of the claim: the year it counts to,
// the class of the illness, the category that was chosen.
func (w *working) situate() error {
	if err := w.checkYear(); err != nil {
		return err
	}
	if err := checkNewborn(w.claim); err != nil {
		return err
	}
	if err := w.classify(); err != nil {
		return err
	}
	if w.version.Newborn.inTime(w.claim) {
		w.step(Step{Rule: StepNewborn, Article: w.version.Newborn.Article})
	}
	if err := w.checkChoice(); err != nil {
		return err
	}
	return w.checkApproval()
}

// usualSteps is room for the working of a common settlement.
const usualSteps = 16

// working is one adjudication under way.
type working struct {
	version  *Version
	who      *Beneficiary
	claim    *Claim
	coverage *Coverage
	used     *Accumulator
	facility verdict
	class    DiseaseClass // of the illness, by the version's lists
	code     Code         // of the illness, "" where none is stated or needed
	trace    []Step
	result   Adjudication
}

// settle goes through the payers in order: insurance first, assistance last,
// the patient the remainder once (A03).
func (w *working) settle() error {
	owed, err := w.payBefore()
	if err != nil {
		return err
	}
	chosen, err := w.choose()
	if err != nil {
		return err
	}
	w.record(chosen)
	w.fund()
	if w.claim.Mode != Care {
		owed -= w.result.Benefit
	}
	w.payAfter(owed)
	w.result.Trace = w.trace
	return nil
}

// payBefore takes off the bill what insurance and the sources before
// assistance pay, and gives what is still owed.
func (w *working) payBefore() (owed Money, err error) {
	bill, coverage := &w.claim.Bill, w.coverage
	w.step(Step{Rule: StepEligible, Article: "A02", Input: bill.Submitted, Output: bill.Eligible})
	if coverage.Scheme != SchemeNone || coverage.Basic > 0 {
		w.step(Step{Rule: StepBasic, Article: "A03", Input: bill.Eligible, Output: coverage.Basic})
	}
	w.result.CriticalIllness, err = w.criticalIllness()
	if err != nil {
		return 0, err
	}
	owed = bill.Submitted - coverage.Basic - w.result.CriticalIllness
	for _, source := range w.version.Before {
		offer := coverage.Other(source)
		if offer == 0 {
			continue
		}
		owed -= offer
		w.result.Before = append(w.result.Before, Share{source, offer})
		w.step(Step{Rule: StepBefore, Subject: string(source), Article: "A03", Input: offer, Output: offer})
	}
	if owed < 0 {
		return 0, invalid(ReasonPayersExceed, "coverage", (bill.Submitted - owed).String())
	}
	return owed, nil
}

// payAfter lets the sources after assistance pay, in order, up to what is
// still owed; the rest of an offer is not taken (A20). A stage computes what
// it offers.
func (w *working) payAfter(owed Money) {
	for _, source := range w.version.After {
		offer := w.coverage.Other(source)
		if stage := w.version.stage(source); stage != nil {
			offer = w.payStage(stage, owed)
		}
		if offer == 0 {
			continue
		}
		taken := min(offer, owed)
		owed -= taken
		w.result.After = append(w.result.After, Share{source, taken})
		w.step(Step{Rule: StepAfter, Subject: string(source), Article: "A20", Input: offer, Output: taken})
	}
	w.result.PatientPays = owed
	w.step(Step{Rule: StepPatient, Article: "A03", Input: w.claim.Bill.Submitted, Output: owed})
}
