package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/onestop-gateway/onestop/adapters/store"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// batchMax bounds the writes that share a commit, and so how long the last of
// them waits.
const batchMax = 128

var (
	errShut = errors.New("the store was shut")
	errLost = errors.New("the transaction was taken back by another write's failure")
)

// work is one write inside a transaction that it neither begins nor ends. It
// takes no context: once begun, it is seen through. It runs again where all that
// it did was taken back, and counts as what it did the last time.
type work func(*session) error

// committer runs writes on the one connection that writes. Whoever holds turn
// has the connection: a lone caller, or the goroutine that serves the queue.
type committer struct {
	db       *sql.DB
	log      *checkpointer
	fault    func(Stage) error
	observer store.Observer

	turn    sync.Mutex
	conn    *sql.Conn // nil: to be opened again
	session *session
	vault   store.Vault
	last    int64 // the turn of a sealed row given out last

	gate    sync.RWMutex // closed is set, and queue closed, under it
	closed  bool
	queue   chan *member
	waiting atomic.Int64 // members queued and not yet answered
	done    chan struct{}
}

// member is a write in the queue.
type member struct {
	work   work
	taken  atomic.Bool // by the committer, or by a caller that gave up
	err    error
	answer chan struct{}
	queued time.Time
	leave  func() // told by whoever takes it that the wait is over
}

func newCommitter(db *sql.DB, log *checkpointer, config Config, last int64) *committer {
	c := &committer{
		db: db, log: log, vault: store.Vault{Ring: config.Keys}, fault: config.Fault, observer: store.Watching(config.Observer), last: last,
		queue: make(chan *member, orUsual(config.QueueMax, queueUsual)), done: make(chan struct{}),
	}
	go c.serve()
	return c
}

// stop finishes what is queued, refuses what comes later and gives the
// connection back.
func (c *committer) stop() error {
	c.gate.Lock()
	c.closed = true
	close(c.queue)
	c.gate.Unlock()
	<-c.done
	c.turn.Lock() // for good: no lone write gets through any more
	if c.conn == nil {
		return nil
	}
	return errors.Join(c.session.finish(), c.conn.Close())
}

// do runs work in a durable transaction and gives its outcome. Unavailable:
// nothing was done, which is also the answer to a ctx that ends before the
// work is begun. InDoubt: the commit failed. An error of the house that work
// returns is passed on, every other is interpreted.
func (c *committer) do(ctx context.Context, work work) error {
	err := store.GivenUp(ctx)
	if err != nil {
		return err
	}
	if c.waiting.Load() == 0 && c.turn.TryLock() {
		defer c.turn.Unlock()
		c.observer.Waited(0)
		return c.timed(1, func() error { return c.alone(work) })
	}
	m := &member{
		work: work, answer: make(chan struct{}),
		queued: time.Now(), leave: lifecycle.WatchOf(ctx).Enter(lifecycle.ShareQueue),
	}
	err = c.enqueue(m)
	if err != nil {
		m.leave()
		return err
	}
	return m.outcome(ctx)
}

func (c *committer) enqueue(m *member) error {
	c.gate.RLock()
	defer c.gate.RUnlock()
	if c.closed {
		return store.Unavailable(errShut)
	}
	c.waiting.Add(1)
	select {
	case c.queue <- m:
		return nil
	default:
		c.waiting.Add(-1)
		return store.Overloaded()
	}
}

// outcome waits for the answer. It gives up only on a member that was not
// taken yet.
func (m *member) outcome(ctx context.Context) error {
	select {
	case <-m.answer:
		return m.err
	case <-ctx.Done():
	}
	if m.taken.CompareAndSwap(false, true) {
		m.leave()
		return store.GivenUp(ctx)
	}
	<-m.answer
	return m.err
}

// serve answers the queue until it is closed: it takes what queued while the
// commit before ran.
func (c *committer) serve() {
	defer close(c.done)
	for first := range c.queue {
		c.turn.Lock()
		batch := c.gather(first)
		c.together(batch)
		c.turn.Unlock()
	}
}

// gather takes what is queued now, up to batchMax, without those that their
// callers gave up.
func (c *committer) gather(first *member) []*member {
	batch := make([]*member, 0, batchMax)
	for m := first; m != nil; m = c.next() {
		if m.taken.CompareAndSwap(false, true) {
			m.leave()
			c.observer.Waited(time.Since(m.queued))
			batch = append(batch, m)
		} else {
			c.waiting.Add(-1)
		}
		if len(batch) == batchMax {
			break
		}
	}
	return batch
}

// next is the next member queued, or nil if there is none now.
func (c *committer) next() *member {
	select {
	case m := <-c.queue:
		return m
	default:
		return nil
	}
}

// timed tells the observer of a transaction of so many writes.
func (c *committer) timed(writes int, transaction func() error) error {
	began := time.Now()
	err := transaction()
	if writes > 0 {
		c.observer.Committed(writes, err != nil, time.Since(began))
	}
	return err
}

// alone runs one work in a transaction of its own.
func (c *committer) alone(work work) error {
	err := c.begin()
	if err != nil {
		return interpret(err)
	}
	err = guard(work, c.session)
	if err != nil {
		_ = c.takeBack() // nothing stays either way
		return interpret(err)
	}
	return c.commit()
}

// background is the context of everything done on the writing connection: a
// caller that goes away must not interrupt what others share.
var background = context.Background()

func (c *committer) begin() error {
	if c.conn == nil {
		conn, err := c.db.Conn(background)
		if err != nil {
			return err
		}
		c.conn, c.session = conn, newSession(conn, c.vault)
		c.session.last = &c.last
	}
	_, err := c.session.exec(background, `BEGIN IMMEDIATE`)
	if err != nil {
		c.drop()
	}
	return err
}

// takeBack ends a transaction of which nothing shall stay. An error means that
// SQLite had ended it by itself, as when the disk is full: nothing stays either.
func (c *committer) takeBack() error {
	_, err := c.session.exec(background, `ROLLBACK`)
	if err != nil {
		c.drop()
	}
	return err
}
