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
	header := http.Header{"Content-Type": {"application/json"}, "Accept": {"application/json"}}
	account.sign(header, time.Now())
	return p.postman.Post(ctx, once.Request{URL: p.config.address(transactionOf(wire.Call)), Header: header, Body: wire.Body})
}
