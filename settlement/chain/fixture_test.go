package chain

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"io"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
)

// shelf is a store in memory.
type shelf struct {
	lock    sync.Mutex
	blocks  []Block
	rows    []Row // by turn
	earlier []Row
	orphans []Row
	notes   []Note
	fails   error
}

func (s *shelf) Blocks(_ context.Context, height int64, limit int) ([]Block, error) {
	s.lock.Lock()
	defer s.lock.Unlock()
	var found []Block
	for _, b := range s.blocks {
		if b.Height >= height && len(found) < limit {
			found = append(found, b)
		}
	}
	return found, s.fails
}

func (s *shelf) Rows(_ context.Context, after, until int64, limit int) ([]Row, int64, error) {
	s.lock.Lock()
	defer s.lock.Unlock()
	var found []Row
	for _, r := range s.rows {
		if r.Turn <= after || r.Turn > until {
			continue
		}
		if len(found) == limit {
			return found, found[limit-1].Turn, s.fails
		}
		found = append(found, r)
	}
	return found, until, s.fails
}

func (s *shelf) Earlier(_ context.Context, each func(*Row) error) error {
	for i := range s.earlier {
		if err := each(&s.earlier[i]); err != nil {
			return err
		}
	}
	return s.fails
}

func (s *shelf) Orphans(_ context.Context, each func(Row) error) error {
	for _, r := range s.orphans {
		if err := each(r); err != nil {
			return err
		}
	}
	return s.fails
}

func (s *shelf) Tip(context.Context) (*Block, error) {
	s.lock.Lock()
	defer s.lock.Unlock()
	if len(s.blocks) == 0 {
		return nil, s.fails
	}
	tip := s.blocks[len(s.blocks)-1]
	return &tip, s.fails
}

func (s *shelf) Horizon(context.Context) (int64, error) {
	s.lock.Lock()
	defer s.lock.Unlock()
	if len(s.rows) == 0 {
		return 0, s.fails
	}
	return s.rows[len(s.rows)-1].Turn, s.fails
}

func (s *shelf) Append(_ context.Context, b Block) error {
	s.lock.Lock()
	defer s.lock.Unlock()
	if s.fails != nil {
		return s.fails
	}
	if int64(len(s.blocks)) != b.Height {
		return &settlement.Error{Kind: settlement.KindExists}
	}
	s.blocks = append(s.blocks, b)
	return nil
}

func (s *shelf) Note(_ context.Context, notes []Note) error {
	s.lock.Lock()
	defer s.lock.Unlock()
	if s.fails != nil {
		return s.fails
	}
	s.notes = append(s.notes, notes...)
	return nil
}

// put appends rows with the next turns.
func (s *shelf) put(values ...string) {
	s.lock.Lock()
	defer s.lock.Unlock()
	for _, value := range values {
		s.rows = append(s.rows, Row{Turn: int64(len(s.rows)) + 1, Table: "event", Values: []any{value, int64(7), nil, []byte{1}}})
	}
}

func filled(count int) *shelf {
	s := &shelf{earlier: []Row{{Table: "event", Values: []any{"old"}}}}
	for range count {
		s.put("x")
	}
	return s
}

var noon = time.Date(2026, 5, 2, 12, 0, 0, 0, time.UTC)

func sealer(s Store) *Sealer {
	return &Sealer{Store: s, Hash: SHA256(), Now: func() time.Time { return noon }}
}

func sealed(t *testing.T, s *shelf) *Block {
	t.Helper()
	tip, err := sealer(s).Seal(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return tip
}

// keyed signs in tests.
type keyed struct{ name string }

func (k keyed) private() ed25519.PrivateKey {
	seed := sha256.Sum256([]byte(k.name))
	return ed25519.NewKeyFromSeed(seed[:])
}

func (k keyed) KeyID() string                    { return k.name }
func (k keyed) Sign(text []byte) ([]byte, error) { return ed25519.Sign(k.private(), text), nil }
func (k keyed) Verify(text, signature []byte) error {
	if !ed25519.Verify(k.private().Public().(ed25519.PublicKey), text, signature) {
		return errors.New("another's signature")
	}
	return nil
}

func signed(t *testing.T, tip *Block) Head {
	t.Helper()
	head, err := SignHead(tip, noon, "a", keyed{"k"})
	if err != nil {
		t.Fatal(err)
	}
	return head
}

// walked is what a verifier says of a shelf.
func walked(t *testing.T, s *shelf, heads ...Head) (Proof, []BreachKind) {
	t.Helper()
	var kinds []BreachKind
	v := Verifier{Archive: s, Hashes: Hashes{SHA256()}, Heads: heads, Keys: []Signer{keyed{"k"}}, Report: func(b Breach) { kinds = append(kinds, b.Kind) }}
	proof, err := v.Verify(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(kinds)
	return proof, slices.Compact(kinds)
}

func silent() *slog.Logger { return slog.New(slog.NewTextHandler(io.Discard, nil)) }
