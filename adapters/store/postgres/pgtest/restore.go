package pgtest

import (
	"os"
	"path/filepath"
	"testing"
)

// StartArchiving makes and starts a cluster that archives its log of changes,
// so that copies of it can be restored to any moment.
func StartArchiving(t testing.TB) *Cluster {
	t.Helper()
	c := newCluster(t, "--data-checksums")
	if err := os.Mkdir(c.archive(), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := c.install.own(c.archive()); err != nil {
		t.Fatal(err)
	}
	c.configure("archive_mode = on", "archive_command = 'test ! -f "+c.archive()+"/%f && cp %p "+c.archive()+"/%f'")
	c.Restart()
	return c
}

func (c *Cluster) archive() string { return filepath.Join(c.folder, "archive") }

// Copy is a base backup, which lives as long as its cluster.
type Copy struct {
	of     *Cluster
	folder string
}

// Backup takes a base backup while the cluster runs.
func (c *Cluster) Backup() *Copy {
	c.t.Helper()
	b := &Copy{of: c, folder: filepath.Join(c.folder, "base")}
	c.run("pg_basebackup", "--pgdata="+b.folder, "--dbname="+c.DSN("postgres"), "--no-sync", "--checkpoint=fast", "--wal-method=none")
	return b
}

// Archived waits until everything written so far is in the archive.
func (c *Cluster) Archived() {
	c.t.Helper()
	last := c.Exec("postgres", "SELECT pg_walfile_name(pg_switch_wal())")
	c.await("the log to be archived", func() bool {
		_, err := os.Stat(filepath.Join(c.archive(), last))
		return err == nil
	})
}

// Restore makes and starts a cluster from the copy and the archive, as the
// copied one stood at a moment, in PostgreSQL's form of a time; it takes writes.
func (b *Copy) Restore(t testing.TB, moment string) *Cluster {
	t.Helper()
	r := prepare(t)
	r.start("cp", "-a", b.folder, r.data)
	r.configure("restore_command = 'cp "+b.of.archive()+"/%f %p'", "recovery_target_time = '"+moment+"'",
		"recovery_target_action = promote", "archive_mode = off")
	signal := filepath.Join(r.data, "recovery.signal")
	if err := os.WriteFile(signal, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if owner := r.install.owner; owner != nil {
		if err := os.Chown(signal, int(owner.Uid), int(owner.Gid)); err != nil {
			t.Fatal(err)
		}
	}
	r.Restart()
	r.Await("f", "SELECT pg_is_in_recovery()")
	return r
}

// start runs a program of the system as the server's user.
func (c *Cluster) start(program string, arguments ...string) {
	c.t.Helper()
	command := c.install.command(c.folder, program, arguments...)
	command.Path = "/bin/" + program
	if output, err := command.CombinedOutput(); err != nil {
		c.t.Fatalf("%s: %v\n%s", program, err, output)
	}
}
