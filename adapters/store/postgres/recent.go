package postgres

import (
	"sync"

	"github.com/onestop-gateway/onestop/adapters/store"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/chain"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// recent holds what this gateway has lately committed of the rows that the chain
// attaches to others: what was asked, the calls and the ledger's entries. They are
// most of what sealing would read back from the server, a second after they were
// sent there. What is sealed from here is what was written, whatever was done to the
// row since. What is not here is read: another gateway's rows, those of a commit that
// was in doubt, and those that were pushed out.
type recent struct {
	lock  sync.Mutex
	held  map[write]appended
	order [recentMost]write // a ring, in which the next is the oldest
	next  int
}

// recentMost bounds the writes that are held, of some 2 kB each: more than are made
// between two blocks. A gateway whose blocks another one makes holds as many for good.
const recentMost = 8192

// write names one write of a settlement: its short key and the revision it made.
type write struct{ settlement, revision int64 }

// appended are the rows of one write, as far as they are attached.
type appended struct {
	asked    []any // values of the sealed columns; nil if the write did not open
	attempts []lifecycle.Attempt
	entries  []settlement.Entry
}

// note takes in what was committed.
func (r *recent) note(members []*member) {
	r.lock.Lock()
	defer r.lock.Unlock()
	for _, m := range members {
		if m.hold != nil {
			continue
		}
		delete(r.held, r.order[r.next])
		of := write{m.no, m.revision()}
		r.order[r.next], r.held[of] = of, m.appended()
		r.next = (r.next + 1) % recentMost
	}
}

// take gives the rows attached to the first line of a write, if they are held, and
// forgets them: a block is made once. A nil recent holds nothing.
func (r *recent) take(of write) (attached []chain.Row, held bool) {
	if r == nil {
		return nil, false
	}
	r.lock.Lock()
	a, held := r.held[of]
	delete(r.held, of)
	r.lock.Unlock()
	return a.rows(of), held
}

// appended is what m has written, as it was before it was encrypted.
func (m *member) appended() appended {
	a := appended{attempts: m.change.Attempts, entries: m.change.Entries}
	if !m.opens {
		return a
	}
	s, asked := &m.change.Settlement, m.papers.asked
	if m.vault.Ring != nil {
		asked = store.EncodeAsked(s)
	}
	a.asked = []any{
		m.no, string(s.ID), string(s.Tenant), string(s.Facility), string(s.Discharge), int64(s.Claim.Discharge),
		string(s.Beneficiary.ID), int64(s.Year), store.Micros(s.OpenedAt), asked, string(s.Claim.Approval),
	}
	return a
}

// rows are those of a write, in the order and with the values of their tables.
func (a *appended) rows(of write) []chain.Row {
	attached := make([]chain.Row, 0, 1+len(a.attempts)+len(a.entries))
	if a.asked != nil {
		attached = append(attached, chain.Row{Table: store.AskedTable.Name, Values: a.asked})
	}
	for i := range a.attempts {
		t := &a.attempts[i]
		values := []any{
			of.settlement, of.revision, int64(i), int64(t.Leg), string(t.Operation), string(t.Phase), string(t.Message),
			store.Micros(t.At), string(t.Result), nil,
		}
		if t.Body != nil {
			values[len(values)-1] = t.Body
		}
		attached = append(attached, chain.Row{Table: "attempt", Values: values})
	}
	for i, e := range a.entries {
		attached = append(attached, chain.Row{Table: "entry", Values: []any{
			of.settlement, of.revision, int64(i), e.Account, int64(e.Debit), int64(e.Credit),
		}})
	}
	return attached
}
