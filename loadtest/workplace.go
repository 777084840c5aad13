package main

import (
	"fmt"
	"io"
	"os"
)

// workplace is where a trial works.
type workplace struct {
	folder string
	stays  bool // it was named, and is left whatever comes of the trial
}

// newWorkplace is the folder keep, or a temporary one if that is empty. One
// with something in it is refused: the journals of an earlier trial would be
// judged with this one.
func newWorkplace(keep string) (workplace, error) {
	if keep == "" {
		folder, err := os.MkdirTemp("", "onestop-soak-")
		return workplace{folder: folder}, err
	}
	if err := os.MkdirAll(keep, 0o700); err != nil {
		return workplace{}, err
	}
	left, err := os.ReadDir(keep)
	if err == nil && len(left) > 0 {
		err = fmt.Errorf("--keep %s: the folder is not empty", keep)
	}
	return workplace{folder: keep, stays: true}, err
}

// leave takes a temporary folder away after a trial that went well, and
// otherwise says where it is and of which seed.
func (w workplace) leave(well bool, notes io.Writer, seed uint64) error {
	if well && !w.stays {
		return os.RemoveAll(w.folder)
	}
	fmt.Fprintf(notes, "kept in %s (seed %d)\n", w.folder, seed)
	return nil
}
