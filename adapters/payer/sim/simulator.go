package sim

import (
	"errors"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
)

// Config is one simulated payer.
type Config struct {
	Book   string // file of the durable book, made if it is not there
	Script Script
	Seed   uint64 // of the weighed faults
	// Protocol is the wire it is spoken to over; "" is NHSA.
	Protocol Protocol
}

// Protocol names a wire.
type Protocol string

// The wires that are played.
const (
	NHSA     Protocol = "nhsa"      // the national platform's JSON
	NCMS     Protocol = "ncms"      // SOAP with a ticket, operations Sxx
	NCMSPipe Protocol = "ncms-pipe" // SOAP with one function, dataset codes
)

// door is one wire the payer is spoken to over.
type door interface {
	// routes are the patterns of the addresses it answers at.
	routes() []string
	contentType() string
	// read understands a request. A status other than 200 turns it away; an
	// early answer is given without asking the payer.
	read(r *http.Request, body []byte) (q question, early *answer, status int)
	write(q question, a answer) ([]byte, error)
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
	door   door
	files  [][]byte // uploaded and written; of the book's lock
	tickets
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
	if s.door, err = s.doorOf(config.Protocol); err != nil {
		return nil, errors.Join(err, book.close())
	}
	s.mux = s.routes()
	return s, nil
}

func (s *Simulator) doorOf(protocol Protocol) (door, error) {
	switch protocol {
	case "", NHSA:
		return nhsa{s}, nil
	case NCMS:
		return ncms{s}, nil
	case NCMSPipe:
		return pipe{s}, nil
	}
	return nil, fmt.Errorf("no such protocol: %q", protocol)
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

// verb is what a transaction asks for, whichever wire it came over.
type verb uint8

const (
	_ verb = iota
	loggingIn
	identifying
	admitting
	charging
	quoting
	settling
	cancelling // by the payer's reference, or where it is unknown by message
	reversing  // by message
	inquiring
	totalling
	uploading
	comparing
	downloading
)

// verbs are the transactions played here.
var verbs = map[string]verb{
	"1101": identifying, "2303": quoting, "2304": settling, "2305": cancelling, "2601": reversing, "5203": inquiring,
	"3201": totalling, "9101": uploading, "3202": comparing, "9102": downloading,
	"S02": loggingIn, "S03": identifying, "S04": admitting, "S10": charging, "S13": quoting, "S14": settling, "S15": cancelling, "S16": inquiring,
	"C030002": identifying, "B020011": quoting, "B020012": settling, "B020008": cancelling, "C020007": inquiring,
}

// perform is the answer to a call, its effects durable.
func (s *Simulator) perform(q question, fault Fault) (a answer, err error) {
	err = s.book.visit(func() {
		switch verbs[q.Number] {
		case loggingIn:
			a = s.login(q)
		case identifying:
			a = s.identify(q)
		case admitting:
			a = s.admit(q)
		case charging:
			a = s.charge(q)
		case quoting:
			a = s.settle(q, true, fault)
		case settling:
			a = s.settle(q, false, fault)
		case cancelling:
			a = s.takeBack(q, fault)
		case reversing:
			a = s.reverse(q, fault)
		case inquiring:
			a = s.inquire(q, fault)
		case totalling:
			a = s.total(q)
		case uploading:
			a = s.receive(q)
		case comparing:
			a = s.compare(q)
		case downloading:
			a = s.download(q)
		default:
			a = refusal("[P400] 不支持的交易")
		}
	})
	return a, err
}
