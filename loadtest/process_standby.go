package main

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// newStandby makes room for a cluster that follows primary, below folder; it
// has no data yet.
func newStandby(ctx context.Context, folder string, primary *cluster) (*cluster, error) {
	owner, err := clusterOwner()
	if err != nil {
		return nil, err
	}
	folder = filepath.Join(folder, "standby")
	if err := os.Mkdir(folder, 0o700); err != nil {
		return nil, err
	}
	if err := giveFolder(folder, filepath.Join(folder, "postgres"), owner); err != nil {
		return nil, err
	}
	return clusterIn(folder, primary.bin(), owner)
}

// bin is where the programs of the cluster's server are.
func (c *cluster) bin() string { return filepath.Dir(c.postmaster.argv[0]) }

// data is the folder of the cluster's data.
func (c *cluster) data() string { return c.postmaster.argv[2] }

// port is where the cluster listens.
func (c *cluster) port() string {
	where, err := url.Parse(c.dsn)
	if err != nil {
		return ""
	}
	return where.Port()
}

// either is the connection string of whichever of two clusters takes writes.
func either(one, other *cluster) string {
	both := "@127.0.0.1:" + one.port() + ",127.0.0.1:" + other.port() + "/"
	return strings.Replace(one.dsn, "@127.0.0.1:"+one.port()+"/", both, 1) + "&target_session_attrs=read-write&connect_timeout=2"
}

// follows copies primary, which runs, and follows it from now on; primary
// answers no commit any more that is not here, too.
func (c *cluster) follows(ctx context.Context, primary *cluster) error {
	err := c.as(ctx, "pg_basebackup", "--host", "127.0.0.1", "--port", primary.port(), "--username", "onestop",
		"--pgdata", c.data(), "--write-recovery-conf", "--wal-method", "stream", "--checkpoint", "fast")
	if err != nil {
		return err
	}
	if err := c.postmaster.start(ctx); err != nil {
		return err
	}
	for _, setting := range []string{"ALTER SYSTEM SET synchronous_standby_names = '*'", "SELECT pg_reload_conf()"} {
		if err := primary.as(ctx, "psql", "--no-psqlrc", "--quiet", "--dbname", primary.dsn, "--command", setting); err != nil {
			return err
		}
	}
	return nil
}

// promote lets a standby take writes.
func (c *cluster) promote(ctx context.Context) error {
	return c.as(ctx, "pg_ctl", "promote", "--wait", "--pgdata", c.data())
}

// as runs one of the server's programs as the server's owner.
func (c *cluster) as(ctx context.Context, program string, arguments ...string) error {
	command := exec.CommandContext(ctx, filepath.Join(c.bin(), program), arguments...)
	command.SysProcAttr, command.Dir = bound(c.postmaster.identity), filepath.Dir(c.data())
	if text, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", program, err, text)
	}
	return nil
}
