package measure

import (
	"time"

	"golang.org/x/sys/unix"
)

// precisely sleeps in the kernel: the runtime's own timers wake an idle
// process in whole milliseconds, which is as long as a settlement takes. A
// sleep that a signal cuts short is slept to its end.
func precisely(d time.Duration) {
	wait := unix.NsecToTimespec(d.Nanoseconds())
	for unix.Nanosleep(&wait, &wait) == unix.EINTR {
	}
}
