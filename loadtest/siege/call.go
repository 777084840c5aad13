package siege

import (
	"context"
	"errors"
	"strings"

	"golang.org/x/net/http2"
)

// called is a case of one call on stream 1 with a body as it is.
func called(name, method string, body []byte, more []string, want ...string) Case {
	return framed(name, 1, func(t *talk) error {
		return errors.Join(t.call(1, method, more...), t.WriteData(1, true, body))
	}, want...)
}

// calls are what is wrong with a call of gRPC.
func calls() []Case {
	const invalid, exhausted, unimplemented = "status 3", "status 8", "status 12"
	packed := append([]byte{1}, askNone[1:]...)
	return []Case{
		called("a message of four gigabytes is announced", getOne, []byte{0, 0xff, 0xff, 0xff, 0xff}, nil, exhausted),
		called("a message of a byte too many", getOne, message(strings.Repeat("x", 256<<10+1))[:1<<14], nil, exhausted),
		called("a message that is cut short", getOne, askNone[:6], nil, "status 13", invalid, "status 2"),
		called("a message that is no protobuf", getOne, message("\xff\xff\xff\xff"), nil, "status 13", invalid),
		called("a packed message without a word about it", getOne, packed, nil, "status 13", unimplemented),
		called("a packed message", getOne, packed, []string{"grpc-encoding", "gzip"}, unimplemented, "status 13"),
		called("an encoding nobody knows", getOne, packed, []string{"grpc-encoding", "bomb"}, unimplemented),
		called("text that is no UTF-8", getOne, message("\x0a\x02\xff\xfe"), nil, "status 13", invalid),
		called("two messages where one is asked for", getOne, append(append([]byte{}, askNone...), askNone...), nil, "status 13", unimplemented, statusNotFound),
		called("no message where one is asked for", getOne, nil, nil, "status 13", unimplemented, invalid, "status 2"),
		called("a method nobody knows", "/onestop.v1.SettlementService/Pay", askNone, nil, unimplemented),
		called("a service nobody knows", "/bank.v1.Vault/Open", askNone, nil, unimplemented),
		called("a path that is none", "settle", askNone, nil, unimplemented, "reset", "http 4"),
		called("a deadline of a nanosecond", getOne, askNone, []string{"grpc-timeout", "1n"}, "status 4", "reset", statusNotFound),
		called("a deadline that is no time", getOne, askNone, []string{"grpc-timeout", "soon"}, "http 4", "status 13", "reset"),
		called("a deadline of more digits than there are", getOne, askNone, []string{"grpc-timeout", "99999999999S"}, "http 4", "status 13", "reset"),
		called("metadata that is no base64", getOne, askNone, []string{"x-bin", "###"}, "http 4", "status 13", "reset"),
		called("a header of one connection", getOne, askNone, []string{"connection", "keep-alive"}, "reset", "http 4", "goaway", "status 13"),
		framed("another content type", 1, func(t *talk) error {
			return t.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, EndHeaders: true, EndStream: true, BlockFragment: t.fields(
				":method", "POST", ":scheme", "http", ":path", getOne, ":authority", "siege", "content-type", "text/html")})
		}, "http 415"),
		framed("a GET", 1, func(t *talk) error {
			return t.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, EndHeaders: true, EndStream: true, BlockFragment: t.fields(
				":method", "GET", ":scheme", "http", ":path", getOne, ":authority", "siege", "content-type", "application/grpc")})
		}, "http 405", "reset", "status 13"),
		{"grpc: a window of nothing for the answer", starved},
	}
}

// starved asks and leaves the answer no room: nothing waits for it but itself.
func starved(ctx context.Context, a *Attacker) error {
	t, err := a.opens(ctx, http2.Setting{ID: http2.SettingInitialWindowSize, Val: 0})
	if err != nil {
		return err
	}
	defer t.Close()
	for i := range 64 {
		stream := uint32(2*i + 1)
		if err := errors.Join(t.call(stream, getOne), t.WriteData(stream, true, askNone)); err != nil {
			return err
		}
	}
	return t.answered(201) // an error is told in headers, which need no room
}
