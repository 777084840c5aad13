package sqlite

import (
	"errors"
	"fmt"
	"runtime/debug"

	"github.com/onestop-gateway/onestop/adapters/store"
)

// together runs a batch in one transaction and answers each of its members.
func (c *committer) together(batch []*member) {
	err := c.timed(len(batch), func() error { return c.run(batch) })
	c.waiting.Add(-int64(len(batch))) // first: who has an answer waits no more
	for _, m := range batch {
		if m.err == nil {
			m.err = err
		}
		close(m.answer)
	}
}

// run gives the outcome shared by all members that have no error of their own.
func (c *committer) run(batch []*member) error {
	if len(batch) == 1 {
		return c.alone(batch[0].work)
	}
	err := c.begin()
	if err != nil {
		return interpret(err)
	}
	if c.straight(batch) {
		return c.commit()
	}
	err = c.takeBack()
	if err != nil {
		return store.Unavailable(errors.Join(errLost, err))
	}
	return c.apart(batch)
}

// straight runs members one after the other, and reports whether none of them
// left anything behind that it must not: a member that fails is as good as not
// there if it wrote nothing before. Nearly all that fail do not, and a savepoint
// for each member would have SQLite copy every page that each of them touches.
func (c *committer) straight(batch []*member) bool {
	for _, m := range batch {
		c.session.wrote = false
		err := guard(m.work, c.session)
		m.err = interpret(err)
		if err != nil && (c.session.wrote || !store.Known(err)) {
			return false
		}
	}
	return true
}

// apart runs members so that each that fails is taken back alone.
func (c *committer) apart(batch []*member) error {
	for _, m := range batch {
		m.err = nil
	}
	err := c.begin()
	if err != nil {
		return interpret(err)
	}
	for _, m := range batch {
		err = c.savepoint(m)
		if err != nil {
			c.drop()
			return store.Unavailable(errors.Join(errLost, err))
		}
	}
	return c.commit()
}

// savepoint runs one member so that it can be taken back alone. Its own error
// is kept with it; the one returned means that the whole transaction is lost,
// as when the disk is full and SQLite takes everything back by itself.
func (c *committer) savepoint(m *member) error {
	_, err := c.session.exec(background, `SAVEPOINT member`)
	if err != nil {
		return err
	}
	m.err = interpret(guard(m.work, c.session))
	if m.err != nil {
		_, err = c.session.exec(background, `ROLLBACK TO member`)
		if err != nil {
			return err
		}
	}
	_, err = c.session.exec(background, `RELEASE member`)
	return err
}

// guard turns a panic of work, which runs on another's goroutine, into an
// error of its own.
func guard(work work, on *session) (err error) {
	defer func() {
		cause := recover()
		if cause != nil {
			err = store.Broken(fmt.Errorf("panic: %v\n%s", cause, debug.Stack()))
		}
	}()
	return work(on)
}
