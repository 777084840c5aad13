package postgres

import (
	"sync/atomic"
	"time"

	"github.com/onestop-gateway/onestop/adapters/store"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// member is one write of a settlement on its way into a transaction that it
// may share with others.
type member struct {
	vault   store.Vault
	opens   bool
	change  lifecycle.Change       // what is written; of a closing, once it is decided
	current *settlement.Settlement // of a closing: the record as its caller has it
	decide  lifecycle.Decide       // of a closing
	hold    *holding               // of a write about holds, which has no settlement
	keys    []key

	papers papers // of change

	// What the transaction that is being tried has found.
	no       int64
	year     *year
	guessed  bool   // number and year are those that were remembered
	seen     string // of a guess: the rows of the years as they were seen
	later    []settlement.Settlement
	messages []settlement.MessageID // to be given to the settlement
	err      error

	taken  atomic.Bool // by the committer, or by a caller that gave up
	answer chan struct{}
	queued time.Time
	leave  func() // told by whoever takes it that the wait is over
}

// papers are what a write keeps in documents and texts, as it is kept.
type papers struct {
	asked, moved, adjudication []byte
	attempts                   [][]byte
	answer                     []byte
}

func (m *member) closes() bool { return m.decide != nil }

// subject is the settlement that is written.
func (m *member) subject() *settlement.Settlement {
	if m.closes() {
		return m.current
	}
	return &m.change.Settlement
}

// counts reports whether the write needs its person's accumulator.
func (m *member) counts() bool {
	return m.hold != nil || m.closes() || !m.change.Delta.Zero() || m.change.Settlement.Sequence != 0
}

// counted names the accumulator that the write needs.
func (m *member) counted() lifecycle.AccumulatorKey {
	if m.hold != nil {
		return m.hold.key
	}
	return keyOf(m.subject())
}

// person is whose settlement or quote is written.
func (m *member) person() settlement.BeneficiaryID { return m.counted().Beneficiary }

// revision is that of the settlement once the write is done.
func (m *member) revision() int64 {
	if m.opens {
		return 1
	}
	return m.change.Settlement.Revision + 1
}

// key names something that two writes of one transaction must not both touch.
type key struct {
	kind    byte
	a, b, c string
}

// claimed makes the keys of a member.
func (m *member) claimed() []key {
	if m.hold != nil {
		return []key{{kind: 'p', a: string(m.hold.key.Beneficiary)}}
	}
	s := m.subject()
	keys := []key{{kind: 's', a: string(s.ID)}}
	if m.counts() {
		keys = append(keys, key{kind: 'p', a: string(s.Beneficiary.ID)})
	}
	if m.opens {
		keys = append(keys, key{kind: 'd', a: string(s.Tenant), b: string(s.Discharge)})
	}
	if request := m.change.Request; request != nil {
		keys = append(keys, key{'r', string(request.Key.Tenant), string(request.Key.Method), string(request.Key.Request)})
	}
	for _, id := range m.sends() {
		keys = append(keys, key{kind: 'm', a: string(id)})
	}
	for _, id := range m.change.Review {
		keys = append(keys, key{kind: 's', a: string(id)})
	}
	return keys
}

// sends are the message ids that the change gives to its settlement.
func (m *member) sends() []settlement.MessageID {
	if m.opens {
		return store.Allocated(m.change)
	}
	return store.Sent(m.change)
}

// write makes the papers of the change. The caller of an opening or an advance
// does so before it queues.
func (m *member) write() {
	s := &m.change.Settlement
	m.papers = papers{moved: m.vault.Moved(s), adjudication: m.vault.Adjudication(s)}
	if m.opens {
		m.papers.asked = m.vault.Asked(s)
	}
	for i := range m.change.Attempts {
		m.papers.attempts = append(m.papers.attempts, m.vault.Attempt(s.ID, m.revision(), i, m.change.Attempts[i].Body))
	}
	if final := m.change.Final; final != nil {
		m.papers.answer = m.vault.Answer(final.Key, final.Body)
	}
}

// reset forgets what another transaction found.
func (m *member) reset() {
	m.no, m.year, m.later, m.err = 0, nil, nil, nil
	m.guessed, m.seen = false, ""
	if m.closes() {
		m.change, m.papers = lifecycle.Change{}, papers{}
	}
	if m.hold != nil {
		m.hold.change = lifecycle.HoldChange{}
	}
	m.messages = m.sends()
}

// refuse makes err the outcome, unless there is one.
func (m *member) refuse(err error) {
	if m.err == nil {
		m.err = err
	}
}

// settle decides a closing by what was found under lock, and says what every
// write does to its accumulator.
func (m *member) settle() {
	if m.hold != nil {
		m.refuse(guard(m.held))
		return
	}
	if m.closes() {
		m.refuse(guard(m.decided))
	}
	if m.err == nil && m.counts() {
		m.refuse(m.year.add(&m.change))
	}
}

// decided asks decide, checks what it answers and makes that the change.
func (m *member) decided() error {
	change, err := m.decide(m.ground())
	if err != nil {
		return err
	}
	s := &change.Settlement
	if s.ID != m.current.ID {
		return store.Broken(errOtherSettlement)
	}
	if s.Revision != m.current.Revision || s.Epoch != m.current.Epoch {
		return store.Stale(s.ID)
	}
	err = store.Sound(change)
	if err != nil {
		return err
	}
	m.change = change
	m.messages = m.sends()
	m.write()
	return nil
}

// note lets recent hold what was committed and is still to be sealed.
func (m *member) note(recent *store.Recent) {
	if m.hold != nil {
		return
	}
	w := store.Written{No: m.no, Revision: m.revision(), Attempts: m.change.Attempts, Entries: m.change.Entries}
	if m.opens {
		w.Opened = &m.change.Settlement
	}
	recent.Note(w)
}

// interpret is the outcome of a transaction for this member.
func (m *member) interpret(err error) error {
	refusal := refusalOf(err)
	if refusal != nil && !store.Known(err) && refusal.ConstraintName == "answer_kept" {
		return store.Answered(m.subject().ID)
	}
	return interpret(err)
}

// accepted are the members that nothing was found against.
func accepted(members []*member) []*member {
	through := make([]*member, 0, len(members))
	for _, m := range members {
		if m.err == nil {
			through = append(through, m)
		}
	}
	return through
}
