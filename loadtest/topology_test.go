package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	onestopv1 "github.com/onestop-gateway/onestop/proto/onestop/v1"
)

var topologyWell = regexp.MustCompile(`^acknowledged [1-9]\d*, lost 0, paid twice 0, over cap 0, stuck 0, attention 0; ` +
	`of the killed gateway, [1-9]\d* finished by the other, which answered [1-9]\d* afterwards\n$`)

// passable is a folder that the database's user may pass through, as he may not
// through those of t.TempDir.
func passable(t *testing.T) string {
	t.Helper()
	folder, err := os.MkdirTemp("", "onestop-topology-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(folder); err != nil {
			t.Error(err)
		}
	})
	return folder
}

// The topology of compose, started, struck and judged; nobody is left.
func TestTopology(t *testing.T) {
	if testing.Short() {
		t.Skip("starts PostgreSQL and two gateways")
	}
	t.Parallel() // mostly it waits for leases to end
	folder := passable(t)
	var out, notes bytes.Buffer
	err := topology{length: 4 * time.Second, clients: 16, seed: 1, keep: folder}.run(t.Context(), &out, &notes)
	if err != nil || !topologyWell.MatchString(out.String()) || !strings.Contains(notes.String(), ", 0 findings") {
		t.Errorf("%v\n%s%s", err, &out, &notes)
	}
	if _, missing := exec.LookPath("prometheus"); strings.Contains(notes.String(), "not installed") != (missing != nil) {
		t.Errorf("prometheus: %v\n%s", missing, &notes)
	}
	nobodyLeft(t, folder)
}

// A trial that is interrupted while cashiers settle leaves nobody behind.
func TestInterruptedTopologyEnds(t *testing.T) {
	if testing.Short() {
		t.Skip("starts PostgreSQL and two gateways")
	}
	t.Parallel() // mostly it waits for leases to end
	folder := passable(t)
	ctx, cancel := context.WithCancel(t.Context())
	go func() { // once the gateways serve
		defer cancel()
		for range 600 {
			if _, err := os.Stat(filepath.Join(folder, "client-001.jsonl")); err == nil {
				return
			}
			time.Sleep(100 * time.Millisecond)
		}
	}()
	var out, notes bytes.Buffer
	err := topology{length: time.Minute, clients: 2, seed: 1, keep: folder}.run(ctx, &out, &notes)
	if !errors.Is(err, context.Canceled) || out.Len() > 0 || !strings.Contains(notes.String(), "kept in "+folder) {
		t.Errorf("%v\n%s%s", err, &out, &notes)
	}
	nobodyLeft(t, folder)
}

func TestTopologyRefuses(t *testing.T) {
	for name, o := range map[string]topology{
		"no time":               {clients: 2},
		"a gateway without use": {length: time.Second, clients: 1},
	} {
		var out, notes bytes.Buffer
		if err := o.run(t.Context(), &out, &notes); err == nil || out.Len()+notes.Len() > 0 {
			t.Errorf("%s: %v\n%s%s", name, err, &out, &notes)
		}
	}
}

// Only what the killed gateway had open, and its own cashiers asked for, has
// been taken over; only the other's later answers show that it goes on.
func TestHandedOver(t *testing.T) {
	told := func(client int, verb string, created, closed float64) *story {
		raw, err := proto.Marshal(&onestopv1.Settlement{
			State: onestopv1.State_STATE_SETTLED, CreateTime: timestamppb.New(at(created)), CloseTime: timestamppb.New(at(closed)),
		})
		if err != nil {
			t.Fatal(err)
		}
		heard := said{At: at(closed), Transport: transportGRPC, Status: codes.OK.String(), State: "STATE_SETTLED", Raw: raw}
		return &story{ask: ask{Verb: verb}, Said: []said{heard}, client: client}
	}
	const theirs, others = 2, 1
	for name, c := range map[string]struct {
		story       *story
		taken, goes int
	}{
		"open at the kill":               {told(theirs, verbSettle, 4, 15), 1, 0},
		"done before":                    {told(theirs, verbSettle, 3, 4), 0, 0},
		"begun afterwards":               {told(theirs, verbSettle, 6, 7), 0, 0},
		"a reversal":                     {told(theirs, verbReverse, 4, 15), 0, 0},
		"of the other":                   {told(others, verbSettle, 4, 6), 0, 1},
		"of the other, before":           {told(others, verbSettle, 3, 4), 0, 0},
		"of the killed, never told of":   {&story{ask: ask{Verb: verbSettle}, client: theirs}, 0, 0},
		"of the other, never told again": {&story{ask: ask{Verb: verbSettle}, client: others}, 0, 0},
	} {
		taken, goes, err := handedOver([]*story{c.story}, at(5))
		if err != nil || taken != c.taken || goes != c.goes {
			t.Errorf("%s: %d taken over, %d answered afterwards, %v", name, taken, goes, err)
		}
	}
}

// What compose scrapes is scraped here, by the addresses here; a change of
// compose's file that would be missed is an error.
func TestScraping(t *testing.T) {
	root, err := moduleRoot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(root, "deploy", "compose", "prometheus.yml"))
	if err != nil {
		t.Fatal(err)
	}
	gateways := []*gateway{{door: &door{base: "http://127.0.0.1:1"}}, {door: &door{base: "http://127.0.0.1:2"}}}
	config, err := scraping(string(text), "/rules-are-here", gateways)
	if err != nil || !strings.Contains(config, `targets: ["127.0.0.1:1", "127.0.0.1:2"]`) || !strings.Contains(config, "/rules-are-here/rules/*.yml") || strings.Contains(config, "10s") {
		t.Errorf("%v\n%s", err, config)
	}
	if _, err := scraping(strings.ReplaceAll(string(text), "gateway-1:9464", "gateway-one:9464"), "", gateways); err == nil {
		t.Error("a gateway of compose with another name went unnoticed")
	}
}
