package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
)

// ack is a proof that no answer leaves before the sync it rests on.
type ack struct {
	discharges int
	seed       uint64
	pretend    bool
}

// ackMost is how long one discharge may take under the tracer, on average.
const ackMost = 500 * time.Millisecond

// sealedOnce keeps the audit chain from writing to the log between an answer and
// the write that the answer rests on: it is sealed when the gateway starts and when
// it stops, and not in a run.
const sealedOnce = time.Hour

var (
	errEarly  = errors.New("something left before it was durable")
	errFew    = errors.New("the trace has fewer answers than the client")
	errTracer = errors.New("the tracer did not end")
)

// ackCommand traces a gateway's system calls while one client settles.
func ackCommand() *cobra.Command {
	var o ack
	command := &cobra.Command{
		Use:   "ack",
		Short: "Prove from system calls that no answer leaves before the fsync it rests on",
		Long: `Runs a gateway on the embedded store under strace, settles discharges with one
client, and reads the trace: for each answer written to the client's socket, a
sync of the store's log that began after the last write to the log must have
returned; and likewise for each call to a payer. Prints one line and ends with
0 only if nothing left early. --pretend lets strace answer every sync in place
of the kernel, so that nothing is durable: the proof must then fail.`,
		Args: cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			return o.run(command.Context(), command.OutOrStdout(), command.ErrOrStderr())
		},
	}
	command.Flags().IntVar(&o.discharges, "discharges", 200, "how many to settle")
	command.Flags().Uint64Var(&o.seed, "seed", 1, "of persons and bills")
	command.Flags().BoolVar(&o.pretend, "pretend", false, "negative control: no sync is carried out")
	return command
}

// run prints the one line on out, everything else on notes.
func (o ack) run(ctx context.Context, out, notes io.Writer) (err error) {
	if o.discharges < 1 {
		return fmt.Errorf("power ack: --discharges must be more than 0")
	}
	tracer, err := exec.LookPath("strace")
	if err != nil {
		return fmt.Errorf("power ack: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, overtime+time.Duration(o.discharges)*ackMost)
	defer cancel()
	folder, err := os.MkdirTemp("", "onestop-power-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	s, err := newStage(ctx, folder, cast{store: storeSQLite, seed: o.seed, sealing: sealedOnce})
	if err != nil {
		return err
	}
	defer s.end()
	p, err := o.trace(ctx, s, tracer)
	if err != nil {
		return err
	}
	fmt.Fprintf(notes, "calls to payers %d, before their intent's fsync %d\n", p.calls, p.callsEarly)
	fmt.Fprintf(out, "answers %d, before their fsync %d\n", p.answers, p.answersEarly)
	switch {
	case p.answers < o.discharges || p.calls < o.discharges:
		return errFew
	case p.answersEarly > 0 || p.callsEarly > 0:
		return errEarly
	}
	return nil
}

// trace lets one client settle at a traced gateway with payers that have no
// faults, and reads what the tracer wrote once it has ended.
func (o ack) trace(ctx context.Context, s *stage, tracer string) (*proof, error) {
	g := s.gateways[0]
	g.argv = append(o.tracing(tracer, s.path("trace")), g.argv...)
	if err := s.start(ctx); err != nil {
		return nil, err
	}
	err := untilMetrics(ctx, g.door.base, func(m metrics) bool { return m.sum("onestop_audit_height") > 0 })
	if err != nil {
		return nil, fmt.Errorf("waiting for the audit chain's first seal: %w", err)
	}
	p := newProof("onestop.db-wal")
	for _, payer := range s.payers {
		p.payers[payer.Address] = true
		if err := s.heal(ctx, payer); err != nil {
			return nil, err
		}
	}
	g.door.rest = &http.Client{Transport: &http.Transport{DialContext: p.dial}}
	if err := o.settle(ctx, s); err != nil {
		return nil, err
	}
	thread := g.command.Process.Pid
	if err := g.stop(); err != nil {
		return nil, err
	}
	text, err := whole(ctx, s.path("trace"), thread)
	if err != nil {
		return nil, err
	}
	return p, p.read(bytes.NewReader(text))
}

// tracing is the command line of the tracer. It runs as a grandchild, so that
// the process we know is the gateway itself.
func (o ack) tracing(tracer, file string) []string {
	calls := strings.Join(append(tracedWrites, tracedSyncs...), ",")
	arguments := []string{tracer, "-D", "-f", "-ttt", "-yy", "-s", "32", "--seccomp-bpf", "-e", "signal=none", "-e", "trace=" + calls, "-o", file}
	if o.pretend {
		arguments = append(arguments, "-e", "inject="+strings.Join(tracedSyncs, ",")+":retval=0")
	}
	return arguments
}

// settle is the one client: one discharge after another, over REST alone.
func (o ack) settle(ctx context.Context, s *stage) error {
	kept, err := openJournal(s.folder, 0)
	if err != nil {
		return err
	}
	defer kept.close()
	c := newClient(s, kept, clientOf{seed: o.seed, purpose: "power"})
	c.transports = []string{transportREST}
	for range o.discharges {
		settling, err := c.town.leaves(c.chance, c.next()).settling(c.chance, "settle-"+c.next())
		if err != nil {
			return err
		}
		heard, err := c.begin(ctx, settling)
		if err != nil {
			return err
		}
		if heard.standing() != standingFinal {
			return fmt.Errorf("settling %s: %s %s %w", settling.Discharge, heard.Status, heard.Reason, ctx.Err())
		}
	}
	return nil
}

// dial connects and remembers from where.
func (p *proof) dial(ctx context.Context, network, address string) (net.Conn, error) {
	connection, err := new(net.Dialer).DialContext(ctx, network, address)
	if err == nil {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.clients[connection.LocalAddr().String()] = true
	}
	return connection, err
}

// whole is the trace once its last line says that the gateway has ended.
func whole(ctx context.Context, file string, thread int) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, endWithin)
	defer cancel()
	for {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		lines := bytes.Split(bytes.TrimSpace(text), []byte("\n"))
		last := lines[len(lines)-1]
		if bytes.HasPrefix(last, []byte(strconv.Itoa(thread)+" ")) && bytes.Contains(last, []byte("+++ exited")) {
			return text, nil
		}
		select {
		case <-time.After(readyEvery):
		case <-ctx.Done():
			return nil, errTracer
		}
	}
}
