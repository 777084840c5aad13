package settlement

import "maps"

// Accumulator is what one person has used in one calendar year, shared by all
// categories (A11). The zero value is a fresh year. It also serves as the
// difference one settlement makes to it.
type Accumulator struct {
	Used                map[BucketID]Money // per cap bucket, and per bucket that bands over the year climb
	DeductibleMet       Money              // towards a yearly deductible
	CriticalIllnessBase Money              // eligible amount left after basic insurance
	CriticalIllnessPaid Money
	CareGrants          int

	// Held and GrantsHeld are what live quotes of others reserve of the year.
	// They belong to the ground of one adjudication, not to what is used: Plus,
	// Minus and Zero leave them out.
	Held       map[BucketID]Money
	GrantsHeld int
}

// taken is what of a bucket is not free: used or held by others.
func (a *Accumulator) taken(bucket BucketID) Money { return a.Used[bucket] + a.Held[bucket] }

// Plus is a with other added; neither is changed.
func (a Accumulator) Plus(other Accumulator) Accumulator { return a.combine(other, 1) }

// Minus is a with other taken off; neither is changed. Reversing takes off a
// settlement's own difference, never restores a snapshot (A21).
func (a Accumulator) Minus(other Accumulator) Accumulator { return a.combine(other, -1) }

func (a Accumulator) combine(other Accumulator, sign Money) Accumulator {
	sum := Accumulator{
		Used:                make(map[BucketID]Money, len(a.Used)+len(other.Used)),
		DeductibleMet:       a.DeductibleMet + sign*other.DeductibleMet,
		CriticalIllnessBase: a.CriticalIllnessBase + sign*other.CriticalIllnessBase,
		CriticalIllnessPaid: a.CriticalIllnessPaid + sign*other.CriticalIllnessPaid,
		CareGrants:          a.CareGrants + int(sign)*other.CareGrants,
	}
	maps.Copy(sum.Used, a.Used)
	for bucket, amount := range other.Used {
		sum.Used[bucket] += sign * amount
	}
	return sum
}

// Zero reports whether a stands for nothing used.
func (a Accumulator) Zero() bool {
	for _, amount := range a.Used {
		if amount != 0 {
			return false
		}
	}
	return a.DeductibleMet == 0 && a.CriticalIllnessBase == 0 && a.CriticalIllnessPaid == 0 && a.CareGrants == 0
}
