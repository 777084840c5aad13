package nhsa

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// sendSettle sends the fixed settlement.
func sendSettle(ctx context.Context, t *testing.T, payer *Payer) lifecycle.PayerAnswer {
	t.Helper()
	wire, err := payer.Prepare(callOf(settlement.OpSettle))
	if err != nil {
		t.Fatal(err)
	}
	return payer.Send(ctx, wire)
}

// A kept-alive connection that dies after it took the request: net/http would
// send a request it holds for repeatable again, on a new connection. Ours
// arrives once, and is in doubt.
func TestNoSecondSendOnADeadConnection(t *testing.T) {
	for _, test := range []struct {
		name string
		die  func(net.Conn)
	}{
		{"closed", func(c net.Conn) { c.Close() }},
		{"reset", func(c net.Conn) { c.(*net.TCPConn).SetLinger(0); c.Close() }},
		{"closed inside the head", func(c net.Conn) { io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-"); c.Close() }},
		{"closed inside the body", func(c net.Conn) { io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"); c.Close() }},
		{"garbage", func(c net.Conn) { io.WriteString(c, "SSH-2.0-x\r\n\r\n"); c.Close() }},
	} {
		t.Run(test.name, func(t *testing.T) {
			server := newWireServer(t, func(n int, _ *http.Request, connection net.Conn) {
				if n == 1 {
					write(connection, "200 OK", settledAnswer)
					return
				}
				test.die(connection)
			})
			payer := payerAt(t, server.url, nil)
			if first := sendSettle(t.Context(), t, payer); first.Result != settlement.ResultApplied {
				t.Fatalf("first: %s, %v", first.Result, first.Cause)
			}
			second := sendSettle(t.Context(), t, payer)
			checkUnpaid(t, "second", second, settlement.ResultInDoubt)
			time.Sleep(100 * time.Millisecond) // time in which a second copy would arrive
			if requests, connections := server.requests.Load(), server.connections.Load(); requests != 2 || connections != 1 {
				t.Errorf("%d requests on %d connections, want 2 on 1", requests, connections)
			}
		})
	}
}

// The guard above proves something: without it net/http does send again.
func TestNetHTTPWouldSendAgain(t *testing.T) {
	server := newWireServer(t, func(n int, _ *http.Request, connection net.Conn) {
		if n == 2 {
			connection.Close()
			return
		}
		write(connection, "200 OK", settledAnswer)
	})
	transport := new(http.Transport)
	defer transport.CloseIdleConnections()
	for range 2 {
		request, err := http.NewRequest(http.MethodPost, server.url, strings.NewReader("{}"))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Idempotency-Key", "x")
		response, err := transport.RoundTrip(request)
		if err != nil {
			t.Fatal(err)
		}
		io.Copy(io.Discard, response.Body)
		response.Body.Close()
	}
	if requests := server.requests.Load(); requests != 3 {
		t.Errorf("%d requests for 2 sends; if net/http no longer repeats them, TestNoSecondSendOnADeadConnection proves less", requests)
	}
}

func TestRequestOnTheWire(t *testing.T) {
	var head http.Header
	var path, proto string
	var length int64
	server := newWireServer(t, func(_ int, request *http.Request, connection net.Conn) {
		head, path, proto, length = request.Header, request.Method+" "+request.RequestURI, request.Proto, request.ContentLength
		write(connection, "200 OK", settledAnswer)
	})
	payer := payerAt(t, server.url, nil)
	wire, err := payer.Prepare(callOf(settlement.OpSettle))
	if err != nil {
		t.Fatal(err)
	}
	answer := payer.Send(t.Context(), wire)
	if answer.Result != settlement.ResultApplied || string(answer.Body) != settledAnswer {
		t.Fatalf("%s, %v", answer.Result, answer.Cause)
	}
	if path != "POST /fsi/api/hospSettService/settV2" || proto != "HTTP/1.1" || length != int64(len(wire.Body)) {
		t.Errorf("%s %s, %d bytes of %d", path, proto, length, len(wire.Body))
	}
	if want := headerSignature(head.Get("x-tif-timestamp"), "测试令牌", head.Get("x-tif-nonce")); head.Get("x-tif-signature") != want {
		t.Error("the signature does not fit")
	}
	for header, want := range map[string]string{
		"Content-Type": "application/json", "Accept": "application/json", "Accept-Encoding": "",
		"Idempotency-Key": "", "X-Idempotency-Key": "", "X-Tif-Paasid": "onestop", "Expect": "",
	} {
		if got := head.Get(header); got != want {
			t.Errorf("%s: %q, want %q", header, got, want)
		}
	}
}

// Only 200 is an answer; what stands in the body of any other status is not
// even read as one, and nobody is sent elsewhere.
func TestOtherStatusesAreInDoubt(t *testing.T) {
	elsewhere := newWireServer(t, func(_ int, _ *http.Request, connection net.Conn) { write(connection, "200 OK", settledAnswer) })
	for _, status := range []string{
		"201 Created", "202 Accepted", "206 Partial Content", "301 Moved", "307 Temporary Redirect", "308 Permanent Redirect",
		"400 Bad Request", "401 Unauthorized", "404 Not Found", "413 Too Large", "429 Too Many", "500 Error", "502 Bad Gateway", "503 Unavailable",
	} {
		server := newWireServer(t, func(_ int, _ *http.Request, connection net.Conn) {
			write(connection, status, settledAnswer, "Location: "+elsewhere.url, "Retry-After: 0")
		})
		answer := sendSettle(t.Context(), t, payerAt(t, server.url, nil))
		checkUnpaid(t, status, answer, settlement.ResultInDoubt)
		if string(answer.Body) != settledAnswer {
			t.Errorf("%s: the journal gets %q", status, answer.Body)
		}
		if server.requests.Load() != 1 || elsewhere.requests.Load() != 0 {
			t.Errorf("%s: %d requests, %d elsewhere", status, server.requests.Load(), elsewhere.requests.Load())
		}
	}
}

func TestAnswersThatAreNoneOnTheWire(t *testing.T) {
	var zipped bytes.Buffer
	zip := gzip.NewWriter(&zipped)
	io.WriteString(zip, settledAnswer)
	zip.Close()
	for name, answer := range map[string]func(net.Conn){
		"compressed unasked": func(c net.Conn) { write(c, "200 OK", zipped.String(), "Content-Encoding: gzip") },
		"cut short": func(c net.Conn) {
			io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n"+settledAnswer)
			c.Close()
		},
		"a cut chunk": func(c net.Conn) {
			io.WriteString(c, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfff\r\n{")
			c.Close()
		},
		"two lengths":     func(c net.Conn) { write(c, "200 OK", settledAnswer, "Content-Length: 5") },
		"an endless head": func(c net.Conn) { write(c, "200 OK", settledAnswer, "X: "+strings.Repeat("x", 1<<20)) },
		"no content":      func(c net.Conn) { write(c, "200 OK", "") },
		"closed at once":  func(c net.Conn) { c.Close() },
	} {
		server := newWireServer(t, func(_ int, _ *http.Request, connection net.Conn) { answer(connection) })
		checkUnpaid(t, name, sendSettle(t.Context(), t, payerAt(t, server.url, nil)), settlement.ResultInDoubt)
		if requests := server.requests.Load(); requests != 1 {
			t.Errorf("%s: %d requests", name, requests)
		}
	}
}

// An endless answer costs its bound and no more.
func TestEndlessAnswer(t *testing.T) {
	server := newWireServer(t, func(_ int, _ *http.Request, connection net.Conn) {
		io.WriteString(connection, "HTTP/1.1 200 OK\r\n\r\n")
		for line := bytes.Repeat([]byte(" "), 64<<10); ; {
			if _, err := connection.Write(line); err != nil {
				connection.Close()
				return
			}
		}
	})
	answer := sendSettle(t.Context(), t, payerAt(t, server.url, nil))
	checkUnpaid(t, "endless", answer, settlement.ResultInDoubt)
	if len(answer.Body) != answerMax+1 {
		t.Errorf("%d bytes kept", len(answer.Body))
	}
}

// Every call has an end, with or without the caller's own.
func TestCallTimeout(t *testing.T) {
	for name, begin := range map[string]string{"silence": "", "a head": "HTTP/1.1 200 OK\r\n", "half a body": "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"} {
		server := newWireServer(t, func(_ int, _ *http.Request, connection net.Conn) { io.WriteString(connection, begin) })
		payer := payerAt(t, server.url, func(c *Config) { c.CallTimeout = 300 * time.Millisecond })
		started := time.Now()
		checkUnpaid(t, name, sendSettle(context.Background(), t, payer), settlement.ResultInDoubt)
		if took := time.Since(started); took < 300*time.Millisecond || took > 5*time.Second {
			t.Errorf("%s: took %s", name, took)
		}
	}
}

func TestUnsent(t *testing.T) {
	held := make(chan struct{})
	busy := newWireServer(t, func(_ int, _ *http.Request, connection net.Conn) { <-held })
	t.Cleanup(func() { close(held) })
	one := payerAt(t, busy.url, func(c *Config) { c.Connections = 1 })
	first := make(chan lifecycle.PayerAnswer, 1)
	ctx, cancel := context.WithCancel(t.Context())
	go func() { first <- sendSettle(ctx, t, one) }()
	for busy.requests.Load() == 0 {
		time.Sleep(time.Millisecond)
	}
	short, end := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer end()
	checkUnsent(t, sendSettle(short, t, one)) // the only connection is taken
	cancel()
	checkUnpaid(t, "cancelled under way", <-first, settlement.ResultInDoubt)
	if requests := busy.requests.Load(); requests != 1 {
		t.Errorf("%d requests", requests)
	}

	gone := newWireServer(t, nil)
	gone.listener.Close()
	checkUnsent(t, sendSettle(t.Context(), t, payerAt(t, gone.url, nil)))
	checkUnsent(t, sendSettle(t.Context(), t, payerAt(t, "http://payer.invalid", nil)))
	plain := newWireServer(t, nil) // speaks no TLS
	secure := strings.Replace(plain.url, "http:", "https:", 1)
	short, end = context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer end()
	checkUnsent(t, sendSettle(short, t, payerAt(t, secure, nil)))
}

// Over TLS it is still HTTP/1.1, and an unknown certificate is met before
// anything is sent.
func TestTLS(t *testing.T) {
	var requests int
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests++
		if r.Proto != "HTTP/1.1" {
			t.Errorf("spoken to in %s", r.Proto)
		}
		io.WriteString(w, settledAnswer)
	}))
	server.EnableHTTP2 = true
	server.Config.ErrorLog = nil
	server.StartTLS()
	defer server.Close()
	checkUnsent(t, sendSettle(t.Context(), t, payerAt(t, server.URL, nil)))
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	known := payerAt(t, server.URL, func(c *Config) { c.TLS = &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12} })
	answer := sendSettle(t.Context(), t, known)
	if answer.Result != settlement.ResultApplied || requests != 1 {
		t.Fatalf("%s, %v; %d requests", answer.Result, answer.Cause, requests)
	}
	if diff := cmp.Diff(settledPayment, answer.Payment); diff != "" {
		t.Errorf("payment (-want +got):\n%s", diff)
	}
}

// Connections are kept and used again, up to the configured number.
func TestConnectionsAreReused(t *testing.T) {
	server := newWireServer(t, func(_ int, _ *http.Request, connection net.Conn) { write(connection, "200 OK", settledAnswer) })
	payer := payerAt(t, server.url, func(c *Config) { c.Connections = 2 })
	answers := make(chan lifecycle.PayerAnswer)
	for range 20 {
		go func() { answers <- sendSettle(context.Background(), t, payer) }()
	}
	for range 20 {
		if answer := <-answers; answer.Result != settlement.ResultApplied {
			t.Errorf("%s, %v", answer.Result, answer.Cause)
		}
	}
	if requests, connections := server.requests.Load(), server.connections.Load(); requests != 20 || connections > 2 {
		t.Errorf("%d requests on %d connections", requests, connections)
	}
}
