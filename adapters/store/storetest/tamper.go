package storetest

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/onestop-gateway/onestop/adapters/store"
	"github.com/onestop-gateway/onestop/settlement/chain"
)

// Bench is a database that somebody with every right, and no trigger in the
// way, is at: what they do is seen by Archive and then taken back.
type Bench struct {
	Archive chain.Archive
	Exec    func(text string) error // Refused by a constraint: an error
	// Grown is an expression that gives a column of bytes another content.
	Grown func(column string) string
	// Begin begins what Undo takes back.
	Begin, Undo func() error
}

// testKey signs heads in tests.
type testKey ed25519.PrivateKey

func newTestKey() testKey {
	seed := sha256.Sum256([]byte("a key of a test"))
	return testKey(ed25519.NewKeyFromSeed(seed[:]))
}

func (k testKey) KeyID() string { return "test" }
func (k testKey) Sign(text []byte) ([]byte, error) {
	return ed25519.Sign(ed25519.PrivateKey(k), text), nil
}
func (k testKey) Verify(text, signature []byte) error {
	if !ed25519.Verify(ed25519.PrivateKey(k).Public().(ed25519.PublicKey), text, signature) {
		return errors.New("not this key's signature")
	}
	return nil
}

// Heads seals a store and gives the signed head of its chain.
func Heads(t *testing.T, s chain.Store) ([]chain.Head, chain.Signer) {
	t.Helper()
	sealer := chain.Sealer{Store: s, Hash: chain.SHA256(), Now: time.Now}
	tip, err := sealer.Seal(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	key := newTestKey()
	head, err := chain.SignHead(tip, time.Now(), "gateway-1", key)
	if err != nil {
		t.Fatal(err)
	}
	return []chain.Head{head}, key
}

// Tampers changes what is sealed times times, at random, and demands that each
// is found and named. It tells how many of each kind there were.
func Tampers(t *testing.T, b Bench, heads []chain.Head, key chain.Signer, times int) {
	t.Helper()
	if _, found := Proves(t, b.Archive, heads, key); len(found) > 0 {
		t.Fatalf("before anything was changed: %v", found)
	}
	rows := sealedRows(t, b.Archive)
	for _, table := range store.SealedTables {
		if !slices.ContainsFunc(rows, func(r chain.Row) bool { return r.Table == table.Name }) {
			t.Errorf("nothing of %s is tampered with", table.Name)
		}
	}
	random := rand.New(rand.NewPCG(1, 2))
	kinds := []struct {
		name string
		do   func(*tampering) error
	}{
		{"edit", (*tampering).edit}, {"delete", (*tampering).remove}, {"insert", (*tampering).insert},
		{"reorder", (*tampering).reorder}, {"truncate", (*tampering).truncate},
		{"attached", (*tampering).attached}, {"chain", (*tampering).links},
	}
	done := map[string]int{}
	for n := 0; n < times; {
		kind := kinds[random.IntN(len(kinds))]
		w := tampering{Bench: b, random: random, rows: rows}
		must(t, b.Begin())
		err := kind.do(&w)
		if err == nil {
			n++
			done[kind.name]++
			_, found := Proves(t, b.Archive, heads, key)
			if !slices.ContainsFunc(found, w.named) {
				t.Errorf("tamper %d, %s: found %v", n, w.what, found)
			}
		}
		must(t, b.Undo())
		if t.Failed() && n > 10 {
			t.FailNow()
		}
	}
	t.Logf("%d tampers found of %d: %v", times, times, done)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func sealedRows(t *testing.T, archive chain.Archive) []chain.Row {
	t.Helper()
	rows, _, err := archive.Rows(t.Context(), 0, 1<<40, 1<<20)
	must(t, err)
	return rows
}

// tampering is one change by somebody who has no right to it.
type tampering struct {
	Bench
	random *rand.Rand
	rows   []chain.Row
	what   string                    // for whoever reads a failure
	named  func(b chain.Breach) bool // is one that tells of it
}

func (w *tampering) any() *chain.Row { return &w.rows[w.random.IntN(len(w.rows))] }

// expects says that a breach of a kind at a turn tells of it.
func (w *tampering) expects(kind chain.BreachKind, turn int64) {
	w.named = func(b chain.Breach) bool { return b.Kind == kind && b.Turn == turn }
}

func columnsOf(name string, tables []store.SealedTable) []string {
	for _, table := range tables {
		if table.Name == name {
			return table.Columns
		}
	}
	return nil
}

// other is an expression that gives a column another value than it has.
func (w *tampering) other(column string, value any) string {
	switch value.(type) {
	case int64:
		return column + " + 1"
	case string:
		return column + " || 'x'"
	case nil:
		return w.Grown("''")
	}
	return w.Grown(column)
}

func (w *tampering) edit() error {
	r := w.any()
	columns := columnsOf(r.Table, store.SealedTables)
	i := w.random.IntN(len(columns))
	if r.Table == "event" && i < 3 { // its key: what is attached stays behind
		i += 3
	}
	w.expects(chain.RowChanged, r.Turn)
	return w.run("UPDATE %s SET %s = %s WHERE turn = %d", r.Table, columns[i], w.other(columns[i], r.Values[i]), r.Turn)
}

func (w *tampering) remove() error {
	r := w.any()
	w.expects(chain.RowMissing, r.Turn)
	return w.run("DELETE FROM %s WHERE turn = %d", r.Table, r.Turn)
}

// insert adds a note whose turn another row has already.
func (w *tampering) insert() error {
	r := w.any()
	if r.Table == "audit" {
		return errors.ErrUnsupported
	}
	w.expects(chain.RowInserted, r.Turn)
	return w.run("INSERT INTO audit (turn, at, times, actor, action, reason, object, instance) VALUES (%d, 1, 1, 'a', 'b', '', '', '')", r.Turn)
}

// reorder swaps the turns of two rows of one table.
func (w *tampering) reorder() error {
	one, other := w.any(), w.any()
	if one.Table != other.Table || one.Turn == other.Turn {
		return errors.ErrUnsupported
	}
	w.expects(chain.RowChanged, max(one.Turn, other.Turn))
	return errors.Join(
		w.run("UPDATE %s SET turn = %d WHERE turn = %d", one.Table, int64(1)<<50, one.Turn),
		w.run("UPDATE %s SET turn = %d WHERE turn = %d", one.Table, one.Turn, other.Turn),
		w.run("UPDATE %s SET turn = %d WHERE turn = %d", one.Table, other.Turn, int64(1)<<50))
}

// truncate cuts the newest rows off, with the blocks that seal them or without.
func (w *tampering) truncate() error {
	from := w.any().Turn
	var errs []error
	for _, table := range store.SealedTables {
		errs = append(errs, w.run("DELETE FROM %s WHERE turn >= %d", table.Name, from))
	}
	w.expects(chain.RowMissing, from)
	if w.random.IntN(2) == 0 {
		errs = append(errs, w.run("DELETE FROM audit_block WHERE until >= %d", from))
		w.named = func(b chain.Breach) bool { return b.Kind == chain.ChainCut }
	}
	return errors.Join(errs...)
}

// attached changes a call to a payer, a ledger line or what was asked, or adds
// one where there was none.
func (w *tampering) attached() error {
	r := w.any()
	settlement, revision, first := store.EventKey(r)
	if !first {
		return errors.ErrUnsupported
	}
	w.expects(chain.RowChanged, r.Turn)
	if len(r.Attached) == 0 {
		return w.run("INSERT INTO entry (settlement, revision, line, account, debit, credit) VALUES (%d, %d, 90, 'fund/x', 1, 0)", settlement, revision)
	}
	a := &r.Attached[w.random.IntN(len(r.Attached))]
	if a.Table == "settlement" {
		return w.run("UPDATE settlement SET asked = %s WHERE no = %d", w.Grown("asked"), settlement)
	}
	columns := columnsOf(a.Table, store.AttachedTables)
	i := 3 + w.random.IntN(len(columns)-3)
	where := fmt.Sprintf("settlement = %d AND revision = %d AND line = %d", settlement, revision, a.Values[2])
	switch w.random.IntN(4) {
	case 0:
		return w.run("DELETE FROM %s WHERE %s", a.Table, where)
	case 1: // moved to a write that has no line in the trail
		w.named = func(b chain.Breach) bool { return b.Table == a.Table && b.Kind == chain.RowInserted }
		return w.run("UPDATE %s SET revision = 7000 WHERE %s", a.Table, where)
	}
	return w.run("UPDATE %s SET %s = %s WHERE %s", a.Table, columns[i], w.other(columns[i], a.Values[i]), where)
}

// links changes the chain itself.
func (w *tampering) links() error {
	blocks, err := w.Archive.Blocks(context.Background(), 0, 1000)
	if err != nil {
		return err
	}
	b := blocks[w.random.IntN(len(blocks))]
	w.named = func(found chain.Breach) bool { return found.Kind == chain.BlockBroken || found.Kind == chain.ChainCut }
	switch column := []string{"until", "members", "at", "form", "hash", "leaves", "digest", "seal", ""}[w.random.IntN(9)]; column {
	case "":
		return w.run("DELETE FROM audit_block WHERE height = %d", b.Height)
	case "hash":
		return w.run("UPDATE audit_block SET hash = 'x' WHERE height = %d", b.Height)
	case "leaves", "digest", "seal":
		return w.run("UPDATE audit_block SET %s = %s WHERE height = %d", column, w.Grown("coalesce("+column+", '')"), b.Height)
	default:
		return w.run("UPDATE audit_block SET %s = %s + 1 WHERE height = %d", column, column, b.Height)
	}
}

func (w *tampering) run(format string, args ...any) error {
	text := fmt.Sprintf(format, args...)
	w.what += strings.TrimSpace(text) + "; "
	return w.Exec(text)
}
