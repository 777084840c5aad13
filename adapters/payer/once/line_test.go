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

// unusable waits until what the server did behind its answer has arrived: no
// idle connection can be used again.
func unusable(t *testing.T, p *Postman) {
	t.Helper()
	usable := func() (n int) {
		p.pool.mu.Lock()
		defer p.pool.mu.Unlock()
		for _, lines := range p.pool.idle {
			for _, l := range lines {
				if l.alive() {
					n++
				}
			}
		}
		return n
	}
	for end := time.Now().Add(time.Minute); usable() > 0; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("an idle connection is still trusted")
		}
	}
}

// A connection is used again only where nothing speaks against it; one that is
// not good any more is met before anything is sent over it.
func TestWhichConnectionsAreUsedAgain(t *testing.T) {
	type deed = func(net.Conn)
	says := func(text string) deed { return func(c net.Conn) { io.WriteString(c, text) } }
	nothing := func(net.Conn) {}
	for name, c := range map[string]struct {
		connections     int64
		answers, behind deed // behind: once the answer was read
	}{
		"kept":                    {1, says(good), nothing},
		"in chunks":               {1, says("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\ngood\r\n0\r\n\r\n"), nothing},
		"after interim answers":   {1, says(strings.Repeat("HTTP/1.1 103 Early Hints\r\n\r\n", 5) + good), nothing},
		"closed silently":         {2, says(good), func(c net.Conn) { c.Close() }},
		"closed at once":          {2, func(c net.Conn) { io.WriteString(c, good); c.Close() }, nothing},
		"closed by its word":      {2, says(strings.Replace(good, "\r\n\r\n", "\r\nConnection: close\r\n\r\n", 1)), nothing},
		"of the older version":    {2, says(strings.Replace(good, "1.1", "1.0", 1)), nothing},
		"a second answer at once": {2, says(good + good), nothing},
		"a second answer later":   {2, says(good), says(good)},
		"until it is closed":      {2, func(c net.Conn) { io.WriteString(c, "HTTP/1.1 200 OK\r\n\r\ngood"); c.Close() }, nothing},
	} {
		t.Run(name, func(t *testing.T) {
			read := make(chan struct{})
			server := play(t, func(_ int64, to net.Conn) { c.answers(to); <-read; c.behind(to) })
			p := postman(t, 1, nil)
			for range 2 {
				if sent, body, err := sentHello(t.Context(), p, server.url); !sent || string(body) != "good" || err != nil {
					t.Fatalf("%v, %q, %v", sent, body, err)
				}
				read <- struct{}{}
				if c.connections > 1 {
					unusable(t, p)
				}
			}
			if requests, connections := server.requests.Load(), server.connections.Load(); requests != 2 || connections != c.connections {
				t.Errorf("%d requests on %d connections, want 2 on %d", requests, connections, c.connections)
			}
		})
	}
}

// Over TLS too: a second answer, in a record of its own behind the first, is
// never taken for the answer to the next request.
func TestNoAnswerIsTakenForTheNext(t *testing.T) {
	var connections atomic.Int64
	over := make(chan struct{})
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
		<-over // no end speaks against the connection
	}))
	server.StartTLS()
	defer server.Close()
	defer close(over)
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	p := postman(t, 1, &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12})
	for range 3 {
		if sent, body, err := sentHello(t.Context(), p, server.URL); !sent || string(body) != "good" || err != nil {
			t.Errorf("%v, %q, %v", sent, body, err)
		}
		unusable(t, p)
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
	ctx, cancel := context.WithCancel(t.Context())
	server := play(t, func(n int64, c net.Conn) {
		if n == 1 {
			cancel()
			<-held
		}
		io.WriteString(c, good)
	})
	p := postman(t, 1, nil)
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
