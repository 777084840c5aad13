package store

import "time"

// Observer is told how writes share commits, for metrics. Its methods return at
// once and are safe for concurrent use.
type Observer interface {
	// Waited: one write waited in the queue until its transaction began; 0 for
	// a write that found nobody before it.
	Waited(took time.Duration)
	// Committed: one transaction of so many writes ended, took after it began.
	// failed: none of them was applied, or that is in doubt.
	Committed(writes int, failed bool, took time.Duration)
}

// Unobserved is the Observer of a store without one.
type Unobserved struct{}

// Waited does nothing.
func (Unobserved) Waited(time.Duration) {}

// Committed does nothing.
func (Unobserved) Committed(int, bool, time.Duration) {}

// Watching is config, or Unobserved where there is none.
func Watching(config Observer) Observer {
	if config == nil {
		return Unobserved{}
	}
	return config
}
