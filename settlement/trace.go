package settlement

// The kinds of rule a step of the working can come from. They are part of the
// interface: append, never rename. Amounts in yuan; "in → out" is what Input
// and Output hold.
const (
	// StepDisease: the list, as Subject, that gave the illness its class.
	StepDisease = "disease"
	// StepChoice: the category that was chosen among those to choose between.
	StepChoice = "choice"
	// StepNewborn: registered in time, entitled from birth.
	StepNewborn = "newborn"
	// StepEligible: submitted → eligible, the part within policy scope (A02).
	StepEligible = "bill.eligible"
	// StepBasic: eligible → what basic insurance pays (A03).
	StepBasic = "pay.basic"
	// StepCriticalBase: amount accumulated before → after this settlement (A16).
	StepCriticalBase = "critical.base"
	// StepCriticalDeductible: income or full deductible × ratio → deductible.
	StepCriticalDeductible = "critical.deductible"
	// StepCriticalBand: slice of the accumulated amount × ratio → its part.
	StepCriticalBand = "critical.band"
	// StepCriticalPrior: the same for the amount accumulated before; its
	// outputs are taken off the bands'.
	StepCriticalPrior = "critical.prior"
	// StepCriticalCap: computed → within the yearly cap less what is paid.
	StepCriticalCap = "critical.cap"
	// StepCritical: computed or given figure, as Subject says → what critical
	// illness pays (A16).
	StepCritical = "pay.critical_illness"
	// StepBefore: offered → what the source before assistance pays (A03).
	StepBefore = "pay.before"
	// StepCategory: the category applied; decides NOT_ELIGIBLE and
	// MODE_NOT_COVERED (A09, A10).
	StepCategory = "category"
	// StepBaseOf: eligible → the part of the bill the category's base starts
	// from, as Subject says.
	StepBaseOf = "base.of"
	// StepUninsured: eligible × ratio → the part an uninsured person is
	// assisted on (A06).
	StepUninsured = "uninsured.factor"
	// StepBase: eligible, or its uninsured part → base (A04, A05).
	StepBase = "base"
	// StepFacility: the facility rule refused, or reduced every ratio by the
	// points shown as Ratio (A25).
	StepFacility = "facility"
	// StepGrants: grants of the year so far, as a count → the same (A19).
	StepGrants = "care.granted"
	// StepGrant: the rule's yearly amount → the care grant (A19).
	StepGrant = "care.grant"
	// StepDeductibleIncome: prior-year income × ratio → deductible (A07).
	StepDeductibleIncome = "deductible.income"
	// StepDeductible: base → deductible applied (A12).
	StepDeductible = "deductible"
	// StepThreshold: the least base that is assisted → deductible applied: the
	// whole base up to it, nothing above it.
	StepThreshold = "deductible.threshold"
	// StepFlat: amount × ratio → its assistance (A13).
	StepFlat = "ratio.flat"
	// StepBand: a band's slice × ratio → its part (A13).
	StepBand = "ratio.band"
	// StepBandYear: amount accumulated over the year before → after.
	StepBandYear = "ratio.year"
	// StepBandPrior: a band's slice of the amount accumulated before × ratio →
	// its part; its outputs are taken off the bands'.
	StepBandPrior = "ratio.band_prior"
	// StepSlab: the whole amount × the ratio of its size → assistance (A13).
	StepSlab = "ratio.slab"
	// StepWhole: assistance to the fen → in whole yuan; the difference stays
	// with the patient.
	StepWhole = "rounding"
	// StepCap: amount → within what remains of the bucket (A14).
	StepCap = "cap"
	// StepHeld: what remains of the bucket → what live quotes of others leave
	// of it; the cap that follows has only that.
	StepHeld = "cap.held"
	// StepInclinedThreshold: what still burdens → the part above the
	// threshold (A17).
	StepInclinedThreshold = "inclined.threshold"
	// StepInclined: that part × ratio → inclined assistance (A17).
	StepInclined = "inclined.ratio"
	// StepInclinedCap: inclined assistance → within the bucket (A14).
	StepInclinedCap = "inclined.cap"
	// StepInclinedWhole: the same for automatic inclined assistance.
	StepInclinedWhole = "inclined.rounding"
	// StepBenefit: base → ordinary and inclined assistance together.
	StepBenefit = "benefit"
	// StepFunding: the benefit → what the level of government named as Subject
	// bears of it.
	StepFunding = "funding"
	// StepAfter: offered → what the source after assistance pays (A20).
	StepAfter = "pay.after"
	// StepStage: eligible → the part the person still bears, which a stage
	// looks at.
	StepStage = "stage"
	// StepStageYear: what a stage accumulated over the year before → after.
	StepStageYear = "stage.year"
	// StepStageBand: slice above the threshold × ratio → its part.
	StepStageBand = "stage.band"
	// StepStagePrior: the same for the amount accumulated before; its outputs
	// are taken off the bands'.
	StepStagePrior = "stage.prior"
	// StepStageCap: computed → within what remains of the stage's bucket.
	StepStageCap = "stage.cap"
	// StepPatient: submitted → what the patient pays, once (A03).
	StepPatient = "patient.pays"
	// StepPromise: assistance promised by the quote that was taken up →
	// assistance given.
	StepPromise = "quote.promise"
)

// step adds a line to the working.
func (w *working) step(s Step) { w.trace = append(w.trace, s) }

// times multiplies, rounds and shows it: every product of the engine passes
// here, so that none can be missing from the working (A01).
func (w *working) times(kind, article string, amount Money, ratio Ratio) Money {
	product := amount.Times(ratio)
	w.step(Step{Rule: kind, Article: article, Input: amount, Ratio: ratio.String(), Output: product})
	return product
}

// last is the index of the newest step.
func (w *working) last() int { return len(w.trace) - 1 }
