package main

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestShortenDividesEveryStretchOfTime(t *testing.T) {
	const shipped = `
      - record: job:x:ratio_rate5m
        expr: |
          sum(rate(x_seconds_bucket{le="60"}[5m])) / sum(rate(x[3d])) > 900
          or predict_linear(free_bytes[6h], 86400) < 0
      - alert: A
        for: 2m
        annotations: {description: "for: 2m is said here, and five minutes"}
`
	const want = `
      - record: job:x:ratio_rate5m
        expr: |
          sum(rate(x_seconds_bucket{le="60"}[10000ms])) / sum(rate(x[8640000ms])) > 900
          or predict_linear(free_bytes[720000ms], 2880) < 0
      - alert: A
        for: 4000ms
        annotations: {description: "for: 2m is said here, and five minutes"}
`
	if diff := cmp.Diff(want, shorten(shipped, 30)); diff != "" {
		t.Error(diff)
	}
}

// shippedRules is the folder of the rules that operators load.
func shippedRules(t *testing.T) string {
	t.Helper()
	root, err := moduleRoot(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(root, "deploy", "prometheus", "rules")
}

// TestShortenedRulesAreSound: promtool takes them, and no stretch of time was
// left as it is.
func TestShortenedRulesAreSound(t *testing.T) {
	folder := t.TempDir()
	if err := shortenFiles(shippedRules(t), folder, 30); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(folder, "*.rules.yml"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	if out, err := exec.Command("promtool", append([]string{"check", "rules"}, files...)...).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, left := range []string{"m])", "h])", "d])", ", 86400)", "for: 1m\n", "for: 5m\n"} {
			if strings.Contains(string(text), left) {
				t.Errorf("%s still has %q", filepath.Base(file), left)
			}
		}
	}
}

// TestDrillsNameAlertsThatAreShipped, each expected within a window that is not
// shorter than it has to hold.
func TestDrillsNameAlertsThatAreShipped(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(shippedRules(t), "*.yml"))
	if err != nil {
		t.Fatal(err)
	}
	var shipped bytes.Buffer
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		shipped.Write(text)
	}
	for _, d := range allDrills {
		names := slices.Clone(d.allow)
		for _, e := range d.expect {
			names = append(names, e.alert)
		}
		for _, name := range names {
			alert, _, _ := strings.Cut(name, " ")
			_, rule, found := strings.Cut(shipped.String(), "alert: "+alert+"\n")
			if !found {
				t.Errorf("%s: there is no alert %s", d.name, alert)
				continue
			}
			holds := hold.FindStringSubmatch(rule)
			for _, e := range d.expect {
				if must, err := time.ParseDuration(holds[2]); e.alert == name && (err != nil || e.within < must) {
					t.Errorf("%s: %s has to hold for %s, is expected within %s", d.name, alert, holds[2], e.within)
				}
			}
		}
		if len(d.expect) == 0 || d.strike == nil || d.does == "" {
			t.Errorf("%s breaks nothing, or expects nothing", d.name)
		}
	}
}

func TestWhatIsWrongWithADrill(t *testing.T) {
	d := drill{name: "x", does: "it breaks", expect: []expected{{"A", 5 * time.Minute}}, allow: []string{"B"}}
	fired := func(names ...string) map[string]time.Duration {
		all := map[string]time.Duration{}
		for _, name := range names {
			all[name] = 2500 * time.Millisecond
		}
		return all
	}
	for _, one := range []struct {
		raised raised
		wrong  string
		row    string
	}{
		{raised{d, nil, fired("A")}, "", "| x | it breaks | A | 2.5 s | 5 min ÷ 30 = 10 s | – |\n"},
		{raised{d, nil, fired("A", "B")}, "", "| x | it breaks | A | 2.5 s | 5 min ÷ 30 = 10 s | B |\n"},
		{raised{d, nil, fired("B")}, "did not fire: A", "| x | it breaks | A | **not** | 5 min ÷ 30 = 10 s | B |\n"},
		{raised{d, nil, fired("A", "B", "C")}, "fired for no reason: C", "| x | it breaks | A | 2.5 s | 5 min ÷ 30 = 10 s | B, C |\n"},
		{raised{d, []string{"A"}, fired("A")}, "fired before anything was broken: A", "| x | it breaks | A | 2.5 s | 5 min ÷ 30 = 10 s | – |\n"},
	} {
		var row bytes.Buffer
		one.raised.print(&row, 30)
		if got := one.raised.wrong(); got != one.wrong || row.String() != one.row {
			t.Errorf("%q, want %q\n%swant\n%s", got, one.wrong, row.String(), one.row)
		}
	}
}

// TestAnotherClockIsHandedOut: what read the time reads the other clock, and
// nothing else is changed.
func TestAnotherClockIsHandedOut(t *testing.T) {
	const source = "package main\n\nimport \"time\"\n\nvar config = rooms{Now: time.Now, Started: time.Now(), Within: time.Second}\nvar lifetime.Nowhere int\n"
	const want = "package main\n\nimport \"time\"\n\nvar config = rooms{Now: drillNow, Started: drillNow(), Within: time.Second}\nvar lifetime.Nowhere int\n\nvar _ time.Duration\n"
	if diff := cmp.Diff(want, withClock(source)); diff != "" {
		t.Error(diff)
	}
}

func TestDrillRefusesWhatItDoesNotKnow(t *testing.T) {
	for _, o := range []drills{{factor: 0}, {factor: 30, only: []string{"payer-dwn"}}} {
		if err := o.run(context.Background(), new(bytes.Buffer), new(bytes.Buffer)); err == nil {
			t.Errorf("%+v is played", o)
		}
	}
}
