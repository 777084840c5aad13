package postgres

import (
	"context"
	"flag"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/onestop-gateway/onestop/adapters/store"
	"github.com/onestop-gateway/onestop/adapters/store/sealing"
	"github.com/onestop-gateway/onestop/adapters/store/storetest"
	"github.com/onestop-gateway/onestop/settlement/chain"
)

var tampers = flag.Int("tampers", 200, "how often the sealed rows are tampered with")

func chained(t *testing.T, keys *sealing.Ring) *Store {
	t.Helper()
	s := openTest(t, Config{DSN: fresh(t), Keys: keys})
	storetest.AppendAll(t, storetest.Opened{
		Store: s, Quotes: s, Registry: s, Register: s, Treasury: s, Desk: s, Chain: s.Chain(), Press: s, Council: s, Stays: s, Reconciliations: s, House: s,
	}, 12)
	return s
}

// A superuser keeps every trigger from firing and changes what is sealed: each
// change is found.
func TestEveryTamperIsFound(t *testing.T) {
	t.Run("plain", func(t *testing.T) { everyTamperIsFound(t, nil) })
	t.Run("sealed", func(t *testing.T) { everyTamperIsFound(t, storetest.NewRingFile(t, sealing.AES).Use(t).Open(t)) })
}

func everyTamperIsFound(t *testing.T, keys *sealing.Ring) {
	vault := store.Vault{Ring: keys}
	s := chained(t, keys)
	heads, key := storetest.Heads(t, s.Chain())
	conn, err := pgx.Connect(t.Context(), s.reads.Config().ConnString())
	must(t, err)
	defer conn.Close(context.Background())
	exec := func(text string) error {
		_, err := conn.Exec(t.Context(), text)
		return err
	}
	must(t, exec("SET session_replication_role = replica"))
	storetest.Tampers(t, storetest.Bench{
		Archive: chainArchive{vault: vault, on: conn},
		Exec:    exec,
		Grown:   func(column string) string { return `(` + column + `)::bytea || '\x01'::bytea` },
		Begin:   func() error { return exec("BEGIN") },
		Undo:    func() error { return exec("ROLLBACK") },
	}, heads, key, *tampers)
}

// appends writes a row that gets its turn now, in a transaction that stays open.
func appends(t *testing.T, s *Store) pgx.Tx {
	t.Helper()
	tx, err := s.reads.Begin(t.Context())
	must(t, err)
	_, err = tx.Exec(t.Context(), `INSERT INTO audit (at, times, actor, action, reason, object, instance) VALUES (1, 1, 'a', 'b', '', '', '')`)
	must(t, err)
	return tx
}

// A block is not made past a row whose writer has its turn and has not ended,
// although a later row is there already: the earlier one would slip in behind.
func TestTheHorizonWaitsForWhoeverHasATurn(t *testing.T) {
	for name, end := range map[string]func(pgx.Tx, context.Context) error{"committed": pgx.Tx.Commit, "taken back": pgx.Tx.Rollback} {
		t.Run(name, func(t *testing.T) {
			s := openTest(t, Config{DSN: fresh(t)})
			slow := appends(t, s)
			quick := appends(t, s)
			must(t, quick.Commit(t.Context()))
			hurried, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
			defer cancel()
			if turn, err := s.Chain().Horizon(hurried); err == nil {
				t.Fatalf("the horizon is turn %d while an earlier writer has not ended", turn)
			}
			conn, err := s.reads.Acquire(t.Context())
			must(t, err)
			defer conn.Release()
			_, before, err := reached(t.Context(), conn)
			must(t, err)
			late := appends(t, s) // comes after it was looked: it is not waited for
			must(t, end(slow, t.Context()))
			must(t, ended(t.Context(), conn, before))
			must(t, late.Commit(t.Context()))
			sealer := chain.Sealer{Store: s.Chain(), Hash: chain.SHA256(), Now: time.Now}
			_, err = sealer.Seal(t.Context())
			must(t, err)
			proof, breaches := storetest.Proves(t, s.Chain(), nil)
			if len(breaches) > 0 || proof.Behind != 0 {
				t.Errorf("%d behind, %v", proof.Behind, breaches)
			}
		})
	}
}
