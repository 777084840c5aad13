package once

import (
	"context"
	"errors"
	"io"
	"sync"
	"testing"
	"time"
)

func TestLetterLeavesOnce(t *testing.T) {
	mail := newLetter(t.Context(), []byte("hello"))
	if got, err := io.ReadAll(mail); err != nil || string(got) != "hello" {
		t.Fatalf("%q, %v", got, err)
	}
	if mail.withdraw() {
		t.Error("withdrawn after it left")
	}
	if again, _ := io.ReadAll(mail); len(again) != 0 {
		t.Errorf("%q left a second time", again)
	}
}

func TestLetterDoesNotLeave(t *testing.T) {
	cancelled, cancel := context.WithCancel(context.Background())
	cancel()
	past, end := context.WithDeadline(context.Background(), time.Now().Add(-time.Second))
	defer end()
	for name, test := range map[string]struct {
		ctx    context.Context
		before func(*letter)
		want   error
	}{
		"cancelled":          {cancelled, func(*letter) {}, context.Canceled},
		"after its deadline": {past, func(*letter) {}, context.DeadlineExceeded},
		"withdrawn":          {context.Background(), func(l *letter) { l.withdraw() }, io.ErrClosedPipe},
		"closed":             {context.Background(), func(l *letter) { l.Close() }, io.ErrClosedPipe},
	} {
		mail := newLetter(test.ctx, []byte("hello"))
		test.before(mail)
		if got, err := io.ReadAll(mail); len(got) != 0 || !errors.Is(err, test.want) {
			t.Errorf("%s: %q, %v, want %v", name, got, err, test.want)
		}
		if !mail.withdraw() {
			t.Errorf("%s: it is said to have left", name)
		}
	}
}

// lateTimer is a context whose deadline has passed unnoticed, as on a machine
// too busy to fire timers.
type lateTimer struct{ context.Context }

func (lateTimer) Deadline() (time.Time, bool) { return time.Now().Add(-time.Millisecond), true }

func TestLetterAsksTheClock(t *testing.T) {
	mail := newLetter(lateTimer{context.Background()}, []byte("hello"))
	if got, err := io.ReadAll(mail); len(got) != 0 || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%q, %v", got, err)
	}
}

// meddler is a context that lets something happen while it is being asked.
type meddler struct {
	context.Context
	meddle func()
}

func (m meddler) Err() error {
	m.meddle()
	return nil
}

// The sender gives up after the deadline was looked at and before the first
// byte is handed out: the letter stays.
func TestLetterWithdrawnAtTheLastMoment(t *testing.T) {
	var mail *letter
	withdrawn := false
	mail = newLetter(meddler{context.Background(), func() { withdrawn = mail.withdraw() }}, []byte("hello"))
	if got, err := io.ReadAll(mail); len(got) != 0 || !errors.Is(err, io.ErrClosedPipe) || !withdrawn {
		t.Errorf("withdrawn %v, and %q left, %v", withdrawn, got, err)
	}
}

// Reading and withdrawing at the same moment: one of them wins, never both and
// never neither.
func TestLetterRace(t *testing.T) {
	left, stayed := 0, 0
	for range 2000 {
		mail := newLetter(context.Background(), []byte("hello"))
		var got []byte
		var withdrawn bool
		var both sync.WaitGroup
		both.Go(func() { got, _ = io.ReadAll(mail) })
		both.Go(func() { withdrawn = mail.withdraw() })
		both.Wait()
		if withdrawn == (len(got) > 0) {
			t.Fatalf("withdrawn %v, and %q left", withdrawn, got)
		}
		if withdrawn {
			stayed++
		} else {
			left++
		}
	}
	t.Logf("%d left, %d stayed", left, stayed)
}
