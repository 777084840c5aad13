package nhsa

import (
	"bytes"
	"context"
	"crypto/rand"

	"github.com/onestop-gateway/onestop/adapters/payer/statement"
	"github.com/onestop-gateway/onestop/adapters/payer/words"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// ask sends one question about accounts and gives what a yes has in it.
func (s *Source) ask(ctx context.Context, facility lifecycle.Facility, number transaction, in input) (node, error) {
	message, body, err := s.exchange(ctx, facility, number, in)
	if err != nil {
		return node{}, err
	}
	return s.output(message, body)
}

// exchange sends one question and gives the bytes of its answer. Unavailable:
// it was not sent. InDoubt: no whole answer came.
func (s *Source) exchange(ctx context.Context, facility lifecycle.Facility, number transaction, in input) (settlement.MessageID, []byte, error) {
	// No settlement has such a message: theirs begin with the facility's code.
	message := settlement.MessageID("R" + rand.Text())
	account, _ := s.Payer.account(facility.ID)
	r := s.Payer.envelope(lifecycle.Call{Message: message, Facility: facility, At: s.Now()}, account, nil)
	r.Number, r.Input = number, in
	request, err := r.encode()
	if err == nil && s.Payer.config.Signing != nil {
		request, err = s.Payer.config.Signing.Seal(request)
	}
	if err != nil {
		return message, nil, &settlement.Error{Kind: settlement.KindInternal, Reason: settlement.ReasonInternal, Cause: err}
	}
	ctx, cancel := context.WithTimeout(ctx, s.Payer.config.CallTimeout)
	defer cancel()
	sent, body, err := s.Payer.deliver(ctx, account, number, request)
	switch {
	case err != nil && !sent:
		return message, nil, &settlement.Error{Kind: settlement.KindUnavailable, Reason: settlement.ReasonPayerUnavailable, Cause: err}
	case err != nil:
		return message, nil, &settlement.Error{Kind: settlement.KindInDoubt, Reason: settlement.ReasonPayerInDoubt, Cause: err}
	}
	return message, body, nil
}

// output is what an envelope has in it. Refused: it is a no.
func (s *Source) output(message settlement.MessageID, body []byte) (node, error) {
	said, err := s.Payer.openReply(message, body)
	switch {
	case err != nil:
		return node{}, inDoubt(err).Cause
	case said.Status == statusDone:
		return said.Output, nil
	case said.Status == statusRefused:
		return node{}, &settlement.Error{Kind: settlement.KindRefused, Reason: settlement.ReasonPayerRefused, Value: words.Clean(said.Words)}
	}
	return node{}, inDoubt(&breach{"answer.infcode", "neither done nor refused"}).Cause
}

// list is the list that was downloaded: a stream of bytes, or an envelope that
// says why there is none. Nothing at all is no list: an empty one comes in a
// zip.
func (s *Source) list(message settlement.MessageID, body []byte) (*statement.List, error) {
	start := bytes.TrimLeft(body, " \t\r\n")
	switch {
	case len(body) > answerMax:
		return nil, inDoubt(&breach{"list", "longer than 1 MiB"}).Cause
	case len(start) == 0:
		return nil, inDoubt(&breach{"list", "nothing"}).Cause
	case start[0] == '{':
		_, err := s.output(message, body)
		if err == nil {
			err = inDoubt(&breach{"list", "an envelope in its place"}).Cause
		}
		return nil, err
	}
	list, err := statement.Open(bytes.NewReader(body), int64(len(body)), statement.Result, statement.Usual)
	if err != nil {
		return nil, inDoubt(err).Cause
	}
	return list, nil
}
