//go:build !linux

package measure

import "time"

// precisely sleeps as the runtime does.
func precisely(d time.Duration) { time.Sleep(d) }
