package main

import (
	"context"
	"io"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/onestop-gateway/onestop/adapters/measure"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/chain"
	"github.com/onestop-gateway/onestop/settlement/fund"
	"github.com/onestop-gateway/onestop/settlement/reconciliation"
)

// promDir holds what is made for Prometheus.
const promDir = "../../deploy/prometheus"

// documented are the names and types of the table of metrics.
func documented(t *testing.T) map[string]string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(promDir, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]string{}
	for _, row := range regexp.MustCompile("(?m)^\\| `([a-z_*]+)`[ †‡§]* \\| (\\S+) \\|").FindAllStringSubmatch(string(text), -1) {
		if names[row[1]] != "" {
			t.Errorf("%s stands twice", row[1])
		}
		names[row[1]] = row[2]
	}
	return names
}

// scraped is what GET /metrics says, in the form a scraper asks for.
func (s *stage) scraped(t *testing.T, accept string) string {
	t.Helper()
	request, err := http.NewRequest(http.MethodGet, s.base+"/metrics", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Accept", accept)
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// typed are the names and types that an exposition declares.
func typed(text string) map[string]string {
	types := map[string]string{}
	for _, row := range regexp.MustCompile(`(?m)^# TYPE (\S+) (\S+)$`).FindAllStringSubmatch(text, -1) {
		types[row[1]] = row[2]
	}
	return types
}

// TestEveryMetricIsDocumented: after the demonstration's story, a reversal and
// a lost answer, the table has every metric a gateway exposes and no other.
func TestEveryMetricIsDocumented(t *testing.T) {
	s := staged(t)
	s.scripted(t, `{"credentials": {"demo": "demo-token"}, "anyone": {"scheme": "380", "area": "360827", "ratio": "0.65", "deductible": "400.00"},
		"rules": [{"transaction": "2304", "fault": "lost_after", "first": 1}]}`)
	if status, answer, _ := s.call(t, http.MethodPost, "/v1/settlements", aDischarge); status != http.StatusOK {
		t.Fatalf("%d %s", status, answer)
	}
	exposed := typed(s.scraped(t, "text/plain"))
	registry := prometheus.NewRegistry() // what only a gateway on PostgreSQL has
	measure.Process{Now: time.Now, Pools: func() []measure.Pool { return []measure.Pool{{Name: "write"}} }}.Register(registry)
	measure.NewClearing(registry).Paid("fund/rural/360827/2012", 30) // nothing is paid in the story
	registry.MustRegister(measure.NewChain(func() chain.Standing { return chain.Standing{} }, true, time.Now))
	registry.MustRegister(overspent(t)) // funds are summed every five minutes only
	compared(registry)
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, family := range families {
		exposed[family.GetName()] = strings.ToLower(family.GetType().String())
	}
	table := documented(t)
	for name, kind := range exposed {
		family := name[:strings.Index(name, "_")] + "_*"
		if table[name] != kind && (table[family] == "" || family == "onestop_*") {
			t.Errorf("%s is a %s, the table says %q", name, kind, table[name])
		}
	}
	for name := range table {
		prefix, isFamily := strings.CutSuffix(name, "*")
		found := slices.ContainsFunc(slices.Collect(maps.Keys(exposed)), func(one string) bool {
			return one == name || isFamily && strings.HasPrefix(one, prefix)
		})
		if !found {
			t.Errorf("%s stands in the table and is not exposed", name)
		}
	}
}

// compared is what is told once something was reconciled, found and healed.
func compared(registry prometheus.Registerer) {
	m := measure.NewReconciliation(registry, func(context.Context) ([]reconciliation.FindingCount, error) {
		return []reconciliation.FindingCount{{Count: 1}}, nil
	}, time.Now)
	m.Ran(&reconciliation.Kept{End: &reconciliation.Ending{}})
	m.Healed("", "", time.Second)
	m.Missing("", 1)
}

// overspent is a fund that paid more than was raised.
func overspent(t *testing.T) *measure.Funds {
	t.Helper()
	funds := measure.NewFunds(func(_ context.Context, key fund.Key) (fund.Standing, error) {
		postings := []fund.Posting{{Key: key, Kind: fund.Budget, Amount: 100}}
		return fund.Stand(key, postings, []fund.Day{{Date: 20260301, Paid: 200}}, 20260302), nil
	}, []settlement.RegionID{"360827"}, time.Now)
	if err := funds.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	return funds
}

// scripted gives the payer another script.
func (s *stage) scripted(t *testing.T, script string) {
	t.Helper()
	request, err := http.NewRequestWithContext(context.Background(), http.MethodPost, s.payer+"/script", strings.NewReader(script))
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusNoContent {
		text, _ := io.ReadAll(answer.Body)
		t.Fatalf("the payer's script: %d %s", answer.StatusCode, text)
	}
}
