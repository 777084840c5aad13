package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"
)

// at is a moment of a trial, seconds after its start.
func at(seconds float64) time.Time {
	return time.Date(2026, time.March, 2, 8, 0, 0, 0, time.UTC).Add(time.Duration(seconds * float64(time.Second)))
}

func moments(seconds ...float64) (all []time.Time) {
	for _, one := range seconds {
		all = append(all, at(one))
	}
	return all
}

func TestSilence(t *testing.T) {
	for _, c := range []struct {
		name        string
		acks        []time.Time
		from, to    float64
		began, long float64
	}{
		{"within the strike", moments(1, 2, 10, 11), 1, 20, 2, 8},
		{"begun before it", moments(1, 2, 10, 11), 5, 20, 2, 8},
		{"lasting beyond it", moments(1, 2, 10, 11), 1, 3, 2, 8},
		{"over before it", moments(1, 9, 10, 11), 9, 20, 9, 1},
		{"only after it", moments(1, 2, 10), 1, 2, 1, 1},
		{"the longest of two", moments(1, 3, 4, 9), 0, 20, 4, 5},
	} {
		t.Run(c.name, func(t *testing.T) {
			began, long := silence(c.acks, span{at(c.from), at(c.to)})
			if !began.Equal(at(c.began)) || long.Seconds() != c.long {
				t.Errorf("%s from %s on, want %v s from %s on", long, began, c.long, at(c.began))
			}
		})
	}
	if _, long := silence(nil, span{at(0), at(9)}); long != 0 {
		t.Errorf("nothing acknowledged: %s", long)
	}
}

// A lone answer in the middle does not end an outage.
func TestStarved(t *testing.T) {
	var acks []time.Time
	for tick := range 400 { // ten a second, from 0 to 40
		if second := float64(tick) / 10; second < 12 || second >= 20 || tick == 150 {
			acks = append(acks, at(second))
		}
	}
	peace := span{at(0), at(10)}
	for _, c := range []struct {
		from, to float64
		want     int
	}{{10, 12, 0}, {10, 30, 7}, {12, 15, 3}, {25, 40, 0}} {
		if got := starved(acks, span{at(c.from), at(c.to)}, peace); got != c.want {
			t.Errorf("from %v to %v: %d s, want %d s", c.from, c.to, got, c.want)
		}
	}
}

func TestReport(t *testing.T) {
	answer := func(seconds float64, status, reason, state string) said {
		return said{At: at(seconds), Status: status, Reason: reason, State: state}
	}
	settled := func(seconds float64) *story {
		return &story{Said: []said{answer(seconds, "OK", "", "STATE_SETTLED"), answer(seconds+100, "OK", "", "STATE_SETTLED")}}
	}
	stories := []*story{
		settled(14), settled(1), settled(2), settled(15),
		{Said: []said{answer(4, "Unavailable", "STORE_UNAVAILABLE", ""), answer(5, statusNone, "", ""), answer(13, "OK", "", "STATE_REVERSED")}},
		{Said: []said{answer(6, "Unavailable", "STORE_UNAVAILABLE", ""), answer(7, "OK", "", "STATE_NOT_SETTLED")}},
	}
	var notes strings.Builder
	if longest := silences(&notes, stories, []span{{at(0), at(2)}, {at(2), at(16)}}); longest != 11*time.Second {
		t.Errorf("longest outage %s", longest)
	}
	want := `peace: 5 acknowledged in all, silent for 1.0 s at most before the first strike
strike 1 at 08:00:02: silent for 11.0 s from +0.0 s on, 10 s below a tenth of the pace
heard Unavailable STORE_UNAVAILABLE: 2
heard none: 1
`
	if diff := cmp.Diff(want, notes.String()); diff != "" {
		t.Error(diff)
	}
}

// A gateway of a trial refuses a primary that waits for no standby.
func TestFailoverGatewayDemandsStandby(t *testing.T) {
	dsn := "postgres://onestop@192.0.2.11,192.0.2.12/onestop"
	s := &stage{folder: t.TempDir(), cluster: &cluster{dsn: dsn}}
	if err := s.addGateway(0, cast{}); err != nil {
		t.Fatal(err)
	}
	defer s.gateways[0].door.close()
	config := s.gateways[0].config
	if err := demandStandby(config); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	var read struct {
		Store map[string]any `yaml:"store"`
	}
	if err := yaml.Unmarshal(text, &read); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]any{"postgres": dsn, "ha": true}, read.Store); diff != "" {
		t.Error(diff)
	}
}

func TestHitRunsTheCommand(t *testing.T) {
	var notes strings.Builder
	left := filepath.Join(t.TempDir(), "left")
	o := failover{strike: []string{"sh", "-c", `echo struck; touch "$0"`, left}}
	if err := o.hit(t.Context(), &notes); err != nil || notes.String() != "struck\n" {
		t.Errorf("%q, %v", notes.String(), err)
	}
	if _, err := os.Stat(left); err != nil {
		t.Error(err)
	}
	o.strike = []string{"sh", "-c", "exit 3"}
	if err := o.hit(t.Context(), &notes); err == nil {
		t.Error("a strike that fails is no strike")
	}
}
