package nhsa

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// idleMax is how long an unused connection is kept. It is shorter than common
// servers' own limit, so that a request seldom meets a connection about to be
// closed.
const idleMax = 30 * time.Second

// newTransport speaks HTTP/1.1 only, straight to the configured host: no
// proxy from the environment, no redirect, no decompression that could turn a
// small answer into a large one.
func newTransport(config Config) *http.Transport {
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	secure := &tls.Config{MinVersion: tls.VersionTLS12}
	if config.TLS != nil {
		secure = config.TLS.Clone()
	}
	return &http.Transport{
		Protocols:              protocols,
		TLSClientConfig:        secure,
		DisableCompression:     true,
		MaxConnsPerHost:        config.Connections,
		MaxIdleConnsPerHost:    config.Connections,
		MaxIdleConns:           config.Connections,
		IdleConnTimeout:        idleMax,
		MaxResponseHeaderBytes: 64 << 10,
	}
}

// post sends wire once. sent is false only if it is certain that nothing of
// the request left this machine; then err says why. Otherwise body is what
// came back, and err says why it is not a whole answer.
func (p *Payer) post(ctx context.Context, wire lifecycle.Wire) (sent bool, body []byte, err error) {
	account, served := p.account(wire.Call.Facility.ID)
	if !served {
		return false, nil, invalid("facility_id")
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, p.config.address(transactionOf(wire.Call)), nil)
	if err != nil {
		return false, nil, err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Accept", "application/json")
	account.sign(request.Header, time.Now())
	// Without GetBody, and without a header that declares the request
	// repeatable, net/http has nothing it could send again.
	mail := newLetter(ctx, wire.Body)
	request.Body, request.ContentLength = mail, int64(len(wire.Body))

	response, err := p.transport.RoundTrip(request)
	if err != nil {
		return !mail.withdraw(), nil, err
	}
	defer response.Body.Close()
	body, err = io.ReadAll(io.LimitReader(response.Body, answerMax+1))
	switch {
	case err != nil:
		return true, body, fmt.Errorf("reading the answer: %w", err)
	case response.StatusCode != http.StatusOK:
		return true, body, &breach{"HTTP", "status " + strconv.Itoa(response.StatusCode)}
	}
	return true, body, nil
}
