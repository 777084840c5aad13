package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// drill breaks one thing. Alerts are named as firing names them: by name, and
// by payer where they have one.
type drill struct {
	name   string
	does   string // what is broken, for the table
	store  string
	disk   bool // the store has a small file system of its own
	clock  bool // the gateways' clock can be set
	expect []expected
	allow  []string // what else the break is the cause of
	strike func(context.Context, *scene) error
	// heal ends what was broken, once the alerts have fired; nil leaves it.
	heal    func(context.Context, *scene) error
	standby bool // the store has one
}

// expected is an alert that has to fire within a time: the window its
// expression looks back over and the time it has to hold, in the shipped rules.
type expected struct {
	alert  string
	within time.Duration
}

// longest is the longest window of the alerts that have to fire.
func (d *drill) longest() (longest time.Duration) {
	for _, e := range d.expect {
		longest = max(longest, e.within)
	}
	return longest
}

// ours are what follows when requests fail through our own fault.
var ours = []string{"OnestopAvailabilityBurnsFast", "OnestopAvailabilityBurnsSlowly"}

var allDrills = []drill{
	{
		name: "payer-slow", does: "one of two payers takes 3.4 s for each settle", store: storePostgres,
		expect: []expected{{"OnestopPayerSlow nhsa-one", 10 * time.Minute}},
		strike: func(ctx context.Context, s *scene) error {
			return s.script(ctx, 0, map[string]any{"rules": []any{map[string]any{"transaction": "2304", "fault": "slow", "delay_ms": 3400}}})
		},
	},
	{
		name: "payer-down", does: "one of two payers is killed", store: storePostgres,
		expect: []expected{{"OnestopPayerDown nhsa-one", 6 * time.Minute}},
		allow:  []string{"OnestopPayerInDoubt nhsa-one"},
		strike: func(_ context.Context, s *scene) error { s.stage.payers[0].kill(); return nil },
	},
	{
		name: "database-down", does: "the database server is killed", store: storePostgres,
		expect: []expected{{"OnestopStoreFailing", 6 * time.Minute}, {"OnestopAvailabilityBurnsFast", 7 * time.Minute}, {"OnestopStandingUnknown", 2 * time.Minute}},
		allow:  append([]string{"OnestopStoreCommitSlow"}, ours...),
		strike: func(_ context.Context, s *scene) error { s.stage.cluster.postmaster.kill(); return nil },
	},
	{
		name: "database-failover", does: "the primary of two database servers is killed; once that is told, the standby is promoted", store: storePostgres, standby: true,
		expect: []expected{{"OnestopStoreFailing", 6 * time.Minute}, {"OnestopAvailabilityBurnsFast", 7 * time.Minute}, {"OnestopStandingUnknown", 2 * time.Minute}},
		allow:  append([]string{"OnestopStoreCommitSlow"}, ours...),
		strike: func(_ context.Context, s *scene) error { s.stage.cluster.postmaster.kill(); return nil },
		heal:   func(ctx context.Context, s *scene) error { return s.failover(ctx) },
	},
	{
		name: "disk-full", does: "the file system of the embedded store is filled to the last byte", store: storeSQLite, disk: true,
		expect: []expected{{"OnestopDiskFilling", 5 * time.Minute}, {"OnestopStoreFailing", 6 * time.Minute}},
		allow:  ours,
		strike: func(_ context.Context, s *scene) error { return fill(filepath.Join(s.disk(), "stranger")) },
	},
	{
		name: "clock-skew", does: "the gateways' clocks go 30 s ahead", store: storePostgres, clock: true,
		expect: []expected{{"OnestopClockWrong", 2 * time.Minute}},
		strike: func(_ context.Context, s *scene) error { return os.WriteFile(s.clock(), []byte("30s"), 0o600) },
	},
	{
		name: "flood", does: "one hospital sends 96 requests at once, all the time", store: storePostgres,
		expect: []expected{{"OnestopAvailabilityBurnsFast", 7 * time.Minute}},
		allow:  []string{"OnestopAvailabilityBurnsSlowly", "OnestopAdmissionFilling"},
		strike: func(ctx context.Context, s *scene) error { s.flood(ctx); return nil },
	},
}

func drillNames() (names []string) {
	for _, d := range allDrills {
		names = append(names, d.name)
	}
	return names
}

// fill writes a file until its file system has no room left.
func fill(path string) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	block, written := make([]byte, 1<<20), 0
	for len(block) > 0 {
		n, err := file.Write(block)
		written += n
		if err != nil { // less and less, to the last byte
			block = block[:len(block)/2]
		}
	}
	if written == 0 {
		return fmt.Errorf("filling %s: there was no room to begin with", path)
	}
	return file.Close()
}

// floodCallers ask at once in the name of one hospital.
const floodCallers = 96

// flood begins to ask without end; it does not wait for it.
func (s *scene) flood(ctx context.Context) {
	for i := range floodCallers {
		c := newClient(s.stage, nil, clientOf{s.seed, drillCashiers + i, "flood"})
		go func() {
			for ctx.Err() == nil {
				d := c.town.leaves(c.chance, c.next())
				if d.Region != floodRegion {
					continue
				}
				a, err := d.settling(c.chance, "flood-"+c.next())
				if err != nil {
					return // never: a bill is always JSON
				}
				bounded, cancel := context.WithTimeout(ctx, answerWithin)
				c.doors[0].asks(bounded, transportREST, a)
				cancel()
			}
		}()
	}
}

// floodRegion is where the hospital that floods is.
const floodRegion = "360827"
