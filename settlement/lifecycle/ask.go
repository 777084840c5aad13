package lifecycle

import (
	"github.com/onestop-gateway/onestop/settlement"
)

// Ask is what a facility asks for one discharge, whether to quote or to
// settle it.
type Ask struct {
	Tenant    settlement.TenantID
	Actor     string               // who asks, for the audit trail
	Request   settlement.RequestID // settle only
	Facility  settlement.FacilityID
	Discharge settlement.DischargeID
	Encounter settlement.EncounterID
	Person    settlement.Private // identity number
	Name      settlement.Private // must be the registered one where given
	Insured   settlement.Private // the payer's number; asked of the payer where empty
	// Claim without Treatment.Designated, InArea and Level, which the
	// directory knows, and without Filed and Born; Bill may state only Submitted where BillStated is false.
	Claim      settlement.Claim
	BillStated bool
	Scheme     settlement.Scheme  // "" takes the registered one
	Others     []settlement.Share // other sources, as the facility knows them
}

// ReverseAsk asks to undo a committed settlement.
type ReverseAsk struct {
	Tenant     settlement.TenantID
	Actor      string
	Request    settlement.RequestID
	Settlement settlement.SettlementID
	Cause      string
}

// Answer is what a verb with a request key says. Body is the final answer as
// encoded when it was first given, and the same bytes at every repeat; it is
// nil while the settlement is still in progress.
type Answer struct {
	Settlement settlement.Settlement
	Body       []byte
	Replayed   bool
}

// Quote is what a settlement would come to now. It reserves nothing.
type Quote struct {
	Claim        settlement.Claim // with the bill as adjudicated
	Coverage     settlement.Coverage
	Adjudication settlement.Adjudication
	Legs         []settlement.Leg // what each payer would pay
}

// Page is one page of a listing; Next is nil on the last.
type Page struct {
	Settlements []settlement.Settlement
	Next        *Mark
}

// Statement is what the person's one printed sheet shows.
type Statement struct {
	Settlement settlement.Settlement
	Person     settlement.Person
	Facility   Facility
	Policy     string                 // title
	Used       settlement.Accumulator // what the person has used of the year, now
	Caps       []settlement.Cap       // of the category that was applied
}
