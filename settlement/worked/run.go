package worked

import (
	"cmp"
	"maps"
	"slices"
	"strconv"

	"github.com/onestop-gateway/onestop/settlement"
)

// Policies are the policies of a file by id.
type Policies map[settlement.PolicyID]*settlement.Policy

// Run goes through the case's steps and gives a line for each difference,
// "<case> <step>.<field>: expected X, computed Y". The error, of kind Invalid,
// is a case that makes no sense: a policy that is not there, or a settlement
// id used again while the first still stands.
func (c *Case) Run(policies Policies) ([]string, error) {
	policy := policies[c.policy]
	if policy == nil {
		c.place.Get("policy").Refuse("no policy of the file has this id")
		return nil, c.place.Err()
	}
	r := run{policy: policy, person: c.person, years: maps.Clone(c.start)}
	if r.years == nil {
		r.years = years{}
	}
	var lines []string
	for i := range c.steps {
		s := &c.steps[i]
		lines = append(lines, r.take(s).differences(c.ID+" "+s.label+".", s.expect)...)
	}
	if c.after != nil {
		lines = append(lines, r.years.differences(c.ID+" accumulators_after.", *c.after)...)
	}
	return lines, c.place.Err()
}

// run is one case under way.
type run struct {
	policy   *settlement.Policy
	person   settlement.Beneficiary
	years    years
	postings []settlement.Posting
	deltas   []settlement.Accumulator // beside postings
}

func (r *run) take(s *step) answer {
	if s.reverse {
		return r.reverse(s)
	}
	return r.settle(s)
}

// settle adjudicates with what the year has used so far, and adds to it: the
// second settlement of a day sees the first (A24).
func (r *run) settle(s *step) answer {
	if s.sid != "" && r.standing(s.sid) {
		s.place.Get("sid").Refuse("a settlement by this id still stands")
	}
	if s.fault != nil {
		return refusal(settlement.ReasonOf(s.fault))
	}
	year := r.year(&s.claim)
	result, err := settlement.Adjudicate(r.policy, r.person, s.claim, s.coverage, r.years[year])
	if err != nil {
		return refusal(settlement.ReasonOf(err))
	}
	r.years[year] = r.years[year].Plus(result.Delta)
	r.postings = append(r.postings, settlement.Posting{
		ID: settlement.SettlementID(s.sid), Year: year, Sequence: int64(len(r.postings)),
		CapLimited: result.CapLimited, Accumulated: result.Accumulated,
	})
	r.deltas = append(r.deltas, result.Delta)
	return settled(&result)
}

// year is the one a claim counts to. A claim that has none is refused by the
// engine, which says why.
func (r *run) year(claim *settlement.Claim) int {
	version, err := r.policy.VersionOn(claim.Discharge)
	if err != nil {
		return claim.Year()
	}
	year, err := version.BenefitYear(claim)
	if err != nil {
		return claim.Year()
	}
	return year
}

// reverse takes the latest settlement by an id off its year again, once (A21).
func (r *run) reverse(s *step) answer {
	at := r.find(s.sid)
	if at < 0 {
		return refusal(settlement.ReasonSettlementNotFound)
	}
	posting := &r.postings[at]
	if posting.Reversed {
		return refusal(settlement.ReasonAlreadyReversed)
	}
	posting.Reversed = true
	r.years[posting.Year] = r.years[posting.Year].Minus(r.deltas[at])
	return reversed(settlement.ReviewAfterReversal(*posting, r.postings))
}

// find is the latest settlement by an id, or -1; one that was an error is
// none.
func (r *run) find(sid string) int {
	for i := len(r.postings) - 1; i >= 0; i-- {
		if string(r.postings[i].ID) == sid {
			return i
		}
	}
	return -1
}

func (r *run) standing(sid string) bool {
	at := r.find(sid)
	return at >= 0 && !r.postings[at].Reversed
}

// differences compares accumulators over the years of either side; what is
// absent is zero.
func (computed years) differences(prefix string, want years) (lines []string) {
	for _, year := range keysOf(computed, want) {
		lines = append(lines, accumulatorDifferences(prefix+strconv.Itoa(year)+".", computed[year], want[year])...)
	}
	return lines
}

func accumulatorDifferences(prefix string, got, want settlement.Accumulator) (lines []string) {
	compare := func(field string, want, got settlement.Money) {
		if want != got {
			lines = append(lines, difference(prefix+field, want.String(), got.String()))
		}
	}
	for _, bucket := range keysOf(got.Used, want.Used) {
		compare("buckets."+string(bucket), want.Used[bucket], got.Used[bucket])
	}
	compare("deductible_met", want.DeductibleMet, got.DeductibleMet)
	compare("ci_base", want.CriticalIllnessBase, got.CriticalIllnessBase)
	compare("ci_paid", want.CriticalIllnessPaid, got.CriticalIllnessPaid)
	if want.CareGrants != got.CareGrants {
		lines = append(lines, difference(prefix+"care_grants", strconv.Itoa(want.CareGrants), strconv.Itoa(got.CareGrants)))
	}
	return lines
}

// keysOf are the keys of both maps in order.
func keysOf[K cmp.Ordered, V any](a, b map[K]V) []K {
	keys := slices.AppendSeq(slices.Collect(maps.Keys(a)), maps.Keys(b))
	slices.Sort(keys)
	return slices.Compact(keys)
}
