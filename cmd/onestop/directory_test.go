package main

import (
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/onestop-gateway/onestop/settlement"
)

// demonstrationConfig is the demonstration's configuration with its secret in
// place.
func demonstrationConfig(t *testing.T) config {
	t.Helper()
	c := standard()
	if err := c.overlay(mustDemoFile("gateway.yaml")); err != nil {
		t.Fatal(err)
	}
	token := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(token, []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	for i := range c.Payers {
		c.Payers[i].URL, c.Payers[i].TokenFile = "http://127.0.0.1:1", token
	}
	return c
}

func TestDirectoryOfTheDemonstration(t *testing.T) {
	c := demonstrationConfig(t)
	policies, err := builtinPolicies()
	if err != nil {
		t.Fatal(err)
	}
	d, err := c.directory(policies)
	if err != nil {
		t.Fatal(err)
	}
	if region := d.Regions["511425"]; !region.ComputeCriticalIllness || region.Policy != "qingshen_style" || len(region.Payers[settlement.SchemeResident]) != 1 {
		t.Errorf("%+v", region)
	}
	if facility := d.Facilities["H36082700001"]; !facility.Designated || facility.Region != "360827" {
		t.Errorf("%+v", facility)
	}
}

func TestDirectoriesThatRefuse(t *testing.T) {
	tests := []struct {
		name   string
		change func(*config)
		says   string
	}{
		{"policy that is not loaded", func(c *config) { c.Regions[0].Policy = "none" }, "regions[0] 360827: policy \"none\""},
		{"payer nobody configured", func(c *config) { c.Regions[0].Payers["ncms"] = []string{"other"} }, "payers.ncms"},
		{"region twice", func(c *config) { c.Regions[1].ID = c.Regions[0].ID }, "regions[1]"},
		{"region of five digits", func(c *config) { c.Regions[0].ID = "36082" }, "six digits"},
		{"critical illness neither way", func(c *config) { c.Regions[0].CriticalIllness = "perhaps" }, "critical_illness"},
		{"facility without a name", func(c *config) { c.Facilities[0].Name = "" }, "facilities[0]"},
		{"facility twice", func(c *config) { c.Facilities[1].ID = c.Facilities[0].ID }, "facilities[1]"},
		{"payer twice", func(c *config) { c.Payers = append(c.Payers, c.Payers[0]) }, "payers[3]"},
		{"protocol nobody speaks", func(c *config) { c.Payers[0].Protocol = "smoke" }, "payers[0] nhsa-demo: protocol"},
		{"key of another protocol", func(c *config) { c.Payers[0].RedeemType = "21" }, "redeem_type: not a key of protocol nhsa"},
		{"key of the national platform", func(c *config) { c.Payers[1].Layout = "A" }, "layout: not a key of protocol ncms"},
		{"key of the other rural wire", func(c *config) { c.Payers[2].TicketLife = 1 }, "ticket_life: not a key of protocol ncms-pipe"},
		{"kind nobody is", func(c *config) { c.Payers[1].Kind = "charity" }, "payers[1] ncms-demo: INVALID_ARGUMENT field kind"},
		{"rural payer that settles nothing", func(c *config) { c.Payers[1].Settles = nil }, "settles"},
		{"insurer before the scheme", func(c *config) { c.Regions[3].Payers["ncms"] = []string{"insurer-demo", "ncms-demo"} }, "payers.ncms: insurer-demo insures critical illness and needs"},
		{"insurer alone", func(c *config) { c.Regions[3].Payers["ncms"] = []string{"insurer-demo"} }, "the scheme's own payer before it"},
		{"insurer in the middle", func(c *config) { c.Regions[3].Payers["ncms"] = []string{"ncms-demo", "insurer-demo", "nhsa-demo"} }, "must stand last"},
		{"critical illness insured and computed", func(c *config) { c.Regions[3].CriticalIllness = "compute" }, "critical_illness: compute, while insurer-demo pays it"},
		{"secret that is not there", func(c *config) { c.Payers[0].TokenFile = "none" }, "token_file"},
		{"places below none", func(c *config) { c.Payers[0].AtOnce = -1 }, "at_once"},
		{"payer without time", func(c *config) { c.Payers[0].CallTimeout = 0 }, "call_timeout"},
	}
	policies, err := builtinPolicies()
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := demonstrationConfig(t)
			tt.change(&c)
			_, err := c.directory(policies)
			if err == nil || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("got %v, want a complaint that says %s", err, tt.says)
			}
		})
	}
}

func TestPoliciesLoadFromFilesAndFolders(t *testing.T) {
	folder := t.TempDir()
	policies, err := builtinPolicies()
	if err != nil || len(policies) != 4 {
		t.Fatalf("%d shipped policies, %v", len(policies), err)
	}
	if _, err := loadPolicies([]string{folder}); err != nil {
		t.Errorf("an empty folder: %v", err)
	}
	bad := filepath.Join(folder, "bad.yaml")
	writeFile(t, bad, "id: bad\ntitle: Bad\nversions: []\n", 0o600)
	_, err = loadPolicies([]string{folder})
	if err == nil || !strings.Contains(err.Error(), "bad.yaml") || !strings.Contains(err.Error(), "versions") {
		t.Errorf("a bad policy: %v", err)
	}
	if _, err := loadPolicies([]string{filepath.Join(folder, "none.yaml")}); err == nil {
		t.Error("a missing file passed")
	}
}

// As many wait for a payer as it is told, or else as it has connections, and
// never more than half of what is worked on.
func TestPlacesAtAPayer(t *testing.T) {
	for _, c := range []struct{ inFlight, connections, atOnce, want int }{
		{256, 32, 0, 32}, {256, 500, 0, 128}, {1, 32, 0, 1}, {256, 32, 40, 40},
	} {
		made := config{Limits: limitsConfig{InFlight: c.inFlight}, Payers: []payerConfig{{Code: "A", Connections: c.connections, AtOnce: c.atOnce}}}
		gate, places := made.payerGate(slog.New(slog.DiscardHandler)), 0
		for {
			if _, err := gate.Enter("A"); err != nil {
				break
			}
			places++
		}
		if places != c.want {
			t.Errorf("%+v: %d places", c, places)
		}
	}
}
