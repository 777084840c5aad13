package siege

import (
	"context"
	"fmt"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/net/http2"
)

// Held are slow connections that are kept up until they are ended.
type Held struct {
	stop context.CancelFunc
	work sync.WaitGroup
	up   atomic.Int64
	most atomic.Int64
}

// Hold opens slow connections, half of them on each port, as many of one
// address as it may have. What the gateway ends is opened again. It returns
// when all have been opened once.
func Hold(ctx context.Context, target Target, connections int) (*Held, error) {
	ctx, stop := context.WithCancel(ctx)
	held := &Held{stop: stop}
	var opened sync.WaitGroup
	var failed atomic.Pointer[error]
	for first := 0; first < connections; first += 2 * perAddress {
		a := NewAttacker(target)
		for i := range min(2*perAddress, connections-first) {
			opened.Add(1)
			begun := sync.OnceFunc(opened.Done)
			held.work.Go(func() {
				defer begun()
				for ctx.Err() == nil {
					if err := held.drip(ctx, a, i%2 == 0, begun); err != nil && ctx.Err() == nil {
						failed.CompareAndSwap(nil, &err)
						return
					}
				}
			})
		}
	}
	opened.Wait()
	if err := failed.Load(); err != nil {
		held.End()
		return nil, fmt.Errorf("opening a slow connection: %w", *err)
	}
	return held, nil
}

// End ends the connections and gives how many were open at once, at most.
func (h *Held) End() int {
	h.stop()
	h.work.Wait()
	return int(h.most.Load())
}

// drip opens a connection, begins a request or a greeting, and goes on a byte
// at a time, until the gateway or the siege ends it.
func (h *Held) drip(ctx context.Context, a *Attacker, rest bool, begun func()) error {
	address, start := a.GRPC, http2.ClientPreface[:10]
	if rest {
		address, start = a.REST, "POST /v1/settlements HTTP/1.1\r\nHost: siege\r\nX-Slow: "
	}
	conn, err := a.Dial(ctx, address)
	if err != nil {
		return err
	}
	defer conn.Close()
	h.count()
	defer h.up.Add(-1)
	_, err = io.WriteString(conn, start)
	begun()
	for err == nil {
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(time.Second):
			err = still(conn, rest)
		}
	}
	return nil // the gateway ended it, as it should
}

// count notes one connection more.
func (h *Held) count() {
	now := h.up.Add(1)
	for most := h.most.Load(); now > most && !h.most.CompareAndSwap(most, now); most = h.most.Load() {
	}
}

// still sends another byte, if the gateway has not ended the connection.
func still(conn net.Conn, rest bool) error {
	if err := conn.SetReadDeadline(time.Now().Add(time.Millisecond)); err != nil {
		return err
	}
	if _, err := conn.Read(make([]byte, 512)); err != nil {
		if timeout, ok := err.(net.Error); !ok || !timeout.Timeout() {
			return err
		}
	}
	if !rest { // a greeting has an end: it stops before
		return nil
	}
	_, err := conn.Write([]byte("x"))
	return err
}
