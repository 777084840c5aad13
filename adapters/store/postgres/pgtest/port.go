package pgtest

import (
	"fmt"
	"math/rand/v2"
	"net"
	"strconv"
	"sync"
	"testing"
)

// The ports of Port lie below those that the kernel gives to connections that go
// out (32768 and up), so that none of these takes one before it is listened on,
// or while what listens on it is down.
const (
	portLeast = 12_000
	portCount = 20_000
	portTries = 100
)

// portsGiven are the ports that Port has tried.
var portsGiven sync.Map

// Port is a port on loopback that nobody listens on now, and that no other call
// of this process was given. Another process may still take it first: whoever
// starts a server on it begins again with another port if that is so.
func Port(t testing.TB) int {
	t.Helper()
	var taken error
	for range portTries {
		port := portLeast + rand.IntN(portCount)
		if _, given := portsGiven.LoadOrStore(port, true); given {
			continue
		}
		listener, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
		if err == nil {
			err = listener.Close()
		}
		if err == nil {
			return port
		}
		taken = fmt.Errorf("port %d: %w", port, err)
	}
	t.Fatalf("no port is free: %v", taken)
	return 0
}
