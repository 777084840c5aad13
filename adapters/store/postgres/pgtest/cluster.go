package pgtest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// Cluster is one PostgreSQL server and its data. Its methods fail the test
// they were made for when they do not succeed.
type Cluster struct {
	t       testing.TB
	install *install
	folder  string // the temporary folder, removed at the end
	data    string
	port    int // 0 until the first start
	// settings are given to the server over those of its configuration.
	settings []string
	server   *server // nil: not running
	memory   int     // the server's shared memory, as the kernel numbers it
}

// Start makes a cluster and starts it. Everything of it is gone when the test
// ends.
func Start(t testing.TB) *Cluster {
	t.Helper()
	c := newCluster(t, "--data-checksums")
	c.Restart()
	return c
}

// StartUnsafe makes and starts a cluster that breaks every promise of
// durability a cluster can break: no page checksums, no fsync, no full pages,
// no waiting for a commit.
func StartUnsafe(t testing.TB) *Cluster {
	t.Helper()
	c := newCluster(t)
	c.configure("fsync = off", "full_page_writes = off", "synchronous_commit = off")
	c.Restart()
	return c
}

func newCluster(t testing.TB, options ...string) *Cluster {
	t.Helper()
	c := prepare(t)
	arguments := append([]string{
		"--pgdata=" + c.data, "--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions",
	}, options...)
	c.run("initdb", arguments...)
	return c
}

// folderPrefix begins the names of the folders of clusters; what follows is made
// of digits.
const folderPrefix = "onestop-pg-"

// prepare finds the binaries and makes a folder that the server's user owns.
func prepare(t testing.TB) *Cluster {
	t.Helper()
	if testing.Short() {
		t.Skip("starts a PostgreSQL server, which -short leaves out")
	}
	found, err := installed()
	if err != nil {
		t.Fatal(err)
	}
	folder, err := os.MkdirTemp("", folderPrefix)
	if err != nil {
		t.Fatal(err)
	}
	c := &Cluster{t: t, install: found, folder: folder, data: filepath.Join(folder, "data")}
	t.Cleanup(c.end)
	err = found.own(folder)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Make makes a cluster with settings such as "max_wal_size=2MB" and does not
// start it. All of it is on the disk, and segments of its log are small, so that
// they change often.
func Make(t testing.TB, settings ...string) *Cluster {
	t.Helper()
	c := prepare(t)
	c.settings = settings
	c.run("initdb", "--pgdata="+c.data, "--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C",
		"--data-checksums", "--wal-segsize=1", "--no-instructions")
	return c
}

// Empty is a cluster like c that has no data yet. They are to be put into its
// folder, by mounting a disk on it or by Adopt.
func (c *Cluster) Empty(t testing.TB) *Cluster {
	t.Helper()
	e := prepare(t)
	e.settings = c.settings
	err := os.Mkdir(e.data, 0o700)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// Data is the folder of the cluster's data.
func (c *Cluster) Data() string { return c.data }

// Adopt gives what was put into the folder of the data to the server's user.
func (c *Cluster) Adopt() {
	c.t.Helper()
	err := filepath.WalkDir(c.data, func(path string, entry os.DirEntry, err error) error {
		if err != nil || c.install.owner == nil {
			return err
		}
		return os.Lchown(path, int(c.install.owner.Uid), int(c.install.owner.Gid))
	})
	if err != nil {
		c.t.Fatal(err)
	}
}

// Check looks for damage in every table and index of a database.
func (c *Cluster) Check(database string) {
	c.t.Helper()
	c.run("pg_amcheck", "--install-missing", "--heapallindexed", "--host=127.0.0.1", "--port="+strconv.Itoa(c.port),
		"--username=postgres", database)
}

// end stops the server however it stands and removes its data.
func (c *Cluster) end() {
	if c.server != nil && c.server.signal(syscall.SIGQUIT) != nil {
		c.Kill()
	}
	err := os.RemoveAll(c.folder)
	if err != nil {
		c.t.Error(err)
	}
}

// DSN names a database of the cluster.
func (c *Cluster) DSN(database string) string {
	return DSN(database, c)
}

// DSN names a database that any of several clusters may serve.
func DSN(database string, clusters ...*Cluster) string {
	var hosts, ports []string
	for _, c := range clusters {
		hosts, ports = append(hosts, "127.0.0.1"), append(ports, strconv.Itoa(c.port))
	}
	return fmt.Sprintf("host=%s port=%s user=postgres dbname=%s sslmode=disable",
		strings.Join(hosts, ","), strings.Join(ports, ","), database)
}

// run runs a program of the installation to its end.
func (c *Cluster) run(program string, arguments ...string) {
	c.t.Helper()
	command := c.install.command(c.folder, program, arguments...)
	output, err := command.CombinedOutput()
	if err != nil {
		c.t.Fatalf("%s: %v\n%s", program, err, output)
	}
}

// configure appends lines to the configuration; they count from the next
// start.
func (c *Cluster) configure(lines ...string) {
	c.t.Helper()
	file, err := os.OpenFile(filepath.Join(c.data, "postgresql.conf"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		c.t.Fatal(err)
	}
	_, err = file.WriteString(strings.Join(lines, "\n") + "\n")
	if err != nil {
		c.t.Fatal(err)
	}
	err = file.Close()
	if err != nil {
		c.t.Fatal(err)
	}
}

// Exec runs SQL in a database with psql, which needs no driver, and gives what
// it printed. Statements run one by one, each in a transaction of its own.
func (c *Cluster) Exec(database string, statements ...string) string {
	c.t.Helper()
	arguments := []string{"--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set=ON_ERROR_STOP=1", "--dbname=" + c.DSN(database)}
	for _, statement := range statements {
		arguments = append(arguments, "--command="+statement)
	}
	command := exec.Command(c.install.program("psql"), arguments...)
	output, err := command.CombinedOutput()
	if err != nil {
		c.t.Fatalf("psql: %v\n%s", err, output)
	}
	return strings.TrimSpace(string(output))
}

// Set changes a setting of the running cluster and waits until it counts.
func (c *Cluster) Set(name, value string) {
	c.t.Helper()
	c.Exec("postgres", "ALTER SYSTEM SET "+name+" = '"+value+"'", "SELECT pg_reload_conf()")
	c.await("setting "+name, func() bool { return c.Exec("postgres", "SHOW "+name) == value })
}
