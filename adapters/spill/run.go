package spill

import (
	"bufio"
	"bytes"
	"container/heap"
	"encoding/binary"
	"errors"
	"io"
	"os"
)

// buffer is what one run has of memory while it is written or read, bytes.
const buffer = 32 << 10

// run is a file of sorted lines, each behind its length.
type run struct {
	file *os.File
	to   *bufio.Writer
	from *bufio.Reader
	line []byte // the one read last
}

func newRun(file *os.File) *run {
	return &run{file: file, to: bufio.NewWriterSize(file, buffer)}
}

// put appends a line.
func (r *run) put(line []byte) error {
	if _, err := r.to.Write(binary.AppendUvarint(r.to.AvailableBuffer(), uint64(len(line)))); err != nil {
		return err
	}
	_, err := r.to.Write(line)
	return err
}

// rewind turns from writing to reading.
func (r *run) rewind() error {
	if err := r.to.Flush(); err != nil {
		return err
	}
	_, err := r.file.Seek(0, io.SeekStart)
	r.from = bufio.NewReaderSize(r.file, buffer)
	return err
}

// next reads a line, or io.EOF.
func (r *run) next() error {
	size, err := binary.ReadUvarint(r.from)
	if err != nil {
		return err
	}
	r.line = append(r.line[:0], make([]byte, size)...)
	_, err = io.ReadFull(r.from, r.line)
	return err
}

func (r *run) close() error { return r.file.Close() }

// merge gives the lines of all runs in order. A line is good until give
// returns.
func merge(runs []*run, give func([]byte) error) error {
	var queue byLine
	push := func(r *run) error {
		err := r.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil {
			heap.Push(&queue, r)
		}
		return err
	}
	for _, r := range runs {
		if err := errors.Join(r.rewind(), push(r)); err != nil {
			return err
		}
	}
	for queue.Len() > 0 {
		least, _ := heap.Pop(&queue).(*run)
		if err := give(least.line); err != nil {
			return err
		}
		if err := push(least); err != nil {
			return err
		}
	}
	return nil
}

// byLine is a heap of runs, the one with the least line first.
type byLine []*run

func (q byLine) Len() int           { return len(q) }
func (q byLine) Less(i, j int) bool { return bytes.Compare(q[i].line, q[j].line) < 0 }
func (q byLine) Swap(i, j int)      { q[i], q[j] = q[j], q[i] }

// Push implements heap.Interface.
func (q *byLine) Push(one any) {
	if r, ok := one.(*run); ok {
		*q = append(*q, r)
	}
}

// Pop implements heap.Interface.
func (q *byLine) Pop() any {
	last := len(*q) - 1
	least := (*q)[last]
	*q = (*q)[:last]
	return least
}
