package settlement

import "slices"

// Stage is a payment computed after assistance, such as a second share of the
// critical-illness fund or the assistance of another level of government. It
// pays of the eligible amount the person still bears at its place among the
// payers after assistance, so that it can neither come first nor pay twice.
type Stage struct {
	Source     Source
	Schemes    []Scheme     // it pays to people who come with one of them
	Categories []CategoryID // it pays to people settled in one of them; none: to everybody
	Above      Money        // it pays on the part above this amount
	Bands      []Band       // limits are absolute amounts and include Above
	Over       Span
	Bucket     BucketID // over the year: where the amount accumulates
	Caps       []Cap
	Article    string
}

// Span says over what an amount meets its bands.
type Span string

// The spans; the zero value is a stay.
const (
	OverStay Span = "stay"
	OverYear Span = "year" // bands are climbed by all settlements of the year together
)

// computedSources are the sources whose share is never offered: a stage of the
// policy computes it.
var computedSources = []Source{CriticalAgain, SecondAssistance}

// stage is the version's stage for a source, or nil.
func (v *Version) stage(source Source) *Stage {
	for i := range v.Stages {
		if v.Stages[i].Source == source {
			return &v.Stages[i]
		}
	}
	return nil
}

// pays reports whether the stage is open to the claim: a stay or a visit under
// one of its schemes, settled in one of its categories.
func (s *Stage) pays(w *working) bool {
	if w.claim.Mode != Inpatient && w.claim.Mode != Outpatient {
		return false
	}
	if !slices.Contains(s.Schemes, w.coverage.Scheme) {
		return false
	}
	return len(s.Categories) == 0 || slices.Contains(s.Categories, w.result.Category)
}

// payStage is what a stage pays of owed. It looks at the eligible amount less
// all that was paid so far, within the caps of its own; what it draws and what
// accumulates is added to the year.
func (w *working) payStage(stage *Stage, owed Money) Money {
	if !stage.pays(w) {
		return 0
	}
	bill := &w.claim.Bill
	burden := bill.Eligible.Less(bill.Submitted - owed)
	w.step(Step{Rule: StepStage, Subject: string(stage.Source), Article: stage.Article, Input: bill.Eligible, Output: burden})
	old := Money(0)
	if stage.Over == OverYear {
		old = w.used.Used[stage.Bucket]
		w.accumulateYear(stage.Bucket, burden)
		w.step(Step{Rule: StepStageYear, Subject: string(stage.Bucket), Article: stage.Article, Input: old, Output: old + burden})
	}
	scale := scale{bands: stage.Bands, from: stage.Above, article: stage.Article}
	pay := w.along(scale, StepStageBand, old+burden) - w.along(scale, StepStagePrior, old)
	for _, bucket := range stage.Caps {
		before := pay
		if bucket.Limit != nil {
			pay = min(pay, bucket.Limit.Less(w.used.taken(bucket.Bucket)+w.result.Delta.Used[bucket.Bucket]))
		}
		w.step(Step{Rule: StepStageCap, Subject: string(bucket.Bucket), Article: stage.Article, Input: before, Output: pay})
	}
	w.result.Delta.draw(stage.Caps, pay)
	return pay
}

// accumulateYear adds an amount to what the year's bands are climbed by. Later
// settlements then depend on this one, which is what Accumulated says.
func (w *working) accumulateYear(bucket BucketID, amount Money) {
	w.result.Delta.draw([]Cap{{Bucket: bucket}}, amount)
	w.result.Accumulated = w.result.Accumulated || amount > 0
}

// scale is marginal bands that pay from an amount on. Over a year two of its
// values are compared: what all settlements together come to is then the value
// of their sum, whatever their order.
type scale struct {
	bands   []Band
	from    Money
	plus    Ratio // on every band
	minus   Ratio
	article string
}

// along is the value of the scale at an amount, each product rounded on its
// own (A13).
func (w *working) along(s scale, kind string, amount Money) (sum Money) {
	from := s.from
	for _, band := range s.bands {
		if slice := band.slice(from, amount); slice > 0 {
			sum += w.times(kind, s.article, slice, band.Rate.Plus(s.plus).Less(s.minus))
		}
		from = band.end(from)
	}
	return sum
}
