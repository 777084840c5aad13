package api

import (
	"net"
	"sync"
)

// ConnLimits bound the connections a listener hands out at once. Zero fields
// stand for 2000 in all and 50 from one address; behind a proxy, which is one
// address, set PerAddress to Total.
type ConnLimits struct {
	Total      int
	PerAddress int
}

// LimitListener is listener with a bound on its open connections, so that one
// client cannot take them all. A connection too many is closed at once.
func LimitListener(listener net.Listener, limits ConnLimits) net.Listener {
	if limits.Total == 0 {
		limits.Total = 2000
	}
	if limits.PerAddress == 0 {
		limits.PerAddress = 50
	}
	return &limitedListener{Listener: listener, limits: limits, from: make(map[string]int)}
}

type limitedListener struct {
	net.Listener
	limits ConnLimits

	mu   sync.Mutex
	open int
	from map[string]int // open, by address
}

// Accept waits for a connection within the bounds.
func (l *limitedListener) Accept() (net.Conn, error) {
	for {
		conn, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		address := hostOf(conn.RemoteAddr())
		if l.take(address) {
			return &limitedConn{Conn: conn, release: sync.OnceFunc(func() { l.give(address) })}, nil
		}
		_ = conn.Close() // it was never ours
	}
}

func (l *limitedListener) take(address string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.open >= l.limits.Total || l.from[address] >= l.limits.PerAddress {
		return false
	}
	l.open++
	l.from[address]++
	return true
}

func (l *limitedListener) give(address string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.open--
	if l.from[address]--; l.from[address] == 0 {
		delete(l.from, address)
	}
}

// hostOf is an address without its port.
func hostOf(address net.Addr) string {
	host, _, err := net.SplitHostPort(address.String())
	if err != nil {
		return address.String()
	}
	return host
}

// limitedConn gives its place back when it is closed.
type limitedConn struct {
	net.Conn
	release func()
}

// Close closes the connection; closing it again gives nothing back twice.
func (c *limitedConn) Close() error {
	err := c.Conn.Close()
	c.release()
	return err
}
