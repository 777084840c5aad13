package once

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// played serves each request on each connection by a script of its own, and
// counts both.
type played struct {
	url                   string
	requests, connections atomic.Int64
}

func play(t *testing.T, answer func(n int64, c net.Conn)) *played {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	p := &played{url: "http://" + listener.Addr().String()}
	go func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			p.connections.Add(1)
			go func() {
				defer c.Close()
				for in := bufio.NewReader(c); ; {
					request, err := http.ReadRequest(in)
					if err != nil {
						return
					}
					_, _ = io.Copy(io.Discard, request.Body)
					answer(p.requests.Add(1), c)
				}
			}()
		}
	}()
	return p
}

const good = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngood"

// postman is one that is closed in the end.
func postman(t *testing.T, connections int, secure *tls.Config) *Postman {
	t.Helper()
	p := New(connections, secure)
	t.Cleanup(p.Close)
	return p
}

// check sends twice and says how many connections that must take.
func (s *played) check(t *testing.T, name string, wanted int64) {
	t.Helper()
	p := postman(t, 1, nil)
	for range 2 {
		if sent, body, err := sentHello(t.Context(), p, s.url); !sent || string(body) != "good" || err != nil {
			t.Errorf("%s: %v, %q, %v", name, sent, body, err)
		}
		time.Sleep(20 * time.Millisecond) // time in which what the server does after its answer arrives
	}
	if requests, connections := s.requests.Load(), s.connections.Load(); requests != 2 || connections != wanted {
		t.Errorf("%s: %d requests on %d connections, want 2 on %d", name, requests, connections, wanted)
	}
}

// A connection is used again only where nothing speaks against it; one that is
// not good any more is met before anything is sent over it.
func TestWhichConnectionsAreUsedAgain(t *testing.T) {
	for name, c := range map[string]struct {
		connections int64
		answer      func(net.Conn)
	}{
		"kept": {1, func(c net.Conn) { io.WriteString(c, good) }},
		"in chunks": {1, func(c net.Conn) {
			io.WriteString(c, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\ngood\r\n0\r\n\r\n")
		}},
		"after interim answers": {1, func(c net.Conn) { io.WriteString(c, strings.Repeat("HTTP/1.1 103 Early Hints\r\n\r\n", 5)+good) }},
		"closed silently":       {2, func(c net.Conn) { io.WriteString(c, good); c.Close() }},
		"closed by its word": {2, func(c net.Conn) {
			io.WriteString(c, strings.Replace(good, "\r\n\r\n", "\r\nConnection: close\r\n\r\n", 1))
		}},
		"of the older version":    {2, func(c net.Conn) { io.WriteString(c, strings.Replace(good, "1.1", "1.0", 1)) }},
		"a second answer at once": {2, func(c net.Conn) { io.WriteString(c, good+good) }},
		"a second answer later": {2, func(c net.Conn) {
			io.WriteString(c, good)
			time.Sleep(5 * time.Millisecond)
			io.WriteString(c, good)
		}},
		"until it is closed": {2, func(c net.Conn) { io.WriteString(c, "HTTP/1.1 200 OK\r\n\r\ngood"); c.Close() }},
	} {
		play(t, func(_ int64, to net.Conn) { c.answer(to) }).check(t, name, c.connections)
	}
}

// Over TLS too: a second answer, in a record of its own behind the first, is
// never taken for the answer to the next request.
func TestNoAnswerIsTakenForTheNext(t *testing.T) {
	var connections atomic.Int64
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		connections.Add(1)
		c, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer c.Close()
		io.WriteString(c, good)
		io.WriteString(c, strings.Replace(good, "good", "evil", 1))
		time.Sleep(50 * time.Millisecond)
	}))
	server.StartTLS()
	defer server.Close()
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	p := postman(t, 1, &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12})
	for range 3 {
		if sent, body, err := sentHello(t.Context(), p, server.URL); !sent || string(body) != "good" || err != nil {
			t.Errorf("%v, %q, %v", sent, body, err)
		}
		time.Sleep(20 * time.Millisecond) // time in which the second arrives, if it did not with the first
	}
	if connections.Load() != 3 {
		t.Errorf("%d connections for 3 requests", connections.Load())
	}
}

// Requests to different addresses of one host share its connections and go
// each where they belong.
func TestEachRequestGoesWhereItBelongs(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, r.Host+r.RequestURI) }))
	defer server.Close()
	p := postman(t, 1, nil)
	for _, path := range []string{"/a", "/b/c?d=e", "/a", "/"} {
		want := strings.TrimPrefix(server.URL, "http://") + path
		if _, body, err := sentHello(t.Context(), p, server.URL+path); string(body) != want || err != nil {
			t.Errorf("%q arrived at %q, %v", want, body, err)
		}
	}
}

// Heads that promise an answer for ever, or another protocol, are no answer.
func TestHeadsThatAreNone(t *testing.T) {
	for name, head := range map[string]string{
		"six interim answers": strings.Repeat("HTTP/1.1 100 Continue\r\n\r\n", 6) + good,
		"another protocol":    "HTTP/1.1 101 Switching Protocols\r\n\r\n" + good,
		"an endless head":     "HTTP/1.1 200 OK\r\nX: " + strings.Repeat("x", headMax),
	} {
		server := play(t, func(_ int64, c net.Conn) { io.WriteString(c, head); c.Close() })
		if sent, body, err := sentHello(t.Context(), postman(t, 1, nil), server.url); !sent || body != nil || err == nil {
			t.Errorf("%s: %v, %q, %v", name, sent, body, err)
		}
	}
}

// lateTimer is a context whose deadline has passed unnoticed, as on a machine
// too busy to fire timers.
type lateTimer struct{ context.Context }

func (lateTimer) Deadline() (time.Time, bool) { return time.Now().Add(-time.Millisecond), true }

func TestTheClockIsAsked(t *testing.T) {
	server := play(t, func(_ int64, c net.Conn) { io.WriteString(c, good) })
	p := postman(t, 1, nil)
	if _, _, err := sentHello(t.Context(), p, server.url); err != nil { // a connection is there
		t.Fatal(err)
	}
	if sent, _, err := sentHello(lateTimer{t.Context()}, p, server.url); sent || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("sent %v, %v", sent, err)
	}
	if server.requests.Load() != 1 {
		t.Errorf("%d arrived", server.requests.Load())
	}
}

// Giving up under way ends the wait at once; the connection, over which an
// answer may still come, is not used again.
func TestGivingUpUnderWay(t *testing.T) {
	held := make(chan struct{})
	server := play(t, func(n int64, c net.Conn) {
		if n == 1 {
			<-held
		}
		io.WriteString(c, good)
	})
	p := postman(t, 1, nil)
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(20*time.Millisecond, cancel)
	if sent, _, err := sentHello(ctx, p, server.url); !sent || !errors.Is(err, context.Canceled) {
		t.Errorf("sent %v, %v", sent, err)
	}
	close(held)
	if sent, body, err := sentHello(t.Context(), p, server.url); !sent || string(body) != "good" || err != nil {
		t.Errorf("sent %v, %q, %v", sent, body, err)
	}
	if server.connections.Load() != 2 {
		t.Errorf("%d connections", server.connections.Load())
	}
}

// What stands in a header cannot become another, nor end the head.
func TestHeadersStayHeaders(t *testing.T) {
	var got http.Header
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got = r.Header }))
	defer server.Close()
	_, _, err := postman(t, 1, nil).Post(t.Context(), Request{URL: server.URL, Header: http.Header{"X-Id": {"a\r\nX-Evil: b\r\n\r\n"}}, Body: []byte("x")})
	if err != nil || got.Get("X-Evil") != "" || !strings.HasPrefix(got.Get("X-Id"), "a") {
		t.Errorf("%v, %v", got, err)
	}
}
