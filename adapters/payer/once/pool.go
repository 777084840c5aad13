package once

import (
	"sync"
	"time"
)

// idleMax is how long an unused connection is kept. It is shorter than common
// servers' own limit, so that a request seldom meets a connection about to be
// closed.
const idleMax = 30 * time.Second

// pool keeps connections that are good for another request.
type pool struct {
	most int // of each host

	mu    sync.Mutex
	idle  map[host][]*line // the one used last at the end
	sweep *time.Timer      // closes what nobody used for long
}

// take is the connection to a host that was used last, or nil.
func (p *pool) take(to host) *line {
	p.mu.Lock()
	defer p.mu.Unlock()
	lines := p.idle[to]
	if len(lines) == 0 {
		return nil
	}
	p.idle[to] = lines[:len(lines)-1]
	return lines[len(lines)-1]
}

// put keeps a connection for the next request.
func (p *pool) put(l *line) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.idle[l.to]) >= p.most {
		l.close()
		return
	}
	if p.idle == nil {
		p.idle = make(map[host][]*line)
	}
	l.used = time.Now()
	p.idle[l.to] = append(p.idle[l.to], l)
	if p.sweep == nil {
		p.sweep = time.AfterFunc(idleMax, func() { p.drop(time.Now().Add(-idleMax)) })
	}
}

// drop closes the connections that were not used since, or all where since is
// zero; while some are left, it comes again.
func (p *pool) drop(since time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	left := 0
	for to, lines := range p.idle {
		old := 0
		for old < len(lines) && (since.IsZero() || !lines[old].used.After(since)) {
			lines[old].close()
			old++
		}
		p.idle[to] = append(lines[:0], lines[old:]...)
		left += len(lines) - old
	}
	switch {
	case p.sweep == nil:
	case left > 0:
		p.sweep.Reset(idleMax)
	default:
		p.sweep.Stop()
		p.sweep = nil
	}
}
