package main

import (
	"bytes"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	onestopv1 "github.com/onestop-gateway/onestop/proto/onestop/v1"
)

var healedWell = regexp.MustCompile(`^healed [1-9]\d* \([1-9]\d* of them paid\), p50 \S+, p99 \S+, last \S+ after the payers answered again; ` +
	`handed to people 0, closed before 0, still open 0\n$`)

// A short trial: the silence is just longer than the payers' quiet period.
func TestHeal(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a gateway and payers, and lets them be silent")
	}
	folder := filepath.Join(t.TempDir(), "heal")
	var out, notes bytes.Buffer
	err := healing{store: storeSQLite, doubts: 60, silence: 16 * time.Second, seed: 1, keep: folder}.run(t.Context(), &out, &notes)
	if err != nil || !healedWell.MatchString(out.String()) {
		t.Errorf("%v\n%s%s", err, &out, &notes)
	}
	nobodyLeft(t, folder)
}

// Each way in which a doubt may end is counted as itself, and only one is sound.
func TestHealedIsJudged(t *testing.T) {
	again := time.Date(2026, time.March, 2, 8, 0, 0, 0, time.UTC)
	closed := func(state onestopv1.State, after time.Duration) said {
		raw, err := proto.Marshal(&onestopv1.Settlement{Id: "s", State: state, CloseTime: timestamppb.New(again.Add(after))})
		if err != nil {
			t.Fatal(err)
		}
		return said{Status: codes.OK.String(), State: state.String(), Transport: transportGRPC, Raw: raw}
	}
	settled, not := onestopv1.State_STATE_SETTLED, onestopv1.State_STATE_NOT_SETTLED
	tests := []struct {
		name  string
		heard []said
		left  int
		want  string
		sound bool
	}{
		{"all", []said{closed(not, 3*time.Second), closed(settled, time.Second)}, 0,
			"healed 2 (1 of them paid), p50 1s, p99 3s, last 3s after the payers answered again; handed to people 0, closed before 0, still open 0", true},
		{"too late", []said{closed(settled, 61*time.Second)}, 0,
			"healed 1 (1 of them paid), p50 1m1s, p99 1m1s, last 1m1s after the payers answered again; handed to people 0, closed before 0, still open 0", false},
		{"to people", []said{closed(settled, 0), closed(onestopv1.State_STATE_NEEDS_ATTENTION, 0)}, 0,
			"healed 1 (1 of them paid), p50 0s, p99 0s, last 0s after the payers answered again; handed to people 1, closed before 0, still open 0", false},
		{"before", []said{closed(settled, 0), closed(settled, -time.Second)}, 0,
			"healed 1 (1 of them paid), p50 0s, p99 0s, last 0s after the payers answered again; handed to people 0, closed before 1, still open 0", false},
		{"still open", []said{closed(settled, 0)}, 1,
			"healed 1 (1 of them paid), p50 0s, p99 0s, last 0s after the payers answered again; handed to people 0, closed before 0, still open 1", false},
		{"nothing was in doubt", nil, 0,
			"healed 0 (0 of them paid), p50 0s, p99 0s, last 0s after the payers answered again; handed to people 0, closed before 0, still open 0", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			v := healed{left: test.left}
			for i := range test.heard {
				if counted, err := v.count(&test.heard[i], again); !counted || err != nil {
					t.Errorf("%v %v", counted, err)
				}
			}
			if v.String() != test.want || v.sound() != test.sound {
				t.Errorf("%t %s", v.sound(), &v)
			}
		})
	}
	open := closed(onestopv1.State_STATE_PROCESSING, 0)
	if counted, err := new(healed).count(&open, again); counted || err != nil {
		t.Errorf("an open one is counted: %t %v", counted, err)
	}
}
