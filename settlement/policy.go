package settlement

import "slices"

// Policy is the dated rules of one region: versions in order of their dates,
// without overlap. Every figure in it names its source.
type Policy struct {
	ID       PolicyID
	Title    string
	Aliases  map[CategoryID]CategoryID // registry category → the policy's own
	Versions []Version
}

// Version is the rules in force over one period. It is immutable once
// published: version and stored inputs recompute a settlement bit for bit.
type Version struct {
	ID              VersionID
	Effective       Period
	Aliases         map[CategoryID]CategoryID // the policy's, for use on its own
	Vocabulary      []CategoryID              // what a registry may hold; nil: the usual Vocabulary
	PriorYearIncome map[int]Money             // by year of discharge: income of the year before
	Before          []Source                  // sources deducted before assistance, in order
	After           []Source                  // sources that pay what is still owed, in order
	Uninsured       UninsuredRule
	Facility        FacilityRule
	CriticalIllness *CriticalIllnessRule // nil: none computed here
	Inclined        *InclinedRule        // nil: no automatic inclined assistance
	Identity        IdentityRule
	Rounding        *Rounding     // nil: assistance is paid to the fen
	Stages          []Stage       // computed payments among After
	Lists           []DiseaseList // in the order they are looked at; none: the class is as stated
	Choice          *Choice       // nil: the largest benefit decides
	Late            *LateRule     // nil: a claim counts to its discharge's year whenever it comes
	CrossYear       CrossYearRule
	Newborn         *NewbornRule    // nil: an entitlement begins when it begins
	Funding         *FundingRule    // nil: the fund's accounts are not told apart
	Categories      []CategoryRules // in order of precedence on a tie (A10)
}

// UninsuredRule says whether and at what part of the eligible amount a person
// without insurance is assisted (A06).
type UninsuredRule struct {
	Covered   bool
	Factor    Ratio
	Overrides map[CategoryID]Ratio
	Article   string
}

// UnreferredRule is what happens to out-of-area care without filing (A25).
type UnreferredRule string

// The ways to treat unreferred out-of-area care.
const (
	UnreferredCovered    UnreferredRule = "covered"
	UnreferredNotCovered UnreferredRule = "not_covered"
	UnreferredMinus      UnreferredRule = "minus" // ratios are reduced by Points
)

// FacilityRule says how unreferred out-of-area care is treated.
type FacilityRule struct {
	Unreferred UnreferredRule
	Points     Ratio
	Article    string
}

// CriticalIllnessRule computes critical-illness insurance (大病保险) over the
// year's accumulated amount, which includes the deductible (A16).
type CriticalIllnessRule struct {
	Schemes              []Scheme
	Deductible           Money
	DeductibleIncomeRate *Ratio // of prior-year income, instead of Deductible
	Tilt                 Tilt
	Bands                []Band
	Cap                  Money
	Article              string
}

// Tilt is what critical-illness insurance grants the poor on top.
type Tilt struct {
	DeductibleFactor Ratio
	ExtraRate        Ratio
	Uncapped         bool
}

// InclinedRule is the automatic second assistance on what still burdens an
// inpatient (A17).
type InclinedRule struct {
	Threshold Money
	Rate      Ratio
	Caps      []Cap
	Article   string
}

// CategoryRules are one category's rules in a version.
type CategoryRules struct {
	ID    CategoryID
	Fund  FundRule
	Tilt  bool // critical illness tilts to this category
	Base  BaseRule
	Rules []Rule
}

// FundRule says which fund bears a category's assistance (A22).
type FundRule string

// The ways to choose a fund.
const (
	FundUrban       FundRule = "urban"
	FundRural       FundRule = "rural"
	FundByResidence FundRule = "by_residence"
)

// Rule is the terms of one mode and class of disease.
type Rule struct {
	Mode         Mode
	DiseaseClass DiseaseClass
	When         When
	Deductible   Deductible
	Ratio        RatioRule
	Caps         []Cap
	Diseases     []string // care grants: the listed diseases
	List         ListID   // care grants: the list of diseases, instead
	Grant        Money    // care grants: the flat yearly amount
	// Approved asks for an approval (审批) before anything is settled.
	Approved bool
	Article  string
}

// DeductibleKind says how a deductible is taken off (A12).
type DeductibleKind string

// The kinds of deductible.
const (
	DeductibleNone    DeductibleKind = "none"
	DeductiblePerStay DeductibleKind = "per_stay"
	DeductiblePerYear DeductibleKind = "per_year"
	// All or nothing: a base up to the amount is the person's, a larger one is
	// assisted whole.
	DeductibleThreshold DeductibleKind = "threshold"
)

// Deductible is what the person bears before any ratio: an amount, or a part
// of the prior year's income.
type Deductible struct {
	Kind       DeductibleKind
	Amount     Money
	IncomeRate *Ratio
}

// RatioKind says how a ratio meets an amount (A13).
type RatioKind string

// The kinds of ratio.
const (
	RatioFlat     RatioKind = "flat"     // one rate
	RatioMarginal RatioKind = "marginal" // each band's slice at its own rate
	RatioSlab     RatioKind = "slab"     // one rate for the whole, chosen by size
)

// RatioRule is the reimbursement ratio of a rule.
type RatioRule struct {
	Kind  RatioKind
	Rate  Ratio  // flat
	Bands []Band // marginal, slab
	Over  Span   // marginal: over what the bands are climbed
	// Bucket is where the amount accumulates over the year.
	Bucket BucketID
}

// Band is a range of amount with one ratio. UpTo is inclusive; nil is open.
type Band struct {
	UpTo *Money
	Rate Ratio
}

// Cap is an annual cap of one bucket. A nil Limit is counted, never limiting.
type Cap struct {
	Bucket BucketID
	Limit  *Money
}

// Vocabulary is every category a registry may hold. A category outside it is
// an error; one inside it without rules is merely not eligible.
var Vocabulary = []CategoryID{
	"five_guarantee", "three_no", "urban_dibao", "rural_dibao", "new_four",
	"marginal", "special_care", "tekun", "dibao", "illness_poverty",
}

// VersionOn is the version in force on a day (A07). The kind of failure is
// Blocked, reason NO_POLICY_VERSION: a missing rule is never a silent zero.
func (p *Policy) VersionOn(day Date) (*Version, error) {
	for i := range p.Versions {
		if p.Versions[i].Effective.Covers(day) {
			return &p.Versions[i], nil
		}
	}
	return nil, &Error{Kind: KindBlocked, Reason: ReasonNoPolicyVersion, Field: "discharge", Value: day.String(), Object: string(p.ID)}
}

// Caps are the annual caps that bound a category, each bucket once: as the rule
// for the claim has it, else as another rule of the category or inclined
// assistance has. None for a category without rules.
func (v *Version) Caps(id CategoryID, who *Beneficiary, claim *Claim, coverage *Coverage) (caps []Cap) {
	w := working{version: v, who: who, claim: claim, coverage: coverage}
	if w.classify() != nil {
		return nil // no settlement has such a claim
	}
	add := func(from []Cap) {
		for _, bound := range from {
			if !slices.ContainsFunc(caps, func(c Cap) bool { return c.Bucket == bound.Bucket }) {
				caps = append(caps, bound)
			}
		}
	}
	for i := range v.Categories {
		category := &v.Categories[i]
		if category.ID != id {
			continue
		}
		if rule, _ := w.ruleFor(category); rule != nil {
			add(rule.Caps)
		}
		for _, rule := range category.Rules {
			add(rule.Caps)
		}
		if v.Inclined != nil {
			add(v.Inclined.Caps)
		}
	}
	return caps
}

// Version is the version by its id, or nil.
func (p *Policy) Version(id VersionID) *Version {
	for i := range p.Versions {
		if p.Versions[i].ID == id {
			return &p.Versions[i]
		}
	}
	return nil
}
