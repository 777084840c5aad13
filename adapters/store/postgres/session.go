package postgres

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// link is what the store knows of one connection that writes, for as long as
// the connection lives.
type link struct {
	skew    time.Duration // of the server's clock against ours
	numbers numbers
	rows    *rows // nil until the types of their columns were learnt
	room    room
	warning *pgconn.Notice // the last one
}

const linkName = "onestop"

// bind gives a new connection its link. It also makes the connection forget
// the key by which a statement can be cancelled: the driver asks for that
// whenever a connection breaks, and a COMMIT cancelled while it waits for its
// standby becomes visible to all without being safe. What must not take long
// is bounded by the server itself.
func bind(conn *pgconn.PgConn, l *link) {
	clear(conn.SecretKey())
	conn.CustomData()[linkName] = l
}

// noticed keeps a warning for whoever waits for the connection.
func noticed(conn *pgconn.PgConn, notice *pgconn.Notice) {
	l, bound := conn.CustomData()[linkName].(*link)
	if bound && notice.SeverityUnlocalized == "WARNING" {
		l.warning = notice
	}
}

// numbers are short keys of settlements drawn and not used yet.
type numbers struct{ next, end int64 }

// numberBlock is how many are drawn at once: the increment of settlement_no.
const numberBlock = 1024

func (n *numbers) left() int { return int(n.end - n.next) }

func (n *numbers) take() int64 {
	no := n.next
	n.next++
	return no
}

// session is the use of one connection for one transaction.
type session struct {
	conn *pgxpool.Conn
	link *link
}

const (
	beginText = `BEGIN ISOLATION LEVEL READ COMMITTED`
	// tripWithin bounds a trip to the server in which nothing is committed,
	// should the server's own bounds fail.
	tripWithin = 10 * time.Second
)

// trip sends all that is queued and reads all answers, in one exchange.
func (s *session) trip(queued *pgx.Batch, within time.Duration) error {
	ctx, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	s.link.room.enter(s.conn.Conn().PgConn().Frontend(), s.link.rows.size())
	return s.conn.SendBatch(ctx, queued).Close()
}

// failed reports whether the server refused a statement inside a transaction
// and knows it: what was queued behind that statement was not run.
func (s *session) failed() bool {
	const inFailedTransaction = 'E'
	conn := s.conn.Conn()
	return !conn.IsClosed() && conn.PgConn().TxStatus() == inFailedTransaction
}

// release gives the connection back. One that is still in a transaction, or
// broken, is closed instead, which takes back what it had not committed.
func (s *session) release() {
	if s.conn != nil {
		s.conn.Release()
	}
}

// drop closes the connection, whatever state it is in. It leaves the pool at
// once, so that nobody waits for it to end.
func (s *session) drop() {
	raw := s.conn.Hijack().PgConn()
	s.conn = nil
	_ = raw.Conn().Close() // what fails on the way is no news
}

// undo ends a transaction of which nothing shall stay.
func (s *session) undo() {
	conn := s.conn.Conn()
	if conn.IsClosed() {
		return
	}
	const outsideTransaction = 'I'
	if conn.PgConn().TxStatus() == outsideTransaction {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), tripWithin)
	defer cancel()
	_, err := conn.Exec(ctx, `ROLLBACK`)
	if err != nil {
		s.drop()
	}
}

// scanner is a row to read from: pgx.Row or pgx.Rows.
type scanner interface {
	Scan(into ...any) error
}

// beside is a row with more columns than the ones that are asked for.
type beside struct {
	scanner
	last []any
}

// Scan reads the columns that are asked for, and those beside them.
func (b beside) Scan(into ...any) error { return b.scanner.Scan(append(into, b.last...)...) }

// insertion is the text of an insert of many rows off the path of settling, given
// as one array for each column: "name type" in the order of the arguments.
func insertion(table string, columns ...string) string {
	names, arrays := make([]string, len(columns)), make([]string, len(columns))
	for i, column := range columns {
		name, kind, _ := strings.Cut(column, " ")
		names[i], arrays[i] = name, fmt.Sprintf("$%d::%s[]", i+1, kind)
	}
	listed := strings.Join(names, ", ")
	return "INSERT INTO " + table + " (" + listed + ") SELECT " + listed +
		" FROM unnest(" + strings.Join(arrays, ", ") + ") AS u (" + listed + ")"
}
