package settlement_test

import (
	"slices"

	"pgregory.net/rapid"

	"github.com/onestop-gateway/onestop/settlement"
)

// genLocal draws the rules most regions do not have.
func genLocal(t *rapid.T, v *settlement.Version) {
	v.Identity = settlement.IdentityRule{Article: "a", Counts: rapid.SampledFrom([]settlement.IdentityDay{
		"", settlement.IdentityAnyDay, settlement.IdentityAtAdmission, settlement.IdentityAtDischarge,
	}).Draw(t, "identity")}
	if rapid.IntRange(0, 3).Draw(t, "whole yuan") == 0 {
		v.Rounding = &settlement.Rounding{Article: "a", To: rapid.SampledFrom([]settlement.RoundingKind{
			settlement.RoundDown, settlement.RoundHalfUp,
		}).Draw(t, "rounding")}
	}
	for _, source := range []settlement.Source{settlement.CriticalAgain, settlement.SecondAssistance} {
		if !rapid.Bool().Draw(t, string(source)) {
			continue
		}
		stage := settlement.Stage{
			Source: source, Schemes: []settlement.Scheme{settlement.SchemeResident, settlement.SchemeNCMS},
			Above: genMoney(2_000_000).Draw(t, "above"), Bands: genBands().Draw(t, "bands"),
			Caps: genCaps(settlement.BucketID(source), settlement.BucketID(source)+"_too").Draw(t, "caps"), Article: "a", Over: settlement.OverStay,
		}
		if source == settlement.CriticalAgain && rapid.Bool().Draw(t, "over the year") {
			stage.Over, stage.Bucket = settlement.OverYear, "again"
		}
		if rapid.Bool().Draw(t, "for some") {
			stage.Categories = []settlement.CategoryID{rapid.SampledFrom(held).Draw(t, "for whom")}
		}
		v.Stages = append(v.Stages, stage)
		v.After = slices.Insert(slices.Clone(v.After), rapid.IntRange(0, len(v.After)).Draw(t, "place"), source)
	}
}

// leaps reports whether a fen more of the bill may win more than a fen of
// assistance.
func (e *encounter) leaps() bool {
	v := e.policy.Versions[0]
	return v.Rounding != nil || slices.ContainsFunc(v.Categories, func(c settlement.CategoryRules) bool {
		return slices.ContainsFunc(c.Rules, func(r settlement.Rule) bool {
			return r.Deductible.Kind == settlement.DeductibleThreshold
		})
	})
}
