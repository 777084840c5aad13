package postgres

import (
	"testing"

	"github.com/onestop-gateway/onestop/adapters/store/postgres/pgtest"
)

// The server is killed with 32 callers on it and started again: what they were
// told is true, and the store that was open goes on by itself.
func TestKilledServerLosesNothing(t *testing.T) {
	cluster := pgtest.Start(t)
	s := openTest(t, Config{DSN: cluster.DSN("postgres")})
	l := startLoad(t, s, 32, 0)
	for range 2 {
		l.grows(100)
		cluster.Kill()
		cluster.Restart()
		l.grows(100)
		t.Logf("nothing was done for %v", l.longest())
	}
	l.end()
	l.verify(s)
}

// Sessions are ended by hand all the time: by administrators, by a server that
// is short of memory.
func TestKilledSessionsLoseNothing(t *testing.T) {
	dsn := fresh(t)
	s := openTest(t, Config{DSN: dsn})
	l := startLoad(t, s, 16, 0)
	for range 20 {
		l.grows(10)
		shared.in(t).Exec("postgres", "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'onestop'")
	}
	l.end()
	l.verify(s)
}
