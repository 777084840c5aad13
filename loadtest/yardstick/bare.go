package yardstick

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"

	"github.com/jackc/pgx/v5"
	_ "modernc.org/sqlite" // registers the driver
)

// Bare commits one row at a time, each in a transaction of its own that is on
// the disk when Commit returns: the least a durable answer costs.
type Bare interface {
	// Commit commits one row. worker is who asks; its commits do not overlap.
	Commit(ctx context.Context, worker int) error
	// Close ends the connections.
	Close() error
}

// content of a row is as long as a small record.
const content = "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"

// bareServer has a connection for each worker.
type bareServer struct{ conns []*pgx.Conn }

// BarePostgres commits on a PostgreSQL server by a prepared INSERT, with a
// connection for each of workers. The server's settings are the product's.
func BarePostgres(ctx context.Context, dsn string, workers int) (Bare, error) {
	b := &bareServer{}
	for range workers {
		conn, err := pgx.Connect(ctx, dsn)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("bare commits: %w", err), b.Close())
		}
		b.conns = append(b.conns, conn)
	}
	const make = `CREATE TABLE IF NOT EXISTS bare (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, content TEXT NOT NULL)`
	if _, err := b.conns[0].Exec(ctx, make); err != nil {
		return nil, errors.Join(fmt.Errorf("bare commits: %w", err), b.Close())
	}
	return b, nil
}

// Commit implements Bare; pgx prepares a statement at its first use.
func (b *bareServer) Commit(ctx context.Context, worker int) error {
	_, err := b.conns[worker].Exec(ctx, `INSERT INTO bare (content) VALUES ($1)`, content)
	return err
}

// Close implements Bare.
func (b *bareServer) Close() error {
	var problems []error
	for _, conn := range b.conns {
		problems = append(problems, conn.Close(context.Background()))
	}
	return errors.Join(problems...)
}

// bareFile has one connection, as the product's writer has: SQLite commits for
// one at a time.
type bareFile struct{ db *sql.DB }

// BareSQLite commits to a file of its own, with the product's settings of
// durability: a write-ahead log, synced at every commit.
func BareSQLite(ctx context.Context, file string) (Bare, error) {
	settings := url.Values{"_pragma": {"journal_mode(wal)", "synchronous(full)"}, "_txlock": {"immediate"}}
	db, err := sql.Open("sqlite", "file:"+file+"?"+settings.Encode())
	if err != nil {
		return nil, fmt.Errorf("bare commits: %w", err)
	}
	db.SetMaxOpenConns(1)
	b := &bareFile{db}
	if _, err := db.ExecContext(ctx, `CREATE TABLE IF NOT EXISTS bare (id INTEGER PRIMARY KEY, content TEXT NOT NULL)`); err != nil {
		return nil, errors.Join(fmt.Errorf("bare commits: %w", err), b.Close())
	}
	return b, nil
}

// Commit implements Bare.
func (b *bareFile) Commit(ctx context.Context, _ int) error {
	_, err := b.db.ExecContext(ctx, `INSERT INTO bare (content) VALUES (?)`, content)
	return err
}

// Close implements Bare.
func (b *bareFile) Close() error { return b.db.Close() }
