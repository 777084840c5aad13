package storetest

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/onestop-gateway/onestop/adapters/store/sealing"
)

// master is the master key of the rings of tests.
var master = bytes.Repeat([]byte{0x5a}, sealing.KeySize)

// RingFile is a ring of a test in a file.
type RingFile struct {
	Path string
	Book *sealing.Book
}

// NewRingFile makes a ring with one data key that does not seal yet.
func NewRingFile(t testing.TB, algorithm sealing.Algorithm) *RingFile {
	t.Helper()
	book, err := sealing.NewBook(algorithm, master, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	r := &RingFile{filepath.Join(t.TempDir(), "ring.json"), book}
	r.write(t)
	return r
}

// Use lets the newest key seal.
func (r *RingFile) Use(t testing.TB) *RingFile {
	t.Helper()
	if err := r.Book.Use(r.Book.Keys[len(r.Book.Keys)-1].ID, time.Now()); err != nil {
		t.Fatal(err)
	}
	r.write(t)
	return r
}

// Rotate adds a data key and lets it seal.
func (r *RingFile) Rotate(t testing.TB, algorithm sealing.Algorithm) {
	t.Helper()
	if _, err := r.Book.Add(algorithm, master, time.Now()); err != nil {
		t.Fatal(err)
	}
	r.Use(t)
}

// Open is the ring as a gateway has it.
func (r *RingFile) Open(t testing.TB) *sealing.Ring {
	t.Helper()
	ring, err := sealing.OpenRing(r.Path, master)
	if err != nil {
		t.Fatal(err)
	}
	return ring
}

func (r *RingFile) write(t testing.TB) {
	t.Helper()
	text, err := r.Book.Text()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(r.Path, text, 0o600); err != nil {
		t.Fatal(err)
	}
}
