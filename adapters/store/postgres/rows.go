package postgres

import (
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// rows are all that the writes of one transaction put into the tables. Their
// room is kept for the next transaction of the connection.
type rows struct {
	discharges, requests, opened, moved, messages, attempts, entries, events wire

	begun, counted wire // years of which there was no accumulator, and of which there was
	answers        wire
	moving         []int64  // the keys in moved
	persons        []string // those in counted
	reviews        []string
	quotes         quoteRows
	told           quoteEventRows
}

func newRows() *rows {
	return &rows{
		discharges: wire{kind: "discharge_key"}, requests: wire{kind: "request_row"},
		opened: wire{kind: "settlement_row"}, moved: wire{kind: "settlement_move"}, messages: wire{kind: "message_row"},
		attempts: wire{kind: "attempt_row"}, entries: wire{kind: "entry_row"}, events: wire{kind: "event_row"},
		begun: wire{kind: "accumulator_row"}, counted: wire{kind: "accumulator_row"}, answers: wire{kind: "answer_row"},
	}
}

func (r *rows) wires() []*wire {
	return []*wire{
		&r.discharges, &r.requests, &r.opened, &r.moved, &r.messages, &r.attempts, &r.entries, &r.events,
		&r.begun, &r.counted, &r.answers,
	}
}

// size is how many bytes all rows are.
func (r *rows) size() (bytes int) {
	for _, w := range r.wires() {
		if w.rows > 0 {
			bytes += len(w.bytes)
		}
	}
	return bytes
}

// reset forgets what the transaction before wrote.
func (r *rows) reset() {
	for _, w := range r.wires() {
		w.reset()
	}
	r.moving, r.persons, r.reviews = r.moving[:0], r.persons[:0], r.reviews[:0]
	r.quotes, r.told = quoteRows{}, quoteEventRows{}
}

// add adds what m writes. Times of leases are moved by skew into the time of
// the database.
func (r *rows) add(m *member, skew time.Duration) {
	switch {
	case m.hold != nil:
		r.quotes.add(m.vault, m.hold.change.Quote)
		r.told.add(m.hold.change.Events)
	case m.opens:
		m.writeOpened(&r.opened, skew)
	default:
		m.writeMoved(&r.moved, skew)
		r.moving = append(r.moving, m.no)
	}
	m.writeMessages(&r.messages)
	m.writeRequest(&r.requests)
	m.writeAttempts(&r.attempts)
	m.writeEntries(&r.entries)
	m.writeEvents(&r.events)
	if m.year != nil && m.year.buckets != "" {
		r.count(m.year)
	}
	for _, id := range m.change.Review {
		r.reviews = append(r.reviews, string(id))
	}
	m.writeAnswer(&r.answers)
	r.told.add(m.change.Quotes)
}

// count adds a year as it shall stand.
func (r *rows) count(y *year) {
	if y.fresh {
		y.write(&r.begun)
		return
	}
	y.write(&r.counted)
	r.persons = append(r.persons, string(y.key.Beneficiary))
}

// queue queues the statements that have something to write. The order matters:
// a settlement is flagged for review after it was written, and keys are there
// before their answers.
func (r *rows) queue(queued *pgx.Batch) {
	r.opened.queue(queued, insertSettlements)
	r.moved.queue(queued, updateSettlements, r.moving)
	r.messages.queue(queued, insertMessages)
	r.requests.queue(queued, insertRequests)
	r.attempts.queue(queued, insertAttempts)
	r.entries.queue(queued, insertEntries)
	r.events.queue(queued, insertEvents)
	r.begun.queue(queued, insertYears)
	r.counted.queue(queued, updateYears, r.persons)
	if len(r.reviews) > 0 {
		queued.Queue(flagReviews, r.reviews)
	}
	r.answers.queue(queued, insertAnswers)
	r.quotes.queue(queued)
	r.told.queue(queued)
}

// unfolding is the text of an insert of many rows, given as one array of a
// composite type that has the columns as fields.
func unfolding(table, kind string, columns ...string) string {
	listed := strings.Join(columns, ", ")
	return "INSERT INTO " + table + " (" + listed + ") SELECT " + listed + " FROM unnest($1::" + kind + "[])"
}
