package settlement

import "time"

// Quote is what settling a claim would come to. One without an id was only
// computed; one with an id holds what it promised, and is kept as it was given.
type Quote struct {
	ID          QuoteID
	Tenant      TenantID
	Request     RequestID
	Fingerprint string // of the business content of the request
	Facility    FacilityID
	Discharge   DischargeID
	Beneficiary Beneficiary
	Year        int
	Policy      PolicyID
	Version     VersionID
	At          time.Time
	Until       time.Time // as granted; a settlement that takes it up may prolong it

	Claim        Claim // with the bill as adjudicated
	Coverage     Coverage
	Legs         []Leg // what each payer would pay
	Ground       Accumulator
	Others       []HeldRoom // what others held when it was computed
	Adjudication Adjudication
}

// Hold is what q keeps free.
func (q *Quote) Hold() Hold {
	return Hold{
		Quote: q.ID, Tenant: q.Tenant, Discharge: q.Discharge, Policy: q.Policy, Until: q.Until,
		Ground: q.Ground, Reserved: q.Adjudication.Delta, Promised: q.Adjudication.Benefit,
	}
}

// QuoteState is what became of a quote that held.
type QuoteState string

// The states of a quote. It expires by time alone.
const (
	QuoteHeld     QuoteState = "HELD"
	QuoteExpired  QuoteState = "EXPIRED"
	QuoteReleased QuoteState = "RELEASED" // on demand, or by a newer quote of the same discharge
	QuoteSettled  QuoteState = "SETTLED"
)

// QuoteAct is what happened to a quote.
type QuoteAct string

// The acts, as the audit trail names them.
const (
	QuoteHold    QuoteAct = "quote.hold"
	QuoteProlong QuoteAct = "quote.prolong" // a settlement was begun by it
	QuoteRelease QuoteAct = "quote.release"
	QuoteReplace QuoteAct = "quote.replace" // by a newer one of the same discharge
	QuoteSettle  QuoteAct = "quote.settle"
	QuoteLapse   QuoteAct = "quote.lapse" // somebody used room of the year after it expired
)

// QuoteEvent is one line of a quote's history.
type QuoteEvent struct {
	Quote      QuoteID
	At         time.Time
	Actor      string
	Act        QuoteAct
	Until      time.Time    // until when it holds from then on
	Settlement SettlementID // of prolong and settle
}

// QuoteStanding is what a quote is at now, by its history.
func QuoteStanding(history []QuoteEvent, now time.Time) (state QuoteState, until time.Time, by SettlementID) {
	for _, event := range history {
		until, by = event.Until, event.Settlement
		switch event.Act {
		case QuoteSettle:
			return QuoteSettled, until, by
		case QuoteRelease, QuoteReplace:
			return QuoteReleased, until, ""
		case QuoteLapse:
			return QuoteExpired, until, ""
		}
	}
	if now.Before(until) {
		return QuoteHeld, until, by
	}
	return QuoteExpired, until, by
}
