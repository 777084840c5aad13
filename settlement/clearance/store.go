package clearance

import (
	"context"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/approval"
)

// Store keeps approvals. What Note returned nil for is durable; an error means
// that nothing was written, except where the kind is InDoubt: then read the
// request again. Kinds every method may return: Unavailable, InDoubt (Note
// only), Invalid (a text no column may hold), Internal.
type Store interface {
	// Note appends one line to a history, with the form where it is the first.
	// Exists: the request key is there ("request_id"), or the number is another
	// form's ("number"). Conflict: the line is there already.
	Note(ctx context.Context, note Note) error

	// Approval reads an approval with its history and, in one look, the live
	// settlement that names it. NotFound, with the reason APPROVAL_NOT_FOUND.
	Approval(ctx context.Context, number settlement.ApprovalNumber) (approval.Approval, error)

	// Approvals reads approvals in order of their numbers, as Approval does.
	Approvals(ctx context.Context, query Query) ([]approval.Approval, error)

	// Noted says which line a request key became. NotFound.
	Noted(ctx context.Context, key Key) (Mark, error)
}

// Key is the scope of idempotency.
type Key struct {
	Tenant  settlement.TenantID
	Request settlement.RequestID
}

// Mark names one line of one history.
type Mark struct {
	Number settlement.ApprovalNumber
	Line   int
}

// Note is everything one transaction writes.
type Note struct {
	Key    Key
	Number settlement.ApprovalNumber
	Form   *approval.Form // with the first line, and only there
	Event  approval.Event
}

// Query selects approvals. Zero fields do not restrict.
type Query struct {
	Person     settlement.BeneficiaryID
	Facility   settlement.FacilityID
	Facilities []settlement.FacilityID   // any of them
	Regions    []settlement.RegionID     // where the person lives now: any of them
	After      settlement.ApprovalNumber // the last of the page before
	Limit      int                       // at least 1
}
