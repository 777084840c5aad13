package settlement

import "slices"

// criticalIllness is what critical-illness insurance pays: the insurer's own
// figure, or the policy's where asked to compute (A16). It is computed also
// for people who get no assistance, but never in modes inclined and care,
// whose bills the stay has already counted.
func (w *working) criticalIllness() (Money, error) {
	coverage := w.coverage
	if !coverage.ComputeCriticalIllness {
		if coverage.CriticalIllness > 0 {
			w.step(Step{Rule: StepCritical, Subject: "given", Article: "A16", Input: coverage.CriticalIllness, Output: coverage.CriticalIllness})
		}
		return coverage.CriticalIllness, nil
	}
	rule := w.version.CriticalIllness
	if rule == nil || !slices.Contains(rule.Schemes, coverage.Scheme) {
		return 0, nil
	}
	if w.claim.Mode != Inpatient && w.claim.Mode != Outpatient {
		return 0, nil
	}
	return w.computeCriticalIllness(rule)
}

// computeCriticalIllness grows the year's accumulated amount and pays the
// difference it makes: f(new) − f(old), then what the cap has left (A16).
func (w *working) computeCriticalIllness(rule *CriticalIllnessRule) (Money, error) {
	tilted := w.tilted()
	deductible, err := w.criticalDeductible(rule, tilted)
	if err != nil {
		return 0, err
	}
	old := w.used.CriticalIllnessBase
	growth := w.claim.Bill.Eligible.Less(w.coverage.Basic)
	w.step(Step{Rule: StepCriticalBase, Article: "A16", Input: old, Output: old + growth})
	// Band limits are absolute amounts and include the deductible, so the first
	// paying band starts at the deductible.
	scale := scale{bands: rule.Bands, from: deductible, article: rule.Article}
	if tilted {
		scale.plus = rule.Tilt.ExtraRate
	}
	pay := w.along(scale, StepCriticalBand, old+growth) - w.along(scale, StepCriticalPrior, old)
	computed := pay
	if !tilted || !rule.Tilt.Uncapped {
		pay = min(pay, rule.Cap.Less(w.used.CriticalIllnessPaid))
		w.step(Step{Rule: StepCriticalCap, Article: rule.Article, Input: computed, Output: pay})
	}
	w.result.Delta.CriticalIllnessBase = growth
	w.result.Delta.CriticalIllnessPaid = pay
	w.result.Accumulated = growth > 0
	w.step(Step{Rule: StepCritical, Subject: "computed", Article: rule.Article, Input: computed, Output: pay})
	return pay, nil
}

// criticalDeductible is the rule's amount or part of prior-year income, then
// the tilted part of that; each is rounded on its own (A01).
func (w *working) criticalDeductible(rule *CriticalIllnessRule, tilted bool) (Money, error) {
	deductible := rule.Deductible
	if rule.DeductibleIncomeRate != nil {
		income, err := w.priorIncome()
		if err != nil {
			return 0, err
		}
		deductible = w.times(StepCriticalDeductible, rule.Article, income, *rule.DeductibleIncomeRate)
	}
	if tilted {
		deductible = w.times(StepCriticalDeductible, rule.Article, deductible, rule.Tilt.DeductibleFactor)
	}
	return deductible, nil
}
