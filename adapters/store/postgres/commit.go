package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/onestop-gateway/onestop/adapters/store"
)

// Stage is a place in a commit where Config.Fault may strike.
type Stage string

// An error of Fault is answered as if COMMIT had failed. At StageCommit
// nothing is applied; at StageCommitted everything is.
const (
	StageCommit    Stage = "commit"
	StageCommitted Stage = "committed"
)

// writer opens and commits transactions on the connections that write.
type writer struct {
	pool   *pgxpool.Pool
	within time.Duration // for a commit
	fault  func(Stage) error
	lost   func() // told that a connection was lost
}

// begin takes a connection; the first trip of the session begins the
// transaction. Unavailable: there is none to be had.
func (w *writer) begin(ctx context.Context) (*session, error) {
	ctx, cancel := context.WithTimeout(ctx, tripWithin)
	defer cancel()
	conn, err := w.pool.Acquire(ctx)
	if err != nil {
		return nil, store.Unavailable(err)
	}
	l, bound := conn.Conn().PgConn().CustomData()[linkName].(*link)
	if !bound {
		conn.Release()
		return nil, store.Broken(errUnbound)
	}
	if l.rows == nil {
		err := l.learn(ctx, conn.Conn())
		if err != nil {
			conn.Release()
			return nil, interpret(err)
		}
	}
	return &session{conn: conn, link: l}, nil
}

var (
	errUnbound     = errors.New("a connection that writes was not judged")
	errUncommitted = errors.New("COMMIT was answered, but not by committing")
	errUnsafe      = errors.New("committed with a warning")
)

// commit sends what is queued with COMMIT behind it, in one trip: a statement
// that the server refuses keeps COMMIT from being run. Then the error is the
// server's and nothing was applied. Any other failure says neither yes nor no
// (InDoubt): COMMIT is not sent again and the connection is not used again. The
// server's own time limits end where the commit begins.
func (w *writer) commit(on *session, queued *pgx.Batch) error {
	err := w.strike(StageCommit)
	if err != nil {
		on.drop()
		return store.InDoubt(err)
	}
	var tag pgconn.CommandTag
	queued.Queue(`COMMIT`).Exec(func(answer pgconn.CommandTag) error {
		tag = answer
		return nil
	})
	on.link.warning = nil
	err = on.trip(queued, w.within)
	if err != nil && on.failed() {
		on.undo()
		return err
	}
	if err == nil {
		err = doubt(tag, on.link.warning)
	}
	if err == nil {
		err = w.strike(StageCommitted)
	}
	if err != nil {
		w.lose(on, err)
		return store.InDoubt(err)
	}
	return nil
}

// doubt looks at the answer of a COMMIT that reported no error. A wait for the
// standby that was cut short is reported as a success with a warning: the
// transaction is committed here and perhaps nowhere else.
func doubt(tag pgconn.CommandTag, warning *pgconn.Notice) error {
	if tag.String() != "COMMIT" {
		return fmt.Errorf("%w: %s", errUncommitted, tag)
	}
	if warning != nil {
		return fmt.Errorf("%w: SQLSTATE %s in %s", errUnsafe, warning.Code, warning.Routine)
	}
	return nil
}

func (w *writer) strike(stage Stage) error {
	if w.fault == nil {
		return nil
	}
	return w.fault(stage)
}

// lose closes a connection for a failure. Where the failure is that of the
// server, no other connection to it is trusted either.
func (w *writer) lose(on *session, err error) {
	on.drop()
	if unreachable(err) || errors.Is(err, context.DeadlineExceeded) {
		w.lost()
	}
}

// takeBack ends a transaction that failed before its commit was sent.
func (w *writer) takeBack(on *session, err error) {
	if unreachable(err) || errors.Is(err, context.DeadlineExceeded) {
		w.lose(on, err)
		return
	}
	on.undo()
}
