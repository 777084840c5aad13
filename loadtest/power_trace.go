package main

import (
	"bufio"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// The system calls that move bytes to a disk or a socket, and those that make
// a file durable.
var (
	tracedWrites = []string{"write", "writev", "pwrite64", "pwritev", "sendto", "sendmsg"}
	tracedSyncs  = []string{"fsync", "fdatasync"}
)

// proof reads a trace of one gateway with one client, and counts what left it
// before what it rests on was durable: an answer before its settlement, a call
// to a payer before its intent. Each must follow a write of its own to the
// store's log, and a sync that began after every write so far and has
// returned. A sync that the tracer only pretended is none.
type proof struct {
	wal     string          // ending of the log's path
	mu      sync.Mutex      // guards clients while they connect
	clients map[string]bool // addresses the client asked from
	payers  map[string]bool // addresses of payers

	place   int           // line of the trace
	begun   map[int]begun // what a thread is in the middle of
	written int           // where the last write to the log began
	durable int           // every write begun up to here is durable
	fresh   bool          // the log was written since the last answer or call

	answers, answersEarly int
	calls, callsEarly     int
}

// begun is a system call that has not returned.
type begun struct {
	name, file string
	at         int // where it began
	covers     int // of a sync: the writes it makes durable
}

// newProof starts a proof about a store whose log's path ends so.
func newProof(wal string) *proof {
	return &proof{wal: wal, clients: map[string]bool{}, payers: map[string]bool{}, begun: map[int]begun{}}
}

// What a line of the trace looks like: a thread and its time, and then a call
// on a file, which may not have returned yet, or the return of one begun
// before.
var (
	lineStarted = regexp.MustCompile(`^(\d+) +[\d.]+ (\w+)\(\d+<(.+?)>([,) ].*)$`)
	lineResumed = regexp.MustCompile(`^(\d+) +[\d.]+ <\.\.\. (\w+) resumed>(.*)$`)
	unfinished  = "<unfinished ...>"
	injected    = "(INJECTED)"
	succeeded   = regexp.MustCompile(`\) += \d+`)
)

// read takes in a whole trace.
func (p *proof) read(trace io.Reader) error {
	lines := bufio.NewScanner(trace)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		p.place++
		p.line(lines.Text())
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("reading the trace: %w", err)
	}
	return nil
}

// line takes in one line. A call that another thread's line interrupted comes
// in two: where it begins and where it returns.
func (p *proof) line(text string) {
	if found := lineResumed.FindStringSubmatch(text); found != nil {
		p.ends(threadOf(found[1]), found[3])
		return
	}
	found := lineStarted.FindStringSubmatch(text)
	if found == nil {
		return
	}
	thread, rest := threadOf(found[1]), found[4]
	p.begins(thread, begun{name: found[2], file: found[3], at: p.place}, rest)
	if !strings.HasSuffix(rest, unfinished) {
		p.ends(thread, rest)
	}
}

// threadOf is the thread that a line is about.
func threadOf(digits string) (thread int) {
	thread, _ = strconv.Atoi(digits) // digits by the expression that found them
	return thread
}

// begins takes note of a call at its beginning: what leaves is judged then.
func (p *proof) begins(thread int, call begun, rest string) {
	switch {
	case slices.Contains(tracedSyncs, call.name):
		call.covers = p.settledBefore()
	case strings.HasSuffix(call.file, p.wal):
		p.written, p.fresh = p.place, true
	default:
		p.leaves(call.file, rest)
	}
	p.begun[thread] = call
}

// settledBefore is the place up to which every write to the log has returned.
func (p *proof) settledBefore() int {
	upTo := p.place
	for _, call := range p.begun {
		if strings.HasSuffix(call.file, p.wal) && slices.Contains(tracedWrites, call.name) {
			upTo = min(upTo, call.at-1)
		}
	}
	return upTo
}

// ends takes note of a call's return.
func (p *proof) ends(thread int, rest string) {
	call := p.begun[thread]
	delete(p.begun, thread)
	real := succeeded.MatchString(rest) && !strings.Contains(rest, injected)
	if slices.Contains(tracedSyncs, call.name) && strings.HasSuffix(call.file, p.wal) && real {
		p.durable = max(p.durable, call.covers)
	}
}

// leaves judges what is written to a socket.
func (p *proof) leaves(socket, rest string) {
	ends, found := strings.CutPrefix(strings.TrimSuffix(socket, "]"), "TCP:[")
	_, remote, _ := strings.Cut(ends, "->")
	if !found {
		return
	}
	early := p.written > p.durable || !p.fresh
	switch {
	case p.clients[remote] && strings.HasPrefix(rest, `, "HTTP/1.1 200 `):
		p.answers++
		p.answersEarly += count(early)
	case p.payers[remote] && strings.HasPrefix(rest, `, "POST `):
		p.calls++
		p.callsEarly += count(early)
	default:
		return
	}
	p.fresh = false
}

// count is one or none.
func count(one bool) int {
	if one {
		return 1
	}
	return 0
}
