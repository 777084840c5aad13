package lifecycle

import (
	"time"

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
	// Admission is the stay that was registered before, if any: the payer's
	// numbers of stay and person are taken from it.
	Admission settlement.AdmissionID
	// Quote is the held quote that a settlement is made by, if any.
	Quote settlement.QuoteID
	// Hold is for how long a quote shall hold what it promises; 0: it holds
	// nothing, and needs neither Request nor Discharge.
	Hold time.Duration
}

// ReverseAsk asks to undo a committed settlement.
type ReverseAsk struct {
	Tenant     settlement.TenantID
	Actor      string
	Request    settlement.RequestID
	Settlement settlement.SettlementID
	Cause      string
}

// ReleaseAsk asks to give back what a quote holds.
type ReleaseAsk struct {
	Tenant settlement.TenantID
	Actor  string
	Quote  settlement.QuoteID
}

// Answer is what a verb with a request key says. Body is the final answer as
// encoded when it was first given, and the same bytes at every repeat; it is
// nil while the settlement is still in progress.
type Answer struct {
	Settlement settlement.Settlement
	Body       []byte
	Replayed   bool
}

// Quote is what a settlement would come to, and, where it holds that, how it
// stands now.
type Quote struct {
	settlement.Quote
	State      settlement.QuoteState // "" of a quote that holds nothing
	HeldUntil  time.Time
	Settlement settlement.SettlementID // that took it up, if any
	Replayed   bool                    // the request was answered before
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
