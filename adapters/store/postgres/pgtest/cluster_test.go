package pgtest

import (
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// What was committed outlives every way to end a cluster.
func TestClusterKeepsWhatWasCommitted(t *testing.T) {
	c := Start(t)
	c.Exec("postgres", "CREATE TABLE kept (n int)")
	for n, end := range []func(){c.Stop, c.Kill} {
		c.Exec("postgres", "INSERT INTO kept VALUES (1)")
		family := append(children(c.server.pid), c.server.pid)
		end()
		for _, pid := range family {
			if syscall.Kill(pid, 0) == nil && !reaped(pid) {
				t.Errorf("end %d left process %d", n, pid)
			}
		}
		c.Restart()
	}
	if got := c.Exec("postgres", "SELECT count(*) FROM kept"); got != "2" {
		t.Errorf("%s rows, want 2", got)
	}
}

// A port that somebody took before the first start is left to them.
func TestClusterYieldsAPort(t *testing.T) {
	taken, free := Port(t), Port(t)
	listener, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(taken)))
	if err != nil {
		t.Skip("the port was taken by another than us: ", err)
	}
	defer listener.Close()
	c := Make(t)
	ports := []int{taken, free}
	if !c.first(func() int { next := ports[0]; ports = ports[1:]; return next }) || c.port != free {
		t.Fatalf("at port %d; %d is taken and %d is free:\n%s", c.port, taken, free, c.Log())
	}
	if got := c.Exec("postgres", "SHOW port"); got != strconv.Itoa(free) {
		t.Errorf("answers at %s, want %d", got, free)
	}
}

// A port is given once, and is none that a connection going out may take.
func TestPortsAreOurOwn(t *testing.T) {
	given := map[int]bool{}
	for range 300 {
		port := Port(t)
		if port >= 32_768 || given[port] {
			t.Errorf("%d, given before: %t", port, given[port])
		}
		given[port] = true
	}
}

func TestClusterIsSafe(t *testing.T) {
	c := Start(t)
	got := strings.Fields(c.Exec("postgres", "SHOW data_checksums", "SHOW fsync", "SHOW full_page_writes", "SHOW synchronous_commit"))
	if strings.Join(got, " ") != "on on on on" {
		t.Errorf("settings %v", got)
	}
}

func TestUnsafeClusterIsNot(t *testing.T) {
	c := StartUnsafe(t)
	got := strings.Fields(c.Exec("postgres", "SHOW data_checksums", "SHOW fsync", "SHOW full_page_writes", "SHOW synchronous_commit"))
	if strings.Join(got, " ") != "off off off off" {
		t.Errorf("settings %v", got)
	}
}

// A synchronous standby has all that was acknowledged when its primary is gone.
func TestStandbyTakesOver(t *testing.T) {
	primary := Start(t)
	standby := primary.NewStandby(t)
	primary.Synchronous()
	primary.Exec("postgres", "CREATE TABLE kept (n int)", "INSERT INTO kept VALUES (1)")
	primary.Kill()
	standby.Promote()
	standby.Asynchronous()
	if got := standby.Exec("postgres", "INSERT INTO kept VALUES (2)", "SELECT count(*) FROM kept"); got != "2" {
		t.Errorf("%s rows, want 2", got)
	}
}

// Nothing is left of a cluster when its test is over.
func TestClusterLeavesNothing(t *testing.T) {
	var folder string
	var pid int
	t.Run("a test with a cluster", func(t *testing.T) {
		c := Start(t)
		folder, pid = c.folder, c.server.pid
	})
	if folder == "" {
		t.Skip("the test with a cluster did not run")
	}
	_, err := os.Stat(folder)
	if !os.IsNotExist(err) {
		t.Errorf("the folder: %v", err)
	}
	if syscall.Kill(pid, 0) == nil {
		t.Errorf("process %d is there", pid)
	}
}

// The names of processes may hold anything.
func TestStatusOfAProcess(t *testing.T) {
	sleeper := exec.Command("sleep", "60")
	if err := sleeper.Start(); err != nil {
		t.Fatal(err)
	}
	found := false
	for _, pid := range children(os.Getpid()) {
		found = found || pid == sleeper.Process.Pid
	}
	if !found {
		t.Errorf("%d is not among the children", sleeper.Process.Pid)
	}
	if err := sleeper.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = sleeper.Wait() // killed
	if !reaped(sleeper.Process.Pid) {
		t.Error("who was reaped is still there")
	}
	for text, want := range map[string]struct {
		pid, parent int
		state       string
	}{
		"12 (post gres: a) b) S 3 4 5": {12, 3, "S"},
		"12 (unfinished":               {},
		"":                             {},
	} {
		file := t.TempDir() + "/stat"
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		pid, parent, state := status(file)
		if pid != want.pid || parent != want.parent || state != want.state {
			t.Errorf("%q: %d %d %s", text, pid, parent, state)
		}
	}
}
