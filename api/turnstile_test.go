package api

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/onestop-gateway/onestop/settlement/chain"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// However many are turned away, each is counted: in the metrics, on the
// operator's page and in the audit trail. Their time is in no histogram, for
// there was none, and the log has one a second.
func TestThoseTurnedAwayAreCountedAndOneIsTold(t *testing.T) {
	gate, empty := full(t)
	live, refusals := lifecycle.NewLive(time.Now), chain.NewRefusals(time.Now)
	w := serve(t, func(c *Config) { c.Admission, c.Live, c.Refusals = gate, live, refusals })
	const each = 20
	begun := time.Now()
	for range each {
		if _, err := w.client.CreateSettlement(context.Background(), request()); status.Code(err) != codes.ResourceExhausted {
			t.Fatal(err)
		}
		if got := w.post("/v1/settlements", "{no JSON"); got.status != http.StatusTooManyRequests || got.header.Get("Retry-After") != "1" {
			t.Fatalf("%d, Retry-After %q", got.status, got.header.Get("Retry-After"))
		}
	}
	empty()
	counted := w.counted()
	if counted["CreateSettlement grpc ResourceExhausted"] != each || counted["CreateSettlement rest ResourceExhausted"] != each {
		t.Errorf("counted %v", counted)
	}
	if timed := w.timed(); timed != 0 {
		t.Errorf("%d were timed", timed)
	}
	if shown := live.Snapshot().Window; shown.Answered != 2*each || shown.Failed != 2*each || shown.Whole.Count != 0 {
		t.Errorf("shown %d answered, %d failed, %d with a time", shown.Answered, shown.Failed, shown.Whole.Count)
	}
	sum := int64(0)
	for line, times := range noted(t, refusals) {
		if !strings.HasSuffix(line, " CreateSettlement OVERLOADED") {
			t.Errorf("noted %s", line)
		}
		sum += times
	}
	if sum != 2*each {
		t.Errorf("noted %d", sum)
	}
	most := 2 * (1 + int(time.Since(begun)/time.Second)) // on two transports
	if told := strings.Count(w.log.String(), "OVERLOADED"); told < 2 || told > min(most, 2*each) {
		t.Errorf("told %d times:\n%s", told, w.log)
	}
}

// timed is how many requests are in the histogram of durations.
func (w *world) timed() (requests uint64) {
	w.t.Helper()
	families, err := w.registry.Gather()
	if err != nil {
		w.t.Fatal(err)
	}
	for _, family := range families {
		for _, metric := range family.GetMetric() {
			if strings.HasPrefix(family.GetName(), "onestop_request_") {
				requests += metric.GetHistogram().GetSampleCount()
			}
		}
	}
	return requests
}

// One of many alike is told a second, with how many were not.
func TestOneOfManyIsTold(t *testing.T) {
	var h hush
	begun := time.Unix(1_700_000_000, 0)
	for _, step := range []struct {
		after  time.Duration
		untold int64
		may    bool
	}{{0, 0, true}, {time.Millisecond, 0, false}, {999 * time.Millisecond, 0, false}, {time.Second, 2, true}, {1500 * time.Millisecond, 0, false}, {time.Minute, 1, true}, {2 * time.Minute, 0, true}} {
		if untold, may := h.speak(begun.Add(step.after)); untold != step.untold || may != step.may {
			t.Errorf("after %s: %d untold, %v; want %d, %v", step.after, untold, may, step.untold, step.may)
		}
	}
}

// What is written beforehand is what would be written each time.
func TestARefusalIsWrittenOnce(t *testing.T) {
	gate, empty := full(t)
	defer empty()
	config := Config{Admission: gate}
	ready := config.newTurnstile("rest", routes()).refusal
	fresh := &fault{row: ready.row, reason: ready.reason, status: ready.status}
	if ready.text == nil || string(ready.text) != string(fresh.json()) {
		t.Errorf("%s instead of %s", ready.text, fresh.json())
	}
}
