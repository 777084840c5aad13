//go:build unix

package once

import (
	"errors"
	"syscall"
)

// nothingToRead reports whether an open socket has nothing to say, not even
// that it ended.
func nothingToRead(socket uintptr) bool {
	var one [1]byte
	_, err := syscall.Read(int(socket), one[:])
	return errors.Is(err, syscall.EAGAIN)
}
