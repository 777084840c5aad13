package postgres

import (
	"github.com/jackc/pgx/v5"
)

// A transaction takes two trips to the server. The first locks and looks: it
// finds out who is refused and what decisions rest on. The second writes all
// that is left and commits. A lone opening has nothing to look at that its
// constraints would not refuse, and takes one trip; so does the lone closing that
// follows it, which the server refuses if the ground has moved.

// begun is a queue whose first statement begins a transaction.
func begun() *pgx.Batch {
	queued := &pgx.Batch{}
	queued.Queue(beginText)
	return queued
}

// straight reports whether members can be written without a look.
func (s *session) straight(members []*member) bool {
	m := members[0]
	return len(members) == 1 && m.opens && !m.counts() && len(m.change.Review) == 0 && s.link.numbers.left() > 0
}

// look makes the first trip, decides, and gives the queue of the second. Locks
// are taken in one order by everybody: accumulators by person and year, then
// settlements by id.
func (s *session) look(members []*member) (*pgx.Batch, error) {
	queued := begun()
	s.link.rows.reset()
	lookYears(queued, members)
	lookSettlements(queued, members)
	s.lookDischarges(queued, members)
	lookMessages(queued, members)
	s.lookRequests(queued, members)
	lookLater(queued, members)
	s.lookNumbers(queued, members)
	err := s.trip(queued, tripWithin)
	if err != nil {
		return nil, err
	}
	for _, m := range accepted(members) {
		m.settle()
	}
	queued = &pgx.Batch{}
	if !lookReviews(queued, accepted(members)) {
		return queued, nil
	}
	return &pgx.Batch{}, s.trip(queued, tripWithin)
}

// queue adds everything that members write.
func (s *session) queue(queued *pgx.Batch, members []*member) {
	r := s.link.rows
	r.reset()
	for _, m := range members {
		if m.opens {
			m.no = s.link.numbers.take()
		}
		r.add(m, s.link.skew)
	}
	r.queue(queued)
}
