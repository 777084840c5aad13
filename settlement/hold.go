package settlement

import (
	"cmp"
	"maps"
	"slices"
	"time"
)

// Hold is what a quote keeps free in a person's year until it lapses. It takes
// the place in the person's order that the quote was computed at, as if it had
// been settled then: what it reserves is used up for everybody else, and what
// it promised was lawful at that place whatever is settled since.
type Hold struct {
	Quote     QuoteID
	Tenant    TenantID
	Discharge DischargeID
	Policy    PolicyID
	Until     time.Time   // from then on it counts as nothing
	Ground    Accumulator // the year as the quote saw it: its place
	Reserved  Accumulator // what settling it at its place adds to the year
	Promised  Money       // the assistance quoted
}

// Holds are those of one person's one year, in the order they were granted.
type Holds []Hold

// Live are the holds that have not lapsed at now, and those that have. Who goes
// on to use room that a lapsed hold kept must take it off the year in the same
// transaction: then no clock that is behind can take it up any more.
func (h Holds) Live(now time.Time) (live, lapsed Holds) {
	for i := range h {
		if now.Before(h[i].Until) {
			live = append(live, h[i])
		} else {
			lapsed = append(lapsed, h[i])
		}
	}
	return live, lapsed
}

// Of is the hold of a discharge, or nil.
func (h Holds) Of(tenant TenantID, discharge DischargeID) *Hold {
	for i := range h {
		if h[i].Tenant == tenant && h[i].Discharge == discharge {
			return &h[i]
		}
	}
	return nil
}

// Without are the holds of all other discharges.
func (h Holds) Without(tenant TenantID, discharge DischargeID) Holds {
	if h.Of(tenant, discharge) == nil {
		return h
	}
	return slices.DeleteFunc(slices.Clone(h), func(one Hold) bool {
		return one.Tenant == tenant && one.Discharge == discharge
	})
}

// On is a year with what the holds reserve counted beside what is used. Only
// what could be paid twice is counted: cap buckets and care grants. A
// deductible met under a hold, or an amount accumulated for critical illness,
// is nobody else's gain before it is settled.
func (h Holds) On(used Accumulator) Accumulator {
	used.Held, used.GrantsHeld = nil, 0
	if len(h) == 0 {
		return used
	}
	used.Held = make(map[BucketID]Money, len(h))
	for i := range h {
		for bucket, amount := range h[i].Reserved.Used {
			used.Held[bucket] += amount
		}
		used.GrantsHeld += h[i].Reserved.CareGrants
	}
	return used
}

// HeldRoom is how much of a bucket others hold, and until when at the latest.
type HeldRoom struct {
	Bucket BucketID
	Amount Money
	Until  time.Time
}

// Rooms say what the holds reserve, bucket by bucket in the order of names.
func (h Holds) Rooms() []HeldRoom {
	byBucket := map[BucketID]HeldRoom{}
	for i := range h {
		for bucket, amount := range h[i].Reserved.Used {
			room := byBucket[bucket]
			room.Bucket, room.Amount = bucket, room.Amount+amount
			if h[i].Until.After(room.Until) {
				room.Until = h[i].Until
			}
			byBucket[bucket] = room
		}
	}
	rooms := slices.Collect(maps.Values(byBucket))
	slices.SortFunc(rooms, func(a, b HeldRoom) int { return cmp.Compare(a.Bucket, b.Bucket) })
	return rooms
}

// place is the ground a hold is settled on if the year as it stands gives less
// than was promised. Critical-illness insurance is a payer of its own: it is
// always computed on the year as it stands.
func (h *Hold) place(used Accumulator) Accumulator {
	ground := h.Ground
	ground.CriticalIllnessBase, ground.CriticalIllnessPaid = used.CriticalIllnessBase, used.CriticalIllnessPaid
	return ground
}

// covers reports whether an adjudication draws no more than is reserved.
func (h *Hold) covers(a *Adjudication) bool {
	for bucket, amount := range a.Delta.Used {
		if amount > h.Reserved.Used[bucket] {
			return false
		}
	}
	return a.Delta.CareGrants <= h.Reserved.CareGrants
}

// Promise is what a quote that held promised to the settlement that took it up.
type Promise struct {
	Quote   QuoteID
	Benefit Money
}

// Award is how a settlement is adjudicated beside the holds of its person.
type Award struct {
	Adjudication Adjudication
	Ground       Accumulator // what it was adjudicated on
	Promise      *Promise    // the hold it took up; nil: none
}

// Award adjudicates s on what its person has used and what live holds of
// others reserve. A cap they share is never exceeded: where the room is short
// because of holds, less is paid now, and the working says so. A hold of the
// settlement's own discharge is taken up: it is never paid less than was
// promised for the same bill and the same shares of the payers before it. What
// differs from the quote is adjudicated anew, with the room reserved still its
// own. Errors are those of Version.Adjudicate.
func (s *Settlement) Award(version *Version, used Accumulator, live Holds) (Award, error) {
	own := live.Of(s.Tenant, s.Discharge)
	award := Award{Ground: live.Without(s.Tenant, s.Discharge).On(used)}
	held := *s
	if own != nil {
		held.Promise = &Promise{Quote: own.Quote, Benefit: own.Promised}
		award.Promise = held.Promise
	}
	var err error
	award.Adjudication, err = held.Adjudicate(version, award.Ground)
	if err != nil || own == nil || award.Adjudication.Benefit >= own.Promised {
		return award, err
	}
	placed, err := held.Adjudicate(version, own.place(used))
	if err == nil && own.covers(&placed) && placed.Benefit > award.Adjudication.Benefit {
		award.Adjudication, award.Ground = placed, own.place(used)
	}
	return award, nil
}

// Adjudicate applies a version to s with what its payers pay. Where s took up
// a quote, the working ends with what was promised. Errors are those of
// Version.Adjudicate.
func (s *Settlement) Adjudicate(version *Version, ground Accumulator) (Adjudication, error) {
	a, err := version.Adjudicate(s.Beneficiary, s.Billed(), s.Total(), ground)
	if err == nil && s.Promise != nil {
		a.Trace = append(a.Trace, Step{
			Rule: StepPromise, Subject: string(s.Promise.Quote), Article: "quote",
			Input: s.Promise.Benefit, Output: a.Benefit,
		})
	}
	return a, err
}
