package siege

import (
	"context"
	"errors"
	"io"
	"os"
	"strings"

	"golang.org/x/net/http2"
)

// frames are what breaks HTTP/2 beneath gRPC: an end of the connection or the
// stream is wanted, or that it bears it.
func frames() []Case {
	return append(floods(), []Case{
		{"grpc: HTTP/1.1 on the port", spoken(get("/v1/settlements"))},
		{"grpc: noise instead of a greeting", spoken(strings.Repeat("\xff", 1<<16))},
		{"grpc: half a greeting and no more", spoken(http2.ClientPreface[:12])},
		{"grpc: no settings after the greeting", spoken(http2.ClientPreface)},
		framed("a frame longer than was agreed", 1, func(t *talk) error {
			return t.WriteRawFrame(http2.FrameData, 0, 1, make([]byte, 1<<17))
		}, "goaway FRAME_SIZE_ERROR", closed),
		framed("data on no stream", 0, func(t *talk) error { return t.WriteRawFrame(http2.FrameData, 0, 0, []byte("x")) }, "goaway PROTOCOL_ERROR", closed),
		framed("a stream with an even number", 2, func(t *talk) error { return t.call(2, getOne) }, "goaway PROTOCOL_ERROR", closed),
		framed("a stream that was before", 1, func(t *talk) error {
			return errors.Join(t.call(3, getOne), t.call(1, getOne))
		}, "goaway PROTOCOL_ERROR", closed),
		framed("settings of an odd length", 0, func(t *talk) error { return t.WriteRawFrame(http2.FrameSettings, 0, 0, []byte("12345")) }, "goaway FRAME_SIZE_ERROR", closed),
		framed("a window larger than windows are", 0, func(t *talk) error {
			return errors.Join(t.WriteWindowUpdate(0, 1<<31-1), t.WriteWindowUpdate(0, 1<<31-1))
		}, "goaway FLOW_CONTROL_ERROR", "goaway PROTOCOL_ERROR", closed, silence),
		framed("a promise, which is not a client's to make", 0, func(t *talk) error {
			return t.WritePushPromise(http2.PushPromiseParam{StreamID: 1, PromiseID: 2, BlockFragment: t.fields("a", "b"), EndHeaders: true})
		}, "goaway PROTOCOL_ERROR", closed, silence),
		framed("headers nobody can unpack", 1, func(t *talk) error {
			return t.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: []byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, EndHeaders: true})
		}, "goaway COMPRESSION_ERROR", "reset", closed),
		framed("headers in capitals", 1, func(t *talk) error { return t.call(1, getOne, "X-Capital", "1") }, "reset PROTOCOL_ERROR", "goaway", closed),
		framed("no path", 1, func(t *talk) error {
			return t.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: t.fields(":method", "POST", ":scheme", "http"), EndHeaders: true})
		}, "reset PROTOCOL_ERROR", "status", "http 4", "goaway", closed),
		framed("headers that never end", 1, endless, "goaway", "reset", closed),
		framed("a megabyte of headers", 1, func(t *talk) error {
			return t.call(1, getOne, "x-long", strings.Repeat("x", 1<<20))
		}, "reset", "goaway", closed),
	}...)
}

// spoken is a connection that does not speak the port's language; it is ended.
func spoken(text string) func(context.Context, *Attacker) error {
	return func(ctx context.Context, a *Attacker) error {
		conn, err := a.Dial(ctx, a.GRPC)
		if err != nil {
			return err
		}
		defer conn.Close()
		_, _ = io.WriteString(conn, text) // it may be ended before
		if _, err := io.Copy(io.Discard, conn); errors.Is(err, os.ErrDeadlineExceeded) {
			return errors.New("the connection is kept")
		}
		return nil
	}
}

// endless goes on with headers that never say they are whole.
func endless(t *talk) error {
	if err := t.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: t.fields(":method", "POST")}); err != nil {
		return err
	}
	for range 4096 {
		if err := t.WriteContinuation(1, false, t.fields("x-more", strings.Repeat("y", 1000))); err != nil {
			return err
		}
	}
	return nil
}

// floods are frames that are allowed, in numbers that are not meant.
func floods() []Case {
	return []Case{
		framed("a hundred thousand pings", 0, func(t *talk) error {
			return again(100_000, func(int) error { return t.WritePing(false, [8]byte{1}) })
		}, "goaway ENHANCE_YOUR_CALM", closed),
		borne("ten thousand settings", func(t *talk) error {
			return again(10_000, func(int) error { return t.WriteSettings() })
		}),
		borne("ten thousand frames of a kind nobody knows", func(t *talk) error {
			return again(10_000, func(int) error { return t.WriteRawFrame(0xee, 0, 0, []byte("x")) })
		}),
		borne("ten thousand priorities", func(t *talk) error {
			return again(10_000, func(i int) error {
				return t.WritePriority(uint32(2*i+1), http2.PriorityParam{StreamDep: uint32(2*i + 3)})
			})
		}),
		borne("twenty thousand calls begun and reset", func(t *talk) error { // CVE-2023-44487
			return again(20_000, func(i int) error {
				stream := uint32(2*i + 1)
				return errors.Join(t.call(stream, getOne), t.WriteRSTStream(stream, http2.ErrCodeCancel))
			})
		}),
		borne("twenty thousand empty pieces of a message", func(t *talk) error {
			if err := t.call(1, getOne); err != nil {
				return err
			}
			return again(20_000, func(int) error { return t.WriteData(1, false, nil) })
		}),
		{"grpc: more calls at once than were agreed", crowded},
	}
}

// again does something many times, until it fails.
func again(times int, do func(i int) error) error {
	for i := range times {
		if err := do(i); err != nil {
			return err
		}
	}
	return nil
}

// borne is a flood that the connection bears, or that ends it.
func borne(name string, flood func(*talk) error) Case {
	return Case{Name: "grpc: " + name, Attack: func(ctx context.Context, a *Attacker) error {
		t, err := a.opens(ctx)
		if err != nil {
			return err
		}
		defer t.Close()
		got := make(chan string, 1)
		go func() { got <- t.outcome(lastStream) }()
		if flood(t) == nil {
			_ = errors.Join(t.call(lastStream, getOne), t.WriteData(lastStream, true, askNone)) // into an ended one: the outcome says so
		}
		return among(<-got, statusNotFound, "goaway", closed)
	}}
}

// lastStream is beyond the numbers that a flood uses.
const lastStream = 1_000_001

// crowded begins more calls than were agreed and ends none: the further ones
// are refused, the connection goes on.
func crowded(ctx context.Context, a *Attacker) error {
	t, err := a.opens(ctx)
	if err != nil {
		return err
	}
	defer t.Close()
	const agreed = 128
	for i := range agreed + 1 {
		if err := t.call(uint32(2*i+1), getOne); err != nil {
			return err
		}
	}
	if err := among(t.outcome(2*agreed+1), "reset REFUSED_STREAM"); err != nil {
		return err
	}
	if err := t.WriteRSTStream(1, http2.ErrCodeCancel); err != nil {
		return err
	}
	return t.answered(2*agreed + 3)
}
