package main

import (
	"encoding/json"
	"log/slog"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
)

// What TestFill is told, as the load test's command size tells it.
const (
	fillConfig      = "ONESTOP_FILL_CONFIG"      // of the gateway whose store is filled; its payers answer, and nobody serves from it
	fillSettlements = "ONESTOP_FILL_SETTLEMENTS" // how many
	fillPersons     = "ONESTOP_FILL_PERSONS"     // like those who are registered
	fillOpen        = "ONESTOP_FILL_OPEN"        // of the settlements, those that a gateway opened and died over
	fillSample      = "ONESTOP_FILL_SAMPLE"      // file for some of the persons, as person import reads them
)

// sampleMost bounds how many persons the sample has.
const sampleMost = 20_000

// TestFill is a tool: it fills the store that a configuration names.
func TestFill(t *testing.T) {
	file := os.Getenv(fillConfig)
	if file == "" {
		t.Skip("fills the store of " + fillConfig)
	}
	c, err := readConfig(file)
	if err == nil {
		err = c.check()
	}
	if err != nil {
		t.Fatal(err)
	}
	g, err := assemble(t.Context(), c, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer g.close()
	w := filledYears
	w.settlements, w.persons, w.open = fillNumber(t, fillSettlements), fillNumber(t, fillPersons), fillNumber(t, fillOpen)
	f, err := newFiller(t.Context(), g, w, func(*settlement.Person) bool { return true }, nil)
	if err != nil {
		t.Fatal(err)
	}
	begun := time.Now()
	err = f.fill(t.Context(), movableOf(t, g), func(done int64) {
		if done%(20*bulk) == 0 {
			t.Logf("%d settlements after %s", done, time.Since(begun).Round(time.Second))
		}
	})
	if err == nil { // as a gateway would have done all the while
		_, err = g.audit.Sealer.Seal(t.Context())
	}
	if err == nil {
		err = writeSample(os.Getenv(fillSample), f.people, w.persons)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func fillNumber(t *testing.T, variable string) int64 {
	t.Helper()
	n, err := strconv.ParseInt(os.Getenv(variable), 10, 64)
	if err != nil || n < 0 {
		t.Fatalf("%s: %q is no number of things", variable, os.Getenv(variable))
	}
	return n
}

// writeSample writes persons from all over the register.
func writeSample(file string, p *people, persons int64) error {
	var entries []map[string]any
	sampled := min(persons, sampleMost)
	for i := range sampled {
		one := p.person(1 + i*persons/sampled)
		var periods []map[string]any
		for _, e := range one.Entitlements {
			periods = append(periods, map[string]any{"id": e.Category, "from": e.Period.From.String(), "to": nil, "document": e.Document})
		}
		entries = append(entries, map[string]any{
			"id": one.ID, "name": one.Name.Reveal(), "id_number": one.Certificate.Reveal(), "region": one.Region, "residence": one.Residence,
			"scheme": one.Scheme, "insured_number": one.Insured.Reveal(), "categories": periods,
		})
	}
	text, err := json.Marshal(map[string]any{"persons": entries})
	if err != nil {
		return err
	}
	return os.WriteFile(file, text, 0o600)
}
