package lifecycle

import (
	"context"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
)

// Payer speaks to one insurer. Preparing and sending are two steps, so that
// the exact request can be made durable before its first byte leaves.
type Payer interface {
	// Code is the configured name of the payer.
	Code() settlement.PayerCode

	// Terms are what the payer is like and how long it may take.
	Terms() settlement.Terms

	// Prepare writes the exact request of a call. It does no I/O. Invalid:
	// the call lacks something this payer needs; Field names it.
	Prepare(call Call) (Wire, error)

	// Send sends a prepared request once and reads the answer; it never
	// sends twice. ctx bounds the wait; the request is not sent after its
	// deadline. The answer always says what is certain, so there is no error:
	// no usable answer is ResultInDoubt, and ResultUnsent is only what
	// certainly never left this machine.
	Send(ctx context.Context, wire Wire) PayerAnswer
}

// Call is one call to a payer in the words of the domain.
type Call struct {
	Operation settlement.Operation
	Message   settlement.MessageID // ours, of this call
	Original  settlement.MessageID // of the settle that is asked about or reversed
	Reference string               // the payer's id of that settle, if it is known
	Facility  Facility
	Region    settlement.RegionID // where the person is insured
	Insured   settlement.Private  // the payer's number of the person
	Person    settlement.Private  // identity number, where Insured is not known yet
	Scheme    settlement.Scheme
	Encounter settlement.EncounterID
	Claim     settlement.Claim
	// BillStated says that the parts of the bill are the facility's own
	// statement and must be found again in the answer.
	BillStated bool
	// Paid is what the payers that were asked before this one pay of the bill.
	Paid settlement.Money
	At   time.Time
}

// Wire is a prepared request.
type Wire struct {
	Call Call
	Body []byte // the exact bytes that are journalled and sent
}

// PayerAnswer is what is certain after a call.
type PayerAnswer struct {
	Result   settlement.Result
	Payment  settlement.Payment // ResultApplied
	Insured  Insured            // OpIdentify, ResultApplied
	Message  string             // the payer's own words, ResultRefused
	Conflict settlement.Reason  // an applied answer that contradicts what was asked
	Body     []byte             // the raw answer, for the journal
	Cause    error              // for the log: why there is no usable answer
}

// Insured is what a payer knows of a person.
type Insured struct {
	Number settlement.Private
	Name   settlement.Private
	Region settlement.RegionID
	Scheme settlement.Scheme
}
