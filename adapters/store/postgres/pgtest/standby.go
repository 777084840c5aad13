package pgtest

import (
	"path/filepath"
	"strings"
	"testing"
)

// NewStandby makes and starts a standby that streams from c. Clusters call
// each other by their place, so it lives as long as the test it is made for.
func (c *Cluster) NewStandby(t testing.TB) *Cluster {
	t.Helper()
	s := prepare(t)
	slot := "standby_" + strings.TrimPrefix(filepath.Base(s.folder), folderPrefix)
	s.run("pg_basebackup", "--pgdata="+s.data, "--dbname="+c.DSN("postgres"), "--no-sync", "--checkpoint=fast",
		"--wal-method=stream", "--write-recovery-conf", "--create-slot", "--slot="+slot)
	s.Restart()
	return s
}

// Synchronous makes c wait for a standby with every commit, from the moment
// that one is able to answer.
func (c *Cluster) Synchronous() {
	c.t.Helper()
	c.Set("synchronous_standby_names", "*")
	c.Await("1", "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming' AND sync_state = 'sync'")
}

// Asynchronous makes c commit alone again.
func (c *Cluster) Asynchronous() {
	c.t.Helper()
	c.Set("synchronous_standby_names", "")
}

// Promote makes a standby the primary.
func (c *Cluster) Promote() {
	c.t.Helper()
	c.Exec("postgres", "SELECT pg_promote()")
	c.Await("f", "SELECT pg_is_in_recovery()")
}
