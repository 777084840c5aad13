package nhsa

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// wireServer is a payer's machine with nothing between the test and the
// socket: it counts what really arrives.
type wireServer struct {
	url         string
	listener    net.Listener
	serve       func(n int, request *http.Request, connection net.Conn)
	connections atomic.Int32
	requests    atomic.Int32 // that arrived whole
	open        sync.WaitGroup
	mu          sync.Mutex
	all         []net.Conn
}

// newWireServer listens; serve gets each whole request, numbered from 1, and
// writes or breaks its connection as it likes. Returning keeps it open for
// the next request.
func newWireServer(t *testing.T, serve func(n int, request *http.Request, connection net.Conn)) *wireServer {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &wireServer{url: "http://" + listener.Addr().String(), listener: listener, serve: serve}
	s.open.Go(s.accept)
	t.Cleanup(func() {
		s.listener.Close()
		s.mu.Lock()
		for _, connection := range s.all {
			connection.Close()
		}
		s.mu.Unlock()
		s.open.Wait()
	})
	return s
}

func (s *wireServer) accept() {
	for {
		connection, err := s.listener.Accept()
		if err != nil {
			return
		}
		s.connections.Add(1)
		s.mu.Lock()
		s.all = append(s.all, connection)
		s.mu.Unlock()
		s.open.Go(func() { s.talk(connection) })
	}
}

func (s *wireServer) talk(connection net.Conn) {
	defer connection.Close()
	reader := bufio.NewReader(connection)
	for {
		request, err := http.ReadRequest(reader)
		if err != nil {
			return
		}
		body, err := io.ReadAll(request.Body)
		if err != nil || len(body) == 0 {
			return
		}
		s.serve(int(s.requests.Add(1)), request, connection)
		if _, err := connection.Write(nil); errors.Is(err, net.ErrClosed) {
			return
		}
	}
}

// write answers on the raw connection.
func write(connection net.Conn, status, body string, headers ...string) {
	text := "HTTP/1.1 " + status + "\r\nContent-Length: " + strconv.Itoa(len(body)) + "\r\n"
	for _, header := range headers {
		text += header + "\r\n"
	}
	io.WriteString(connection, text+"\r\n"+body)
}

// payerAt is the payer of config at a server.
func payerAt(t *testing.T, url string, change func(*Config)) *Payer {
	t.Helper()
	return newPayer(t, func(c *Config) {
		c.BaseURL = url
		if change != nil {
			change(c)
		}
	})
}
