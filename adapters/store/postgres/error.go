package postgres

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/onestop-gateway/onestop/adapters/store"
	"github.com/onestop-gateway/onestop/settlement"
)

// The codes of SQLSTATE that mean something of their own here.
const (
	codeReadOnly      = "25006" // the server takes no writes: it is no primary (any more)
	codeShutdown      = "57P01" // and the following two: the server ends, has crashed, or is not up yet
	codeCrash         = "57P02"
	codeStarting      = "57P03"
	codeNotText       = "22021" // a NUL, or not UTF-8
	codeSerialisation = "40001"
	codeDeadlock      = "40P01"
	codeLockTimeout   = "55P03"
	codeUnique        = "23505"
	codeNoTable       = "42P01"
	codeTooLarge      = "54000" // a value is too long for an index
)

// passing are classes of failures that may pass by themselves: connection,
// resources, operator, system.
var passing = []string{"08", "53", "57", "58"}

// interpret turns an error of the driver into one of the house, by its code
// and by the constraint it names. What may pass by itself is Unavailable:
// nothing was done. The rest is ours to mend, Internal. An error of the house
// stays as it is.
func interpret(err error) error {
	if err == nil || store.Known(err) {
		return err
	}
	refusal := refusalOf(err)
	switch {
	case refusal == nil, unreachable(err), raced(err), refusal.Code == codeLockTimeout, slices.Contains(passing, refusal.Code[:2]):
		return store.Unavailable(err)
	case refusal.Code == codeTooLarge:
		return &settlement.Error{Kind: settlement.KindInvalid, Reason: settlement.ReasonInvalidArgument, Cause: err}
	}
	switch refusal.ConstraintName {
	case "settlement_id_key", "settlement_discharge":
		return store.Taken("discharge", settlement.ReasonDischargeOpen)
	case "settlement_approval":
		return store.Taken("approval", settlement.ReasonApprovalUsed)
	case "approval_pkey":
		return store.Taken("number", settlement.ReasonApprovalExists)
	case "message_kept":
		return store.Taken("message", settlement.ReasonStaleRecord)
	case "request_key", "quote_request":
		return store.Taken("request", settlement.ReasonRequestInFlight)
	case "posting_id", "posting_request", "approval_event_request", "reconciliation_request", "clearing_event_request", "notice_request",
		"publication_event_request", "correction_event_request", "stay_pkey", "stay_request", "stay_event_pkey":
		return store.Taken("request_id", settlement.ReasonRequestInFlight)
	case "reconciliation_subject", "reconciliation_pkey":
		return store.Taken("subject", settlement.ReasonReconciliationRunning)
	case "person_certificate":
		return store.Taken("id_number", settlement.ReasonPersonMismatch)
	case "person_request_pkey":
		return store.Taken("request_id", settlement.ReasonRequestInFlight)
	case "audit_block_pkey":
		return store.Taken("height", settlement.ReasonStaleRecord)
	case "person_change_pkey", "approval_event_pkey", "review_pkey", "review_decision_pkey", "import_progress_pkey",
		"reconciliation_end_pkey", "difference_pkey", "remark_pkey",
		"clearing_pkey", "clearing_event_pkey", "clearing_position_pkey", "publication_pkey", "publication_event_pkey", "publication_edition",
		"correction_pkey", "correction_event_pkey":
		return store.Abandoned(refusal.TableName)
	}
	return store.Broken(err)
}

// refusalOf is what the server said, or nil where no server said anything.
func refusalOf(err error) *pgconn.PgError {
	var refusal *pgconn.PgError
	if errors.As(err, &refusal) && len(refusal.Code) == 5 {
		return refusal
	}
	return nil
}

// unreachable reports whether err says that there is no primary at the other
// end: the connection broke, or the server is ending, starting or read-only.
// A caller that gave up says nothing of the server.
func unreachable(err error) bool {
	for _, other := range []error{context.Canceled, context.DeadlineExceeded, pgx.ErrNoRows} {
		if errors.Is(err, other) {
			return false
		}
	}
	if err == nil || store.Known(err) {
		return false
	}
	refusal := refusalOf(err)
	if refusal == nil {
		return true
	}
	switch refusal.Code {
	case codeReadOnly, codeShutdown, codeCrash, codeStarting:
		return true
	}
	return strings.HasPrefix(refusal.Code, "08")
}

// raced reports whether err is the outcome of a race with another gateway,
// after which the same write may well succeed: both saw a person's first year
// begin, or gave the person's next number.
func raced(err error) bool {
	refusal := refusalOf(err)
	if refusal == nil || store.Known(err) {
		return false
	}
	switch refusal.Code {
	case codeSerialisation, codeDeadlock:
		return true
	case codeUnique:
		return refusal.ConstraintName == "accumulator_pkey" || refusal.ConstraintName == "settlement_sequence"
	}
	return false
}

// overtaken reports whether err may come from a guess that did not hold. A lock that
// was not had in time is not had by asking again.
func overtaken(err error) bool { return ours(err) && refusalOf(err).Code != codeLockTimeout }

// ours reports whether err may come from one write of several in a
// transaction, so that the others are worth trying without it.
func ours(err error) bool {
	refusal := refusalOf(err)
	return refusal != nil && !store.Known(err) && !unreachable(err) && !slices.Contains(passing, refusal.Code[:2])
}

// absent reports whether err is that of a look-up that found nothing. What no
// column can hold is in none.
func absent(err error) bool {
	if errors.Is(err, pgx.ErrNoRows) {
		return true
	}
	refusal := refusalOf(err)
	return refusal != nil && refusal.Code == codeNotText
}

// outcome is what a read that gave err answers.
func (s *Store) outcome(err error) error {
	if err == nil {
		return nil
	}
	if s.over.Load() {
		return store.Unavailable(errShut)
	}
	if unreachable(err) {
		s.lost()
	}
	return interpret(err)
}
