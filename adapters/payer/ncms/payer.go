package ncms

import (
	"context"
	"net/http"
	"slices"

	"github.com/onestop-gateway/onestop/adapters/payer/once"
	"github.com/onestop-gateway/onestop/adapters/payer/words"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// Payer is one payer of the rural scheme. It is safe for concurrent use and
// keeps no state but open connections and a ticket.
type Payer struct {
	config  Config
	wire    wire
	counter *counter // nil where the wire needs no ticket
	postman *once.Postman
}

var _ lifecycle.Payer = (*Payer)(nil)

// wire is one shape of the interface: how calls are written and answers read.
type wire interface {
	// encode gives the envelope of a call, its credential left empty.
	encode(call lifecycle.Call) []byte
	// seal puts the credential into an envelope.
	seal(body []byte, credential settlement.Private) []byte
	// open reads an answer up to its content.
	open(body []byte) (reply, error)
	people(content node) ([]person, error)
	record(content node) (record, error)
	records(content node) ([]record, error)
	// undone is what a reversal names as undone; all empty where it is silent.
	undone(content node) (record, error)
}

// reply is an answer: a yes with its content, or a no with its code and words.
type reply struct {
	yes     bool
	code    string
	words   string
	content node
}

// person is a member of the scheme as the payer knows them.
type person struct {
	Number, Name, Certificate, Area string
	Stopped                         bool
}

// New gives the payer of config. Invalid: a setting is missing or impossible;
// Field names it.
func New(config Config) (*Payer, error) {
	if config.Kind == "" {
		config.Kind = Basic
	}
	if err := config.check(); err != nil {
		return nil, err
	}
	p := &Payer{config: config, postman: once.New(config.Connections, config.TLS), wire: pipe{config}}
	if config.Shape == Ticket {
		p.wire, p.counter = ticketed{config}, newCounter(config.TicketLife)
	}
	return p, nil
}

// Close drops idle connections; calls under way are not disturbed.
func (p *Payer) Close() { p.postman.Close() }

// Code is the configured name of the payer.
func (p *Payer) Code() settlement.PayerCode { return p.config.Code }

// Terms are what the payer is configured to be like.
func (p *Payer) Terms() settlement.Terms {
	return settlement.Terms{
		Traits:        settlement.Traits{InquireByEncounter: p.config.InquireByEncounter},
		CallTimeout:   p.config.CallTimeout,
		QuietPeriod:   p.config.QuietPeriod,
		ReversibleFor: p.config.ReversibleFor,
	}
}

// Prepare writes the exact request of a call, but for the credential, which is
// never journalled. The same call gives the same bytes.
func (p *Payer) Prepare(call lifecycle.Call) (lifecycle.Wire, error) {
	if err := p.check(call); err != nil {
		return lifecycle.Wire{}, err
	}
	return lifecycle.Wire{Call: call, Body: p.wire.encode(call)}, nil
}

// Send sends a prepared request once, at the latest CallTimeout from now, and
// says what is certain. A ticket that must be asked for first is asked for
// within the same time; without one the request does not leave.
func (p *Payer) Send(ctx context.Context, wire lifecycle.Wire) lifecycle.PayerAnswer {
	return p.deliver(ctx, wire.Body, func(body []byte) (lifecycle.PayerAnswer, bool) { return p.read(wire.Call, body) })
}

// deliver sends a body once, and has the answer read by read, which also says
// whether the ticket was turned away.
func (p *Payer) deliver(ctx context.Context, request []byte, read func([]byte) (lifecycle.PayerAnswer, bool)) lifecycle.PayerAnswer {
	ctx, cancel := context.WithTimeout(ctx, p.config.CallTimeout)
	defer cancel()
	credential, err := p.credential(ctx)
	if err != nil {
		return unsent(err)
	}
	sent, body, err := p.post(ctx, p.wire.seal(request, credential))
	switch {
	case !sent:
		return unsent(err)
	case err != nil:
		return lifecycle.PayerAnswer{Result: settlement.ResultInDoubt, Body: body, Cause: &settlement.Error{
			Kind: settlement.KindInDoubt, Reason: settlement.ReasonPayerInDoubt, Cause: err,
		}}
	}
	answer, expired := read(body)
	if expired && p.counter != nil {
		p.counter.drop(ctx, credential)
	}
	answer.Body = body
	return answer
}

// post sends an envelope once.
func (p *Payer) post(ctx context.Context, body []byte) (sent bool, answer []byte, err error) {
	header := http.Header{"Content-Type": {"text/xml; charset=utf-8"}, "Soapaction": {`""`}}
	return p.postman.Post(ctx, once.Request{URL: p.config.URL, Header: header, Body: body})
}

// read is what an answer says about its call, and whether it turns the ticket
// away. It is a pure function of both.
func (p *Payer) read(call lifecycle.Call, body []byte) (answer lifecycle.PayerAnswer, expired bool) {
	reply, err := p.wire.open(body)
	if err != nil {
		return inDoubt(err), false
	}
	if !reply.yes {
		return p.denied(call, reply), slices.Contains(p.config.TicketMarks, reply.code)
	}
	switch call.Operation {
	case settlement.OpIdentify:
		answer = p.readPeople(call, reply.content)
	case settlement.OpInquire:
		answer = p.readInquiry(call, reply.content)
	case settlement.OpReverse:
		answer = p.readReversal(call, reply.content)
	default:
		answer = p.readSettlement(call, reply.content)
	}
	return answer, false
}

// denied is a no, and what it proves: without a configured mark, nothing.
func (p *Payer) denied(call lifecycle.Call, r reply) lifecycle.PayerAnswer {
	asksBack := call.Operation == settlement.OpReverse || call.Operation == settlement.OpInquire
	answer := lifecycle.PayerAnswer{Message: words.Clean(r.words, call.Insured.Reveal(), call.Person.Reveal())}
	switch c := &p.config; {
	case asksBack && slices.Contains(c.AlreadyReversedMarks, r.code):
		answer.Result = settlement.ResultReversed
	case asksBack && slices.Contains(c.NotFoundMarks, r.code):
		answer.Result = settlement.ResultNotFound
	case !asksBack && slices.Contains(c.TicketMarks, r.code), slices.Contains(c.RefusedMarks, r.code):
		answer.Result = settlement.ResultRefused
	default: // a question that was turned away for its ticket is asked again
		return inDoubt(&breach{"answer", "a no that proves nothing"})
	}
	return answer
}

// inDoubt is an answer that cannot be believed, for cause.
func inDoubt(cause error) lifecycle.PayerAnswer {
	return lifecycle.PayerAnswer{Result: settlement.ResultInDoubt, Cause: &settlement.Error{
		Kind: settlement.KindInDoubt, Reason: settlement.ReasonPayerAnswer, Cause: cause,
	}}
}

// unsent is a request that never left, for cause.
func unsent(cause error) lifecycle.PayerAnswer {
	return lifecycle.PayerAnswer{Result: settlement.ResultUnsent, Cause: &settlement.Error{
		Kind: settlement.KindUnavailable, Reason: settlement.ReasonPayerUnavailable, Cause: cause,
	}}
}
