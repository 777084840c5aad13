package sim

import (
	"bytes"
	"io"
	"net"
	"net/http"
	"strconv"
	"time"
)

// bodyMax bounds what is read of a request.
const bodyMax = 1 << 20

func (s *Simulator) routes() *http.ServeMux {
	mux := http.NewServeMux()
	for _, pattern := range s.door.routes() {
		mux.HandleFunc(pattern, s.transact)
	}
	mux.HandleFunc("GET /book", s.export)
	mux.HandleFunc("POST /script", s.replaceScript)
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	return mux
}

// ServeHTTP serves the payer's addresses and the simulator's own.
func (s *Simulator) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(w, r) }

// transact plays one call.
func (s *Simulator) transact(w http.ResponseWriter, r *http.Request) {
	s.calls.Add(1)
	defer s.calls.Add(-1)
	body, err := io.ReadAll(io.LimitReader(r.Body, bodyMax))
	if err != nil {
		return
	}
	q, early, status := s.door.read(r, body)
	switch {
	case status != http.StatusOK:
		http.Error(w, "not let in", status)
		return
	case early != nil:
		s.reply(w, q, *early, OK)
		return
	}
	fault, delay := s.stage.draw(q)
	switch fault {
	case HTTPError:
		http.Error(w, "unavailable", http.StatusInternalServerError)
		return
	case LostBefore:
		s.pass(delay)
		hangUp(w, false)
		return
	case Slow:
		if !s.pass(delay) { // the caller may be gone: the call goes on
			hangUp(w, false)
			return
		}
	}
	a, err := s.decide(q, fault)
	if fault == LostAfter {
		s.pass(delay)
	}
	if err != nil || fault == LostAfter {
		hangUp(w, false)
		return
	}
	s.reply(w, q, a, fault)
}

// pass lets time pass, and reports whether the simulator is still there then.
func (s *Simulator) pass(long time.Duration) bool {
	select {
	case <-time.After(long):
		return true
	case <-s.closed:
		return false
	}
}

// decide is the answer of a call: one of the script's own, without effect, or
// what the call comes to.
func (s *Simulator) decide(q question, fault Fault) (answer, error) {
	switch fault {
	case Refuse:
		return refusal("[P500] 业务校验不通过"), nil
	case SystemError:
		return systemError, nil
	case ExpiredTicket:
		s.tickets.forget()
		return ticketUnknown, nil
	case NotFound:
		return noSuchSettlement, nil
	case AlreadyReversed:
		return doneAlready, nil
	}
	return s.perform(q, fault)
}

// reply writes an answer, whole or damaged.
func (s *Simulator) reply(w http.ResponseWriter, q question, a answer, fault Fault) {
	a.signing = fault
	body, err := s.door.write(q, a)
	if err != nil {
		hangUp(w, false)
		return
	}
	switch fault {
	case Malformed:
		body = body[:len(body)/2]
	case Oversized:
		body = append(body, bytes.Repeat([]byte(" "), bodyMax)...)
	}
	w.Header().Set("Content-Type", s.door.contentType())
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	if fault == Reset {
		body = body[:len(body)/2]
	}
	w.Write(body) // nobody to tell: the caller is gone
	if fault == Reset {
		hangUp(w, true)
	}
}

// hangUp closes the connection under a call, with what was written of the
// answer so far sent ahead; abrupt resets it.
func hangUp(w http.ResponseWriter, abrupt bool) {
	control := http.NewResponseController(w)
	if abrupt {
		control.Flush()
	}
	connection, _, err := control.Hijack()
	if err != nil {
		return
	}
	if tcp, plain := connection.(*net.TCPConn); plain && abrupt {
		tcp.SetLinger(0)
	}
	connection.Close()
}
