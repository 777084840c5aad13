package payertest

import (
	"context"
	"sync"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// FakeConfig is one fake payer.
type FakeConfig struct {
	Code   settlement.PayerCode
	Terms  settlement.Terms
	Temper Temper // nil answers every call
	// Ratio is the part of the eligible amount that basic insurance pays.
	Ratio settlement.Ratio
	// People are the insured by identity number, for identifying.
	People map[settlement.Private]lifecycle.Insured
	// ReversalProof: undoing by message is answered with proof, instead of
	// being accepted.
	ReversalProof bool
}

// Fake is a payer in memory with a book of its own. It starts no goroutine and
// asks no clock but for a deadline: the same calls in the same order come to
// the same book. Like the worst payer it books a message twice if it arrives
// twice, and forgets a reversal of what has not arrived. It is safe for
// concurrent use.
type Fake struct {
	config FakeConfig

	mu    sync.Mutex
	book  book
	calls []lifecycle.Call // that arrived
	tries map[try]int
	late  []func() // effects of calls that were too slow, in order
}

// try counts calls of one operation under one message.
type try struct {
	operation settlement.Operation
	message   settlement.MessageID
}

var _ lifecycle.Payer = (*Fake)(nil)

// NewFake is a payer with an empty book.
func NewFake(config FakeConfig) *Fake {
	return &Fake{config: config, tries: map[try]int{}}
}

// Code is the configured name.
func (f *Fake) Code() settlement.PayerCode { return f.config.Code }

// Terms are the configured ones.
func (f *Fake) Terms() settlement.Terms { return f.config.Terms }

// SetTemper changes how calls are taken from now on.
func (f *Fake) SetTemper(temper Temper) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.config.Temper = temper
}

// Arrive lets what was too slow take effect, in the order it was sent, and
// says how many calls that were.
func (f *Fake) Arrive() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	arrived := len(f.late)
	for _, effect := range f.late {
		effect()
	}
	f.late = nil
	return arrived
}

// Calls are the calls that reached the payer, in order.
func (f *Fake) Calls() []lifecycle.Call {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]lifecycle.Call(nil), f.calls...)
}

// Net is how many settlements of a message stand: 0 or 1 with a caller that
// makes no mistake.
func (f *Fake) Net(message settlement.MessageID) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.book.net(message)
}

// Book is everything that was ever settled, in order.
func (f *Fake) Book() []Holding {
	f.mu.Lock()
	defer f.mu.Unlock()
	holdings := make([]Holding, len(f.book.records))
	for i, record := range f.book.records {
		holdings[i] = *record
	}
	return holdings
}

// Prepare keeps the call; its bytes only name it.
func (f *Fake) Prepare(call lifecycle.Call) (lifecycle.Wire, error) {
	settles := call.Operation == settlement.OpSettle || call.Operation == settlement.OpQuote
	identifies := call.Operation == settlement.OpIdentify
	for _, need := range []struct {
		field string
		met   bool
	}{
		{"identity_number", !identifies || call.Person != ""},
		{"insured_number", identifies || call.Insured != ""},
		{"encounter_id", identifies || call.Encounter != ""},
		{"scheme", !settles || call.Scheme != settlement.SchemeNone},
		{"bill.submitted", !settles || call.Claim.Bill.Submitted > 0},
		{"reference", call.Operation != settlement.OpInquire || call.Reference != "" || f.config.Terms.Traits.InquireByEncounter},
	} {
		if !need.met {
			return lifecycle.Wire{}, &settlement.Error{
				Kind: settlement.KindInvalid, Reason: settlement.ReasonInvalidArgument, Field: need.field,
			}
		}
	}
	return lifecycle.Wire{Call: call, Body: []byte(string(call.Operation) + " " + string(call.Message))}, nil
}

// Send takes the call as its temper has it.
func (f *Fake) Send(ctx context.Context, wire lifecycle.Wire) lifecycle.PayerAnswer {
	f.mu.Lock()
	defer f.mu.Unlock()
	if deadline, bounded := ctx.Deadline(); ctx.Err() != nil || bounded && !time.Now().Before(deadline) {
		return without(settlement.ResultUnsent)
	}
	call, behaviour := wire.Call, Answer
	key := try{call.Operation, call.Message}
	f.tries[key]++
	if f.config.Temper != nil {
		behaviour = f.config.Temper(call, f.tries[key])
	}
	if behaviour == Unsent {
		return without(settlement.ResultUnsent)
	}
	f.calls = append(f.calls, call)
	answer := f.take(call, behaviour)
	if answer.Result != settlement.ResultInDoubt {
		answer.Body = []byte(string(call.Message) + " " + string(answer.Result))
	}
	return answer
}

// take is the answer to a call that arrived, and its effect.
func (f *Fake) take(call lifecycle.Call, behaviour Behaviour) lifecycle.PayerAnswer {
	switch outcome, usual := outcomes[behaviour]; {
	case behaviour == Refuse:
		return lifecycle.PayerAnswer{Result: settlement.ResultRefused, Message: "refused by the payer"}
	case behaviour == NotFound:
		return lifecycle.PayerAnswer{Result: settlement.ResultNotFound}
	case behaviour == AlreadyReversed:
		return lifecycle.PayerAnswer{Result: settlement.ResultReversed}
	case behaviour == TooSlow:
		f.late = append(f.late, func() { f.perform(call, Answer) })
	case behaviour == Idle:
		return f.undone(call)
	case !usual, !outcome.applies && !outcome.answered: // unknown behaviours tell nothing either
	case outcome.answered:
		return f.perform(call, behaviour)
	default:
		f.perform(call, behaviour)
	}
	return without(settlement.ResultInDoubt)
}

// perform does what was asked.
func (f *Fake) perform(call lifecycle.Call, behaviour Behaviour) lifecycle.PayerAnswer {
	switch call.Operation {
	case settlement.OpIdentify:
		insured, known := f.config.People[call.Person]
		if !known {
			return lifecycle.PayerAnswer{Result: settlement.ResultRefused, Message: "nobody by this number"}
		}
		return lifecycle.PayerAnswer{Result: settlement.ResultApplied, Insured: insured}
	case settlement.OpQuote:
		return paid(call, f.payment(call, behaviour))
	case settlement.OpSettle:
		return paid(call, f.book.settle(call, f.payment(call, behaviour)))
	case settlement.OpReverse:
		if result := f.book.reverse(call); result != settlement.ResultApplied {
			return lifecycle.PayerAnswer{Result: result}
		}
		return f.undone(call)
	}
	record := f.book.find(call)
	switch {
	case record == nil:
		return lifecycle.PayerAnswer{Result: settlement.ResultNotFound}
	case record.Reversed:
		return lifecycle.PayerAnswer{Result: settlement.ResultReversed}
	}
	return paid(call, record.Payment)
}

// undone is the yes to a reversal.
func (f *Fake) undone(call lifecycle.Call) lifecycle.PayerAnswer {
	if call.Reference == "" && !f.config.ReversalProof {
		return lifecycle.PayerAnswer{Result: settlement.ResultAccepted}
	}
	return lifecycle.PayerAnswer{Result: settlement.ResultReversed}
}

// payment is what the fake pays on a claim: its ratio of the eligible amount.
// Where only the total is stated, all of it is eligible.
func (f *Fake) payment(call lifecycle.Call, behaviour Behaviour) settlement.Payment {
	bill := call.Claim.Bill
	if !call.BillStated {
		bill = settlement.Bill{Submitted: bill.Submitted, Eligible: bill.Submitted}
	}
	switch behaviour {
	case OtherTotal:
		bill.Submitted += 100_00
		bill.SelfFunded += 100_00
	case OtherParts:
		bill.Eligible--
		bill.SelfFunded++
	}
	payment := settlement.Payment{Encounter: call.Encounter, Bill: bill, Basic: bill.Eligible.Times(f.config.Ratio), At: call.At}
	if behaviour == Assists {
		payment.Assistance = min(1_00, bill.Eligible-payment.Basic)
	}
	return payment
}

// paid is an applied answer, with the conflict if it contradicts the call.
func paid(call lifecycle.Call, payment settlement.Payment) lifecycle.PayerAnswer {
	answer := lifecycle.PayerAnswer{Result: settlement.ResultApplied, Payment: payment}
	bill := call.Claim.Bill
	switch {
	case payment.Bill.Submitted != bill.Submitted, call.BillStated && payment.Bill != bill:
		answer.Conflict = settlement.ReasonBillDiffers
	case payment.Assistance != 0:
		answer.Conflict = settlement.ReasonPayerAssists
	}
	return answer
}

// without is a call that brought no usable answer.
func without(result settlement.Result) lifecycle.PayerAnswer {
	cause := &settlement.Error{Kind: settlement.KindInDoubt, Reason: settlement.ReasonPayerInDoubt}
	if result == settlement.ResultUnsent {
		cause = &settlement.Error{Kind: settlement.KindUnavailable, Reason: settlement.ReasonPayerUnavailable}
	}
	return lifecycle.PayerAnswer{Result: result, Cause: cause}
}
