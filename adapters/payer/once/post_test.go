package once

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// sentHello sends a fixed body to url.
func sentHello(ctx context.Context, p *Postman, url string) (sent bool, body []byte, err error) {
	return p.Post(ctx, Request{URL: url, Header: http.Header{"Content-Type": {"text/plain"}}, Body: []byte("hello")})
}

// serving is a postman, and a server that counts what arrives.
func serving(t *testing.T, handle func(w http.ResponseWriter, n int64)) (p *Postman, url string, arrived *atomic.Int64) {
	t.Helper()
	arrived = new(atomic.Int64)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if text, err := io.ReadAll(r.Body); err != nil || string(text) != "hello" {
			t.Errorf("%q arrived, %v", text, err)
		}
		handle(w, arrived.Add(1))
	}))
	p = New(2, nil)
	t.Cleanup(func() { p.Close(); server.Close() })
	return p, server.URL, arrived
}

func TestPostGivesTheAnswer(t *testing.T) {
	p, url, _ := serving(t, func(w http.ResponseWriter, _ int64) { io.WriteString(w, "good day") })
	if sent, body, err := sentHello(t.Context(), p, url); !sent || string(body) != "good day" || err != nil {
		t.Errorf("%v, %q, %v", sent, body, err)
	}
}

func TestOtherStatusesAreErrorsWithTheirBody(t *testing.T) {
	p, url, _ := serving(t, func(w http.ResponseWriter, _ int64) { http.Error(w, "busy", http.StatusServiceUnavailable) })
	sent, body, err := sentHello(t.Context(), p, url)
	var status Status
	if !sent || !errors.As(err, &status) || status != http.StatusServiceUnavailable || string(body) != "busy\n" || !strings.Contains(err.Error(), "503") {
		t.Errorf("%v, %q, %v", sent, body, err)
	}
}

func TestAnEndlessAnswerCostsItsBound(t *testing.T) {
	p, url, _ := serving(t, func(w http.ResponseWriter, _ int64) {
		for line := make([]byte, 64<<10); ; {
			if _, err := w.Write(line); err != nil {
				return
			}
		}
	})
	if sent, body, err := sentHello(t.Context(), p, url); !sent || len(body) != AnswerMax+1 || err != nil {
		t.Errorf("%v, %d bytes, %v", sent, len(body), err)
	}
}

// A kept connection that dies under a request: it may have arrived, so it is
// not sent again.
func TestADeadConnectionIsNotTriedAgain(t *testing.T) {
	p, url, arrived := serving(t, func(w http.ResponseWriter, n int64) {
		if n == 1 {
			return
		}
		connection, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		connection.(*net.TCPConn).SetLinger(0)
		connection.Close()
	})
	if sent, _, err := sentHello(t.Context(), p, url); !sent || err != nil {
		t.Fatalf("%v, %v", sent, err)
	}
	if sent, _, err := sentHello(t.Context(), p, url); !sent || err == nil {
		t.Errorf("%v, %v", sent, err)
	}
	time.Sleep(50 * time.Millisecond) // time in which a second copy would arrive
	if got := arrived.Load(); got != 2 {
		t.Errorf("%d requests arrived for 2 sends", got)
	}
}

func TestUnsent(t *testing.T) {
	p, url, arrived := serving(t, func(http.ResponseWriter, int64) {})
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	for name, try := range map[string]func() (bool, []byte, error){
		"cancelled": func() (bool, []byte, error) { return sentHello(cancelled, p, url) },
		"nobody":    func() (bool, []byte, error) { return sentHello(t.Context(), p, "http://payer.invalid") },
		"no URL":    func() (bool, []byte, error) { return sentHello(t.Context(), p, "http://[") },
		"no TLS": func() (bool, []byte, error) {
			return sentHello(t.Context(), p, strings.Replace(url, "http:", "https:", 1))
		},
	} {
		if sent, _, err := try(); sent || err == nil {
			t.Errorf("%s: sent %v, %v", name, sent, err)
		}
	}
	if arrived.Load() != 0 {
		t.Errorf("%d arrived", arrived.Load())
	}
}
