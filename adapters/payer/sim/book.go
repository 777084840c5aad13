package sim

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
)

// entry is one line of the book. Lines are only added: a reversal is a line
// that names the settlement it undoes.
type entry struct {
	Reference string  `json:"reference"` // the payer's id of this record
	Undoes    string  `json:"undoes,omitempty"`
	Message   string  `json:"message"`
	Person    string  `json:"person"`
	Encounter string  `json:"encounter"`
	Facility  string  `json:"facility,omitempty"`
	Scheme    string  `json:"scheme"`
	At        string  `json:"at"`
	Amounts   amounts `json:"amounts"`
	Admission bool    `json:"admission,omitempty"` // opens a stay
	Inpatient string  `json:"inpatient,omitempty"` // the hospital's number of it
	Charge    *charge `json:"charge,omitempty"`    // adds to one
}

// held is a settlement in the book, standing or reversed.
type held struct {
	entry
	reversed bool
}

// book is the payer's own durable memory: a file of JSON lines with an index
// in memory. What a call has done or seen is on the disk before it is
// answered; concurrent calls share one fsync.
type book struct {
	mu          sync.Mutex
	flushed     sync.Cond
	file        *os.File
	queue       []byte // lines not yet written
	batch, done uint64 // number of the batch being gathered, and of the last durable one
	writing     bool
	broken      error // set for ever when a write failed: nothing is promised any more

	lines       int
	settlements []*held
	byReference map[string]*held
	byMessage   map[string][]*held
	byEncounter map[string][]*held
	uploads     map[string]*upload // by encounter
}

// openBook reads the book at path, or starts one. A last line that a crash cut
// short was never answered for, and is dropped. One process opens it at a time.
func openBook(path string) (*book, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return nil, fmt.Errorf("opening book: %w", err)
	}
	b := &book{
		file: file, batch: 1,
		byReference: map[string]*held{}, byMessage: map[string][]*held{}, byEncounter: map[string][]*held{},
		uploads: map[string]*upload{},
	}
	b.flushed.L = &b.mu
	if err := b.load(); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return b, nil
}

func (b *book) load() error {
	content, err := io.ReadAll(b.file)
	if err != nil {
		return fmt.Errorf("reading book: %w", err)
	}
	whole := bytes.LastIndexByte(content, '\n') + 1
	for line := range bytes.Lines(content[:whole]) {
		var e entry
		if err := json.Unmarshal(line, &e); err != nil {
			return fmt.Errorf("reading book: line %d: %w", b.lines+1, err)
		}
		b.index(e)
	}
	if err := b.file.Truncate(int64(whole)); err != nil {
		return fmt.Errorf("mending book: %w", err)
	}
	return b.anchor()
}

// anchor makes the file itself and its name durable.
func (b *book) anchor() error {
	if err := b.file.Sync(); err != nil {
		return fmt.Errorf("syncing book: %w", err)
	}
	folder, err := os.Open(filepath.Dir(b.file.Name()))
	if err != nil {
		return fmt.Errorf("syncing book's folder: %w", err)
	}
	return errors.Join(folder.Sync(), folder.Close())
}

// visit runs f alone with the book and returns when everything f did or saw is
// durable. After an error nothing is known, and the call must not be answered.
func (b *book) visit(f func()) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.broken != nil {
		return b.broken
	}
	f()
	mine := b.batch
	if len(b.queue) == 0 { // only what is being written just now can be undurable
		mine = b.batch - 1
	}
	for b.done < mine && b.broken == nil {
		if b.writing {
			b.flushed.Wait()
			continue
		}
		b.flush()
	}
	return b.broken
}

// flush writes the queue and syncs it, with the lock given up meanwhile.
func (b *book) flush() {
	batch, queue := b.batch, b.queue
	b.batch, b.queue, b.writing = b.batch+1, nil, true
	b.mu.Unlock()
	_, err := b.file.Write(queue)
	if err == nil {
		err = b.file.Sync()
	}
	b.mu.Lock()
	b.done, b.writing = batch, false
	if err != nil {
		b.broken = fmt.Errorf("writing book: %w", err)
	}
	b.flushed.Broadcast()
}

// add puts e into the book under a reference of its own; only inside visit.
func (b *book) add(e entry) entry {
	e.Reference = fmt.Sprintf("S%012d", b.lines+1)
	line, err := json.Marshal(e)
	if err != nil {
		b.broken = fmt.Errorf("writing book: %w", err)
	}
	b.queue = append(append(b.queue, line...), '\n')
	b.index(e)
	return e
}

func (b *book) index(e entry) {
	b.lines++
	if e.Admission {
		b.uploads[e.Encounter] = &upload{person: e.Person, inpatient: e.Inpatient, charges: map[string]charge{}}
		return
	}
	if e.Charge != nil {
		stay := b.uploads[e.Encounter]
		stay.charges[e.Charge.Code] = *e.Charge
		stay.total, stay.eligible = stay.total+e.Charge.Total, stay.eligible+e.Charge.Eligible
		return
	}
	if e.Undoes != "" {
		if original := b.byReference[e.Undoes]; original != nil {
			original.reversed = true
		}
		return
	}
	h := &held{entry: e}
	b.settlements = append(b.settlements, h)
	b.byReference[e.Reference] = h
	b.byMessage[e.Message] = append(b.byMessage[e.Message], h)
	b.byEncounter[e.Encounter] = append(b.byEncounter[e.Encounter], h)
}

// byReferences is the settlement of a reference, as a list.
func (b *book) byReferences(reference string) []*held {
	if one := b.byReference[reference]; one != nil {
		return []*held{one}
	}
	return nil
}

// net is how many settlements of a message stand.
func (b *book) net(message string) (net int) {
	for _, h := range b.byMessage[message] {
		if !h.reversed {
			net++
		}
	}
	return net
}

// close ends the book; what was answered is on the disk already.
func (b *book) close() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	for b.writing {
		b.flushed.Wait()
	}
	b.broken = os.ErrClosed
	return b.file.Close()
}
