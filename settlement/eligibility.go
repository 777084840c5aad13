package settlement

// Standing is how a household's income per head compares with the local
// subsistence standard (低保标准).
type Standing string

// The standings.
const (
	WithinDibao       Standing = "within_dibao" // at or below the standard
	MarginalHousehold Standing = "marginal"     // above it, within the marginal line
	AboveMarginal     Standing = "none"
)

// StandingOf compares a monthly income per head with a standard and the
// marginal line, which is the standard × factor, rounded once. Both lines are
// inclusive. The factor is the policy's, as in 1.80, and at most 100.
func StandingOf(income, standard Money, factor Ratio) Standing {
	switch {
	case income <= standard:
		return WithinDibao
	case income <= standard.Times(factor):
		return MarginalHousehold
	default:
		return AboveMarginal
	}
}
