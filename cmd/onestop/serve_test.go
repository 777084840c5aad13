package main

import (
	"context"
	"path/filepath"
	"testing"
)

// TestToldToStopBeforeItServes: whoever stops a gateway at once hears of no
// mistake, whichever of its servers had begun.
func TestToldToStopBeforeItServes(t *testing.T) {
	w := newTown(t, nil, nil)
	for range 10 {
		g, err := w.assemble("--store-sqlite", filepath.Join(w.folder, "onestop.db"))
		if err != nil {
			t.Fatal(err)
		}
		stopped, stop := context.WithCancel(context.Background())
		stop()
		if err := g.run(stopped); err != nil {
			t.Fatal(err)
		}
	}
}
