package once

import (
	"cmp"
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"time"

	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
)

// AnswerMax is the most bytes of an answer that are believed. Post keeps one
// more, so that a longer answer can be told from a whole one.
const AnswerMax = 1 << 20

// Postman posts to payers. It is safe for concurrent use and keeps no state
// but open connections.
type Postman struct {
	secure *tls.Config
	places chan struct{} // one for each call under way
	known  sync.Map      // targets by URL
	pool   pool
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
	if secure == nil {
		secure = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	p := &Postman{secure: secure.Clone(), places: make(chan struct{}, connections)}
	p.secure.NextProtos = []string{"http/1.1"}
	p.pool.most = connections
	return p
}

// Close drops idle connections; calls under way are not disturbed.
func (p *Postman) Close() { p.pool.drop(time.Time{}) }

// Post sends once. sent is false only if it is certain that nothing of the
// body left this machine; then err says why. Otherwise body is what came back,
// and err says why it is not a whole answer.
func (p *Postman) Post(ctx context.Context, r Request) (sent bool, body []byte, err error) {
	to, err := p.target(r.URL)
	if err != nil {
		return false, nil, err
	}
	select {
	case p.places <- struct{}{}:
		defer func() { <-p.places }()
	case <-ctx.Done():
		return false, nil, ctx.Err()
	}
	l, err := p.connect(ctx, to.host)
	if err != nil {
		return false, nil, err
	}
	if trace.SpanContextFromContext(ctx).IsValid() {
		// Nothing but the ids of the trace: a payer learns nothing more by it.
		propagation.TraceContext{}.Inject(ctx, propagation.HeaderCarrier(r.Header))
	}
	again := false
	sent, body, again, err = l.exchange(ctx, to, r)
	if again {
		p.pool.put(l)
	} else {
		l.close()
	}
	if err != nil && ctx.Err() != nil {
		err = ctx.Err()
	}
	return sent, body, err
}

// connect is a connection to a host: one that was used before and is still
// good, or a new one.
func (p *Postman) connect(ctx context.Context, to host) (*line, error) {
	for {
		l := p.pool.take(to)
		if l == nil {
			return dial(ctx, to, p.secure)
		}
		if l.alive() {
			return l, nil
		}
		l.close()
	}
}

// target is where a URL leads.
type target struct {
	host
	start string // of every request: its line and its host
}

// host is who a connection leads to, whatever is asked for there.
type host struct {
	address string // with the port, to connect to
	name    string // as its certificate has it
	secure  bool
}

// target understands a URL, once: there are as many as are configured.
func (p *Postman) target(text string) (*target, error) {
	if found, ok := p.known.Load(text); ok {
		return found.(*target), nil
	}
	where, err := url.Parse(text)
	if err != nil {
		return nil, err
	}
	port := where.Port()
	switch {
	case where.Hostname() == "":
		return nil, fmt.Errorf("a URL without a host")
	case where.Scheme == "https":
		port = cmp.Or(port, "443")
	case where.Scheme == "http":
		port = cmp.Or(port, "80")
	default:
		return nil, fmt.Errorf("neither http nor https: scheme %q", where.Scheme)
	}
	to := &target{
		host:  host{address: net.JoinHostPort(where.Hostname(), port), name: where.Hostname(), secure: where.Scheme == "https"},
		start: "POST " + where.RequestURI() + " HTTP/1.1\r\nHost: " + where.Host + "\r\nUser-Agent: onestop\r\n",
	}
	p.known.Store(text, to)
	return to, nil
}
