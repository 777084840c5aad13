package ops

import (
	"context"
	"sync"
	"time"

	"github.com/onestop-gateway/onestop/api/words"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/fund"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// Config is what the page looks at. Every function is required, may be called
// from several goroutines and returns within a few seconds.
type Config struct {
	Now   func() time.Time
	Live  *lifecycle.Live
	About About
	// Standing counts the settlements that are not at rest.
	Standing func(context.Context) Standing
	// Payers are those configured, in the order they are shown.
	Payers []settlement.PayerCode
	// Suspended reports whether nothing new is sent to a payer now.
	Suspended func(settlement.PayerCode) bool
	Rooms     []Room
	// Funds are this year's funds for which money was raised or that paid, as
	// summed last.
	Funds func() []fund.Standing
	// Compared reads the last comparison of each payer and what is open.
	Compared func(context.Context) Compared
}

// About says what runs.
type About struct {
	Version  string // of the program, with the revision it was built from
	Go       string // version of the toolchain
	Store    string // which store; never a password
	Instance string // this process among those that share the store
	Started  time.Time
	Settings []Setting
}

// Setting is one key of the configuration in effect, its secrets covered.
type Setting struct{ Key, Value, From string }

// Standing is how many settlements are in each state that is not at rest.
type Standing struct {
	States map[settlement.State]Aged
	Err    error // the store could not be read; States is nil
}

// Aged is how many there are, and since when the oldest was asked for.
type Aged struct {
	Number int
	Oldest time.Time
}

// Room is something that is refused when it is full.
type Room struct {
	Name words.Text
	Load func() (taken, room int)
}

// What is gathered is good for so long.
const (
	goodFor      = time.Second
	gatherWithin = 3 * time.Second
)

// facts is everything the page says, of one moment.
type facts struct {
	at        time.Time
	live      lifecycle.Snapshot
	standing  Standing
	suspended map[settlement.PayerCode]bool
	rooms     []load
	funds     []fund.Standing
	compared  Compared
}

// load is how full a room is.
type load struct {
	name        words.Text
	taken, room int
}

// board keeps the facts of the last second and the pages drawn from them.
type board struct {
	Config

	mu    sync.Mutex
	last  facts
	drawn map[variant][]byte
}

// variant is one form of the page.
type variant struct {
	language words.Language
	paused   bool
}

// draw is the page of a variant, at most a second old.
func (b *board) draw(ctx context.Context, v variant) ([]byte, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.Now()
	if age := now.Sub(b.last.at); b.drawn == nil || age < 0 || age >= goodFor {
		b.gather(ctx, now)
		b.drawn = map[variant][]byte{}
	}
	if page, done := b.drawn[v]; done {
		return page, nil
	}
	page, err := render(&b.Config, &b.last, v)
	if err != nil {
		return nil, err
	}
	b.drawn[v] = page
	return page, nil
}

// gather asks everything the page shows. A viewer who leaves does not spoil it
// for the others.
func (b *board) gather(ctx context.Context, now time.Time) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), gatherWithin)
	defer cancel()
	f := facts{
		at: now, live: b.Live.Snapshot(), standing: b.Standing(ctx),
		suspended: make(map[settlement.PayerCode]bool, len(b.Payers)),
		funds:     b.Funds(), compared: b.Compared(ctx),
	}
	for _, payer := range b.Payers {
		f.suspended[payer] = b.Suspended(payer)
	}
	for _, room := range b.Rooms {
		taken, of := room.Load()
		f.rooms = append(f.rooms, load{room.Name, taken, of})
	}
	b.last = f
}
