package identity

import (
	"net"
	"net/netip"
	"sync"
	"time"
)

// When somebody is locked out who goes on showing what is not believed.
const (
	lockAfter  = 10 // failures
	lockWithin = time.Minute
	lockFor    = time.Minute
	lockMax    = 4096 // origins that are remembered
)

// Lockout counts credentials that were not believed, by where they came from. Only
// what would have to be proved anew is turned away while an origin is locked out:
// whoever was believed there before goes on, and so does everybody elsewhere. A
// nil Lockout locks nobody out. It is safe for concurrent use.
type Lockout struct {
	now func() time.Time

	mu    sync.Mutex // over what follows
	seen  map[string]failures
	swept time.Time
}

// failures of one origin.
type failures struct {
	since  time.Time
	count  int
	locked time.Time // until then
}

// NewLockout counts by a clock.
func NewLockout(now func() time.Time) *Lockout {
	return &Lockout{now: now, seen: map[string]failures{}}
}

// Locked reports whether an origin is locked out.
func (l *Lockout) Locked(origin string) bool {
	if l == nil {
		return false
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.now().Before(l.seen[origin].locked)
}

// Failed counts a failure of an origin. While the table is full of others, a new
// one is not counted: proving it costs what it costs.
func (l *Lockout) Failed(origin string) {
	if l == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	found, known := l.seen[origin]
	if !known && len(l.seen) >= lockMax && !l.sweep(now) {
		return
	}
	if now.Sub(found.since) >= lockWithin {
		found.since, found.count = now, 0
	}
	if found.count++; found.count >= lockAfter {
		found.locked = now.Add(lockFor)
	}
	l.seen[origin] = found
}

// sweep forgets what counts no more, at most once a second, and reports whether
// there is room.
func (l *Lockout) sweep(now time.Time) bool {
	if now.Sub(l.swept) < time.Second {
		return false
	}
	l.swept = now
	for origin, f := range l.seen {
		if now.Sub(f.since) >= lockWithin && !now.Before(f.locked) {
			delete(l.seen, origin)
		}
	}
	return len(l.seen) < lockMax
}

// network is the address of a caller as far as it tells callers apart: of IPv6 the
// first 64 bits, of which one has as many addresses as they like.
func network(address string) string {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		host = address
	}
	ip, err := netip.ParseAddr(host)
	if err != nil || ip.Unmap().Is4() {
		return host
	}
	prefix, err := ip.WithZone("").Prefix(64)
	if err != nil {
		return host
	}
	return prefix.String()
}
