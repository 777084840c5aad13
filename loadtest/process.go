package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// How long a process may take.
const (
	readyWithin = 20 * time.Second // to answer after its start
	endWithin   = 20 * time.Second // to end once it is asked to
	readyEvery  = 20 * time.Millisecond
)

// process is one program that the soak starts, kills and starts again. All of
// its lives write to one log.
type process struct {
	name     string
	argv     []string
	log      string
	identity *syscall.Credential             // nil: ours
	ready    func(ctx context.Context) error // whether it answers
	stubborn bool                            // a start that ends at once is tried again until it holds

	mu      sync.Mutex
	command *exec.Cmd
	over    chan struct{} // closed when this life has ended
	wanted  bool          // this life's end was asked for
	failed  func(error)   // told of a life that ended by itself
}

// start begins a life and waits until it answers.
func (p *process) start(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, readyWithin)
	defer cancel()
	if err := p.spawn(); err != nil {
		return fmt.Errorf("starting %s: %w", p.name, err)
	}
	for {
		unready := p.ready(ctx)
		if unready == nil {
			return nil
		}
		if !p.alive() {
			if !p.stubborn {
				return fmt.Errorf("starting %s: it ended at once, see %s", p.name, filepath.Base(p.log))
			}
			if err := p.spawn(); err != nil {
				return fmt.Errorf("starting %s: %w", p.name, err)
			}
		}
		select {
		case <-time.After(readyEvery):
		case <-ctx.Done():
			return fmt.Errorf("starting %s: not ready within %s: %w", p.name, readyWithin, unready)
		}
	}
}

// spawn runs the program, with a goroutine that waits for its end.
func (p *process) spawn() error {
	log, err := os.OpenFile(p.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer log.Close() // the child has its own
	command := exec.Command(p.argv[0], p.argv[1:]...)
	command.Stdout, command.Stderr = log, log
	command.SysProcAttr = bound(p.identity)
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := command.Start(); err != nil {
		return err
	}
	over := make(chan struct{})
	p.command, p.over, p.wanted = command, over, false
	go func() {
		err := command.Wait()
		p.mu.Lock()
		alone := !p.wanted && !p.stubborn
		p.mu.Unlock()
		close(over)
		if alone && p.failed != nil {
			p.failed(fmt.Errorf("%s ended by itself: %w", p.name, orDone(err)))
		}
	}()
	return nil
}

var errDone = errors.New("exit status 0")

// orDone is err, or the news that a program ended as if all were well.
func orDone(err error) error {
	if err == nil {
		return errDone
	}
	return err
}

// alive reports whether this life goes on; a frozen one does.
func (p *process) alive() bool {
	p.mu.Lock()
	over := p.over
	p.mu.Unlock()
	if over == nil {
		return false
	}
	select {
	case <-over:
		return false
	default:
		return true
	}
}

// pid is the id of this life, 0 before the first.
func (p *process) pid() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.command == nil {
		return 0
	}
	return p.command.Process.Pid
}

// signal sends a signal to the process of this life, by its id. A life that
// is over gets none: its id may be another's.
func (p *process) signal(signal syscall.Signal) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.command != nil {
		_ = p.command.Process.Signal(signal) // os.ErrProcessDone: it has ended
	}
}

// kill ends this life with SIGKILL and waits for its end.
func (p *process) kill() { _ = p.end(syscall.SIGKILL) }

// stop asks this life to end and gives the outcome; what does not end within
// its time is killed, which is an error.
func (p *process) stop() error { return p.end(syscall.SIGTERM) }

// end sends a signal that ends this life and waits for it. Only an end that was
// asked for politely has to be a clean one.
func (p *process) end(signal syscall.Signal) error {
	p.mu.Lock()
	command, over := p.command, p.over
	p.wanted = true
	p.mu.Unlock()
	if command == nil {
		return nil
	}
	p.signal(signal)
	select {
	case <-over:
	case <-time.After(endWithin):
		p.signal(syscall.SIGKILL)
		<-over
		return fmt.Errorf("stopping %s: it took longer than %s", p.name, endWithin)
	}
	if code := command.ProcessState.ExitCode(); signal == syscall.SIGTERM && code != 0 {
		return fmt.Errorf("stopping %s: exit status %d, see %s", p.name, code, filepath.Base(p.log))
	}
	return nil
}

// answering asks an address of HTTP until it says 2xx.
func answering(url string) func(context.Context) error {
	return func(ctx context.Context) error {
		ctx, cancel := context.WithTimeout(ctx, time.Second)
		defer cancel()
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			return err
		}
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			return err
		}
		defer response.Body.Close()
		if response.StatusCode/100 != 2 {
			return fmt.Errorf("%s answers %s", url, response.Status)
		}
		return nil
	}
}

// The ports of freeAddress lie below those that the kernel gives to connections
// that go out (32768 and up), so that none of these takes one before it is
// listened on, or while what listens on it is down.
const (
	portLeast = 12_000
	portCount = 20_000
	portTries = 100
)

// freeAddress is an address on loopback that nobody listens on now, and that no
// other call of this process was given. It stays the same when what listens on
// it is started again.
func freeAddress() (string, error) {
	taken := errors.New("all that were tried have been given")
	for range portTries {
		port := portLeast + rand.IntN(portCount)
		if _, given := portsGiven.LoadOrStore(port, true); given {
			continue
		}
		listener, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
		if err == nil {
			return listener.Addr().String(), listener.Close()
		}
		taken = err
	}
	return "", fmt.Errorf("no port is free: %w", taken)
}

// portsGiven are the ports that freeAddress has tried.
var portsGiven sync.Map

// module is the path of this module, for the go command.
const module = "github.com/onestop-gateway/onestop"

// moduleRoot is the folder of this module.
func moduleRoot(ctx context.Context) (string, error) {
	return output(ctx, "go", "list", "-m", "-f", "{{.Dir}}", module)
}

// build builds the programs of cmd into a folder.
func build(ctx context.Context, into string, programs ...string) error {
	arguments := []string{"build", "-o", into + string(filepath.Separator)}
	for _, program := range programs {
		arguments = append(arguments, module+"/cmd/"+program)
	}
	_, err := output(ctx, "go", arguments...)
	return err
}

// output runs a program to its end and gives what it printed, without the
// last line's end. What it printed as an error is part of the error.
func output(ctx context.Context, name string, arguments ...string) (string, error) {
	var failed strings.Builder
	command := exec.CommandContext(ctx, name, arguments...)
	command.Stderr = &failed
	text, err := command.Output()
	if err != nil {
		err = fmt.Errorf("%s %s: %w\n%s", filepath.Base(name), arguments[0], err, failed.String())
	}
	return strings.TrimRight(string(text), "\n"), err
}
