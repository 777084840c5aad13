package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"github.com/onestop-gateway/onestop/loadtest/measure"
	onestopv1 "github.com/onestop-gateway/onestop/proto/onestop/v1"
)

// The loads of the overload scenario, in shares of the peak.
const (
	shareBusy  = 0.8
	shareFlood = 10.0
	shareAfter = 0.5
)

// The windows of the overload scenario.
const (
	overBusy  = "0.8 of peak"
	overFlood = "10 of peak"
	overAfter = "0.5 of peak after"
)

// leftover is what became of settlements that an overload may have left.
type leftover struct {
	open, abandoned int
	asked           bool
}

// overload measures a busy gateway, one that is asked for ten times what it
// bears, and the same one afterwards; then it looks for what was begun and not
// ended.
func (r *benchRun) overload(ctx context.Context, t taken, peak float64) error {
	for _, stretch := range []arrivals{
		{scenario: overBusy, rate: shareBusy * peak}, {scenario: overFlood, rate: shareFlood * peak}, {scenario: overAfter, rate: shareAfter * peak},
	} {
		if err := r.arrive(ctx, t, stretch); err != nil {
			return err
		}
	}
	return r.lookAround(ctx, t.store)
}

// restWithin bounds how long settlements under way may take to come to rest.
const restWithin = 30 * time.Second

// lookAround counts what is still open after a while, and what was begun and
// then decided against: payers of a bench refuse nothing, so every settlement
// that was begun has to be settled.
func (r *benchRun) lookAround(ctx context.Context, store string) error {
	conn, err := grpc.NewClient("passthrough:///"+r.stage.gateways[store].grpc, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return err
	}
	open := 0
	for until := time.Now().Add(restWithin); ; {
		open, err = among(ctx, conn, onestopv1.State_STATE_PROCESSING, onestopv1.State_STATE_NEEDS_ATTENTION)
		if err != nil || open == 0 || time.Now().After(until) {
			break
		}
		wait(ctx, time.Second)
	}
	abandoned, second := among(ctx, conn, onestopv1.State_STATE_NOT_SETTLED)
	r.left.open, r.left.abandoned, r.left.asked = r.left.open+open, r.left.abandoned+abandoned, true
	fmt.Fprintf(r.out, "after the overload: %d settlements open, %d begun and abandoned\n", open, abandoned)
	return errors.Join(err, second, conn.Close())
}

// listedMost bounds a count; what is more is as bad.
const listedMost = 200

// among counts settlements in any of some states, as the gateway lists them.
func among(ctx context.Context, conn *grpc.ClientConn, states ...onestopv1.State) (found int, err error) {
	client := onestopv1.NewSettlementServiceClient(conn)
	for _, state := range states {
		listed, err := client.ListSettlements(ctx, &onestopv1.ListSettlementsRequest{
			Filter: "state=" + strconv.Quote(state.String()), PageSize: listedMost,
		})
		if err != nil {
			return found, fmt.Errorf("listing settlements %s: %w", state, err)
		}
		found += len(listed.GetSettlements())
	}
	return found, nil
}

// audit lets the product's own auditor look at what was stored, if that is
// wanted: sums, caps, and every settlement worked out again.
func (r *benchRun) audit(ctx context.Context) error {
	if !r.verify {
		return nil
	}
	for _, store := range r.stores {
		found, err := output(ctx, r.stage.path("onestop"), "verify", "--config", r.stage.gateways[store].config)
		lines := strings.Split(found, "\n")
		fmt.Fprintf(r.out, "onestop verify, %s: %s\n", store, lines[len(lines)-1])
		if err != nil {
			return err
		}
	}
	return nil
}

// overloadRatios are the scenario's part of the closing line.
func (r *benchRun) overloadRatios(store, api string) string {
	if !r.left.asked {
		return ""
	}
	name := func(scenario string) string {
		return (&taken{kind: kindSettle, store: store, api: api, scenario: scenario}).name()
	}
	var peaks []float64
	for round := range r.bench.rounds {
		peaks = append(peaks, r.peak(round, settled(store, api)))
	}
	goodput := measure.MedianRatio(r.series(name(overFlood), 0, rateOf), peaks)
	p99 := measure.MedianRatio(r.series(name(overFlood), 0, quantile(0.99)), r.series(name(overBusy), 0, quantile(0.99)))
	sent := measure.MedianRatio(r.series(name(overFlood), 0, sentQuantile(0.99)), r.series(name(overBusy), 0, sentQuantile(0.99)))
	after := measure.MedianRatio(r.series(name(overAfter), 0, quantile(0.99)), r.series(name(overBusy), 0, quantile(0.99)))
	turned := measure.Median(r.series(name(overFlood), 0, func(t *taken) float64 { return float64(t.window.Rejects.At(0.99).Microseconds()) }))
	var left []float64
	for _, f := range r.floods(store, api) {
		left = append(left, f.ofTimeLeft())
	}
	parts := []string{
		fmt.Sprintf("overload goodput/peak %.2f goodput/left %.2f p99/busy %.2f sent p99/busy %.2f after/busy %.2f", goodput, measure.Median(left), p99, sent, after),
		fmt.Sprintf("rejects p99 %s", inMillis(time.Duration(turned)*time.Microsecond)),
		fmt.Sprintf("with Retry-After %d of %d", r.examiner.advised.Load(), r.examiner.turned.Load()),
		fmt.Sprintf("open %d abandoned %d", r.left.open, r.left.abandoned),
	}
	return strings.Join(parts, " ")
}
