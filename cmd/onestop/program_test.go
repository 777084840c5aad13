package main

import (
	"net"
	"os/exec"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/onestop-gateway/onestop/adapters/store/postgres/pgtest"
)

// program is another program that serves a test.
type program struct {
	command *exec.Cmd
	said    overheard     // on both its outputs
	over    chan struct{} // closed once it has ended
	err     error         // with which it has
}

// begins is how often a program is begun that ends before it serves.
const begins = 3

// serving begins a program and waits until it serves. One that ends before, as
// it does where another has taken its port meanwhile, is begun again: each time
// begin gives it ports of its own. It does not outlive the test.
func serving(t *testing.T, begin func() (command *exec.Cmd, serves func() bool)) *program {
	t.Helper()
	p := &program{}
	for range begins {
		p = &program{over: make(chan struct{})}
		var serves func() bool
		p.command, serves = begin()
		p.command.Stdout, p.command.Stderr = &p.said, &p.said
		p.command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
		if err := p.command.Start(); err != nil {
			t.Fatal(err)
		}
		go func() { p.err = p.command.Wait(); close(p.over) }()
		t.Cleanup(func() { _ = p.end(syscall.SIGKILL) })
		if p.comesUp(t, serves) {
			return p
		}
	}
	t.Fatalf("%s ended with %v and said:\n%s", p.command.Path, p.err, p.said.String())
	return nil
}

// comesUp waits until the program serves, and reports whether it does rather
// than having ended.
func (p *program) comesUp(t *testing.T, serves func() bool) bool {
	t.Helper()
	for end := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		select {
		case <-p.over:
			return false
		default:
		}
		if serves() {
			return true
		}
		if time.Now().After(end) {
			t.Fatalf("%s does not serve; it says:\n%s", p.command.Path, p.said.String())
		}
	}
}

// end sends a signal, waits for the end and gives how it came.
func (p *program) end(by syscall.Signal) error {
	_ = p.command.Process.Signal(by) // it may have ended already
	<-p.over
	return p.err
}

// anAddress is an address on loopback for a program to listen on.
func anAddress(t *testing.T) string {
	t.Helper()
	return net.JoinHostPort("127.0.0.1", strconv.Itoa(pgtest.Port(t)))
}

// answersAt reports whether somebody listens on an address.
func answersAt(address string) bool {
	connection, err := net.Dial("tcp", address)
	if err != nil {
		return false
	}
	return connection.Close() == nil
}
