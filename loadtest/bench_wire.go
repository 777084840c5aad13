package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"runtime"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
	"google.golang.org/grpc/codes"
)

// wire is a connection on which calls of one method are made over gRPC, with
// HTTP/2 written by hand. The library's client does more than a load generator
// needs, and at ten times the peak takes twice as much of the machine as the
// gateway does that refuses. Calls that are made at once share a write. It does not
// connect anew: a window must be shorter than the gateway lets a connection grow old.
type wire struct {
	conn net.Conn
	read *http2.Framer // by listen alone

	mu      sync.Mutex    // over what follows
	out     bytes.Buffer  // to be written
	leaving bytes.Buffer  // being written
	write   *http2.Framer // into out
	framed  []byte
	packed  bytes.Buffer
	packer  *hpack.Encoder // into packed
	headers []hpack.HeaderField
	busy    bool // somebody writes out to the connection
	next    uint32
	window  int // bytes that the other side takes now
	waiting map[uint32]chan<- answer
	broken  error

	over chan struct{} // closed when listen has ended
}

// answer is how a call was answered.
type answer struct {
	code    codes.Code
	message string
	details string // google.rpc.Status, as the header has it
	body    []byte // the message, if there is one
	err     error  // there was no answer
}

const (
	firstWindow = 65_535   // bytes, of a connection that has just begun
	wideWindow  = 16 << 20 // bytes that the gateway may send us unasked
	readAtOnce  = 32 << 10 // bytes
	messageHead = 5        // bytes before a message: compressed or not, and its length
)

// newWire connects to a method at an address.
func newWire(ctx context.Context, address, method string) (*wire, error) {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	w := &wire{
		conn: conn, next: 1, window: firstWindow, waiting: map[uint32]chan<- answer{}, over: make(chan struct{}),
		headers: []hpack.HeaderField{
			{Name: ":method", Value: "POST"}, {Name: ":scheme", Value: "http"}, {Name: ":path", Value: method}, {Name: ":authority", Value: address},
			{Name: "content-type", Value: "application/grpc"}, {Name: "te", Value: "trailers"},
		},
	}
	w.packer, w.write = hpack.NewEncoder(&w.packed), http2.NewFramer(&w.out, nil)
	w.read = http2.NewFramer(nil, bufio.NewReaderSize(conn, readAtOnce))
	w.read.SetReuseFrames()
	w.read.ReadMetaHeaders = hpack.NewDecoder(4096, nil)
	w.out.WriteString(http2.ClientPreface)
	greeted := errors.Join(w.write.WriteSettings(http2.Setting{ID: http2.SettingInitialWindowSize, Val: wideWindow}), w.write.WriteWindowUpdate(0, wideWindow))
	w.mu.Lock()
	if err := errors.Join(greeted, w.flush()); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	go w.listen()
	return w, nil
}

// close ends the connection; calls under way get no answer.
func (w *wire) close() error {
	err := w.conn.Close()
	<-w.over
	return err
}

// call sends a message and waits for its answer.
func (w *wire) call(ctx context.Context, message []byte) answer {
	heard := make(chan answer, 1)
	if err := w.send(message, heard); err != nil {
		return answer{err: err}
	}
	select {
	case told := <-heard:
		return told
	case <-ctx.Done():
		return answer{err: ctx.Err()}
	}
}

var errWindow = errors.New("the gateway takes no more on this connection")

// send writes one call, with those that others make meanwhile.
func (w *wire) send(message []byte, heard chan<- answer) error {
	w.mu.Lock()
	if w.broken != nil || w.window < messageHead+len(message) {
		defer w.mu.Unlock()
		return errors.Join(w.broken, errWindow)
	}
	stream := w.next
	w.next += 2
	w.window -= messageHead + len(message)
	w.waiting[stream] = heard
	w.packed.Reset()
	for _, field := range w.headers {
		_ = w.packer.WriteField(field) // into memory
	}
	w.framed = append(w.framed[:0], 0, byte(len(message)>>24), byte(len(message)>>16), byte(len(message)>>8), byte(len(message)))
	w.framed = append(w.framed, message...)
	err := errors.Join(
		w.write.WriteHeaders(http2.HeadersFrameParam{StreamID: stream, BlockFragment: w.packed.Bytes(), EndHeaders: true}),
		w.write.WriteData(stream, true, w.framed))
	return errors.Join(err, w.flush())
}

// flush writes what is to be written, unless somebody is at it, who then writes
// this, too. It gives up the lock.
func (w *wire) flush() error {
	defer w.mu.Unlock()
	if w.busy {
		return nil
	}
	w.busy = true
	defer func() { w.busy = false }()
	w.mu.Unlock()
	runtime.Gosched() // whoever can call, too, shares this write
	w.mu.Lock()
	for w.out.Len() > 0 {
		w.out, w.leaving = w.leaving, w.out
		w.mu.Unlock()
		_, err := w.leaving.WriteTo(w.conn)
		w.mu.Lock()
		if err != nil {
			return err
		}
	}
	return nil
}

// listen reads until the connection ends, and then leaves nobody waiting.
func (w *wire) listen() {
	defer close(w.over)
	partial, credit := map[uint32]*answer{}, uint32(0)
	for {
		frame, err := w.read.ReadFrame()
		if err == nil {
			err = w.take(frame, partial, &credit)
		}
		if err != nil {
			w.fail(err)
			return
		}
	}
}

func (w *wire) fail(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.broken = fmt.Errorf("no answer over gRPC: %w", err)
	for stream, heard := range w.waiting {
		heard <- answer{err: w.broken}
		delete(w.waiting, stream)
	}
}

// take takes one frame: of an answer, or of the connection's own affairs.
// partial are the answers begun; credit is what was read and not yet granted
// anew.
func (w *wire) take(frame http2.Frame, partial map[uint32]*answer, credit *uint32) error {
	stream := frame.Header().StreamID
	switch frame := frame.(type) {
	case *http2.MetaHeadersFrame:
		begun := partial[stream]
		if begun == nil {
			begun = &answer{code: codes.Unknown}
			partial[stream] = begun
		}
		begun.note(frame.Fields)
		if frame.StreamEnded() {
			w.ended(stream, partial)
		}
	case *http2.DataFrame: // never the last frame: trailers are
		if begun := partial[stream]; begun != nil {
			begun.body = append(begun.body, frame.Data()...)
		}
		if *credit += frame.Header().Length; *credit >= wideWindow/2 {
			grant := *credit
			*credit = 0
			return w.tell(func() error { return w.write.WriteWindowUpdate(0, grant) })
		}
	case *http2.RSTStreamFrame:
		partial[stream] = &answer{err: fmt.Errorf("stream reset: %s", frame.ErrCode)} // told to nobody who has an answer
		w.ended(stream, partial)
	case *http2.WindowUpdateFrame:
		if stream == 0 {
			w.mu.Lock()
			w.window += int(frame.Increment)
			w.mu.Unlock()
		}
	case *http2.PingFrame:
		if !frame.IsAck() {
			return w.tell(func() error { return w.write.WritePing(true, frame.Data) })
		}
	case *http2.SettingsFrame:
		if !frame.IsAck() {
			return w.tell(w.write.WriteSettingsAck)
		}
	case *http2.GoAwayFrame:
		return fmt.Errorf("the gateway goes away: %s", frame.ErrCode)
	}
	return nil
}

// tell writes a frame that is no call.
func (w *wire) tell(frame func() error) error {
	w.mu.Lock()
	err := frame()
	return errors.Join(err, w.flush())
}

// ended hands an answer to who waits for it.
func (w *wire) ended(stream uint32, partial map[uint32]*answer) {
	told := partial[stream]
	delete(partial, stream)
	w.mu.Lock()
	heard := w.waiting[stream]
	delete(w.waiting, stream)
	w.mu.Unlock()
	if heard != nil {
		heard <- *told
	}
}

// note takes what is asked of an answer's headers or trailers.
func (a *answer) note(fields []hpack.HeaderField) {
	for _, field := range fields {
		switch field.Name {
		case "grpc-status":
			if code, err := strconv.ParseUint(field.Value, 10, 8); err == nil {
				a.code = codes.Code(code)
			}
		case "grpc-message":
			a.message = field.Value
		case "grpc-status-details-bin":
			a.details = field.Value
		}
	}
}

// only is the one message of an answer.
func (a *answer) only() ([]byte, error) {
	if len(a.body) < messageHead || a.body[0] != 0 || int(a.body[1])<<24|int(a.body[2])<<16|int(a.body[3])<<8|int(a.body[4]) != len(a.body)-messageHead {
		return nil, errors.New("not one whole message")
	}
	return a.body[messageHead:], nil
}

// advises reports whether details of a status say when to come again.
func advises(details string) bool {
	text, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(details, "="))
	return err == nil && bytes.Contains(text, []byte("type.googleapis.com/google.rpc.RetryInfo"))
}
