package siege

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"
)

// tempers are clients that take their time, or none.
func tempers() []Case {
	return []Case{
		{"rest: headers a byte at a time", dripping("GET /v1/settlements HTTP/1.1\r\nX-Slow: ", closed, "408")},
		{"rest: nothing at all", dripping("", closed, "408")},
		{"rest: a body a byte at a time", dripping("POST /v1/settlements HTTP/1.1\r\nHost: siege\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n", closed, "400", "408")},
		{"rest: half a body and no more", stalling("POST /v1/settlements HTTP/1.1\r\nHost: siege\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{\"a", closed, "400", "408")},
		{"rest: a hundred requests in one go", pipelined},
		{"rest: sending ends before the answer", halfClosed},
		{"rest: the cashier is gone before the answer", gone},
		{"rest: two thousand connections opened and closed", churn(restOf)},
		{"grpc: two thousand connections opened and closed", churn(grpcOf)},
	}
}

// dripping sends a start and then a byte now and then, and wants an end.
func dripping(start string, want ...string) func(context.Context, *Attacker) error {
	return func(ctx context.Context, a *Attacker) error {
		conn, err := a.Dial(ctx, a.REST)
		if err != nil {
			return err
		}
		defer conn.Close()
		answer := make(chan string, 1)
		go func() { answer <- heard(bufio.NewReader(conn)) }()
		if _, err := io.WriteString(conn, start); err != nil {
			return err
		}
		for {
			select {
			case got := <-answer:
				return among(got, want...)
			case <-time.After(200 * time.Millisecond):
				if start != "" {
					_, _ = conn.Write([]byte("x")) // when it is over, the answer says so
				}
			}
		}
	}
}

// stalling sends a start and waits.
func stalling(start string, want ...string) func(context.Context, *Attacker) error {
	return func(ctx context.Context, a *Attacker) error {
		got, err := a.says(ctx, start)
		if err != nil {
			return err
		}
		return among(got, want...)
	}
}

func pipelined(ctx context.Context, a *Attacker) error {
	conn, err := a.Dial(ctx, a.REST)
	if err != nil {
		return err
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, strings.Repeat(get("/v1/settlements/none"), 100)); err != nil {
		return err
	}
	answers := bufio.NewReader(conn)
	for i := range 100 {
		if err := among(heard(answers), "404"); err != nil {
			return fmt.Errorf("answer %d: %w", i+1, err)
		}
	}
	return nil
}

// halfClosed is a client that says it has no more to say, and listens.
func halfClosed(ctx context.Context, a *Attacker) error {
	conn, err := a.Dial(ctx, a.REST)
	if err != nil {
		return err
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, get("/v1/settlements/none", "Connection: close")); err != nil {
		return err
	}
	if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
		return err
	}
	return among(heard(bufio.NewReader(conn)), "404", closed)
}

// gone is a cashier whose machine dies right after asking. What was asked goes
// on: the same key finds it settled, once.
func gone(ctx context.Context, a *Attacker) error {
	key, body := a.Settle()
	header := "Idempotency-Key: " + key
	conn, err := a.Dial(ctx, a.REST)
	if err != nil {
		return err
	}
	_, err = io.WriteString(conn, post(string(body), header))
	reset := conn.(*net.TCPConn).SetLinger(0)
	if err := errors.Join(err, reset, conn.Close()); err != nil {
		return err
	}
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(100 * time.Millisecond) {
		got, err := a.says(ctx, post(string(body), header))
		if err != nil {
			return err
		}
		if got != "202" && got != "409" && got != "503" {
			return among(got, "200")
		}
	}
	return errors.New("the key is not answered")
}

func restOf(a *Attacker) string { return a.REST }
func grpcOf(a *Attacker) string { return a.GRPC }

// churn opens and closes connections as fast as it can; the next one is served.
func churn(address func(*Attacker) string) func(context.Context, *Attacker) error {
	return func(ctx context.Context, a *Attacker) error {
		for range 2000 {
			conn, err := a.Dial(ctx, address(a))
			if err != nil {
				return err
			}
			if err := errors.Join(conn.(*net.TCPConn).SetLinger(0), conn.Close()); err != nil {
				return err
			}
		}
		got, err := a.says(ctx, get("/v1/settlements/none"))
		if err != nil {
			return err
		}
		return among(got, "404", closed) // its places may not be free again yet
	}
}
