package main

import (
	"fmt"
	"io"
	"os"
	"time"
)

// progress shows how far a long run has come, on a terminal only, so that a
// log or a pipe never holds it.
type progress struct {
	to       io.Writer
	terminal bool
	what     string
	done     int
	total    int
	shownAt  time.Time
	shown    bool
}

// progressEvery is how often the line is renewed.
const progressEvery = 200 * time.Millisecond

func newProgress(to io.Writer, what string) *progress {
	file, ok := to.(*os.File)
	terminal := false
	if ok {
		info, err := file.Stat()
		terminal = err == nil && info.Mode()&os.ModeCharDevice != 0
	}
	return &progress{to: to, terminal: terminal, what: what, shownAt: time.Now()}
}

// advance counts one more.
func (p *progress) advance() { p.reach(p.done + 1) }

// reach counts up to n.
func (p *progress) reach(n int) {
	p.done = n
	if !p.terminal || time.Since(p.shownAt) < progressEvery {
		return
	}
	p.shownAt, p.shown = time.Now(), true
	fmt.Fprintf(p.to, "\r%s: %d", p.what, p.done)
	if p.total > 0 {
		fmt.Fprintf(p.to, " of %d", p.total)
	}
}

// clear takes the line away before something else is printed.
func (p *progress) clear() {
	if p.shown {
		fmt.Fprint(p.to, "\r\x1b[K")
		p.shown = false
	}
}
