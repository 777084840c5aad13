package siege

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
)

// talk is a connection of HTTP/2 on which any frame can be sent.
type talk struct {
	*http2.Framer
	net.Conn
	packed bytes.Buffer
	packer *hpack.Encoder
	read   *hpack.Decoder
}

// opens greets the gateway as HTTP/2 asks.
func (a *Attacker) opens(ctx context.Context, settings ...http2.Setting) (*talk, error) {
	conn, err := a.Dial(ctx, a.GRPC)
	if err != nil {
		return nil, err
	}
	t := &talk{Framer: http2.NewFramer(conn, conn), Conn: conn, read: hpack.NewDecoder(4096, nil)}
	t.packer = hpack.NewEncoder(&t.packed)
	t.AllowIllegalWrites = true
	t.SetMaxReadFrameSize(1 << 20)
	_, err = io.WriteString(conn, http2.ClientPreface)
	return t, errors.Join(err, t.WriteSettings(settings...))
}

// fields packs pairs of names and values.
func (t *talk) fields(pairs ...string) []byte {
	t.packed.Reset()
	for i := 0; i+1 < len(pairs); i += 2 {
		_ = t.packer.WriteField(hpack.HeaderField{Name: pairs[i], Value: pairs[i+1]}) // into memory
	}
	return bytes.Clone(t.packed.Bytes())
}

// call begins a call of a method on a stream, with further headers.
func (t *talk) call(stream uint32, method string, more ...string) error {
	pairs := append([]string{
		":method", "POST", ":scheme", "http", ":path", method, ":authority", "siege", "content-type", "application/grpc", "te", "trailers",
	}, more...)
	return t.WriteHeaders(http2.HeadersFrameParam{StreamID: stream, BlockFragment: t.fields(pairs...), EndHeaders: true})
}

// getOne is a method that reads, and message its framed request for an id
// that is nobody's.
const getOne = "/onestop.v1.SettlementService/GetSettlement"

var askNone = message("\x0a\x04none")

// message frames a protobuf message for gRPC.
func message(text string) []byte {
	n := len(text)
	return append([]byte{0, byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)}, text...)
}

// outcome reads until the gateway says what becomes of the stream, or of the
// connection: "status N", "http N", "reset CODE", "goaway CODE", closed.
func (t *talk) outcome(stream uint32) string {
	told := ""
	for {
		frame, err := t.ReadFrame()
		if err != nil {
			return t.ended(err, told)
		}
		switch frame := frame.(type) {
		case *http2.GoAwayFrame:
			if told = "goaway " + frame.ErrCode.String(); frame.ErrCode != http2.ErrCodeNo {
				return told
			}
		case *http2.RSTStreamFrame:
			if frame.StreamID == stream {
				return "reset " + frame.ErrCode.String()
			}
		case *http2.HeadersFrame:
			if said := t.headers(frame); frame.StreamID == stream && said != "" {
				return said
			}
		}
	}
}

// ended says how a connection ended.
func (t *talk) ended(err error, told string) string {
	var timeout net.Error
	if errors.As(err, &timeout) && timeout.Timeout() {
		return silence
	}
	if told != "" {
		return told
	}
	return closed
}

// headers is the status in an answer's headers, "" if there is none yet.
func (t *talk) headers(frame *http2.HeadersFrame) string {
	fields, err := t.read.DecodeFull(frame.HeaderBlockFragment())
	if err != nil {
		return "headers nobody can read"
	}
	said := ""
	for _, field := range fields {
		switch {
		case field.Name == ":status" && field.Value != "200":
			said = "http " + field.Value
		case field.Name == "grpc-status" && said == "":
			said = "status " + field.Value
		}
	}
	return said
}

// answered asks for a settlement that is not there and wants to be told so: the
// connection is as good as new.
func (t *talk) answered(stream uint32) error {
	if err := errors.Join(t.call(stream, getOne), t.WriteData(stream, true, askNone)); err != nil {
		return fmt.Errorf("the connection does not live: %w", err)
	}
	return among(t.outcome(stream), statusNotFound)
}

const statusNotFound = "status 5"

// framed is a case that sends frames and wants one of some outcomes for a
// stream. What it sends into a connection that ended is no failure.
func framed(name string, stream uint32, send func(*talk) error, want ...string) Case {
	return Case{Name: "grpc: " + name, Attack: func(ctx context.Context, a *Attacker) error {
		t, err := a.opens(ctx)
		if err != nil {
			return err
		}
		defer t.Close()
		sent := make(chan struct{})
		go func() { defer close(sent); _ = send(t) }()
		got := t.outcome(stream)
		t.Close()
		<-sent
		return among(got, want...)
	}}
}
