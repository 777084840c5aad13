package spill

import (
	"bytes"
	"errors"
	"os"
	"slices"
)

const (
	// Memory is what lines may hold of memory before they are spilled, bytes.
	Memory = 16 << 20

	fan      = 16 // runs merged into one, and so half of what is open at once on a level
	overhead = 24 // what a line costs besides its bytes
)

// Lines are lines to be sorted. They are not safe for concurrent use. Close
// them in the end.
type Lines struct {
	folder string
	room   int // bytes of memory
	held   int // bytes taken
	lines  [][]byte
	// levels are the runs spilled: those of a level were merged equally often,
	// so that each line is copied once a level.
	levels [][]*run
}

// New makes an empty set of lines that spills into files of folder, "" being
// the system's own for temporary files.
func New(folder string) *Lines { return &Lines{folder: folder, room: Memory} }

// Add implements lifecycle.Sorter. It keeps a copy of line.
func (l *Lines) Add(line []byte) error {
	l.lines = append(l.lines, bytes.Clone(line))
	l.held += len(line) + overhead
	if l.held < l.room {
		return nil
	}
	return l.spill()
}

// spill writes what is in memory as a run.
func (l *Lines) spill() error {
	slices.SortFunc(l.lines, bytes.Compare)
	written, err := create(l.folder)
	if err != nil {
		return err
	}
	for _, line := range l.lines {
		if err := written.put(line); err != nil {
			return errors.Join(err, written.close())
		}
	}
	l.lines, l.held = nil, 0
	return l.keep(0, written)
}

// keep adds a run to a level; a full level becomes one run of the next.
func (l *Lines) keep(level int, written *run) error {
	if level == len(l.levels) {
		l.levels = append(l.levels, nil)
	}
	l.levels[level] = append(l.levels[level], written)
	if len(l.levels[level]) < fan {
		return nil
	}
	merged, err := create(l.folder)
	if err != nil {
		return err
	}
	err = merge(l.levels[level], merged.put)
	if err = errors.Join(err, l.drop(level)); err != nil {
		return errors.Join(err, merged.close())
	}
	return l.keep(level+1, merged)
}

// drop forgets the runs of a level.
func (l *Lines) drop(level int) error {
	var problems []error
	for _, one := range l.levels[level] {
		problems = append(problems, one.close())
	}
	l.levels[level] = nil
	return errors.Join(problems...)
}

// Sorted implements lifecycle.Sorter. Nothing may be added afterwards.
func (l *Lines) Sorted(give func(line []byte) error) error {
	if len(l.levels) == 0 { // it all fits
		slices.SortFunc(l.lines, bytes.Compare)
		for _, line := range l.lines {
			if err := give(line); err != nil {
				return err
			}
		}
		return nil
	}
	if err := l.spill(); err != nil {
		return err
	}
	return merge(slices.Concat(l.levels...), give)
}

// Close gives back the files.
func (l *Lines) Close() error {
	var problems []error
	for level := range l.levels {
		problems = append(problems, l.drop(level))
	}
	l.lines, l.levels = nil, nil
	return errors.Join(problems...)
}

// create makes the file of a run; its name is given up at once, so that
// nothing stays behind however the program ends.
func create(folder string) (*run, error) {
	file, err := os.CreateTemp(folder, "onestop-lines-*")
	if err != nil {
		return nil, err
	}
	if err := os.Remove(file.Name()); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return newRun(file), nil
}
