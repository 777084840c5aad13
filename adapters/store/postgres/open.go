package postgres

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/onestop-gateway/onestop/adapters/store"
	"github.com/onestop-gateway/onestop/adapters/store/sealing"
)

// Config says where a store is kept and how strict it is. The zero value of
// every field but DSN is a safe choice.
type Config struct {
	// DSN is a connection string in either of libpq's forms. It may name
	// several hosts; whatever it says of target_session_attrs, only a server
	// that takes writes is used, for reading too.
	DSN string
	// Dev opens a server that does not promise durability, or whose clock is
	// far off. What was answered may then be lost.
	Dev bool
	// HA demands that commits wait for a standby.
	HA bool

	Name         string                  // of its sessions, for the server's own lists; "": the DSN's, or onestop
	Readers      int                     // connections that read; 0: 4
	QueueMax     int                     // writes that may wait before more are refused; 0: 1024
	CommitWithin time.Duration           // how long COMMIT may take before it is in doubt; 0: 10 s
	Fault        func(stage Stage) error // tests only: fails a commit from within

	Observer store.Observer // told how writes share commits; nil: nobody is

	Keys *sealing.Ring // encrypt what tells of persons; nil: it is kept as it is

	clock func() time.Time // tests only: another clock than the machine's
}

const (
	readersUsual = 4
	queueUsual   = 1024
	commitUsual  = 10 * time.Second
)

// Store is a store in one PostgreSQL database: lifecycle.Store,
// lifecycle.Registry and a reader of its journals. It is safe for concurrent
// use, and several processes may have one open on the same database.
type Store struct {
	vault     store.Vault
	writer    *writer
	reads     *pgxpool.Pool
	bound     *pgxpool.Pool // of callers with a scope; nil: the database has no wall
	committer *committer
	lookup    lookup
	errands   chan struct{} // holds one token while an errand is under way
	over      atomic.Bool   // shutting, or shut
	shut      sync.Once
}

// Open opens the store that config.DSN names and brings its tables up to date,
// which several processes may do at once. Unavailable: the server cannot be
// reached. Blocked: a newer program has made the tables. Internal: the server
// does not promise durability; the error names every setting to change.
func Open(ctx context.Context, config Config) (*Store, error) {
	config.complete()
	opened := &Store{vault: store.Vault{Ring: config.Keys}, errands: make(chan struct{}, 1)}
	err := opened.start(ctx, config)
	if err != nil {
		opened.Shut()
		return nil, fmt.Errorf("opening store: %w", err)
	}
	return opened, nil
}

// complete fills in what the caller left out.
func (c *Config) complete() {
	if c.Readers <= 0 {
		c.Readers = readersUsual
	}
	if c.QueueMax <= 0 {
		c.QueueMax = queueUsual
	}
	if c.CommitWithin <= 0 {
		c.CommitWithin = commitUsual
	}
	if c.clock == nil {
		c.clock = time.Now
	}
}

func (s *Store) start(ctx context.Context, config Config) error {
	writes, err := connect(ctx, config, writing)
	if err != nil {
		return err
	}
	s.writer = &writer{pool: writes, within: config.CommitWithin, fault: config.Fault, lost: s.lost}
	err = reach(ctx, writes) // before anything is changed there
	if err != nil {
		return err
	}
	err = migrate(ctx, config)
	if err != nil {
		return err
	}
	s.reads, err = connect(ctx, config, reading)
	if err != nil {
		return err
	}
	err = reach(ctx, s.reads)
	if err != nil {
		return err
	}
	err = s.buildWall(ctx, config)
	if err != nil {
		return err
	}
	s.committer = newCommitter(s.writer, config)
	return nil
}

// Queue is how many writes wait or are being committed with others, and how many
// may wait before more are refused.
func (s *Store) Queue() (waiting, room int) {
	return int(s.committer.waiting.Load()), s.committer.queueMax
}

// Pool is how one of the store's pools of connections stands.
type Pool struct {
	Name      string // write, read or scoped
	InUse     int
	Idle      int
	Room      int           // connections there may be
	Acquired  int64         // connections taken since the start
	Waited    int64         // of these, that had to wait for one
	WaitedFor time.Duration // for all of these together
}

// Pools are how the store's pools stand now.
func (s *Store) Pools() []Pool {
	stand := func(name string, pool *pgxpool.Pool) Pool {
		stat := pool.Stat()
		return Pool{
			Name: name, InUse: int(stat.AcquiredConns()), Idle: int(stat.IdleConns()), Room: int(stat.MaxConns()),
			Acquired: stat.AcquireCount(), Waited: stat.EmptyAcquireCount(), WaitedFor: stat.EmptyAcquireWaitTime(),
		}
	}
	pools := []Pool{stand("write", s.writer.pool), stand("read", s.reads)}
	if s.bound != nil {
		pools = append(pools, stand("scoped", s.bound))
	}
	return pools
}

// Shut ends the store: writes that were queued are finished, later ones are
// refused (Unavailable), the connections are closed. Shutting again does
// nothing. The error is always nil; it is there so that stores end alike.
func (s *Store) Shut() error {
	s.shut.Do(func() {
		s.over.Store(true)
		if s.committer != nil {
			s.committer.stop()
		}
		if s.reads != nil {
			s.reads.Close()
		}
		if s.bound != nil {
			s.bound.Close()
		}
		if s.writer != nil {
			s.writer.pool.Close()
		}
	})
	return nil
}

// lost is told that a connection broke or its server may no longer write: then
// all of them lead to a server that is not the primary any more.
func (s *Store) lost() {
	s.writer.pool.Reset()
	if s.reads != nil {
		s.reads.Reset()
	}
	if s.bound != nil {
		s.bound.Reset()
	}
}
