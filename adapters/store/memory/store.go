package memory

import (
	"context"
	"sync"

	"github.com/onestop-gateway/onestop/adapters/store"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/clearing"
	"github.com/onestop-gateway/onestop/settlement/fund"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
	"github.com/onestop-gateway/onestop/settlement/stay"
)

// Store implements the ports of every room that keeps something, in memory.
type Store struct {
	// Fault, if set, is asked at each durable write, once before it takes
	// effect and once after; an error it gives is returned to the caller.
	Fault func(Moment) error

	mu           sync.Mutex
	settlements  map[settlement.SettlementID]settlement.Settlement
	requests     map[lifecycle.RequestKey]lifecycle.Request
	messages     map[settlement.MessageID]settlement.SettlementID
	accumulators map[lifecycle.AccumulatorKey]settlement.Accumulator
	journal      map[settlement.SettlementID]*pages
	persons      map[settlement.BeneficiaryID]settlement.Person
	restorations map[int64]lifecycle.Restoration // by their beginning
	holds        map[lifecycle.AccumulatorKey]settlement.Holds
	quotes       map[settlement.QuoteID]lifecycle.KeptQuote
	notices      []lifecycle.Notice // in the order they were kept
	stays        []stay.Event       // in the order they were kept
	summaries    map[stay.ID]stay.Summary
	sequence     int64
	postings     []fund.Posting // in the order they were made
	register
	desk
	press
	corrections
	comparisons
	house
}

// Moment is a place in a durable write at which a fault can strike.
type Moment struct {
	Verb    string // "open", "advance", "close", "hold", "keep", "post", "note", "publish", "suggest", "notice", "stay", "begin", "end", "remark", "enter" or "cut"
	Applied bool   // the write has taken effect, only its answer is still due
}

// pages is what is appended for one settlement and never changed.
type pages struct {
	attempts []lifecycle.Attempt
	entries  []settlement.Entry
	events   []lifecycle.Event
	// movements are the entries again, write by write.
	movements []clearing.Movement
}

// New makes an empty Store.
func New() *Store {
	return &Store{
		settlements:  map[settlement.SettlementID]settlement.Settlement{},
		requests:     map[lifecycle.RequestKey]lifecycle.Request{},
		messages:     map[settlement.MessageID]settlement.SettlementID{},
		accumulators: map[lifecycle.AccumulatorKey]settlement.Accumulator{},
		journal:      map[settlement.SettlementID]*pages{},
		persons:      map[settlement.BeneficiaryID]settlement.Person{},
		restorations: map[int64]lifecycle.Restoration{},
		register:     newRegister(),
		desk:         newDesk(),
		press:        newPress(),
		corrections:  newCorrections(),
		comparisons:  newComparisons(),
		house:        newHouse(),
		holds:        map[lifecycle.AccumulatorKey]settlement.Holds{},
		quotes:       map[settlement.QuoteID]lifecycle.KeptQuote{},
		summaries:    map[stay.ID]stay.Summary{},
	}
}

// write runs one durable write between its two moments of fault.
func (m *Store) write(ctx context.Context, verb string, body func() error) error {
	if err := store.GivenUp(ctx); err != nil {
		return err
	}
	if err := m.strike(verb, false); err != nil {
		return err
	}
	m.mu.Lock()
	err := body()
	m.mu.Unlock()
	if err != nil {
		return err
	}
	return m.strike(verb, true)
}

func (m *Store) strike(verb string, applied bool) error {
	if m.Fault == nil {
		return nil
	}
	return m.Fault(Moment{verb, applied})
}

func refusal(kind settlement.Kind, reason settlement.Reason, object settlement.SettlementID) error {
	return &settlement.Error{Kind: kind, Reason: reason, Object: string(object)}
}
