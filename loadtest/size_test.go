package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// A store is filled and measured whole: the folder goes when all is measured,
// and every figure is there.
func TestSize(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the programs and fills a store")
	}
	folder := filepath.Join(t.TempDir(), "filled")
	z := sizes{store: storeSQLite, folder: folder, settlements: 1500, persons: 750, open: 50, clients: 4, rounds: 1, length: time.Second / 2}
	var out bytes.Buffer
	if err := z.run(t.Context(), &out); err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	for _, pattern := range []string{
		`filled sqlite with 1500 settlements \(50 of them open\) and 750 persons in `,
		`start to ready +[\d.]+ ms\n`, `ready to all of 50 open ended +[\d.]+`,
		`settle rate, filled ÷ empty, median of rounds +\d+\.\d\d\n`,
		`list: first page of a facility +[\d.]+ ms\n`, `a region's yearly report +[\d.]+ ms\n`,
		`reconcile run, a payer's day +.+, \d+ MB at the peak\n`, `the store's file, persons with it +\d+ MB\n`,
	} {
		if !regexp.MustCompile(pattern).MatchString(out.String()) {
			t.Errorf("nothing like %s in\n%s", pattern, out.String())
		}
	}
	if _, err := os.Stat(folder); !os.IsNotExist(err) {
		t.Errorf("the folder is left: %v", err)
	}
}

// What cannot be is refused before anything is built.
func TestSizesAreChecked(t *testing.T) {
	sound := sizes{store: storeSQLite, folder: "x", settlements: 10, persons: 5, open: 2, clients: 1, rounds: 1, length: time.Second}
	for name, spoil := range map[string]func(*sizes){
		"a third store": func(z *sizes) { z.store = "mysql" },
		"all are open":  func(z *sizes) { z.open = 10 },
		"no persons":    func(z *sizes) { z.persons = 0 },
		"no time":       func(z *sizes) { z.length = 0 },
	} {
		z := sound
		spoil(&z)
		if err := z.run(t.Context(), &bytes.Buffer{}); err == nil || !strings.HasPrefix(err.Error(), "size: ") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Figures have three digits and no exponent, so that whoever reads them, a
// program too, needs to know one form only.
func TestMillisecondsAreWrittenOut(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0 ms", 1: "0.000001 ms", 123_456: "0.123 ms", 1_920_000: "1.92 ms", 19_250_000: "19.3 ms",
		999_600_000: "1000 ms", 1_924_999_999: "1920 ms", time.Hour: "3600000 ms", -1_925_000_000: "-1930 ms", 1<<63 - 1: "9220000000000 ms",
	} {
		if got := inMillis(d); got != want {
			t.Errorf("%d ns: %s, want %s", d, got, want)
		}
	}
}

func TestMetricsAreSummed(t *testing.T) {
	m := metrics{
		"# HELP onestop_sagas Settlements", `onestop_sagas{state="SETTLING"} 3`, `onestop_sagas{state="IN_DOUBT"} 2e+03`,
		"onestop_sagas_other 7", "onestop_standing_counted 1",
	}
	for name, want := range map[string]float64{"onestop_sagas": 2003, "onestop_standing_counted": 1, "onestop_none": 0} {
		if got := m.sum(name); got != want {
			t.Errorf("%s is %v, want %v", name, got, want)
		}
	}
}

// A sample's persons are of the bench's groups, with the rates worked out for
// these; whoever is of none is left out.
func TestCrowdOfASample(t *testing.T) {
	file := filepath.Join(t.TempDir(), "sample.json")
	text := `{"persons": [
		{"id": "b-1", "name": "测试1", "id_number": "N1", "region": "520199", "insured_number": "P1", "categories": [{"id": "dibao", "from": "2008-01-01", "to": null}]},
		{"id": "b-2", "name": "测试2", "id_number": "N2", "region": "520199", "categories": [{"id": "orphan", "from": "2008-01-01", "to": null}]}]}`
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := readCrowd(file)
	if err != nil {
		t.Fatal(err)
	}
	if len(c.people) != 1 || c.people[0].Rate != 750 || c.people[0].IDNumber != "N1" || c.people[0].Insured != "P1" || c.people[0].Residence != "urban" {
		t.Errorf("%d persons, the first %+v", len(c.people), c.people[0])
	}
}

// The peak of a process is measured from when it was forgotten.
func TestPeakOfMemory(t *testing.T) {
	p := &process{name: "sleep", log: filepath.Join(t.TempDir(), "log"), argv: []string{"sleep", "60"}}
	if err := p.spawn(); err != nil {
		t.Fatal(err)
	}
	defer p.kill()
	g := &benchGateway{process: p}
	if err := g.forgetPeak(); err != nil {
		t.Skip("the peak of memory cannot be measured here: ", err)
	}
	if peak, err := g.peak(); err != nil || peak < 10<<10 || peak > 100<<20 {
		t.Errorf("%d bytes, %v", peak, err)
	}
}
