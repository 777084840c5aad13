package sim

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"
)

// Server is a simulated payer on a socket of its own.
type Server struct {
	*Simulator
	URL string // as in "http://127.0.0.1:41234"

	listener net.Listener
	http     *http.Server
	done     chan error
}

// Start opens the book and listens on address, as in "127.0.0.1:0". The server
// answers when Start returns.
func Start(config Config, address string) (*Server, error) {
	simulator, err := New(config)
	if err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("listening: %w", err), simulator.Close())
	}
	s := &Server{
		Simulator: simulator,
		URL:       "http://" + listener.Addr().String(),
		listener:  listener,
		http:      &http.Server{Handler: simulator, ReadHeaderTimeout: 10 * time.Second},
		done:      make(chan error, 1),
	}
	go func() { s.done <- s.http.Serve(listener) }()
	return s, nil
}

// Failed yields an error if the server stops by itself.
func (s *Server) Failed() <-chan error { return s.done }

// Close cuts every connection and closes the book. What was answered is kept.
func (s *Server) Close() error {
	err := s.http.Close()
	// A server that was only just started may not know its listener yet.
	if closed := s.listener.Close(); !errors.Is(closed, net.ErrClosed) {
		err = errors.Join(err, closed)
	}
	return errors.Join(err, s.Simulator.Close())
}
