package postgres

import (
	"time"

	"github.com/jackc/pgx/v5"
)

// rows are all that the writes of one transaction put into the tables, one
// slice for each column.
type rows struct {
	opened   openedRows
	moved    movedRows
	messages messageRows
	requests requestRows
	attempts attemptRows
	entries  entryRows
	events   eventRows
	begun    yearRows // years of which there was no accumulator
	counted  yearRows
	reviews  []string
	answers  answerRows
	quotes   quoteRows
	told     quoteEventRows
}

// add adds what m writes. Times of leases are moved by skew into the time of
// the database.
func (r *rows) add(m *member, skew time.Duration) {
	switch {
	case m.hold != nil:
		r.quotes.add(m.hold.change.Quote)
		r.told.add(m.hold.change.Events)
	case m.opens:
		r.opened.add(m, skew)
	default:
		r.moved.add(m, skew)
	}
	r.messages.add(m)
	r.requests.add(m)
	r.attempts.add(m)
	r.entries.add(m)
	r.events.add(m)
	if m.year != nil && m.year.buckets != "" {
		if m.year.fresh {
			r.begun.add(m.year)
		} else {
			r.counted.add(m.year)
		}
	}
	for _, id := range m.change.Review {
		r.reviews = append(r.reviews, string(id))
	}
	r.answers.add(m)
	r.told.add(m.change.Quotes)
}

// queue queues the statements that have something to write. The order matters:
// a settlement is flagged for review after it was written, and keys are there
// before their answers.
func (r *rows) queue(queued *pgx.Batch) {
	r.opened.queue(queued)
	r.moved.queue(queued)
	r.messages.queue(queued)
	r.requests.queue(queued)
	r.attempts.queue(queued)
	r.entries.queue(queued)
	r.events.queue(queued)
	r.begun.queue(queued, insertYears)
	r.counted.queue(queued, updateYears)
	if len(r.reviews) > 0 {
		queued.Queue(flagReviews, r.reviews)
	}
	r.answers.queue(queued)
	r.quotes.queue(queued)
	r.told.queue(queued)
}
