package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	_ "modernc.org/sqlite" // registers the driver

	"github.com/onestop-gateway/onestop/adapters/store"
	"github.com/onestop-gateway/onestop/adapters/store/sealing"
)

// Config says where a store is kept. The zero value of every field but Path is
// a safe choice.
type Config struct {
	Path     string                  // the database file; made if absent, for its owner only
	Readers  int                     // connections that read; 0: 4
	QueueMax int                     // writes that may wait before more are refused; 0: 1024
	Fault    func(stage Stage) error // tests only: fails a commit from within
	Observer store.Observer          // told how writes share commits; nil: nobody is
	Keys     *sealing.Ring           // encrypt what tells of persons; nil: it is kept as it is
}

const (
	readersUsual = 4
	queueUsual   = 1024
	busyTimeout  = 5 * time.Second // no second writer exists; a checkpoint may be in the way
	fileMode     = 0o600
)

// Store is a store in one SQLite file: lifecycle.Store, lifecycle.Registry and
// a reader of its journals. It is safe for concurrent use.
type Store struct {
	vault     store.Vault
	lock      *os.File
	writes    *sql.DB // one connection, the committer's
	reads     *sql.DB
	reader    *session
	log       *checkpointer
	committer *committer
	recent    *store.Recent
	over      atomic.Bool // shutting, or shut
	shut      sync.Once
	shutError error
}

// Open opens the store at config.Path, brings its tables up to date and ends
// the leases that a dead process left. Blocked: another process has it open,
// or a newer program has written it. Any other error says what could not be
// opened or what the file cannot promise.
func Open(ctx context.Context, config Config) (*Store, error) {
	path, err := resolve(config.Path)
	if err != nil {
		return nil, fmt.Errorf("opening store: %w", err)
	}
	lock, err := hold(path + ".lock")
	if err != nil {
		return nil, fmt.Errorf("opening store: %w", err)
	}
	opened := &Store{vault: store.Vault{Ring: config.Keys}, lock: lock, recent: store.NewRecent()}
	err = opened.start(ctx, path, config)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("opening store: %w", err), opened.Shut())
	}
	return opened, nil
}

func (s *Store) start(ctx context.Context, path string, config Config) error {
	var err error
	s.writes, err = connect(path, "&_pragma=wal_autocheckpoint("+strconv.Itoa(logMax)+")", 1)
	if err != nil {
		return err
	}
	s.reads, err = connect(path, "&_query_only=on", orUsual(config.Readers, readersUsual))
	if err != nil {
		return err
	}
	s.reader = newSession(s.reads, s.vault)
	err = migrate(ctx, s.writes)
	if err != nil {
		return err
	}
	for _, db := range []*sql.DB{s.writes, s.reads} {
		err = assure(ctx, db)
		if err != nil {
			return err
		}
	}
	last, err := lastTurn(ctx, s.writes)
	if err != nil {
		return err
	}
	s.log, err = newCheckpointer(path)
	if err != nil {
		return err
	}
	s.committer = newCommitter(s.writes, s.log, config, last)
	return s.committer.do(ctx, func(on *session) error {
		if err := takeWaiting(on); err != nil {
			return err
		}
		return endLeases(on)
	})
}

// Queue is how many writes wait or are being committed with others, and how many
// may wait before more are refused.
func (s *Store) Queue() (waiting, room int) {
	return int(s.committer.waiting.Load()), cap(s.committer.queue)
}

// Shut ends the store: writes that were queued are finished, later ones are
// refused (Unavailable), the file is closed and its lock let go. Shutting
// again does nothing.
func (s *Store) Shut() error {
	s.shut.Do(func() {
		s.over.Store(true)
		var problems []error
		if s.committer != nil {
			problems = append(problems, s.committer.stop())
		}
		if s.log != nil {
			problems = append(problems, s.log.stop())
		}
		for _, db := range []*sql.DB{s.reads, s.writes} {
			if db != nil {
				problems = append(problems, db.Close())
			}
		}
		problems = append(problems, s.lock.Close())
		err := errors.Join(problems...)
		if err != nil {
			s.shutError = fmt.Errorf("shutting store: %w", err)
		}
	})
	return s.shutError
}

// resolve makes an absent database file, readable by its owner only (SQLite
// gives its journals the same mode), and gives the one path the file has
// however it was named: the lock goes by it.
func resolve(path string) (string, error) {
	if path == "" {
		return "", errors.New("no path of a database file")
	}
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, fileMode)
	if err != nil {
		return "", err
	}
	err = file.Close()
	if err != nil {
		return "", err
	}
	path, err = filepath.Abs(path)
	if err != nil {
		return "", err
	}
	return filepath.EvalSymlinks(path)
}

// connect makes a pool of connections. Settings belong to a connection, so
// they are in its name: every connection of the pool has them.
func connect(path, more string, connections int) (*sql.DB, error) {
	file := url.URL{Path: path}
	name := "file:" + file.EscapedPath() +
		"?_busy_timeout=" + strconv.FormatInt(busyTimeout.Milliseconds(), 10) +
		"&_journal_mode=WAL&_synchronous=FULL&_foreign_keys=on" +
		"&_pragma=temp_store(memory)&_txlock=immediate&_dqs=0" + more
	db, err := sql.Open("sqlite", name)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	return db, nil
}

func orUsual(value, usual int) int {
	if value <= 0 {
		return usual
	}
	return value
}
