package once

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"go.opentelemetry.io/otel/propagation"
)

// AnswerMax is the most bytes of an answer that are believed. Post keeps one
// more, so that a longer answer can be told from a whole one.
const AnswerMax = 1 << 20

// idleMax is how long an unused connection is kept. It is shorter than common
// servers' own limit, so that a request seldom meets a connection about to be
// closed.
const idleMax = 30 * time.Second

// Postman posts to payers. It is safe for concurrent use and keeps no state
// but open connections.
type Postman struct {
	transport *http.Transport
}

// Request is what is posted, in its exact bytes.
type Request struct {
	URL    string
	Header http.Header
	Body   []byte
}

// Status is the error of an answer whose HTTP status is not 200.
type Status int

// Error names the status.
func (s Status) Error() string { return "HTTP: status " + strconv.Itoa(int(s)) }

// New keeps at most so many connections open at once; a request that gets none
// before its deadline is not sent. It speaks HTTP/1.1 only, straight to the
// host: no proxy from the environment, no redirect, no decompression that could
// turn a small answer into a large one. A nil secure means the system's roots
// and TLS 1.2 or newer.
func New(connections int, secure *tls.Config) *Postman {
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	if secure == nil {
		secure = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	return &Postman{&http.Transport{
		Protocols:              protocols,
		TLSClientConfig:        secure.Clone(),
		DisableCompression:     true,
		MaxConnsPerHost:        connections,
		MaxIdleConnsPerHost:    connections,
		MaxIdleConns:           connections,
		IdleConnTimeout:        idleMax,
		MaxResponseHeaderBytes: 64 << 10,
	}}
}

// Close drops idle connections; calls under way are not disturbed.
func (p *Postman) Close() { p.transport.CloseIdleConnections() }

// Post sends once. sent is false only if it is certain that nothing of the
// body left this machine; then err says why. Otherwise body is what came back,
// and err says why it is not a whole answer.
func (p *Postman) Post(ctx context.Context, r Request) (sent bool, body []byte, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, r.URL, nil)
	if err != nil {
		return false, nil, err
	}
	request.Header = r.Header
	// Nothing but the ids of the trace: a payer learns nothing more by it.
	propagation.TraceContext{}.Inject(ctx, propagation.HeaderCarrier(request.Header))
	// Without GetBody, and without a header that declares the request
	// repeatable, net/http has nothing it could send again.
	mail := newLetter(ctx, r.Body)
	request.Body, request.ContentLength = mail, int64(len(r.Body))

	response, err := p.transport.RoundTrip(request)
	if err != nil {
		return !mail.withdraw(), nil, err
	}
	defer response.Body.Close()
	body, err = io.ReadAll(io.LimitReader(response.Body, AnswerMax+1))
	switch {
	case err != nil:
		return true, body, fmt.Errorf("reading the answer: %w", err)
	case response.StatusCode != http.StatusOK:
		return true, body, Status(response.StatusCode)
	}
	return true, body, nil
}
