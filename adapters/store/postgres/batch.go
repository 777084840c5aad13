package postgres

import (
	"github.com/jackc/pgx/v5"
)

// A transaction takes one trip to the server or two. Openings have nothing to look at
// that their constraints would not refuse, and what follows them is decided on what
// they saw: the server refuses it if the ground has moved. Where that does not do, or
// was refused, there are two trips. The first locks and looks: it finds out who is
// refused and what decisions rest on. The second writes all that is left and commits.

// begun is a queue whose first statement begins a transaction.
func begun() *pgx.Batch {
	queued := &pgx.Batch{}
	queued.Queue(beginText)
	return queued
}

// numbered reports whether there are numbers left for all that members open.
func (s *session) numbered(members []*member) bool {
	opened := 0
	for _, m := range members {
		if m.opens {
			opened++
		}
	}
	return opened <= s.link.numbers.left()
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
