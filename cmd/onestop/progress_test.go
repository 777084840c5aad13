package main

import (
	"bytes"
	"os"
	"testing"
	"time"
)

func TestProgressOnATerminal(t *testing.T) {
	var screen bytes.Buffer
	p := &progress{to: &screen, terminal: true, what: "cases.yaml", total: 3, shownAt: time.Now()}
	p.advance()
	if screen.Len() > 0 {
		t.Errorf("shown before it was due: %q", &screen)
	}
	p.shownAt = time.Now().Add(-progressEvery)
	p.advance()
	p.advance() // not due again
	p.clear()
	p.clear() // nothing more to take away
	if want := "\rcases.yaml: 2 of 3\r\x1b[K"; screen.String() != want {
		t.Errorf("got %q, want %q", &screen, want)
	}
}

func TestProgressNowhereElse(t *testing.T) {
	file, err := os.Create(t.TempDir() + "/log")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	p := newProgress(file, "cases.yaml")
	p.shownAt = time.Time{}
	p.advance()
	p.clear()
	if info, err := file.Stat(); err != nil || info.Size() > 0 || p.done != 1 {
		t.Errorf("a file was written to: %v, %v", info, err)
	}
}
