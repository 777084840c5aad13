package main

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io/fs"
	"os"
	"slices"
	"strconv"

	"github.com/onestop-gateway/onestop/settlement/eligibility"
)

// rejects is the file of rows that were not taken, with their cells as they
// stood: mend them and import it. It is made when there is a first one, for
// its owner only, since it holds personal data.
type rejects struct {
	path    string
	heading []string
	before  int64 // length that an earlier run had reached
	file    *os.File
}

func openRejects(path string, before int64) *rejects { return &rejects{path: path, before: before} }

// write puts rows behind the first length bytes, taking away whatever a batch
// that never came in left behind them, and gives the length that results.
func (r *rejects) write(all []eligibility.Reject, cells map[int][]string, length int64) (int64, error) {
	if len(all) == 0 {
		return length, nil
	}
	if r.file == nil {
		file, err := os.OpenFile(r.path, os.O_RDWR|os.O_CREATE, 0o600)
		if err != nil {
			return 0, err
		}
		r.file = file
	}
	var text bytes.Buffer
	out := csv.NewWriter(&text)
	if length == 0 {
		text.WriteString("\ufeff")
		if err := out.Write(append(slices.Clone(r.heading), "line", "field", "reason")); err != nil {
			return 0, err
		}
	}
	for _, reject := range all {
		row := make([]string, len(r.heading), len(r.heading)+3)
		copy(row, cells[reject.Line])
		if err := out.Write(append(row, strconv.Itoa(reject.Line), reject.Field, reject.Says)); err != nil {
			return 0, err
		}
	}
	out.Flush()
	if err := r.file.Truncate(length); err != nil {
		return 0, err
	}
	if _, err := r.file.WriteAt(text.Bytes(), length); err != nil {
		return 0, err
	}
	return length + int64(text.Len()), r.file.Sync()
}

// shut closes the file. One that an earlier import of other content left and
// this one had no use for is taken away.
func (r *rejects) shut() error {
	if r.file != nil {
		return r.file.Close()
	}
	if r.before > 0 {
		return nil
	}
	if err := os.Remove(r.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
