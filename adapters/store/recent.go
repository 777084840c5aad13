package store

import (
	"sync"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/chain"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// Recent holds what a gateway has lately committed of the rows that the chain
// attaches to others: what was asked, the calls and the ledger's entries. They are
// most of what sealing would read back, a second after they were written. What is
// sealed from here is what was written, whatever was done to the row since. What is
// not here is read: another gateway's rows, those of a commit that was in doubt,
// large ones, and those that were pushed out. It is safe for concurrent use; nil
// holds nothing.
type Recent struct {
	lock  sync.Mutex
	held  map[writeKey]Written
	order [RecentMost]writeKey // a ring, in which the next is the oldest
	next  int
}

// RecentMost bounds the writes that are held, of some 2 kB each: more than are made
// between two blocks. A gateway whose blocks another one makes holds as many for good.
const RecentMost = 8192

// recentRoom bounds what a write that is held may have in requests and answers, in
// bytes. A payer that is out of order may answer with pages of a megabyte.
const recentRoom = 16 << 10

// writeKey names one write of a settlement: its short key and the revision it made.
type writeKey struct{ settlement, revision int64 }

// Written are the rows of one write, as far as they are attached, before they are
// encrypted. None of it may change afterwards.
type Written struct {
	No, Revision int64 // the settlement's short key, and the revision of the write
	Opened       *settlement.Settlement
	Attempts     []lifecycle.Attempt
	Entries      []settlement.Entry

	asked []any // of Opened, which is let go
}

// NewRecent is one that holds nothing yet.
func NewRecent() *Recent { return &Recent{held: map[writeKey]Written{}} }

// Note takes in what was committed. Opened is set for the write that opened the
// settlement, and only read before Note returns. What is large is not held.
func (r *Recent) Note(w Written) {
	if w.size() > recentRoom {
		return
	}
	if s := w.Opened; s != nil {
		w.asked = []any{
			w.No, string(s.ID), string(s.Tenant), string(s.Facility), string(s.Discharge), int64(s.Claim.Discharge),
			string(s.Beneficiary.ID), int64(s.Year), Micros(s.OpenedAt), EncodeAsked(s), string(s.Claim.Approval),
		}
		w.Opened = nil
	}
	of := writeKey{w.No, w.Revision}
	r.lock.Lock()
	defer r.lock.Unlock()
	delete(r.held, r.order[r.next])
	r.order[r.next], r.held[of] = of, w
	r.next = (r.next + 1) % RecentMost
}

// size is what a write has in requests and answers.
func (w *Written) size() (bytes int) {
	for i := range w.Attempts {
		bytes += len(w.Attempts[i].Body)
	}
	return bytes
}

// Held is how many writes are held.
func (r *Recent) Held() int {
	r.lock.Lock()
	defer r.lock.Unlock()
	return len(r.held)
}

// Take gives the rows attached to the first line of a write, if they are held, and
// forgets them: a block is made once.
func (r *Recent) Take(settlement, revision int64) (attached []chain.Row, held bool) {
	if r == nil {
		return nil, false
	}
	of := writeKey{settlement, revision}
	r.lock.Lock()
	w, held := r.held[of]
	delete(r.held, of)
	r.lock.Unlock()
	return w.rows(), held
}

// rows are those of a write, in the order and with the values of their tables.
func (w *Written) rows() []chain.Row {
	attached := make([]chain.Row, 0, 1+len(w.Attempts)+len(w.Entries))
	if w.asked != nil {
		attached = append(attached, chain.Row{Table: AskedTable.Name, Values: w.asked})
	}
	for i := range w.Attempts {
		a := &w.Attempts[i]
		values := []any{
			w.No, w.Revision, int64(i), int64(a.Leg), string(a.Operation), string(a.Phase), string(a.Message),
			Micros(a.At), string(a.Result), nil,
		}
		if a.Body != nil {
			values[len(values)-1] = a.Body
		}
		attached = append(attached, chain.Row{Table: "attempt", Values: values})
	}
	for i, e := range w.Entries {
		attached = append(attached, chain.Row{Table: "entry", Values: []any{
			w.No, w.Revision, int64(i), e.Account, int64(e.Debit), int64(e.Credit),
		}})
	}
	return attached
}
