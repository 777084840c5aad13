package once

import (
	"context"
	"io"
	"sync/atomic"
	"time"
)

// letter is a request body that leaves at most once and can tell whether it
// did. The connection's own goroutine reads it right before writing, which
// makes its first Read the last moment to look at the deadline; the sender may
// give up at any time. Whoever comes first settles it: either the bytes were
// handed to the connection, or they never will be.
type letter struct {
	ctx   context.Context // of the one call this body belongs to
	rest  []byte
	state atomic.Uint32
}

const (
	folded    uint32 = iota // nothing was handed out yet
	posted                  // handed out: it may arrive
	withdrawn               // will never be handed out
)

func newLetter(ctx context.Context, body []byte) *letter {
	return &letter{ctx: ctx, rest: body}
}

// Read hands the body out, from start to end and never again.
func (l *letter) Read(into []byte) (int, error) {
	if l.state.Load() == folded {
		if err := l.expired(); err != nil {
			l.withdraw()
			return 0, err
		}
		l.state.CompareAndSwap(folded, posted)
	}
	if l.state.Load() == withdrawn {
		return 0, io.ErrClosedPipe
	}
	if len(l.rest) == 0 {
		return 0, io.EOF
	}
	n := copy(into, l.rest)
	l.rest = l.rest[n:]
	return n, nil
}

// expired is the error of a call whose time is up. The clock is asked too: a
// context's own timer may be late on a busy machine.
func (l *letter) expired() error {
	if err := l.ctx.Err(); err != nil {
		return err
	}
	if deadline, bounded := l.ctx.Deadline(); bounded && !time.Now().Before(deadline) {
		return context.DeadlineExceeded
	}
	return nil
}

// withdraw keeps the letter from leaving, and reports whether that was in time.
func (l *letter) withdraw() bool {
	return l.state.CompareAndSwap(folded, withdrawn) || l.state.Load() == withdrawn
}

// Close ends the reading; an unread letter will not leave any more.
func (l *letter) Close() error {
	l.withdraw()
	return nil
}
