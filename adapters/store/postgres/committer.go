package postgres

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/onestop-gateway/onestop/adapters/store"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

const (
	// batchMax bounds the writes that share a commit, and so how long the last
	// of them waits.
	batchMax = 128
	// triesMax bounds how often a write that raced with another gateway is
	// tried.
	triesMax = 3
	// apartWithin bounds how long the writes of a batch that failed are tried
	// one by one while all others wait.
	apartWithin = 3 * time.Second
	// looksAfter is how many batches look first after one that did not was refused:
	// where one request is repeated, or one person's years are written by another
	// gateway, there may be more. The first of them is that batch itself.
	looksAfter = 8
)

var (
	errShut = errors.New("the store was shut")
	errSlow = errors.New("the batch failed and there was no time to try each of its writes")
)

// committer runs writes, those of many callers in one transaction. Whoever
// holds turn writes: a lone caller, or the goroutine that serves the queue.
type committer struct {
	writer   *writer
	queueMax int
	observer store.Observer
	recent   *store.Recent

	glimpses *glimpses // this and the next are of whoever has the turn
	looks    int       // batches to come that look first, since one failed that did not

	turn    sync.Mutex
	waiting atomic.Int64 // members queued and not yet answered

	lock   sync.Mutex // over what follows
	queue  []*member
	closed bool

	wake chan struct{} // has a token when the queue has members
	done chan struct{}
}

func newCommitter(w *writer, config Config) *committer {
	c := &committer{
		writer: w, queueMax: config.QueueMax, observer: store.Watching(config.Observer),
		recent: store.NewRecent(), glimpses: newGlimpses(),
		wake: make(chan struct{}, 1), done: make(chan struct{}),
	}
	go c.serve()
	return c
}

// stop finishes what is queued and refuses what comes later.
func (c *committer) stop() {
	c.lock.Lock()
	c.closed = true
	close(c.wake)
	c.lock.Unlock()
	<-c.done
	c.turn.Lock() // for good: no lone write gets through any more
}

// do runs a write in a durable transaction and gives its outcome. Unavailable:
// nothing was done, which is also the answer to a ctx that ends before the
// write is begun. InDoubt: the commit failed.
func (c *committer) do(ctx context.Context, m *member) error {
	err := store.GivenUp(ctx)
	if err != nil {
		return err
	}
	if c.waiting.Load() == 0 && c.turn.TryLock() {
		defer c.turn.Unlock()
		c.observer.Waited(0)
		c.alone(m)
		return m.err
	}
	m.answer, m.queued = make(chan struct{}), time.Now()
	m.leave = lifecycle.WatchOf(ctx).Enter(lifecycle.ShareQueue)
	err = c.enqueue(m)
	if err != nil {
		m.leave()
		return err
	}
	return m.outcome(ctx)
}

func (c *committer) enqueue(m *member) error {
	c.lock.Lock()
	defer c.lock.Unlock()
	if c.closed {
		return store.Unavailable(errShut)
	}
	if len(c.queue) >= c.queueMax {
		return store.Overloaded()
	}
	c.waiting.Add(1)
	c.queue = append(c.queue, m)
	select {
	case c.wake <- struct{}{}:
	default:
	}
	return nil
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
	for range c.wake {
		c.answer()
	}
	c.answer()
}

// answer answers all that is queued, batch by batch.
func (c *committer) answer() {
	for more := true; more; {
		c.turn.Lock()
		var batch []*member
		batch, more = c.gather()
		c.together(batch)
		c.turn.Unlock()
	}
}

// gather takes what is queued now, up to batchMax, without those that their
// callers gave up. No two of a batch touch the same thing: the later one stays
// for the next batch, and so does whatever is behind it on the same thing. It
// reports whether any are left; the first in the queue never is.
func (c *committer) gather() (batch []*member, more bool) {
	c.lock.Lock()
	defer c.lock.Unlock()
	touched := make(map[key]struct{}, len(c.queue))
	var left []*member
	for i, m := range c.queue {
		if len(batch) == batchMax {
			left = append(left, c.queue[i:]...)
			break
		}
		if !touch(touched, m.keys) {
			left = append(left, m)
		} else if m.taken.CompareAndSwap(false, true) {
			m.leave()
			c.observer.Waited(time.Since(m.queued))
			batch = append(batch, m)
		} else {
			c.waiting.Add(-1)
		}
	}
	c.queue = left
	return batch, len(left) > 0
}

// touch notes keys and reports whether none of them was noted before.
func touch(touched map[key]struct{}, keys []key) bool {
	free := true
	for _, k := range keys {
		_, held := touched[k]
		free = free && !held
	}
	for _, k := range keys {
		touched[k] = struct{}{}
	}
	return free
}

// together runs a batch in one transaction and answers each of its members. A
// write that the server refuses fails the transaction for all: then each is
// tried apart, so that it fails its own caller only.
func (c *committer) together(batch []*member) {
	if len(batch) == 1 {
		c.alone(batch[0])
	}
	if len(batch) > 1 {
		err := c.shared(batch)
		if ours(err) {
			c.apart(batch)
		} else {
			finish(batch, err)
		}
	}
	for _, m := range batch {
		close(m.answer)
	}
	c.waiting.Add(-int64(len(batch)))
}

// shared runs a batch in one transaction, and again with a look where one without was
// refused.
func (c *committer) shared(batch []*member) error {
	err := c.attempt(batch)
	if c.looks == looksAfter && overtaken(err) {
		err = c.attempt(batch)
	}
	return err
}

// apart runs each write of a batch that failed in a transaction of its own.
func (c *committer) apart(batch []*member) {
	end := time.Now().Add(apartWithin)
	for _, m := range batch {
		if time.Now().Before(end) {
			c.alone(m)
		} else {
			m.err = store.Unavailable(errSlow)
		}
	}
}

// alone runs one write in a transaction of its own.
func (c *committer) alone(m *member) {
	only := []*member{m}
	for try := 1; ; try++ {
		err := c.attempt(only)
		if !raced(err) && !(m.guessed && overtaken(err)) || try == triesMax {
			finish(only, err)
			return
		}
	}
}

// finish gives the outcome of a transaction to those of its members that have
// none of their own.
func finish(members []*member, err error) {
	for _, m := range members {
		if m.err == nil {
			m.err = m.interpret(err)
		}
	}
}

// attempt runs members in one transaction. Members that turn out to be refused
// have that as their error and take no part. The error returned is that of all
// others; where it is the server's own, nothing was applied.
func (c *committer) attempt(members []*member) error {
	began := time.Now()
	err := c.transact(members)
	c.observer.Committed(len(members), err != nil, time.Since(began))
	return err
}

// transact is attempt, not told to the observer.
func (c *committer) transact(members []*member) error {
	for _, m := range members {
		m.reset()
	}
	on, err := c.writer.begin(background)
	if err != nil {
		return err
	}
	defer on.release()
	queued := begun()
	straight := c.straight(on, members)
	if !straight {
		queued, err = on.look(members)
		if err != nil {
			c.writer.takeBack(on, err)
			return err
		}
	}
	through := accepted(members)
	if len(through) == 0 {
		on.undo()
		return nil
	}
	if straight {
		lockSeen(queued, through)
	}
	on.queue(queued, through)
	fresh := c.glimpses.look(queued, through)
	err = c.writer.commit(on, queued)
	if err != nil {
		if straight {
			c.failed(members)
		}
		return err
	}
	for _, m := range through {
		m.note(c.recent)
	}
	c.glimpses.keep(through, fresh)
	return nil
}

// straight reports whether members are to be written without a look, and gives them
// what they need for it.
func (c *committer) straight(on *session, members []*member) bool {
	if len(members) > 1 && c.looks > 0 {
		c.looks--
		return false
	}
	if !on.numbered(members) {
		return false
	}
	if c.glimpses.guess(members) {
		return true
	}
	for _, m := range members {
		m.reset()
	}
	return false
}

// failed notes that members failed that were written without a look.
func (c *committer) failed(members []*member) {
	c.glimpses.drop(members)
	if len(members) > 1 {
		c.looks = looksAfter
	}
}

// background is the context of everything done for several callers: one that
// goes away must not interrupt what others share.
var background = context.Background()

// guard turns a panic of what a caller gave, which runs on another's
// goroutine, into an error of that caller.
func guard(given func() error) (err error) {
	defer func() {
		cause := recover()
		if cause != nil {
			err = store.Broken(fmt.Errorf("panic: %v\n%s", cause, debug.Stack()))
		}
	}()
	return given()
}
