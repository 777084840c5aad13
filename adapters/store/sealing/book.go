package sealing

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"
)

// Book is the file of a ring: what of it may be read by anyone who has the file
// alone. It is kept as JSON.
type Book struct {
	Active string  `json:"active"` // id of the data key that seals; "" keeps values as they are
	Keys   []Entry `json:"keys"`   // data keys, the oldest first
	Index  Entry   `json:"index"`  // of the blind index; it lasts as long as the ring
}

// Entry is one key of a ring, encrypted under a master key.
type Entry struct {
	ID        string    `json:"id"` // 8 hexadecimal digits, in every value it sealed
	Algorithm Algorithm `json:"algorithm"`
	Made      time.Time `json:"made"`
	Master    string    `json:"master"` // name of the master key
	Wrapped   []byte    `json:"wrapped"`
	// Relieved is when another key took over sealing from this one.
	Relieved *time.Time `json:"relieved,omitempty"`
}

var (
	errNoMaster  = errors.New("no master key given opens it")
	errNoKeys    = errors.New("it has no key")
	errNotThere  = errors.New("it has no such key")
	errInUse     = errors.New("it seals: let another key seal first")
	errTwice     = errors.New("it has a key twice")
	errMaster    = fmt.Errorf("a master key has %d bytes", KeySize)
	errWrapped   = errors.New("the key was altered")
	errFollowing = errors.New("something follows the ring")
)

// NewBook is a ring with a first data key that does not seal yet, under a master
// key.
func NewBook(algorithm Algorithm, master []byte, now time.Time) (*Book, error) {
	if err := algorithm.known(); err != nil {
		return nil, err
	}
	var b Book
	var err error
	if b.Index, err = newEntry("index", algorithm, master, now); err != nil {
		return nil, err
	}
	_, err = b.Add(algorithm, master, now)
	return &b, err
}

// ReadBook reads a ring; keys nobody knows refuse.
func ReadBook(text []byte) (*Book, error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	var b Book
	if err := decoder.Decode(&b); err != nil {
		return nil, err
	}
	if _, err := decoder.Token(); err != io.EOF {
		return nil, errFollowing
	}
	seen := map[string]bool{}
	for _, e := range append([]Entry{b.Index}, b.Keys...) {
		if err := e.Algorithm.known(); err != nil {
			return nil, err
		}
		id, err := hex.DecodeString(e.ID)
		if err != nil || len(id) != idSize {
			return nil, fmt.Errorf("id %q: must be 8 hexadecimal digits", e.ID)
		}
		if seen[e.ID] {
			return nil, errTwice
		}
		seen[e.ID] = true
	}
	if len(b.Keys) == 0 {
		return nil, errNoKeys
	}
	if b.Active != "" && b.entry(b.Active) == nil {
		return nil, fmt.Errorf("active %q: %w", b.Active, errNotThere)
	}
	return &b, nil
}

// Text is the ring as it is kept.
func (b *Book) Text() ([]byte, error) {
	text, err := json.MarshalIndent(b, "", "  ")
	return append(text, '\n'), err
}

// entry is a data key by its id; nil: there is none.
func (b *Book) entry(id string) *Entry {
	for i := range b.Keys {
		if b.Keys[i].ID == id {
			return &b.Keys[i]
		}
	}
	return nil
}

// Add makes another data key, which does not seal yet, and gives its id.
func (b *Book) Add(algorithm Algorithm, master []byte, now time.Time) (string, error) {
	e, err := newEntry("value", algorithm, master, now)
	if err != nil {
		return "", err
	}
	b.Keys = append(b.Keys, e)
	return e.ID, nil
}

// Use makes a data key the one that seals from now on; "" keeps values as they
// are.
func (b *Book) Use(id string, now time.Time) error {
	next := b.entry(id)
	if id != "" && next == nil {
		return fmt.Errorf("%q: %w", id, errNotThere)
	}
	if last := b.entry(b.Active); last != nil && last != next {
		relieved := now.UTC().Truncate(time.Second)
		last.Relieved = &relieved
	}
	if next != nil {
		next.Relieved = nil
	}
	b.Active = id
	return nil
}

// Idle is for how long a data key has not sealed, or at least how long another
// has; 0: it seals, or nothing is known of it.
func (b *Book) Idle(id string, now time.Time) time.Duration {
	e := b.entry(id)
	switch {
	case e == nil || id == b.Active:
		return 0
	case e.Relieved != nil:
		return now.Sub(*e.Relieved)
	case b.Active == "": // and it never did
		return now.Sub(e.Made)
	}
	return now.Sub(b.entry(b.Active).Made)
}

// Retire takes a data key out. What it sealed cannot be opened with this ring
// any more: see that there is nothing.
func (b *Book) Retire(id string) error {
	if b.entry(id) == nil {
		return fmt.Errorf("%q: %w", id, errNotThere)
	}
	if id == b.Active {
		return fmt.Errorf("%q: %w", id, errInUse)
	}
	b.Keys = slices.DeleteFunc(b.Keys, func(e Entry) bool { return e.ID == id })
	return nil
}

// Entrust encrypts every key anew, under another master key.
func (b *Book) Entrust(masters [][]byte, to []byte) error {
	entrusted := Book{Active: b.Active, Keys: make([]Entry, len(b.Keys))}
	again := func(use string, e Entry) (Entry, error) {
		secret, err := e.unwrap(use, masters)
		if err != nil {
			return e, err
		}
		err = e.wrap(use, secret, to)
		return e, err
	}
	var err error
	if entrusted.Index, err = again("index", b.Index); err != nil {
		return err
	}
	for i, e := range b.Keys {
		if entrusted.Keys[i], err = again("value", e); err != nil {
			return err
		}
	}
	*b = entrusted
	return nil
}

// MasterName names a master key without telling it.
func MasterName(master []byte) string {
	sum := sha256.Sum256(append([]byte("onestop master key"), master...))
	return hex.EncodeToString(sum[:idSize])
}

func newEntry(use string, algorithm Algorithm, master []byte, now time.Time) (Entry, error) {
	if err := algorithm.known(); err != nil {
		return Entry{}, err
	}
	var drawn [idSize + KeySize]byte
	if _, err := rand.Read(drawn[:]); err != nil {
		return Entry{}, err
	}
	e := Entry{ID: hex.EncodeToString(drawn[:idSize]), Algorithm: algorithm, Made: now.UTC().Truncate(time.Second)}
	err := e.wrap(use, drawn[idSize:], master)
	return e, err
}

// about is what a wrapped key is bound to.
func (e *Entry) about(use string) []byte {
	return Place{Column: use, A: e.ID, B: string(e.Algorithm)}.bytes(nil)
}

// wrap encrypts the secret under a master key.
func (e *Entry) wrap(use string, secret, master []byte) error {
	if len(master) != KeySize {
		return errMaster
	}
	var salt [saltSize]byte
	if _, err := rand.Read(salt[:]); err != nil {
		return err
	}
	with, err := e.Algorithm.cipher(master, salt[:])
	if err != nil {
		return err
	}
	n := nonce(0) // the salt is drawn for this key alone
	e.Master = MasterName(master)
	e.Wrapped = with.Seal(bytes.Clone(salt[:]), n[:], secret, e.about(use))
	return nil
}

// unwrap decrypts the secret with the master key it names.
func (e *Entry) unwrap(use string, masters [][]byte) ([]byte, error) {
	for _, master := range masters {
		if len(master) != KeySize {
			return nil, errMaster
		}
		if MasterName(master) != e.Master {
			continue
		}
		if len(e.Wrapped) != saltSize+KeySize+tagSize {
			return nil, fmt.Errorf("key %s: %w", e.ID, errWrapped)
		}
		with, err := e.Algorithm.cipher(master, e.Wrapped[:saltSize])
		if err != nil {
			return nil, err
		}
		n := nonce(0)
		secret, err := with.Open(nil, n[:], e.Wrapped[saltSize:], e.about(use))
		if err != nil {
			return nil, fmt.Errorf("key %s: %w", e.ID, errWrapped)
		}
		return secret, nil
	}
	return nil, fmt.Errorf("key %s is under master key %s: %w", e.ID, e.Master, errNoMaster)
}

// open unwraps every key.
func (b *Book) open(masters [][]byte) (*state, error) {
	s := &state{book: b, keys: make(map[[idSize]byte]*dataKey, len(b.Keys))}
	secret, err := b.Index.unwrap("index", masters)
	if err != nil {
		return nil, err
	}
	s.index = dataKey{algorithm: b.Index.Algorithm, secret: secret}
	for i := range b.Keys {
		e := &b.Keys[i]
		secret, err := e.unwrap("value", masters)
		if err != nil {
			return nil, err
		}
		text, err := hex.DecodeString(e.ID)
		if err != nil {
			return nil, err
		}
		key, err := newDataKey([idSize]byte(text), e.Algorithm, secret)
		if err != nil {
			return nil, err
		}
		s.keys[key.id] = key
		if e.ID == b.Active {
			s.active = key
		}
	}
	return s, nil
}
