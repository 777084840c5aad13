package sealing

import (
	"bytes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
)

// The head of a value: mark, form, id of the key.
const (
	formPlain  = 0 // not sealed: a value that would otherwise look as if it were
	formShared = 1 // the salt is that of a process
	formOwn    = 2 // salt and count are made from the content

	idSize   = 4
	markSize = 4
	headSize = markSize + 1 + idSize
	saltEnd  = headSize + saltSize
	countEnd = saltEnd + 8
)

var mark = []byte{0, 'P', 'I', 'I'}

// Overhead is by how much a value grows when it is sealed, in bytes.
const Overhead = countEnd + tagSize

// What is wrong with a value or a ring; whoever reads a value gets them wrapped
// in an error of kind Internal.
var (
	ErrNoKey   = errors.New("sealed with a key that is not in the ring")
	ErrAltered = errors.New("sealed value was altered, or comes from another place")
)

// Ring seals and opens values with the keys of a file. A nil ring has none: it
// keeps values as they are and reads none that is sealed. It is safe for
// concurrent use.
type Ring struct {
	file    string
	masters [][]byte
	state   atomic.Pointer[state]

	mu     sync.Mutex // one reads the file again
	missed time.Time  // when it last had not the key it was read for
	text   []byte     // that is in force
}

// state is a ring as its file was when it was read.
type state struct {
	book   *Book
	keys   map[[idSize]byte]*dataKey
	active *dataKey // nil: values are kept as they are
	index  dataKey
}

// dataKey is an opened key with the ciphers it has for salts.
type dataKey struct {
	id        [idSize]byte
	algorithm Algorithm
	secret    []byte

	salt  [saltSize]byte // of this process
	own   cipher.AEAD    // for salt
	count atomic.Uint64

	mu    sync.RWMutex
	salts map[[saltSize]byte]cipher.AEAD // of others that wrote here
}

// saltsMax bounds the ciphers kept for the salts of other processes.
const saltsMax = 1024

// OpenRing reads the ring in file with the master keys that its keys are
// encrypted under, of which there may be more than one.
func OpenRing(file string, masters ...[]byte) (*Ring, error) {
	r := &Ring{file: file, masters: masters}
	if err := r.Reload(); err != nil {
		return nil, err
	}
	return r, nil
}

// Reload reads the file again and takes over what changed. If that fails the ring
// stays as it is.
func (r *Ring) Reload() error {
	if r == nil {
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	text, err := os.ReadFile(r.file)
	if err != nil {
		return fmt.Errorf("reading key ring: %w", err)
	}
	if r.text != nil && bytes.Equal(text, r.text) {
		return nil
	}
	book, err := ReadBook(text)
	if err != nil {
		return fmt.Errorf("key ring %s: %w", r.file, err)
	}
	opened, err := book.open(r.masters)
	if err != nil {
		return fmt.Errorf("key ring %s: %w", r.file, err)
	}
	r.state.Store(opened)
	r.text = text
	return nil
}

// Active is the id of the key that seals, in hexadecimal; "" where values are
// kept as they are.
func (r *Ring) Active() string {
	if r == nil {
		return ""
	}
	return r.state.Load().book.Active
}

// Seal is plain as it is kept at a place. Nothing stays nothing.
func (r *Ring) Seal(at Place, plain []byte) []byte {
	if len(plain) == 0 {
		return plain
	}
	key := r.sealing()
	if key == nil {
		return escaped(plain)
	}
	return key.seal(turn{formShared, key.own, &key.salt, key.count.Add(1)}, at, plain)
}

// SealAgain is Seal of a value that gives the same bytes each time: whoever
// sees two of them can tell whether they are equal. It costs several times as
// much.
func (r *Ring) SealAgain(at Place, plain []byte) []byte {
	if len(plain) == 0 {
		return plain
	}
	key := r.sealing()
	if key == nil {
		return escaped(plain)
	}
	made := key.algorithm.digest(key.secret, forSalts, at.bytes(nil), plain)
	salt := [saltSize]byte(made)
	own, err := key.algorithm.cipher(key.secret, salt[:])
	if err != nil { // a digest always is a key
		return nil
	}
	return key.seal(turn{formOwn, own, &salt, binary.BigEndian.Uint64(made[saltSize:])}, at, plain)
}

// IDs are the ids of the data keys, in hexadecimal, the oldest first.
func (r *Ring) IDs() (ids []string) {
	for _, e := range r.state.Load().book.Keys {
		ids = append(ids, e.ID)
	}
	return ids
}

// Heads are how values begin that the key in use sealed; not, where none is.
func (r *Ring) Heads() (heads [2][]byte, active bool) {
	key := r.sealing()
	if key == nil {
		return heads, false
	}
	for i, form := range []byte{formShared, formOwn} {
		heads[i] = append(append(append([]byte{}, mark...), form), key.id[:]...)
	}
	return heads, true
}

// KeyOf is the id, in hexadecimal, of the key that sealed a value that begins so;
// "" for one that is not sealed.
func KeyOf(head []byte) string {
	if len(head) < headSize || !bytes.HasPrefix(head, mark) || head[markSize] == formPlain {
		return ""
	}
	return hex.EncodeToString(head[markSize+1 : headSize])
}

// sealing is the key that seals; nil: none does.
func (r *Ring) sealing() *dataKey {
	if r == nil {
		return nil
	}
	return r.state.Load().active
}

// escaped keeps plain apart from what is sealed.
func escaped(plain []byte) []byte {
	if !bytes.HasPrefix(plain, mark) {
		return plain
	}
	return append(append(append([]byte{}, mark...), formPlain, 0, 0, 0, 0), plain...)
}

// turn is one use of a key: never twice with the same salt and count, but for
// the same value.
type turn struct {
	form  byte
	with  cipher.AEAD // of the salt
	salt  *[saltSize]byte
	count uint64
}

func (k *dataKey) seal(t turn, at Place, plain []byte) []byte {
	sealed := make([]byte, 0, len(plain)+Overhead)
	sealed = append(append(sealed, mark...), t.form)
	sealed = append(append(sealed, k.id[:]...), t.salt[:]...)
	sealed = binary.BigEndian.AppendUint64(sealed, t.count)
	var room [256]byte
	n := nonce(t.count)
	return t.with.Seal(sealed, n[:], plain, at.bytes(room[:0]))
}

// Unseal is the value that is kept at a place. Internal: it was altered, comes
// from another place (ErrAltered), or its key is not in the ring (ErrNoKey).
func (r *Ring) Unseal(at Place, kept []byte) ([]byte, error) {
	if !bytes.HasPrefix(kept, mark) {
		return kept, nil
	}
	if len(kept) < headSize {
		return nil, unreadable(at, ErrAltered)
	}
	if kept[markSize] == formPlain {
		return kept[headSize:], nil
	}
	if len(kept) < Overhead || kept[markSize] > formOwn {
		return nil, unreadable(at, ErrAltered)
	}
	key := r.key([idSize]byte(kept[markSize+1:]))
	if key == nil {
		return nil, unreadable(at, fmt.Errorf("%w: %x", ErrNoKey, kept[markSize+1:headSize]))
	}
	with, err := key.cipherOf(kept)
	if err != nil {
		return nil, unreadable(at, err)
	}
	var room [256]byte
	n := nonce(binary.BigEndian.Uint64(kept[saltEnd:countEnd]))
	plain, err := with.Open(nil, n[:], kept[countEnd:], at.bytes(room[:0]))
	if err != nil {
		return nil, unreadable(at, ErrAltered)
	}
	return plain, nil
}

// unreadable names the column and not the row, whose key may be a person's.
func unreadable(at Place, cause error) error {
	return &settlement.Error{
		Kind: settlement.KindInternal, Reason: settlement.ReasonInternal, Cause: fmt.Errorf("opening %s: %w", at.Column, cause),
	}
}

// againAfter is how long the file is not read again for a key that it did not
// have.
const againAfter = time.Second

// key is the data key of an id. One that is not there may have been added by
// whoever rotates, before anything was sealed with it: the file is read again.
func (r *Ring) key(id [idSize]byte) *dataKey {
	if r == nil {
		return nil
	}
	if key := r.state.Load().keys[id]; key != nil {
		return key
	}
	r.mu.Lock()
	known := time.Since(r.missed) < againAfter
	r.mu.Unlock()
	if known || r.Reload() != nil { // what is wrong with the file is said at the next reload
		return nil
	}
	key := r.state.Load().keys[id]
	if key == nil {
		r.mu.Lock()
		r.missed = time.Now()
		r.mu.Unlock()
	}
	return key
}

// cipherOf is the cipher of a sealed value.
func (k *dataKey) cipherOf(kept []byte) (cipher.AEAD, error) {
	salt := [saltSize]byte(kept[headSize:saltEnd])
	if salt == k.salt {
		return k.own, nil
	}
	if kept[markSize] == formOwn {
		return k.algorithm.cipher(k.secret, salt[:])
	}
	k.mu.RLock()
	with := k.salts[salt]
	k.mu.RUnlock()
	if with != nil {
		return with, nil
	}
	with, err := k.algorithm.cipher(k.secret, salt[:])
	if err != nil {
		return nil, err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.salts) >= saltsMax {
		clear(k.salts)
	}
	k.salts[salt] = with
	return with, nil
}

// newDataKey readies an opened key.
func newDataKey(id [idSize]byte, algorithm Algorithm, secret []byte) (*dataKey, error) {
	k := &dataKey{id: id, algorithm: algorithm, secret: secret, salts: map[[saltSize]byte]cipher.AEAD{}}
	if _, err := rand.Read(k.salt[:]); err != nil {
		return nil, err
	}
	var err error
	k.own, err = algorithm.cipher(secret, k.salt[:])
	return k, err
}

// indexMark begins a blind index; no identity number does.
const indexMark = "~"

// Index is how an identity number stands in its column: blind where values are
// sealed. None stays none.
func (r *Ring) Index(number settlement.Private) string {
	if number == "" || r.sealing() == nil {
		return number.Reveal()
	}
	return r.blind(number)
}

// Indexes are all ways in which an identity number may stand in its column,
// that of Index first.
func (r *Ring) Indexes(number settlement.Private) []string {
	switch {
	case number == "" || r == nil:
		return []string{number.Reveal()}
	case r.sealing() == nil:
		return []string{number.Reveal(), r.blind(number)}
	}
	return []string{r.blind(number), number.Reveal()}
}

func (r *Ring) blind(number settlement.Private) string {
	index := &r.state.Load().index
	return indexMark + base64.RawURLEncoding.EncodeToString(index.algorithm.digest(index.secret, forIndex, []byte(number.Reveal())))
}
