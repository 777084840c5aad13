package sqlite

import "database/sql"

const (
	// logMax is how many pages of 4 kB the log may hold before a commit takes
	// them into the database itself, while others wait: a bound for what comes
	// after a crash and for the disk, not the usual way.
	logMax = 8192
	// writesPerCheckpoint is after how many commits the log is taken into the
	// database beside them. A page that many of them changed is moved once.
	writesPerCheckpoint = 64
)

// checkpointer takes what is in the log into the database, on a connection of
// its own, while commits go on. What it misses because of them stays for the
// next time. That it fails is no news: the log keeps everything, and the commit
// that finds it full does the same and fails aloud.
type checkpointer struct {
	db      *sql.DB
	commits int // since it was woken; only whoever commits counts
	wake    chan struct{}
	done    chan struct{}
}

func newCheckpointer(path string) (*checkpointer, error) {
	db, err := connect(path, "", 1)
	if err != nil {
		return nil, err
	}
	c := &checkpointer{db: db, wake: make(chan struct{}, 1), done: make(chan struct{})}
	go c.serve()
	return c, nil
}

// committed counts a commit, and wakes the checkpointer when there were enough.
// The caller holds the turn to write.
func (c *checkpointer) committed() {
	c.commits++
	if c.commits < writesPerCheckpoint {
		return
	}
	c.commits = 0
	select {
	case c.wake <- struct{}{}:
	default: // it is at it, or about to be
	}
}

func (c *checkpointer) serve() {
	defer close(c.done)
	for range c.wake {
		_, _, _ = c.pass()
	}
}

// pass moves what no reader needs in the log any more. It waits for nobody. It
// gives the pages that are in the log and how many of these are in the database.
func (c *checkpointer) pass() (logged, moved int, err error) {
	var busy int
	err = c.db.QueryRowContext(background, `PRAGMA wal_checkpoint(PASSIVE)`).Scan(&busy, &logged, &moved)
	return logged, moved, err
}

// stop ends the checkpointer. Nobody commits any more.
func (c *checkpointer) stop() error {
	close(c.wake)
	<-c.done
	return c.db.Close()
}
