package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/onestop-gateway/onestop/adapters/store"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

var (
	errThere   = errors.New("the file is there already")
	errDamaged = errors.New("the copy is damaged")
)

// Backup copies the store at path, which may be in use, into a new file: as it
// stands at one moment, checked, durable, for its owner only, and marked as a
// store whose restore is not taken up. A failure leaves no file under that name.
func Backup(ctx context.Context, path, to string) (err error) {
	if _, err := os.Stat(to); !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("backing up: %w", errors.Join(errThere, err))
	}
	draft, err := os.MkdirTemp(filepath.Dir(to), ".onestop-backup-")
	if err != nil {
		return fmt.Errorf("backing up: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(draft)) }()
	copied := filepath.Join(draft, "copy")
	if err := copyInto(ctx, path, copied); err != nil {
		return fmt.Errorf("backing up: %w", err)
	}
	if err := finishCopy(ctx, copied); err != nil {
		return fmt.Errorf("checking the copy: %w", err)
	}
	if err := publish(copied, to); err != nil {
		return fmt.Errorf("naming the copy: %w", err)
	}
	return nil
}

func copyInto(ctx context.Context, path, copied string) error {
	if _, err := os.Stat(path); err != nil {
		return err
	}
	file := url.URL{Path: path}
	db, err := sql.Open("sqlite", "file:"+file.EscapedPath()+"?mode=ro&_busy_timeout=5000")
	if err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, `VACUUM INTO ?`, copied)
	return errors.Join(err, db.Close())
}

// finishCopy checks every page, marks the copy, and leaves it in one file.
func finishCopy(ctx context.Context, copied string) error {
	file := url.URL{Path: copied}
	db, err := sql.Open("sqlite", "file:"+file.EscapedPath()+"?_synchronous=FULL")
	if err != nil {
		return err
	}
	db.SetMaxOpenConns(1)
	var verdict string
	err = db.QueryRowContext(ctx, `PRAGMA integrity_check`).Scan(&verdict)
	if err == nil && verdict != "ok" {
		err = fmt.Errorf("%w: %s", errDamaged, verdict)
	}
	if err == nil {
		err = mark(ctx, db)
	}
	return errors.Join(err, db.Close())
}

// mark notes that the copy's restore is not taken up. Tables of an older version
// have no room for that.
func mark(ctx context.Context, db *sql.DB) error {
	var room int
	err := db.QueryRowContext(ctx, `SELECT count(*) FROM sqlite_schema WHERE name = 'restoration'`).Scan(&room)
	if err != nil || room == 0 {
		return err
	}
	begun, done := store.RestorationMicros(lifecycle.Restoration{BegunAt: time.Now()})
	_, err = db.ExecContext(ctx, putRestoration, begun, done)
	return err
}

// publish makes the copy durable under its name.
func publish(copied, to string) error {
	if err := os.Chmod(copied, fileMode); err != nil {
		return err
	}
	for _, step := range []func() error{
		func() error { return flush(copied) },
		func() error { return os.Link(copied, to) }, // unlike a renaming, it replaces nothing
		func() error { return flush(filepath.Dir(to)) },
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

func flush(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(file.Sync(), file.Close())
}
