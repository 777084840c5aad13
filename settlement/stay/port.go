package stay

import (
	"context"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// Store keeps events. Kinds are those of lifecycle.Store.
type Store interface {
	// AddStayEvent writes one durably, and the stay as it is after it. Exists:
	// its number, or its request key, is taken.
	AddStayEvent(ctx context.Context, event Event, after *Summary) error

	// StayEvents reads those of a stay, in order. NotFound: there is none.
	StayEvents(ctx context.Context, id ID) ([]Event, error)

	// StayEventsOf reads those of the stay that a request key was given. NotFound.
	StayEventsOf(ctx context.Context, tenant settlement.TenantID, request settlement.RequestID) ([]Event, error)

	// Stays reads which stays there are, newest first, and no event of theirs.
	// Nothing found is an empty list.
	Stays(ctx context.Context, query Query) ([]Listed, error)
}

// Uses tells what a discharge is used for.
type Uses interface {
	// List is lifecycle.Store's.
	List(ctx context.Context, query lifecycle.Query) ([]settlement.Settlement, error)

	// Year is lifecycle.Quotes'.
	Year(ctx context.Context, key lifecycle.AccumulatorKey) (lifecycle.YearRow, error)
}

// Query selects stays. Zero fields do not restrict.
type Query struct {
	Tenant      settlement.TenantID
	Person      settlement.BeneficiaryID
	Facility    settlement.FacilityID
	Facilities  []settlement.FacilityID // any of them
	Regions     []settlement.RegionID   // where the person lives now: any of them
	Outstanding bool                    // only those about which a payer owes an answer
	ForPeople   bool                    // only those that people are to look into
	// Before is the last of the page before: they come by the time of their
	// first event and then id, both descending.
	Before *Mark
	Limit  int // at least 1
}

// Mark is a place in a listing of stays.
type Mark struct {
	At time.Time
	ID ID
}

// Payer is a payer that wants stays of the gateway.
type Payer interface {
	// WantsStays reports whether the payer wants stays at all.
	WantsStays() bool

	// StayTimeout is the longest a call takes.
	StayTimeout() time.Duration

	// RegistrationRepeats: the payer gives one stay one number however often it
	// is registered, so that what is in doubt may be sent again.
	RegistrationRepeats() bool

	// RefusalsMost is after how many refusals alike a row in doubt is people's.
	RefusalsMost() int

	// PrepareRegistration writes the exact request. It does no I/O. Invalid:
	// Field names what the payer needs or cannot take.
	PrepareRegistration(facility lifecycle.Facility, form *Form) ([]byte, error)

	// PrepareCharges is PrepareRegistration of rows.
	PrepareCharges(encounter settlement.EncounterID, rows []Row) ([]byte, error)

	// SendRegistration sends a prepared request once, at the latest StayTimeout
	// from now. What comes twice may be stored twice, unless
	// RegistrationRepeats.
	SendRegistration(ctx context.Context, form *Form, body []byte) Answer

	// SendCharges is SendRegistration of rows; one that is known to the payer is
	// not stored twice.
	SendCharges(ctx context.Context, encounter settlement.EncounterID, rows []Row, body []byte) Answer
}

// Answer is what is certain after a call: Applied, Refused, Unsent or InDoubt.
type Answer struct {
	Result    settlement.Result
	Encounter settlement.EncounterID // of a registration, Applied
	Lines     []Line                 // of charges, Applied: one for each row
	Words     string                 // Refused
	Body      []byte                 // the raw answer
	Cause     error                  // for the log: why there is no usable answer
}
