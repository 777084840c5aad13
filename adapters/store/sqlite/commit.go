package sqlite

import (
	"database/sql/driver"

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

// commit makes the transaction durable. A failure says neither yes nor no
// (InDoubt): COMMIT is not sent again and the connection is not used again.
func (c *committer) commit() error {
	err := c.strike(StageCommit)
	if err == nil {
		_, err = c.session.exec(background, `COMMIT`)
	}
	if err == nil {
		c.log.committed()
		err = c.strike(StageCommitted)
	}
	if err != nil {
		c.drop()
		return store.InDoubt(err)
	}
	return nil
}

func (c *committer) strike(stage Stage) error {
	if c.fault == nil {
		return nil
	}
	return c.fault(stage)
}

// drop closes the connection, whatever state it is in, and with it takes back
// what it had not committed. The next transaction opens another. What fails on
// the way is no news: the connection was given up for a failure.
func (c *committer) drop() {
	_ = c.session.finish()
	_ = c.conn.Raw(func(any) error { return driver.ErrBadConn }) // how database/sql is told to close it
	c.conn, c.session = nil, nil
}
