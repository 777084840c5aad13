package heads

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/onestop-gateway/onestop/settlement/chain"
)

const (
	fileMode = 0o640 // an auditor's group reads
	suffix   = ".heads.jsonl"
)

// Folders are where heads are written: each in a file of the instance's own in
// every folder. More than one, on different machines, is more than one proof.
type Folders []string

// Append writes a head at the end of its instance's file in every folder, and
// returns once each is on its disk. A folder that fails does not keep the
// others from being written.
func (f Folders) Append(head chain.Head) error {
	line, err := head.Line()
	if err != nil {
		return fmt.Errorf("writing head: %w", err)
	}
	var problems []error
	for _, folder := range f {
		if err := appendTo(folder, head.Instance+suffix, line); err != nil {
			problems = append(problems, fmt.Errorf("writing head: %w", err))
		}
	}
	return errors.Join(problems...)
}

// appendTo appends a line and makes it durable, the file's name too.
func appendTo(folder, name string, line []byte) error {
	file, err := os.OpenFile(filepath.Join(folder, name), os.O_APPEND|os.O_CREATE|os.O_RDWR, fileMode)
	if err != nil {
		return err
	}
	defer file.Close()
	if torn, err := isTorn(file); err != nil {
		return err
	} else if torn {
		line = append([]byte{'\n'}, line...)
	}
	if _, err := file.Write(line); err != nil {
		return err
	}
	if err := file.Sync(); err != nil {
		return err
	}
	parent, err := os.Open(folder)
	if err != nil {
		return err
	}
	return errors.Join(parent.Sync(), parent.Close())
}

// isTorn reports whether the last line of a file was cut short by a crash.
func isTorn(file *os.File) (bool, error) {
	info, err := file.Stat()
	if err != nil || info.Size() == 0 {
		return false, err
	}
	var last [1]byte
	_, err = file.ReadAt(last[:], info.Size()-1)
	return last[0] != '\n', err
}

// Read reads the heads of every file of every folder. torn counts lines that are
// no head: one that a crash cut short, or that somebody has damaged.
func Read(folders ...string) (found []chain.Head, torn int, err error) {
	for _, folder := range folders {
		if _, err := os.Stat(folder); err != nil {
			return nil, 0, fmt.Errorf("reading heads: %w", err)
		}
		files, err := filepath.Glob(filepath.Join(folder, "*"+suffix))
		if err != nil {
			return nil, 0, fmt.Errorf("reading heads: %w", err)
		}
		slices.Sort(files)
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				return nil, 0, fmt.Errorf("reading heads: %w", err)
			}
			for line := range bytes.Lines(text) {
				head, err := chain.ReadHead(line)
				if err != nil {
					torn++
					continue
				}
				found = append(found, head)
			}
		}
	}
	return found, torn, nil
}
