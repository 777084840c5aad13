package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"time"

	"github.com/onestop-gateway/onestop/loadtest/measure"
	"github.com/onestop-gateway/onestop/loadtest/siege"
)

// healthy is a well-behaved hospital beside a siege: it settles at a steady
// pace, over both transports.
type healthy struct {
	gateway *gateway
	town    *town

	mu            sync.Mutex
	chance        *rand.Rand
	made          int
	right, failed int
	example       string // of what went wrong
}

// The pace of the healthy client: far below what the gateway bears, so that
// only what the siege takes is seen.
const (
	healthyRate    = 60.0
	healthyWorkers = 16
)

func newHealthy(s *stage, seed uint64) *healthy {
	return &healthy{gateway: s.gateways[0], town: s.town, chance: chanceOf(seed)}
}

// next is another discharge to settle.
func (h *healthy) next() (*ask, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.made++
	id := fmt.Sprintf("siege-%08d", h.made)
	return h.town.leaves(h.chance, id).settling(h.chance, "settle-"+id)
}

// target is the gateway as the attackers know it.
func (h *healthy) target() siege.Target {
	return siege.Target{
		REST: strings.TrimPrefix(h.gateway.door.base, "http://"), GRPC: h.gateway.door.grpc.Target()[len("passthrough:///"):],
		Settle: func() (string, []byte) {
			a, err := h.next()
			if err != nil {
				return "", nil
			}
			return a.Key, a.Body
		},
	}
}

// window settles at the client's pace for a while and measures it.
func (h *healthy) window(ctx context.Context, length time.Duration) *measure.Window {
	span := measure.Span{Length: length}
	h.mu.Lock()
	due := measure.Arrivals(h.chance, healthyRate, span, nil)
	h.mu.Unlock()
	return measure.Open(ctx, measure.Load{Span: span, Due: due, Workers: healthyWorkers}, h.settle)
}

// settle settles one discharge and wants it settled at the first try.
func (h *healthy) settle(ctx context.Context, worker int) measure.Outcome {
	transport := []string{transportREST, transportGRPC}[worker%2]
	a, err := h.next()
	if err != nil {
		return h.note(false, err.Error())
	}
	heard := h.gateway.door.asks(ctx, transport, a)
	return h.note(heard.standing() == standingFinal, fmt.Sprintf("%s answers %s %s", transport, heard.Status, heard.Reason))
}

func (h *healthy) note(right bool, example string) measure.Outcome {
	h.mu.Lock()
	defer h.mu.Unlock()
	if right {
		h.right++
		return measure.Right
	}
	h.failed++
	h.example = example
	return measure.Failed
}

// wrong says what went wrong so far, "" if nothing did.
func (h *healthy) wrong() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.failed == 0 {
		return ""
	}
	return fmt.Sprintf("%d of %d are not settled: %s", h.failed, h.failed+h.right, h.example)
}

// belongings are what a gateway holds on to, by its own metrics.
type belongings struct{ goroutines, files int }

// standing reads the gateway's belongings.
func (h *healthy) standing(ctx context.Context) (belongings, error) {
	found, err := readMetrics(ctx, h.gateway.door.base)
	if err != nil {
		return belongings{}, err
	}
	b := belongings{goroutines: int(found.sum("go_goroutines")), files: int(found.sum("process_open_fds"))}
	if b.goroutines == 0 || b.files == 0 {
		return b, fmt.Errorf("the gateway does not tell of its goroutines and files")
	}
	return b, nil
}

// slack is how many goroutines and files more than before are no leak: a
// connection to a payer, a pool that has grown.
const slack = 20

// calms waits until the gateway holds no more than before.
func (h *healthy) calms(ctx context.Context, before belongings) (after belongings, calm bool) {
	for deadline := time.Now().Add(calmWithin); ; wait(ctx, time.Second) {
		now, err := h.standing(ctx)
		if err == nil {
			after = now
		}
		calm = err == nil && now.goroutines <= before.goroutines+slack && now.files <= before.files+slack
		if calm || ctx.Err() != nil || time.Now().After(deadline) {
			return after, calm
		}
	}
}
