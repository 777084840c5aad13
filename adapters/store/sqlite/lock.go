package sqlite

import (
	"errors"
	"fmt"
	"os"
	"syscall"

	"github.com/onestop-gateway/onestop/settlement"
)

var errHeld = errors.New("another process has this store open")

// hold takes the lock file of a store for as long as the file stays open,
// which is until the process ends in whatever way. Blocked: somebody has it.
func hold(path string) (*os.File, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, fileMode)
	if err != nil {
		return nil, fmt.Errorf("opening lock file: %w", err)
	}
	err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if err == nil {
		return file, nil
	}
	closing := file.Close()
	if errors.Is(err, syscall.EWOULDBLOCK) {
		err = &settlement.Error{
			Kind: settlement.KindBlocked, Reason: settlement.ReasonStoreUnavailable,
			Object: path, Cause: errHeld,
		}
	}
	return nil, errors.Join(fmt.Errorf("locking: %w", err), closing)
}
