package main

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/onestop-gateway/onestop/loadtest/oracle"
)

// Two engines that share no code agree on every case invented, whichever
// style the file is in.
func TestEngineAgreesWithTheOracle(t *testing.T) {
	const cases = 600
	for seed := range uint64(6) {
		asJSON := seed%2 == 1
		var text bytes.Buffer
		if err := oracle.NewAuthor(seed).Write(&text, cases, asJSON); err != nil {
			t.Fatal(err)
		}
		out, complaints, code := policy("test", write(t, "invented", text.String()))
		if want := fmt.Sprintf("%d passed, 0 failed\n", cases); out != want || complaints != "" || code != 0 {
			t.Errorf("seed %d: exit %d\n%s%s", seed, code, out, complaints)
		}
	}
}

// And where they would not, it shows.
func TestDisagreementShows(t *testing.T) {
	var text bytes.Buffer
	if err := oracle.NewAuthor(1).Write(&text, 50, false); err != nil {
		t.Fatal(err)
	}
	wrong := strings.Replace(text.String(), "status: ok", "status: zero", 1)
	out, _, code := policy("test", write(t, "wrong.yaml", wrong))
	if !strings.HasSuffix(out, "\n49 passed, 1 failed\n") || code != 1 {
		t.Errorf("exit %d, %s", code, out)
	}
}
