package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"
)

// The verbs that take a request key.
const (
	verbSettle  = "settle"
	verbReverse = "reverse"
)

// ask is one request as its client keeps it: the same bytes of content go out
// at every repeat, whatever the transport.
type ask struct {
	Key       string          `json:"key"`
	Verb      string          `json:"verb"`
	Discharge string          `json:"discharge"`
	Encounter string          `json:"encounter"`
	Person    string          `json:"person"`
	Of        string          `json:"of,omitempty"`     // id of the settlement to reverse
	OfKey     string          `json:"of_key,omitempty"` // key it was settled under
	Body      json.RawMessage `json:"body"`             // the request of the contract, as JSON
}

// said is one answer, or what came instead of one.
type said struct {
	Key       string    `json:"key"`
	At        time.Time `json:"at"`
	Transport string    `json:"transport"`
	Status    string    `json:"status"`           // name of the gRPC code; "none" without an answer
	Reason    string    `json:"reason,omitempty"` // of an error
	State     string    `json:"state,omitempty"`  // of a settlement
	Refused   string    `json:"refused,omitempty"`
	ID        string    `json:"id,omitempty"`
	Raw       []byte    `json:"raw,omitempty"` // the answer's own bytes
}

// page is one line of a journal.
type page struct {
	Ask  *ask  `json:"ask,omitempty"`
	Said *said `json:"said,omitempty"`
}

// journal is what a client has asked and heard. A line is on the disk when
// writing it returns, so that a client that dies knows every key it has used.
type journal struct {
	mu   sync.Mutex
	file *os.File
}

// openJournal opens the journal of a client, or starts one.
func openJournal(folder string, client int) (*journal, error) {
	name := filepath.Join(folder, fmt.Sprintf("client-%03d.jsonl", client))
	file, err := os.OpenFile(name, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("opening journal: %w", err)
	}
	return &journal{file: file}, nil
}

// write adds a line, and returns once it is on the disk.
func (j *journal) write(p page) error {
	line, err := json.Marshal(p)
	if err != nil {
		return fmt.Errorf("writing journal: %w", err)
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if _, err := j.file.Write(append(line, '\n')); err != nil {
		return fmt.Errorf("writing journal: %w", err)
	}
	return j.file.Sync()
}

func (j *journal) close() error { return j.file.Close() }

// story is everything asked and heard under one key.
type story struct {
	ask
	Said   []said
	client int // whose journal it stands in
}

// last is the last answer that says how the key stands; transport failures and
// errors that only ask for patience say nothing.
func (s *story) last() (said, standing) {
	for _, one := range slices.Backward(s.Said) {
		if how := one.standing(); how != standingOpen {
			return one, how
		}
	}
	return said{}, standingOpen
}

// readJournals reads every journal of a folder, in the order of the clients
// and of what they asked.
func readJournals(folder string) ([]*story, error) {
	names, err := filepath.Glob(filepath.Join(folder, "client-*.jsonl"))
	if err != nil {
		return nil, err
	}
	slices.Sort(names)
	var all []*story
	for client, name := range names {
		stories, err := readJournal(name)
		if err != nil {
			return nil, fmt.Errorf("reading journal %s: %w", filepath.Base(name), err)
		}
		for _, one := range stories {
			one.client = client
		}
		all = append(all, stories...)
	}
	return all, nil
}

// readJournal reads one client's stories. An answer belongs to the request of
// its key, which was written before it was sent.
func readJournal(name string) ([]*story, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	decoder := json.NewDecoder(bufio.NewReader(file))
	var stories []*story
	byKey := map[string]*story{}
	for {
		var p page
		err := decoder.Decode(&p)
		switch {
		case errors.Is(err, io.EOF):
			return stories, nil
		case err != nil:
			return nil, err
		case p.Ask != nil:
			one := &story{ask: *p.Ask}
			stories, byKey[one.Key] = append(stories, one), one
		case p.Said != nil && byKey[p.Said.Key] != nil:
			byKey[p.Said.Key].Said = append(byKey[p.Said.Key].Said, *p.Said)
		default:
			return nil, fmt.Errorf("an answer without its request")
		}
	}
}
