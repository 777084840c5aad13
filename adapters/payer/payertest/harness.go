package payertest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// Harness is what an adapter brings to the suite.
type Harness struct {
	// Start gives a payer that speaks to a fresh server of its own; both end
	// with the test. The payer can be asked by encounter, and its CallTimeout
	// is longer than Lateness.
	Start func(t *testing.T) (lifecycle.Payer, Server)
	// Call is what every call of the suite has in common: facility, region,
	// person and scheme, all known to the server, which pays part of a bill.
	Call lifecycle.Call
	// ReversalProof: undoing by message is answered with proof, instead of
	// being accepted.
	ReversalProof bool
	// Signed: messages are signed, and an answer that is not is no answer.
	Signed bool
}

// Server is the payer's side of a Harness.
type Server interface {
	// Script sets how the next calls of an operation go, one behaviour each;
	// after them the server answers. It replaces what was set before.
	Script(operation settlement.Operation, behaviours ...Behaviour)
	// Net is how many settlements of a message the payer holds.
	Net(message settlement.MessageID) int
	// Arrivals is how many calls of an operation reached the payer.
	Arrivals(operation settlement.Operation) int
	// Arrive returns when every call that was too slow has taken effect.
	Arrive()
	// Stop ends the server: nobody listens at its address any more.
	Stop()
}

// Lateness is by how much a TooSlow call is late; patience, how long the suite
// waits for one.
const (
	Lateness = 1500 * time.Millisecond
	patience = 700 * time.Millisecond
)

// bench is one test's payer, server and calls.
type bench struct {
	t      *testing.T
	payer  lifecycle.Payer
	server Server
	common lifecycle.Call
	proof  bool
	calls  int
}

func (h Harness) bench(t *testing.T) *bench {
	payer, server := h.Start(t)
	return &bench{t: t, payer: payer, server: server, common: h.Call, proof: h.ReversalProof}
}

// bill is the bill of every claim of the suite: 3,000.00 yuan.
var bill = settlement.Bill{Submitted: 3000_00, SelfFunded: 200_00, FirstSelfPay: 100_05, OverLimit: 99_95, Eligible: 2600_00}

// call is the next call of an operation: each has a message and an encounter
// of its own.
func (b *bench) call(operation settlement.Operation) lifecycle.Call {
	b.calls++
	call := b.common
	call.Operation = operation
	call.Message = settlement.MessageID(fmt.Sprintf("H3608270000120120701150405%04d", b.calls))
	call.Encounter = settlement.EncounterID(fmt.Sprintf("E%06d", b.calls))
	call.Claim = settlement.Claim{
		Mode: settlement.Inpatient, DiseaseClass: settlement.General,
		Admission: settlement.NewDate(2012, 6, 20), Discharge: settlement.NewDate(2012, 7, 1), Bill: bill,
	}
	call.BillStated = true
	call.At = time.Date(2012, 7, 1, 7, 4, 5, 0, time.UTC)
	return call
}

// about is a call that asks back about a settle, by the payer's reference if
// it is known.
func (b *bench) about(operation settlement.Operation, settled lifecycle.Call, reference string) lifecycle.Call {
	call := b.call(operation)
	call.Encounter, call.Claim, call.BillStated = settled.Encounter, settled.Claim, settled.BillStated
	call.Original, call.Reference = settled.Message, reference
	return call
}

// send prepares and sends call.
func (b *bench) send(ctx context.Context, call lifecycle.Call) lifecycle.PayerAnswer {
	b.t.Helper()
	wire, err := b.payer.Prepare(call)
	if err != nil {
		b.t.Fatalf("preparing %s: %v", call.Operation, err)
	}
	return b.payer.Send(ctx, wire)
}

// expect sends call and checks the kind of the answer.
func (b *bench) expect(call lifecycle.Call, want settlement.Result) lifecycle.PayerAnswer {
	b.t.Helper()
	answer := b.send(context.Background(), call)
	b.check(answer, want)
	return answer
}

// check checks the kind of an answer, and that it says as much as its kind
// promises and not more.
func (b *bench) check(answer lifecycle.PayerAnswer, want settlement.Result) {
	b.t.Helper()
	if answer.Result != want {
		b.t.Fatalf("result %q, want %q (cause: %v)", answer.Result, want, answer.Cause)
	}
	unusable := want == settlement.ResultInDoubt || want == settlement.ResultUnsent
	if unusable != (answer.Cause != nil) {
		b.t.Errorf("%s with cause %v", want, answer.Cause)
	}
	if unusable && (answer.Payment.Reference != "" || answer.Payment.Basic != 0 || answer.Conflict != "") {
		b.t.Errorf("%s that still says %+v", want, answer.Payment)
	}
	if (want == settlement.ResultRefused) != (answer.Message != "") && want != settlement.ResultNotFound && want != settlement.ResultReversed {
		b.t.Errorf("%s with message %q", want, answer.Message)
	}
}

// settled is a settle that was applied, and its payment.
func (b *bench) settled() (lifecycle.Call, settlement.Payment) {
	b.t.Helper()
	call := b.call(settlement.OpSettle)
	answer := b.expect(call, settlement.ResultApplied)
	return call, answer.Payment
}

// net checks what the payer holds of a settle.
func (b *bench) net(call lifecycle.Call, want int) {
	b.t.Helper()
	if got := b.server.Net(call.Message); got != want {
		b.t.Errorf("payer holds %d of the settlement, want %d", got, want)
	}
}

// arrived checks how many calls of an operation reached the payer.
func (b *bench) arrived(operation settlement.Operation, want int) {
	b.t.Helper()
	if got := b.server.Arrivals(operation); got != want {
		b.t.Errorf("%d calls of %s arrived, want %d", got, operation, want)
	}
}
