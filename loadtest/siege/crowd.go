package siege

import (
	"context"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// perAddress is how many connections the gateway keeps of one address on one
// port, as it is shipped.
const perAddress = 50

// crowds are more connections than one address may have.
func crowds() []Case {
	return []Case{
		{"rest: more connections than an address may have", overfull(restOf)},
		{"grpc: more connections than an address may have", overfull(grpcOf)},
	}
}

func overfull(address func(*Attacker) string) func(context.Context, *Attacker) error {
	return func(ctx context.Context, a *Attacker) error {
		var conns []net.Conn
		defer func() {
			for _, conn := range conns {
				conn.Close()
			}
		}()
		for range perAddress + 20 {
			conn, err := a.Dial(ctx, address(a))
			if err != nil {
				return err
			}
			conns = append(conns, conn)
		}
		var kept atomic.Int64
		var work sync.WaitGroup
		for _, conn := range conns {
			work.Go(func() {
				if !ended(conn) {
					kept.Add(1)
				}
			})
		}
		work.Wait()
		if kept.Load() > perAddress {
			return fmt.Errorf("%d of %d are kept, want %d at most", kept.Load(), len(conns), perAddress)
		}
		return nil
	}
}

// turnedAway is how soon a connection too many is ended, on a busy machine too.
const turnedAway = 3 * time.Second

// ended reports whether the gateway ends a connection on which nobody speaks.
func ended(conn net.Conn) bool {
	if err := conn.SetReadDeadline(time.Now().Add(turnedAway)); err != nil {
		return true
	}
	for { // the port of gRPC greets first
		if _, err := conn.Read(make([]byte, 64)); err != nil {
			timeout, ok := err.(net.Error)
			return !ok || !timeout.Timeout()
		}
	}
}
