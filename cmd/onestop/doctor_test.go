package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/onestop-gateway/onestop/adapters/store"
	"github.com/onestop-gateway/onestop/adapters/store/postgres/pgtest"
	"github.com/onestop-gateway/onestop/adapters/store/sqlite"
)

// patient is a configuration with which everything is well, on a payer that
// answers; the test plants what is wrong.
type patient struct {
	config config
	folder string
	doctor *doctor
}

func newPatient(t *testing.T) *patient {
	t.Helper()
	p := &patient{folder: t.TempDir(), doctor: newDoctor(5 * time.Second), config: standard()}
	payer := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(payer.Close)
	if err := p.config.overlay(mustDemoFile("gateway.yaml")); err != nil {
		t.Fatal(err)
	}
	token := filepath.Join(p.folder, "payer.token")
	writeFile(t, token, "secret", 0o600)
	for i := range p.config.Payers {
		p.config.Payers[i].URL, p.config.Payers[i].TokenFile = payer.URL, token
	}
	p.config.Policies = []string{filepath.Join("..", "..", "deploy", "policies")}
	p.config.Store.SQLite = filepath.Join(p.folder, "onestop.db")
	p.doctor.space = func(string) (uint64, uint64, error) { return 50 << 30, 100 << 30, nil }
	return p
}

// examined is the report as text.
func (p *patient) examined(t *testing.T) string {
	t.Helper()
	p.doctor.examine(context.Background(), p.config)
	var out bytes.Buffer
	if err := p.doctor.print(&out, false); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestDoctorFindsNothingWhereAllIsWell(t *testing.T) {
	p := newPatient(t)
	p.config.Keys = keysIn(t)
	store, err := sqlite.Open(t.Context(), sqlite.Config{Path: p.config.Store.SQLite})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Shut() // it is examined beside the process that has it open
	report := p.examined(t)
	if p.doctor.ill() || strings.Contains(report, string(warning)) || strings.Contains(report, "→") {
		t.Error(report)
	}
	for _, check := range []string{"configuration: ", "secret of payer nhsa-demo: ", "store file: ", "durability of the store: ", "tables of the store: version ", "disk of the store: ", "payer nhsa-demo: ", "clock of payer nhsa-demo: "} {
		if !strings.Contains(report, check) {
			t.Errorf("%q is not told of:\n%s", check, report)
		}
	}
}

// TestDoctorFindsWhatIsPlanted: each thing that can be wrong is told, as what
// it is, with what to do about it.
func TestDoctorFindsWhatIsPlanted(t *testing.T) {
	const mib = 1 << 20
	free := func(bytes uint64) func(*patient) {
		return func(p *patient) {
			p.doctor.space = func(string) (uint64, uint64, error) { return bytes, 100 << 30, nil }
		}
	}
	clock := func(off time.Duration) func(*patient) {
		return func(p *patient) { p.doctor.now = func() time.Time { return time.Now().Add(off) } }
	}
	plant := map[string]struct {
		plant func(*patient)
		line  string // how the line begins
	}{
		"a policy that is not there": {func(p *patient) { p.config.Policies = []string{"none.yaml"} }, "problem  configuration: policies: "},
		"a name that leads nowhere":  {func(p *patient) { p.config.Regions[0].Policy = "other" }, "problem  configuration: regions[0] "},
		"a payer nobody uses": {func(p *patient) {
			other := p.config.Payers[0]
			other.Code = "nhsa-other"
			p.config.Payers = append(p.config.Payers, other)
		}, "warning  configuration: no region uses payer nhsa-other / "},
		"a policy nobody uses": {func(p *patient) { p.config.Regions = p.config.Regions[1:3] }, "warning  configuration: no region uses policy suichuan_style / "},
		"a facility in no region": {func(p *patient) { p.config.Facilities[0].Region = "999999" },
			"warning  configuration: facility H36082700001 lies in region 999999"},
		"a level nobody has":    {askForLevel, "warning  configuration: policy suichuan_style: "},
		"a scheme that is none": {func(p *patient) { p.config.Regions[0].Payers["resident"] = nil }, "warning  configuration: region 360827 names payers for a scheme \"resident\""},
		"development":           {func(p *patient) { p.config.Dev = true }, "warning  configuration: dev is set"},
		"a secret others read":  {func(p *patient) { must(os.Chmod(p.config.Payers[0].TokenFile, 0o644)) }, "problem  secret of payer nhsa-demo: "},
		"a password in sight":   {func(p *patient) { p.config.Store.Postgres = "postgres://onestop:pass@127.0.0.1:1/x" }, "warning  secret of the store: "},
		"no database":           {func(p *patient) { p.config.Store.Postgres = "host=127.0.0.1 port=1" }, "problem  store: "},
		"a file that is no database": {func(p *patient) {
			must(os.WriteFile(p.config.Store.SQLite, bytes.Repeat([]byte("onestop "), 512), 0o600))
		}, "problem  store: "},
		"a store others read": {func(p *patient) { must(os.WriteFile(p.config.Store.SQLite, nil, 0o640)) }, "problem  store file: "},
		"no folder": {func(p *patient) {
			p.config.Store.SQLite, p.doctor.space = filepath.Join(p.folder, "none", "onestop.db"), spaceIn
		}, "problem  disk of the store: "},
		"a full disk":         {free(255 * mib), "problem  disk of the store: 255 MiB"},
		"a disk nearly full":  {free(2047 * mib), "warning  disk of the store: 2047 MiB"},
		"a payer not there":   {func(p *patient) { p.config.Payers[0].URL = "http://127.0.0.1:1" }, "problem  payer nhsa-demo: "},
		"a clock a bit ahead": {clock(4 * time.Second), "warning  clock of payer nhsa-demo: "},
		"a clock far behind":  {clock(-time.Minute), "problem  clock of payer nhsa-demo: "},
	}
	for name, c := range plant {
		t.Run(name, func(t *testing.T) {
			p := newPatient(t)
			c.plant(p)
			report := p.examined(t)
			at := strings.Index("\n"+report, "\n"+c.line)
			if at < 0 {
				t.Fatalf("no line begins %q:\n%s", c.line, report)
			}
			_, after, _ := strings.Cut(report[at:], "\n")
			if !strings.HasPrefix(after, "         → ") {
				t.Errorf("what to do is not said:\n%s", report)
			}
			if strings.Contains(report, "problem ") != p.doctor.ill() {
				t.Errorf("ill %t:\n%s", p.doctor.ill(), report)
			}
		})
	}
}

// askForLevel has a rule of a policy in use ask for a level that is misspelt.
func askForLevel(p *patient) {
	all, err := filepath.Glob(filepath.Join(p.config.Policies[0], "*.yaml"))
	must(err)
	for i, file := range all {
		text, err := os.ReadFile(file)
		must(err)
		asks := bytes.Replace(text, []byte("- mode: inpatient\n"), []byte("- mode: inpatient\n            when: {levels: [三及]}\n"), 1)
		if filepath.Base(file) == "suichuan.yaml" {
			all[i] = filepath.Join(p.folder, "suichuan.yaml")
			must(os.WriteFile(all[i], asks, 0o600))
		}
	}
	p.config.Policies = all
}

func must(err error) {
	if err != nil {
		panic(err) // of a test's own preparation
	}
}

func TestDoctorLooksAtAPayersCertificate(t *testing.T) {
	p := newPatient(t)
	payer := httptest.NewTLSServer(http.NotFoundHandler())
	t.Cleanup(payer.Close)
	p.config.Payers[0].URL = payer.URL
	report := p.examined(t)
	if !strings.Contains(report, "problem  payer nhsa-demo: ") {
		t.Errorf("a certificate nobody vouches for:\n%s", report)
	}
	ends := payer.Certificate().NotAfter
	for before, want := range map[time.Duration]string{29 * 24 * time.Hour: "warning ", 31 * 24 * time.Hour: "ok      "} {
		d := newDoctor(time.Second)
		d.client = payer.Client()
		d.now = func() time.Time { return ends.Add(-before) }
		d.examinePayer(t.Context(), &p.config.Payers[0])
		var out bytes.Buffer
		must(d.print(&out, false))
		if !strings.Contains(out.String(), want+" payer nhsa-demo: its certificate is good until ") {
			t.Errorf("%s before its end:\n%s", before, out.String())
		}
	}
}

// TestDoctorOnPostgreSQL: a server that is well, one whose clock is off, and
// one that breaks every promise.
func TestDoctorOnPostgreSQL(t *testing.T) {
	cluster := pgtest.Start(t)
	p := newPatient(t)
	p.config.Store.Postgres = cluster.DSN("postgres")
	if report := p.examined(t); p.doctor.ill() || !strings.Contains(report, "ok       clock of the store: ") ||
		!strings.Contains(report, "there are none yet") {
		t.Error(report)
	}
	p.doctor.report, p.doctor.now = nil, func() time.Time { return time.Now().Add(time.Hour) }
	if report := p.examined(t); !strings.Contains(report, "problem  clock of the store: ") {
		t.Error(report)
	}
	unsafe := newPatient(t)
	unsafe.config.Store.Postgres = pgtest.StartUnsafe(t).DSN("postgres")
	unsafe.config.Store.HA = true
	report := unsafe.examined(t)
	for _, setting := range []string{"fsync", "full_page_writes", "synchronous_commit", "data_checksums", "synchronous_standby_names"} {
		if !strings.Contains(report, "problem  durability of the store: "+setting+" is ") {
			t.Errorf("%s is not complained of:\n%s", setting, report)
		}
	}
}

// TestDoctorForPrograms: one object a line, in both languages, and the exit
// code says whether there is a problem.
func TestDoctorForPrograms(t *testing.T) {
	file := filepath.Join(t.TempDir(), "gateway.yaml")
	store := filepath.Join(t.TempDir(), "onestop.db")
	for text, want := range map[string]int{"": 0, "listen_rest: 0.0.0.0:80\n": exitFailed} {
		writeFile(t, file, text, 0o600)
		command := doctorCommand()
		var out bytes.Buffer
		command.SetOut(&out)
		command.SetArgs([]string{"--config", file, "--store-sqlite", store, "--json"})
		command.SilenceUsage, command.SilenceErrors = true, true
		err := command.Execute()
		var exit exitError
		if want == 0 && err != nil || want != 0 && (!errors.As(err, &exit) || exit.code != want) {
			t.Errorf("%q: %v, want %d\n%s", text, err, want, out.String())
		}
		var standings []string
		for lines := bufio.NewScanner(&out); lines.Scan(); {
			var line struct {
				Check, Standing string
				Says, Do        map[string]string
			}
			if err := json.Unmarshal(lines.Bytes(), &line); err != nil || line.Check == "" || line.Says["zh-CN"] == "" || line.Says["en"] == "" {
				t.Errorf("%s: %v", lines.Bytes(), err)
			}
			standings = append(standings, line.Standing)
		}
		if slices.Contains(standings, string(problem)) != (want != 0) {
			t.Error(fmt.Sprint(standings))
		}
	}
}

// Row-level security that is off is told where callers have a scope.
func TestDoctorLooksAtTheWall(t *testing.T) {
	known := config{Identity: identityConfig{Issuer: "a"}}
	for _, tt := range []struct {
		config config
		walled bool
		want   standing
	}{{known, false, warning}, {known, true, sound}, {config{}, false, sound}} {
		d := newDoctor(time.Second)
		d.wall(&tt.config, &store.Condition{Walled: tt.walled})
		if len(d.report) != 1 || d.report[0].standing != tt.want {
			t.Errorf("%+v: %+v", tt, d.report)
		}
	}
}
