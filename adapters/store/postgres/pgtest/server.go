package pgtest

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

const (
	patience = 2 * time.Minute // how long a server may take for anything
	glance   = 20 * time.Millisecond
	launches = 3 // of a cluster's first start
)

// server is a running postmaster.
type server struct {
	pid  int
	over chan struct{} // closed once the process is gone and reaped
}

// launch starts command and sees it to its end. The thread that starts it
// stays with it, because the kernel ends the server together with that thread:
// a test that is killed leaves no server behind.
func launch(command *exec.Cmd) (*server, error) {
	command.SysProcAttr.Pdeathsig = syscall.SIGQUIT
	s := &server{over: make(chan struct{})}
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := command.Start()
		if err == nil {
			s.pid = command.Process.Pid
		}
		started <- err
		if err == nil {
			_ = command.Wait() // however it ended: the test knows what it did
			close(s.over)
		}
	}()
	return s, <-started
}

// signal tells the postmaster, and says whether it was gone in time.
func (s *server) signal(what syscall.Signal) error {
	err := syscall.Kill(s.pid, what)
	if err != nil && !errors.Is(err, syscall.ESRCH) {
		return err
	}
	select {
	case <-s.over:
		return nil
	case <-time.After(patience):
		return errors.New("PostgreSQL did not end")
	}
}

// kill ends the postmaster and everything it started, all without a word.
// They are stopped first, so that none of them sees another die.
func (s *server) kill() {
	family := []int{s.pid}
	_ = syscall.Kill(s.pid, syscall.SIGSTOP)
	family = append(family, children(s.pid)...)
	for _, pid := range family {
		_ = syscall.Kill(pid, syscall.SIGSTOP)
	}
	for _, pid := range family {
		_ = syscall.Kill(pid, syscall.SIGKILL)
	}
	<-s.over
	for _, pid := range family {
		for syscall.Kill(pid, 0) == nil && !reaped(pid) {
			time.Sleep(glance)
		}
	}
}

// children are the processes that pid started.
func children(pid int) []int {
	var found []int
	files, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return nil
	}
	for _, file := range files {
		child, parent, _ := status(file)
		if parent == pid {
			found = append(found, child)
		}
	}
	return found
}

// reaped reports whether what is left of a process is its entry in the table:
// orphans wait for init, which is not ours to hurry.
func reaped(pid int) bool {
	_, _, state := status("/proc/" + strconv.Itoa(pid) + "/stat")
	return state == "Z" || state == ""
}

// status reads "pid (name) state parent …"; the name may hold blanks.
func status(file string) (pid, parent int, state string) {
	text, err := os.ReadFile(file)
	if err != nil {
		return 0, 0, ""
	}
	head, rest, found := strings.Cut(string(text), " (")
	end := strings.LastIndex(rest, ") ")
	if !found || end < 0 {
		return 0, 0, ""
	}
	fields := strings.Fields(rest[end+2:])
	if len(fields) < 2 {
		return 0, 0, ""
	}
	pid, _ = strconv.Atoi(head)
	parent, _ = strconv.Atoi(fields[1])
	return pid, parent, fields[0]
}

// Restart starts the cluster, which must not be running, and waits until it
// answers. Its port is chosen at the first start and stays.
func (c *Cluster) Restart() {
	c.t.Helper()
	var answers bool
	if c.port == 0 {
		answers = c.first(func() int { return Port(c.t) })
	} else {
		answers = c.ready(c.launch())
	}
	if !answers {
		c.t.Fatalf("PostgreSQL did not start:\n%s", c.Log())
	}
}

// first starts the cluster the first time, and again with the next port where it
// did not start, as where another program has taken the port meanwhile.
func (c *Cluster) first(port func() int) (answers bool) {
	c.t.Helper()
	for range launches {
		c.port = port()
		if c.ready(c.launch()) {
			return true
		}
	}
	return false
}

func (c *Cluster) launch() *os.File {
	c.t.Helper()
	if c.server != nil {
		c.t.Fatal("the cluster is running already")
	}
	log, err := os.OpenFile(c.log(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		c.t.Fatal(err)
	}
	command := c.install.command(c.folder, "postgres", "-D", c.data,
		"-c", "port="+strconv.Itoa(c.port), "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="+c.folder,
		"-c", "cluster_name=onestop-test", "-c", "max_connections=60", "-c", "shared_buffers=256MB", "-c", "max_wal_size=4GB")
	for _, setting := range c.settings { // the last of several counts
		command.Args = append(command.Args, "-c", setting)
	}
	command.Stdout, command.Stderr = log, log
	c.server, err = launch(command)
	if err != nil {
		c.server = nil
		c.t.Fatal(err)
	}
	return log
}

// ready waits until the server answers, and reports whether it does rather than
// having ended. It is asked at its own socket in its folder, which it has only
// with the port: at the port another server might answer.
func (c *Cluster) ready(log *os.File) (answers bool) {
	c.t.Helper()
	defer log.Close()
	c.await("the server to answer", func() bool {
		select {
		case <-c.server.over:
			c.server = nil
			return true
		default:
		}
		probe := c.install.command(c.folder, "pg_isready", "--quiet", "--timeout=1", "--host="+c.folder, "--port="+strconv.Itoa(c.port))
		answers = probe.Run() == nil
		return answers
	})
	c.memory = c.sharedMemory()
	return answers
}

// Log is what the server wrote so far.
func (c *Cluster) Log() string {
	text, err := os.ReadFile(c.log())
	if err != nil {
		return err.Error()
	}
	return string(text)
}

func (c *Cluster) log() string { return filepath.Join(c.folder, "server.log") }

// Stop shuts the cluster down in an orderly way; sessions are cut off.
func (c *Cluster) Stop() {
	c.t.Helper()
	err := c.server.signal(syscall.SIGINT)
	if err != nil {
		c.t.Fatalf("stopping: %v\n%s", err, c.Log())
	}
	c.server = nil
}

// Kill ends every process of the cluster, if it runs, at once with SIGKILL, as
// when the machine fails but its disk does not. The shared memory by which a
// postmaster knows its predecessor's sessions goes too; one that was killed
// could not remove it, and the kernel keeps it.
func (c *Cluster) Kill() {
	if c.server == nil {
		return
	}
	c.server.kill()
	c.server = nil
	_, _ = unix.SysvShmCtl(c.memory, unix.IPC_RMID, nil) // gone already is as good
}

// sharedMemory is the id of the running server's shared memory, in which a line
// of postmaster.pid ends; -1 where there is none.
func (c *Cluster) sharedMemory() int {
	text, err := os.ReadFile(filepath.Join(c.data, "postmaster.pid"))
	if err != nil {
		return -1
	}
	lines := strings.Split(string(text), "\n")
	if len(lines) <= memoryLine {
		return -1
	}
	fields := strings.Fields(lines[memoryLine])
	if len(fields) != 2 {
		return -1
	}
	id, err := strconv.Atoi(fields[1])
	if err != nil {
		return -1
	}
	return id
}

// memoryLine is where postmaster.pid names the shared memory.
const memoryLine = 6

// await waits until done.
func (c *Cluster) await(what string, done func() bool) {
	c.t.Helper()
	for end := time.Now().Add(patience); !done(); time.Sleep(glance) {
		if time.Now().After(end) {
			c.t.Fatalf("waited %v for %s:\n%s", patience, what, c.Log())
		}
	}
}

// Await waits for SQL in the database postgres to give want.
func (c *Cluster) Await(want, query string) {
	c.t.Helper()
	c.await(query+" = "+want, func() bool { return c.Exec("postgres", query) == want })
}
