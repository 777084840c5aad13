package lifecycle

import (
	"context"
	"sync"
	"time"
)

// Share is one of those among whom the time of a request is divided.
type Share int

// The shares. Where several are at work at once, as with two payers asked side
// by side, the moment belongs to the one named last here, and to that one only:
// the shares of a request always sum to its whole time.
const (
	ShareGateway  Share = iota // whatever is none of the others: ours
	ShareRecovery              // the caller waits for what recovery is healing
	ShareStore                 // the store reads or commits
	ShareQueue                 // a request waits for admission, or a write for the commit before it
	SharePayer                 // a payer is asked
	shareCount
)

// Shares are all of them, in order.
var Shares = []Share{ShareGateway, ShareRecovery, ShareStore, ShareQueue, SharePayer}

// String is the share's name in metrics and in the log.
func (s Share) String() string {
	return [shareCount]string{"gateway", "recovery", "store", "queue", "payer"}[s]
}

// Spent is how long each share took, by Share.
type Spent [shareCount]time.Duration

// Whole is the sum of the shares.
func (s Spent) Whole() time.Duration {
	var sum time.Duration
	for _, one := range s {
		sum += one
	}
	return sum
}

// Watch divides the time of one live request. It travels in the request's
// context; the work of recovery has none, so that it is never counted as what a
// cashier waited for. A nil Watch measures nothing. It is safe for concurrent
// use.
type Watch struct {
	request string
	now     func() time.Time

	mu     sync.Mutex
	active [shareCount]int
	since  time.Time
	spent  Spent
	region string
	told   func(asked bool)
}

// NewWatch starts a watch for the request with that id. now must be monotonic.
func NewWatch(request string, now func() time.Time) *Watch {
	return &Watch{request: request, now: now, since: now()}
}

// Enter says that share is at work, until leave is called.
func (w *Watch) Enter(share Share) (leave func()) {
	if w == nil {
		return func() {}
	}
	w.turn(share, 1)
	return func() { w.turn(share, -1) }
}

// turn counts who is at work, having given the time so far to who was.
func (w *Watch) turn(share Share, by int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.settle()
	before := w.active[share]
	w.active[share] += by
	if share == SharePayer && w.told != nil && min(before, w.active[share]) == 0 {
		w.told(by > 0)
	}
}

// OnPayer has told called whenever the request begins to wait for payers, and
// when the last of them has answered: on the goroutine that asks, which goes on
// when it returns. A settlement goes on asking after its caller was answered.
func (w *Watch) OnPayer(told func(asked bool)) {
	if w == nil {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.told = told
}

// settle gives the time since the last change to the share it belongs to.
func (w *Watch) settle() {
	now := w.now()
	at := ShareGateway
	for share := ShareGateway; share < shareCount; share++ {
		if w.active[share] > 0 {
			at = share
		}
	}
	w.spent[at] += now.Sub(w.since)
	w.since = now
}

// Spent is how the time until now is divided.
func (w *Watch) Spent() Spent {
	if w == nil {
		return Spent{}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.settle()
	return w.spent
}

// Request is the id under which the request is told in the log, or "".
func (w *Watch) Request() string {
	if w == nil {
		return ""
	}
	return w.request
}

// Region is the region of the person concerned, once it is known, or "".
func (w *Watch) Region() string {
	if w == nil {
		return ""
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.region
}

// noteRegion keeps the region of the person concerned.
func (w *Watch) noteRegion(region string) {
	if w == nil {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.region = region
}

type watchKey struct{}

// Watched is ctx with w travelling in it.
func Watched(ctx context.Context, w *Watch) context.Context {
	return context.WithValue(ctx, watchKey{}, w)
}

// WatchOf is the watch of ctx, or nil.
func WatchOf(ctx context.Context) *Watch {
	w, _ := ctx.Value(watchKey{}).(*Watch)
	return w
}
