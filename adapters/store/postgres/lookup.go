package postgres

import (
	"context"
	"sync"

	"github.com/onestop-gateway/onestop/adapters/store"
	"github.com/onestop-gateway/onestop/settlement"
)

// lookup reads persons by identity number. Who asks while others are being read
// waits and is read with all who wait, in one statement: every read begins after
// it was asked for, so that a change of a person that was answered before is
// seen, as with a read of one's own; nothing is kept that could be out of date.
// One who asks alone asks directly.
type lookup struct {
	mu      sync.Mutex
	busy    bool // somebody is being read
	waiting []*wanted
}

// lookupMost bounds how many are read at once.
const lookupMost = 256

// wanted is one who waits to be read.
type wanted struct {
	certificate settlement.Private
	done        chan struct{} // closed when the others are set
	person      settlement.Person
	err         error
}

// row is a person as one is kept.
type row struct {
	id       settlement.BeneficiaryID
	document []byte
}

// PersonByCertificate implements lifecycle.Registry.
func (s *Store) PersonByCertificate(ctx context.Context, certificate settlement.Private) (settlement.Person, error) {
	w := &wanted{certificate: certificate}
	if s.lookup.begin(w) {
		s.look(ctx, []*wanted{w})
		if s.lookup.more() {
			go s.lookWhileAsked()
		}
		return w.person, w.err
	}
	select {
	case <-w.done:
		return w.person, w.err
	case <-ctx.Done():
		return settlement.Person{}, s.outcome(ctx.Err())
	}
}

// begin reports whether w may be read at once; otherwise it is kept waiting.
func (l *lookup) begin(w *wanted) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.busy {
		l.busy = true
		return true
	}
	w.done = make(chan struct{})
	l.waiting = append(l.waiting, w)
	return false
}

// more reports whether somebody waits. If not, the next who comes begins.
func (l *lookup) more() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.busy = len(l.waiting) > 0
	return l.busy
}

// take is those who are read next.
func (l *lookup) take() []*wanted {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := min(len(l.waiting), lookupMost)
	taken := l.waiting[:n:n]
	l.waiting = l.waiting[n:]
	return taken
}

// lookWhileAsked reads all who wait, and those who came meanwhile.
func (s *Store) lookWhileAsked() {
	for more := true; more; more = s.lookup.more() {
		ctx, cancel := context.WithTimeout(context.Background(), tripWithin)
		taken := s.lookup.take()
		s.look(ctx, taken)
		cancel()
		for _, w := range taken {
			close(w.done)
		}
	}
}

// look reads persons. Of an array that is given as an argument the server knows
// the length when it plans, and so would plan anew for every read, which took
// longer than to read; of one that a subquery makes it does not. Where the server refuses what one of them asks for, each
// is read alone: nobody answers for their neighbour.
func (s *Store) look(ctx context.Context, all []*wanted) {
	const text = `SELECT certificate, id, document FROM person WHERE certificate = ANY (ARRAY(SELECT unnest($1::text[])))
		AND certificate <> ''`
	certificates := make([]settlement.Private, len(all))
	for i, w := range all {
		certificates[i] = w.certificate
	}
	numbers, of := s.vault.Wanted(certificates)
	found := make(map[settlement.Private]row, len(all))
	err := s.each(ctx, func(from scanner) error {
		var number string
		var kept row
		err := from.Scan(&number, &kept.id, &kept.document)
		found[of[number]] = kept
		return err
	}, text, numbers)
	if err != nil && len(all) > 1 && settlement.KindOf(err) != settlement.KindUnavailable {
		for i := range all {
			s.look(ctx, all[i:i+1])
		}
		return
	}
	for _, w := range all {
		kept, known := found[w.certificate]
		switch {
		case err != nil && !absent(err):
			w.err = err
		case err != nil || !known:
			w.err = store.Unknown()
		default:
			w.person, w.err = s.vault.ReadPerson(kept.id, kept.document)
		}
	}
}
