package admission

import "time"

// pace is how fast calls leave, by the last stretch of time that is over.
type pace struct {
	since time.Time // when the stretch under way began
	calls int       // that left in it
	last  float64   // calls a second, in the stretch before
}

// stretch is long enough to hold some calls, and short enough to be news.
const stretch = 100 * time.Millisecond

// left counts a call that leaves now.
func (p *pace) left(now time.Time) {
	if took := now.Sub(p.since); took >= stretch {
		p.last = float64(p.calls) / took.Seconds()
		p.since, p.calls = now, 0
	}
	p.calls++
}

// within is how many calls leave in so long a time.
func (p *pace) within(time time.Duration) int { return int(p.last * time.Seconds()) }
