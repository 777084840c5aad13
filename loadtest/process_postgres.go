package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
)

// cluster is a PostgreSQL cluster of the soak's own: its data in a folder, its
// port, its owner.
type cluster struct {
	postmaster *process
	dsn        string
}

// postgresOwner is who runs the server when we are root, whom it refuses.
const postgresOwner = "postgres"

// installed is where PostgreSQL's programs are, and who runs its server.
func installed(ctx context.Context) (bin string, owner *syscall.Credential, err error) {
	if bin, err = output(ctx, "pg_config", "--bindir"); err != nil {
		return "", nil, fmt.Errorf("finding PostgreSQL: %w", err)
	}
	owner, err = clusterOwner()
	return bin, owner, err
}

// newCluster makes a cluster with checksums below folder, not yet running.
func newCluster(ctx context.Context, folder string) (*cluster, error) {
	bin, owner, err := installed(ctx)
	if err != nil {
		return nil, err
	}
	home := filepath.Join(folder, "postgres")
	if err := giveFolder(folder, home, owner); err != nil {
		return nil, err
	}
	create := exec.CommandContext(ctx, filepath.Join(bin, "initdb"), "--pgdata", filepath.Join(home, "data"), "--username", "onestop",
		"--auth", "trust", "--data-checksums", "--encoding", "UTF8", "--locale", "C")
	create.SysProcAttr, create.Dir = bound(owner), home
	if text, err := create.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("creating a cluster: %w\n%s", err, text)
	}
	return clusterIn(folder, bin, owner)
}

// clusterIn is the cluster that is below folder already, not running.
func clusterIn(folder, bin string, owner *syscall.Credential) (*cluster, error) {
	address, err := freeAddress()
	if err != nil {
		return nil, err
	}
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	home := filepath.Join(folder, "postgres")
	data := filepath.Join(home, "data")
	return &cluster{
		postmaster: &process{
			name: "postgres", identity: owner, log: filepath.Join(folder, "postgres.log"), stubborn: true,
			argv:  []string{filepath.Join(bin, "postgres"), "-D", data, "-k", home, "-c", "listen_addresses=127.0.0.1", "-c", "port=" + port},
			ready: accepting(filepath.Join(bin, "pg_isready"), port),
		},
		dsn: "postgres://onestop@127.0.0.1:" + port + "/postgres?sslmode=disable",
	}, nil
}

// accepting asks whether the server takes connections.
func accepting(program, port string) func(context.Context) error {
	return func(ctx context.Context) error {
		_, err := output(ctx, program, "-q", "-h", "127.0.0.1", "-p", port, "-U", "onestop", "-d", "postgres")
		return err
	}
}

// clusterOwner is nil where we may run the server ourselves.
func clusterOwner() (*syscall.Credential, error) {
	if os.Getuid() != 0 {
		return nil, nil
	}
	owner, err := user.Lookup(postgresOwner)
	if err != nil {
		return nil, fmt.Errorf("whose cluster: %w", err)
	}
	uid, err := strconv.ParseUint(owner.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(owner.Gid, 10, 32)
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, err
}

// giveFolder makes home for its owner, who may pass through folder.
func giveFolder(folder, home string, owner *syscall.Credential) error {
	if err := os.Mkdir(home, 0o700); err != nil {
		return err
	}
	if owner == nil {
		return nil
	}
	if err := os.Chown(home, int(owner.Uid), int(owner.Gid)); err != nil {
		return err
	}
	return os.Chmod(folder, 0o711)
}
