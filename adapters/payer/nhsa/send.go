package nhsa

import (
	"context"
	"net/http"
	"time"

	"github.com/onestop-gateway/onestop/adapters/payer/once"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// post sends wire once. sent is false only if it is certain that nothing of
// the request left this machine; then err says why. Otherwise body is what
// came back, and err says why it is not a whole answer.
func (p *Payer) post(ctx context.Context, wire lifecycle.Wire) (sent bool, body []byte, err error) {
	account, served := p.account(wire.Call.Facility.ID)
	if !served {
		return false, nil, invalid("facility_id")
	}
	return p.deliver(ctx, account, transactionOf(wire.Call), wire.Body)
}

// deliver sends the bytes of a request in the name of an account, as post says.
func (p *Payer) deliver(ctx context.Context, account Account, number transaction, request []byte) (sent bool, body []byte, err error) {
	header := http.Header{"Content-Type": {"application/json"}, "Accept": {"application/json"}}
	account.sign(header, time.Now())
	return p.postman.Post(ctx, once.Request{URL: p.config.address(number), Header: header, Body: request})
}
