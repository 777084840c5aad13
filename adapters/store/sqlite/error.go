package sqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"

	"github.com/onestop-gateway/onestop/adapters/store"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// primary is the part of a result code that says what sort of failure it is;
// the rest says where.
const primary = 0xff

// interpret turns an error of the driver into one of the house, by its code.
// What may pass by itself is Unavailable: nothing was done. The rest is ours
// to mend, Internal. An error of the house stays as it is.
func interpret(err error) error {
	if err == nil || store.Known(err) {
		return err
	}
	for _, passing := range []error{context.Canceled, context.DeadlineExceeded, driver.ErrBadConn, sql.ErrConnDone} {
		if errors.Is(err, passing) {
			return store.Unavailable(err)
		}
	}
	switch code(err) & primary {
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_READONLY,
		sqlite3.SQLITE_INTERRUPT, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL, sqlite3.SQLITE_CANTOPEN,
		sqlite3.SQLITE_PROTOCOL:
		return store.Unavailable(err)
	}
	return store.Broken(err)
}

// duplicate reports whether err says that a unique column has the value
// already.
func duplicate(err error) bool {
	switch code(err) {
	case sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY:
		return true
	}
	return false
}

// code is SQLite's extended result code, or SQLITE_OK for another's error.
func code(err error) int {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return sqlite3.SQLITE_OK
	}
	return e.Code()
}
