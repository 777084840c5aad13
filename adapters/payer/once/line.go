package once

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"os"
	"strconv"
	"syscall"
	"time"
)

// Bounds of what stands before an answer's body: bytes, and answers that only
// say that one will follow (1xx).
const (
	headMax    = 64 << 10
	interimMax = 5
)

// keptMax bounds the memory a connection keeps for the next request.
const keptMax = 64 << 10

// line is one connection. It carries one request at a time and is used by one
// goroutine at a time.
type line struct {
	to   host
	conn net.Conn        // what is spoken over, encrypted or not
	raw  syscall.RawConn // the socket beneath; nil where there is none
	in   *bufio.Reader
	left int64 // bytes that may still be read
	out  bytes.Buffer
	used time.Time // last
}

// dial connects.
func dial(ctx context.Context, to host, secure *tls.Config) (*line, error) {
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, "tcp", to.address)
	if err != nil {
		return nil, err
	}
	l := &line{to: to, conn: conn}
	if socket, ok := conn.(syscall.Conn); ok {
		if l.raw, err = socket.SyscallConn(); err != nil {
			return nil, errors.Join(err, conn.Close())
		}
	}
	if to.secure {
		if secure.ServerName == "" {
			secure = secure.Clone()
			secure.ServerName = to.name
		}
		shielded := tls.Client(conn, secure)
		if err := shielded.HandshakeContext(ctx); err != nil {
			return nil, errors.Join(err, conn.Close())
		}
		l.conn = shielded
	}
	l.in = bufio.NewReader(l)
	return l, nil
}

func (l *line) close() { _ = l.conn.Close() } // nobody waits for it any more

// Read reads from the connection, so many bytes at most as are left.
func (l *line) Read(into []byte) (int, error) {
	if l.left <= 0 {
		return 0, errors.New("a head longer than 64 KiB")
	}
	n, err := l.conn.Read(into[:min(int64(len(into)), l.left)])
	l.left -= int64(n)
	return n, err
}

// exchange sends a request and reads its answer. again reports whether the
// connection is good for another; the others are those of Post.
func (l *line) exchange(ctx context.Context, to *target, r Request) (sent bool, body []byte, again bool, err error) {
	deadline, _ := ctx.Deadline()
	if err := l.conn.SetDeadline(deadline); err != nil {
		return false, nil, false, err
	}
	stop := context.AfterFunc(ctx, func() { _ = l.conn.SetDeadline(time.Unix(1, 0)) }) // wakes whoever reads or writes
	defer func() { again = stop() && again }()
	if err := l.write(to, r); err != nil {
		return false, nil, false, err
	}
	// The last moment to look at the deadline. The clock is asked too: a
	// context's own timer may be late on a busy machine.
	if err := expired(ctx); err != nil {
		return false, nil, true, err
	}
	n, err := l.conn.Write(l.out.Bytes())
	if err != nil {
		// A plain socket that took no byte has sent none.
		return n > 0 || l.to.secure, nil, false, err
	}
	body, again, err = l.answer()
	return true, body, again, err
}

// write puts a request together.
func (l *line) write(to *target, r Request) error {
	if l.out.Cap() > keptMax {
		l.out = bytes.Buffer{}
	}
	l.out.Reset()
	l.out.WriteString(to.start)
	if err := r.Header.Write(&l.out); err != nil {
		return err
	}
	l.out.WriteString("Content-Length: ")
	l.out.Write(strconv.AppendInt(l.out.AvailableBuffer(), int64(len(r.Body)), 10))
	l.out.WriteString("\r\n\r\n")
	l.out.Write(r.Body)
	return nil
}

// expired is the error of a call whose time is up.
func expired(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if deadline, bounded := ctx.Deadline(); bounded && !time.Now().Before(deadline) {
		return context.DeadlineExceeded
	}
	return nil
}

// answer reads one answer, and reports whether nothing stands in the way of the
// next.
func (l *line) answer() (body []byte, again bool, err error) {
	response, err := l.head()
	if err != nil {
		return nil, false, fmt.Errorf("reading the answer: %w", err)
	}
	l.left = math.MaxInt64
	body, err = whole(response)
	if err != nil {
		return body, false, fmt.Errorf("reading the answer: %w", err)
	}
	again = !response.Close && len(body) <= AnswerMax && l.quiet()
	if response.StatusCode != http.StatusOK {
		err = Status(response.StatusCode)
	}
	return body, again, err
}

// head reads the head of the answer proper.
func (l *line) head() (*http.Response, error) {
	l.left = headMax
	for range interimMax + 1 {
		response, err := http.ReadResponse(l.in, nil)
		if err != nil || response.StatusCode >= 200 {
			return response, err
		}
		if response.StatusCode == http.StatusSwitchingProtocols {
			break
		}
	}
	return nil, errors.New("no answer, only that one will follow")
}

// whole reads the body, one byte more than is believed at most.
func whole(response *http.Response) ([]byte, error) {
	if size := response.ContentLength; size >= 0 && size <= AnswerMax {
		body := make([]byte, size)
		n, err := io.ReadFull(response.Body, body)
		return body[:n], err
	}
	return io.ReadAll(io.LimitReader(response.Body, AnswerMax+1))
}

// quiet reports whether nothing came behind an answer: whatever did would be
// taken for the next one. What came encrypted may lie read and not decrypted.
func (l *line) quiet() bool {
	if l.in.Buffered() > 0 {
		return false
	}
	if !l.to.secure {
		return true
	}
	if err := l.conn.SetReadDeadline(time.Unix(1, 0)); err != nil {
		return false
	}
	_, err := l.in.Peek(1)
	return errors.Is(err, os.ErrDeadlineExceeded)
}

// alive reports whether a connection that was idle can be used: the other side
// neither closed it nor said anything meanwhile.
func (l *line) alive() bool {
	if time.Since(l.used) > idleMax || l.raw == nil || l.conn.SetDeadline(time.Time{}) != nil {
		return false
	}
	silent := false
	err := l.raw.Read(func(socket uintptr) bool {
		silent = nothingToRead(socket)
		return true
	})
	return err == nil && silent
}
