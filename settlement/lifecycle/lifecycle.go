package lifecycle

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
)

// Config is what a Lifecycle is made of. Every field is required but Gate,
// Observer and Log.
type Config struct {
	Store      Store
	Quotes     Quotes
	Notices    Notices
	Registry   Registry
	Approvals  Approvals
	Admissions Admissions
	Journal    Journal
	Directory  Directory
	// Encode gives the bytes that are kept as the final answer of a request
	// key, written in the same transaction that makes the answer true.
	Encode func(Method, settlement.Settlement) ([]byte, error)
	// EncodeBenefits gives the bytes that are kept as the answer to an
	// admission notice.
	EncodeBenefits func(Benefits) ([]byte, error)

	Now   func() time.Time
	NewID func() settlement.SettlementID
	// Instance is this process's digit, 0 to 9; Owner its name. Both differ
	// between processes that share a store.
	Instance int
	Owner    string

	AnswerWithin time.Duration // then the caller hears "in progress"
	DecideWithin time.Duration // then an undecided settlement is aborted
	HoldWithin   time.Duration // the longest a quote may hold; 0: none does
	Lease        time.Duration // how long a record is ours after each write
	InFlightMax  int           // settlements and quotes worked on at once; more are shed, as are reversals beyond a quarter of it

	Gate     Gate // none: every payer may be asked at any time
	Observer Observer
	Log      *slog.Logger
}

// Lifecycle opens, calls and closes settlements.
type Lifecycle struct {
	Config
	policies   *policies
	numbers    *numbers
	inFlight   chan struct{}
	undoing    chan struct{} // apart, so that silent payers never keep money from being given back
	recovering chan struct{}
	ears       ears
	running    sync.WaitGroup
}

// precision is that of every time a record holds: what is answered at once and
// what is read again later must be the same bytes.
const precision = time.Microsecond

// leaseMargin is kept between the end of a call and the end of the lease under
// which it was sent, against clocks that disagree.
const leaseMargin = 5 * time.Second

// New makes a Lifecycle; Run must be running beside it, or what crashes or
// waits is never taken up again.
func New(config Config) (*Lifecycle, error) {
	for code, payer := range config.Directory.Payers {
		if timeout := payer.Terms().CallTimeout; config.Lease < timeout+2*leaseMargin {
			return nil, fmt.Errorf("lease of %s is too short for payer %s, whose calls may take %s", config.Lease, code, timeout)
		}
	}

	if config.Log == nil {
		config.Log = slog.New(slog.DiscardHandler)
	}
	if config.Gate == nil {
		config.Gate = open{}
	}
	if config.Observer == nil {
		config.Observer = silent{}
	}
	clock := config.Now
	config.Now = func() time.Time { return clock().Truncate(precision) }
	return &Lifecycle{
		Config:     config,
		policies:   newPolicies(config.Directory.Policies),
		numbers:    newNumbers(config.Instance, config.Now()),
		inFlight:   make(chan struct{}, config.InFlightMax),
		undoing:    make(chan struct{}, max(1, config.InFlightMax/4)),
		recovering: make(chan struct{}, recoveringMax),
	}, nil
}

// Drain waits until every settlement being worked on has reached a durable
// resting place, or ctx ends.
func (l *Lifecycle) Drain(ctx context.Context) error {
	done := make(chan struct{})
	go func() {
		l.running.Wait()
		close(done)
	}()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// admit takes a place in room, among those worked on at once, or sheds the
// request before anything is stored.
func (l *Lifecycle) admit(held *places, room chan struct{}) error {
	select {
	case room <- struct{}{}:
		held.take("", func() { <-room })
		return nil
	default:
		return &settlement.Error{Kind: settlement.KindOverloaded, Reason: settlement.ReasonOverloaded}
	}
}

// Load is how many settlements and quotes are worked on for callers now, and
// how many may be before more are shed.
func (l *Lifecycle) Load() (working, room int) { return len(l.inFlight), cap(l.inFlight) }
