package sim

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// Config is one simulated payer.
type Config struct {
	Book   string // file of the durable book, made if it is not there
	Script Script
	Seed   uint64 // of the weighed faults
}

// Simulator is a payer in this process. It is an http.Handler and safe for
// concurrent use.
type Simulator struct {
	book   *book
	stage  *stage
	mux    *http.ServeMux
	closed chan struct{}
	once   sync.Once
	calls  atomic.Int64 // under way
}

// New opens the book and plays the script.
func New(config Config) (*Simulator, error) {
	stage := newStage(config.Seed)
	if err := stage.play(config.Script); err != nil {
		return nil, err
	}
	book, err := openBook(config.Book)
	if err != nil {
		return nil, err
	}
	s := &Simulator{book: book, stage: stage, closed: make(chan struct{})}
	s.mux = s.routes()
	return s, nil
}

// Play replaces the script; its rules start unused.
func (s *Simulator) Play(script Script) error { return s.stage.play(script) }

// Net is how many settlements of a message stand in the book: 0 or 1 with a
// caller that makes no mistake.
func (s *Simulator) Net(message string) (net int, err error) {
	err = s.book.visit(func() { net = s.book.net(message) })
	return net, err
}

// Arrivals is how many calls of a transaction, as in "2304", came in since New.
func (s *Simulator) Arrivals(transaction string) int { return s.stage.arrivals(transaction) }

// UnderWay is how many calls are being worked, slow ones whose caller has gone
// included.
func (s *Simulator) UnderWay() int { return int(s.calls.Load()) }

// Close wakes slow calls, which then do nothing, and closes the book. Closing
// again does nothing.
func (s *Simulator) Close() (err error) {
	s.once.Do(func() {
		close(s.closed)
		err = s.book.close()
	})
	return err
}

// perform is the answer to a call, its effects durable.
func (s *Simulator) perform(q question, fault Fault) (a answer, err error) {
	err = s.book.visit(func() {
		switch q.Number {
		case "1101":
			a = s.queryPerson(q)
		case "2303", "2304":
			a = s.settle(q, fault)
		case "2305":
			a = s.cancel(q, fault)
		case "2601":
			a = s.reverse(q, fault)
		case "5203":
			a = s.inquire(q, fault)
		default:
			a = refusal("[P400] 不支持的交易")
		}
	})
	return a, err
}

// skewMax is how far a caller's clock may be off.
const skewMax = 5 * time.Minute

// signed reports whether a request carries the signature of a known caller,
// where the script asks for one.
func (s *Simulator) signed(header http.Header, now time.Time) bool {
	credentials := s.stage.current().Credentials
	if len(credentials) == 0 {
		return true
	}
	token, known := credentials[header.Get("x-tif-paasid")]
	timestamp, nonce := header.Get("x-tif-timestamp"), header.Get("x-tif-nonce")
	seconds, err := strconv.ParseInt(timestamp, 10, 64)
	if !known || err != nil || nonce == "" || now.Sub(time.Unix(seconds, 0)).Abs() > skewMax {
		return false
	}
	sum := sha256.Sum256([]byte(timestamp + token + nonce + timestamp))
	return subtle.ConstantTimeCompare([]byte(hex.EncodeToString(sum[:])), []byte(header.Get("x-tif-signature"))) == 1
}
