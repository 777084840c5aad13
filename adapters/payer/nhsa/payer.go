package nhsa

import (
	"context"
	"slices"

	"github.com/onestop-gateway/onestop/adapters/payer/once"
	"github.com/onestop-gateway/onestop/adapters/payer/words"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// Payer is one insurer on the national platform. It is safe for concurrent
// use and keeps no state but open connections.
type Payer struct {
	config  Config
	schemes map[string]settlement.Scheme // by the payer's code
	postman *once.Postman
}

var _ lifecycle.Payer = (*Payer)(nil)

// New gives the payer of config. Invalid: a setting is missing or impossible;
// Field names it.
func New(config Config) (*Payer, error) {
	if err := config.check(); err != nil {
		return nil, err
	}
	payer := &Payer{config: config, schemes: map[string]settlement.Scheme{}, postman: once.New(config.Connections, config.TLS)}
	for scheme, code := range config.Schemes {
		payer.schemes[code] = scheme
	}
	return payer, nil
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

// account is who speaks for a facility, if anyone does.
func (p *Payer) account(facility settlement.FacilityID) (Account, bool) {
	if len(p.config.Accounts) == 0 {
		return p.config.Account, true
	}
	account, found := p.config.Accounts[facility]
	return account, found
}

// Prepare writes the exact request of a call. The same call gives the same
// bytes.
func (p *Payer) Prepare(call lifecycle.Call) (lifecycle.Wire, error) {
	if err := p.check(call); err != nil {
		return lifecycle.Wire{}, err
	}
	account, _ := p.account(call.Facility.ID)
	body, err := p.envelope(call, account, p.data(call)).encode()
	if err == nil && p.config.Signing != nil {
		body, err = p.config.Signing.Seal(body)
	}
	if err != nil {
		return lifecycle.Wire{}, &settlement.Error{Kind: settlement.KindInternal, Reason: settlement.ReasonInternal, Cause: err}
	}
	return lifecycle.Wire{Call: call, Body: body}, nil
}

// data is the input node of a call.
func (p *Payer) data(call lifecycle.Call) any {
	switch transactionOf(call) {
	case queryPerson:
		return encodePersonQuery(call)
	case cancelSettlement:
		return encodeCancel(call)
	case reverseMessage:
		return encodeReversal(call)
	case querySettlement:
		return encodeInquiry(call)
	}
	return p.encodeSettle(call)
}

// Send sends a prepared request once, at the latest CallTimeout from now, and
// says what is certain.
func (p *Payer) Send(ctx context.Context, wire lifecycle.Wire) lifecycle.PayerAnswer {
	ctx, cancel := context.WithTimeout(ctx, p.config.CallTimeout)
	defer cancel()
	sent, body, err := p.post(ctx, wire)
	if err == nil {
		answer := p.read(wire.Call, body)
		answer.Body = body
		return answer
	}
	if !sent {
		return lifecycle.PayerAnswer{Result: settlement.ResultUnsent, Cause: &settlement.Error{
			Kind: settlement.KindUnavailable, Reason: settlement.ReasonPayerUnavailable, Cause: err,
		}}
	}
	return lifecycle.PayerAnswer{Result: settlement.ResultInDoubt, Body: body, Cause: &settlement.Error{
		Kind: settlement.KindInDoubt, Reason: settlement.ReasonPayerInDoubt, Cause: err,
	}}
}

// read is what an answer says about its call. It is a pure function of both. An
// answer that is not the payer's says nothing: neither yes nor no.
func (p *Payer) read(call lifecycle.Call, body []byte) lifecycle.PayerAnswer {
	reply, err := p.openReply(call.Message, body)
	if err != nil {
		return inDoubt(err)
	}
	switch reply.Status {
	case statusRefused:
		return p.refused(call, reply.Words)
	case statusDone:
	default:
		return inDoubt(&breach{"answer.infcode", "neither done nor refused"})
	}
	switch transactionOf(call) {
	case queryPerson:
		return p.readPerson(call, reply.Output)
	case cancelSettlement:
		return readCancel(call, reply.Output)
	case reverseMessage:
		return p.readReversal()
	case querySettlement:
		return readInquiry(call, reply.Output)
	}
	return readSettlement(call, reply.Output)
}

// openReply is the envelope of an answer to a message, once its signature is
// verified where one is demanded.
func (p *Payer) openReply(message settlement.MessageID, body []byte) (reply, error) {
	if p.config.Signing != nil {
		plain, err := p.config.Signing.Open(body, string(message))
		if err != nil {
			return reply{}, err
		}
		body = plain
	}
	return decodeReply(body)
}

// refused is a clear no, and what it proves: of a reversal or an inquiry, a
// configured mark can say that there is nothing there, or nothing any more.
func (p *Payer) refused(call lifecycle.Call, text string) lifecycle.PayerAnswer {
	answer := lifecycle.PayerAnswer{
		Result:  settlement.ResultRefused,
		Message: words.Clean(text, call.Insured.Reveal(), call.Person.Reveal()),
	}
	if call.Operation != settlement.OpReverse && call.Operation != settlement.OpInquire {
		return answer
	}
	switch code := words.Mark(text); {
	case code == "":
	case slices.Contains(p.config.AlreadyReversedMarks, code):
		answer.Result = settlement.ResultReversed
	case slices.Contains(p.config.NotFoundMarks, code):
		answer.Result = settlement.ResultNotFound
	}
	return answer
}

// inDoubt is an answer that cannot be believed, for cause.
func inDoubt(cause error) lifecycle.PayerAnswer {
	return lifecycle.PayerAnswer{Result: settlement.ResultInDoubt, Cause: &settlement.Error{
		Kind: settlement.KindInDoubt, Reason: settlement.ReasonPayerAnswer, Cause: cause,
	}}
}
