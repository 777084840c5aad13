package main

import (
	"bytes"
	"regexp"
	"testing"
	"time"
)

var siegeWell = regexp.MustCompile(`^cases (\d+), held (\d+); slow connections 600 of 600 kept, p99 × \d+\.\d\d; healthy [1-9]\d* right, 0 wrong; goroutines \d+ → \d+, files \d+ → \d+\n$`)

// Every attack, and fewer slow connections than the long form holds; how slow
// they make the healthy client is the machine's to say here.
func TestSiege(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a gateway and waits for it to end slow connections")
	}
	t.Parallel() // mostly it waits
	var out, notes bytes.Buffer
	_, err := besiegement{slow: 600, window: time.Second, rounds: 1, seed: 1, keep: t.TempDir()}.run(t.Context(), &out, &notes)
	says := siegeWell.FindStringSubmatch(out.String())
	if err != nil || says == nil || says[1] != says[2] {
		t.Errorf("%v: %s%s", err, out.String(), notes.String())
	}
}
