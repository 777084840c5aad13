// Package gate keeps one payer from harming the rest of the gateway: it bounds
// how many new settlements wait for a payer at once (a bulkhead), and stops
// sending new ones to a payer that does not answer (a breaker), until one
// question that changes nothing was answered again. What is under way never
// passes here: inquiries and reversals go on whatever the gate says.
package gate

import (
	"time"

	"github.com/failsafe-go/failsafe-go/bulkhead"
	"github.com/failsafe-go/failsafe-go/circuitbreaker"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// Limits are one payer's. All are required.
type Limits struct {
	// AtOnce bounds the new settlements and quotes that wait for the payer.
	AtOnce int
	// Silent percent of the calls Within, CallsMin of them at least, that got
	// no usable answer close the gate for Rest; then one is tried.
	Silent   int
	CallsMin int
	Within   time.Duration
	Rest     time.Duration
}

// Standard are the limits of a payer about which nothing is known but how many
// may wait for it: half of its last calls in half a minute silent, ten at
// least, five seconds of rest.
func Standard(atOnce int) Limits {
	return Limits{AtOnce: atOnce, Silent: 50, CallsMin: 10, Within: 30 * time.Second, Rest: 5 * time.Second}
}

// Gate is the gate of all configured payers. A payer it does not know is
// Unavailable.
type Gate struct {
	payers map[settlement.PayerCode]*payer
}

var _ lifecycle.Gate = (*Gate)(nil)

type payer struct {
	places  bulkhead.Bulkhead[any]
	breaker circuitbreaker.CircuitBreaker[any]
}

// New makes the gate of payers. changed, if not nil, is told whenever one is
// suspended or back; it returns at once.
func New(limits map[settlement.PayerCode]Limits, changed func(code settlement.PayerCode, suspended bool)) *Gate {
	g := &Gate{payers: make(map[settlement.PayerCode]*payer, len(limits))}
	for code, l := range limits {
		g.payers[code] = &payer{
			places: bulkhead.New[any](uint(l.AtOnce)),
			breaker: circuitbreaker.NewBuilder[any]().
				WithFailureRateThreshold(float64(l.Silent)/100, uint(l.CallsMin), l.Within).
				WithDelay(l.Rest).
				WithSuccessThreshold(1).
				OnStateChanged(func(now circuitbreaker.StateChangedEvent) {
					if changed != nil {
						changed(code, now.NewState != circuitbreaker.ClosedState)
					}
				}).
				Build(),
		}
	}
	return g
}

// Enter implements lifecycle.Gate.
func (g *Gate) Enter(code settlement.PayerCode) (lifecycle.Pass, error) {
	p, found := g.payers[code]
	if !found {
		return lifecycle.Pass{}, suspended(code)
	}
	if !p.places.TryAcquirePermit() {
		return lifecycle.Pass{}, &settlement.Error{Kind: settlement.KindOverloaded, Reason: settlement.ReasonPayerBusy, Value: string(code)}
	}
	onTrial := !p.breaker.IsClosed()
	if onTrial && !p.breaker.TryAcquirePermit() {
		p.places.ReleasePermit()
		return lifecycle.Pass{}, suspended(code)
	}
	if onTrial {
		return lifecycle.Pass{OnTrial: true, Leave: p.endTrial}, nil
	}
	return lifecycle.Pass{Leave: p.places.ReleasePermit}, nil
}

// endTrial gives the place of a trial back. One from which nothing was heard
// was not passed.
func (p *payer) endTrial() {
	if p.breaker.IsHalfOpen() {
		p.breaker.RecordFailure()
	}
	p.places.ReleasePermit()
}

// Heard implements lifecycle.Gate. A refusal is an answer: the payer is there.
func (g *Gate) Heard(code settlement.PayerCode, result settlement.Result) {
	p, found := g.payers[code]
	if !found {
		return
	}
	switch result {
	case settlement.ResultInDoubt, settlement.ResultUnsent:
		p.breaker.RecordFailure()
	default:
		p.breaker.RecordSuccess()
	}
}

// Suspended reports whether nothing new is sent to a payer now.
func (g *Gate) Suspended(code settlement.PayerCode) bool {
	p, found := g.payers[code]
	return !found || !p.breaker.IsClosed()
}

func suspended(code settlement.PayerCode) error {
	return &settlement.Error{Kind: settlement.KindUnavailable, Reason: settlement.ReasonPayerSuspended, Value: string(code)}
}
