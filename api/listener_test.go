package api

import (
	"errors"
	"io"
	"net"
	"testing"
	"time"
)

// dialled is a client's connection, and whether the server kept it.
func dialled(t *testing.T, listener net.Listener) (net.Conn, bool) {
	t.Helper()
	conn, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	if err := conn.SetReadDeadline(time.Now().Add(5 * time.Second)); err != nil {
		t.Fatal(err)
	}
	_, err = conn.Read(make([]byte, 1))
	return conn, err == nil
}

// greet accepts connections and greets each with one byte.
func greet(t *testing.T, listener net.Listener) <-chan net.Conn {
	t.Helper()
	accepted := make(chan net.Conn, 100)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			_, _ = conn.Write([]byte("!"))
			accepted <- conn
		}
	}()
	t.Cleanup(func() {
		listener.Close()
		<-done
		for len(accepted) > 0 {
			(<-accepted).Close()
		}
	})
	return accepted
}

func TestConnectionsAreBounded(t *testing.T) {
	for name, limits := range map[string]ConnLimits{
		"in all":           {Total: 3, PerAddress: 100},
		"from one address": {Total: 100, PerAddress: 3},
	} {
		t.Run(name, func(t *testing.T) {
			listener, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			limited := LimitListener(listener, limits)
			accepted := greet(t, limited)
			for i := range 3 {
				if _, kept := dialled(t, limited); !kept {
					t.Fatalf("connection %d was not kept", i+1)
				}
			}
			for range 2 {
				if conn, kept := dialled(t, limited); kept {
					t.Fatal("a fourth was kept")
				} else if _, err := conn.Read(make([]byte, 1)); err == nil || errors.Is(err, io.ErrNoProgress) {
					t.Fatal("the fourth is still open")
				}
			}
			first := <-accepted
			first.Close()
			first.Close() // gives one place back, not two
			if _, kept := dialled(t, limited); !kept {
				t.Error("the place was not given back")
			}
			if _, kept := dialled(t, limited); kept {
				t.Error("one place was given back twice")
			}
		})
	}
}

func TestConnectionBoundsByDefault(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	limited := LimitListener(listener, ConnLimits{})
	greet(t, limited)
	for i := range 50 {
		if _, kept := dialled(t, limited); !kept {
			t.Fatalf("connection %d was not kept", i+1)
		}
	}
	if _, kept := dialled(t, limited); kept {
		t.Error("a fifty-first was kept")
	}
}
