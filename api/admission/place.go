package admission

import "time"

// Place is what a call holds that was let in. While it waits for a payer it
// stands aside: it costs the gateway nothing then, and somebody else may go in.
// Whoever comes back is not stopped, even where that makes more than may be at
// once; how many may wait for payers is bounded by who sends them there. Its
// methods may be called from several goroutines, at any time and repeatedly.
type Place struct {
	gate  *Gate
	class Class

	aside, left bool // under the gate's lock
}

// Leave gives the place back, for good.
func (p *Place) Leave() {
	p.gate.mu.Lock()
	defer p.gate.mu.Unlock()
	if p.left {
		return
	}
	p.left = true
	p.gate.pace.left(time.Now())
	if !p.aside {
		p.gate.free(p.class)
	}
}

// Aside lends the place out until the call is Back. After Leave neither does
// anything: a settlement may go on without its caller.
func (p *Place) Aside() {
	p.gate.mu.Lock()
	defer p.gate.mu.Unlock()
	if p.left || p.aside {
		return
	}
	p.aside = true
	p.gate.free(p.class)
}

// Back takes a place again.
func (p *Place) Back() {
	p.gate.mu.Lock()
	defer p.gate.mu.Unlock()
	if p.left || !p.aside {
		return
	}
	p.aside = false
	p.gate.count(p.class, 1)
}
