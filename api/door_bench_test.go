package api

import (
	"bufio"
	"bytes"
	"io"
	"log/slog"
	"net"
	"net/http"
	"syscall"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
	"google.golang.org/protobuf/proto"

	onestopv1 "github.com/onestop-gateway/onestop/proto/onestop/v1"
	"github.com/onestop-gateway/onestop/settlement/chain"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// What a call costs that is turned away at the door, with as little of a caller
// as there can be: requests are written once and sent again and again, so many
// at a time, and answers are counted. Beside the time of the clock it tells the
// processor time of a call, the program's and the kernel's.
func BenchmarkTurnedAway(b *testing.B) {
	b.Run("grpc", func(b *testing.B) { turnAway(b, crowdGRPC(b), 1) })
	b.Run("grpc/16 at once", func(b *testing.B) { turnAway(b, crowdGRPC(b), 16) })
	b.Run("rest", func(b *testing.B) { turnAway(b, crowdREST(b), 1) })
}

// sender sends so many calls at once and reads as many answers.
type sender func(calls int) error

func turnAway(b *testing.B, send sender, burst int) {
	b.ReportAllocs()
	user, kernel := processor(b)
	for left := b.N; left > 0; left -= burst {
		if err := send(min(left, burst)); err != nil {
			b.Fatal(err)
		}
	}
	userAfter, kernelAfter := processor(b)
	b.ReportMetric(float64(userAfter-user)/float64(b.N), "user-ns/op")
	b.ReportMetric(float64(kernelAfter-kernel)/float64(b.N), "kernel-ns/op")
}

// processor is the processor time this process has used.
func processor(b *testing.B) (user, kernel time.Duration) {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano()), time.Duration(used.Stime.Nano())
}

// crowded is a configuration whose gate has no room for a settlement.
func crowded(b *testing.B) Config {
	gate, empty := full(b)
	b.Cleanup(empty)
	metrics, err := NewMetrics(prometheus.NewRegistry())
	if err != nil {
		b.Fatal(err)
	}
	return Config{
		Settlements: newFake(), Admission: gate, Metrics: metrics, Live: lifecycle.NewLive(time.Now),
		Refusals: chain.NewRefusals(time.Now), Log: slog.New(slog.DiscardHandler),
	}
}

// reached is a connection to what serve serves.
func reached(b *testing.B, serve func(net.Listener) error, stop func()) net.Conn {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	done := make(chan struct{})
	go func() { defer close(done); _ = serve(listener) }() // stop makes it return an error
	conn, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		conn.Close()
		stop()
		<-done
	})
	return conn
}

// crowdGRPC speaks HTTP/2 by hand.
func crowdGRPC(b *testing.B) sender {
	server := NewGRPC(crowded(b))
	conn := reached(b, server.Serve, server.Stop)
	message, err := proto.Marshal(request())
	if err != nil {
		b.Fatal(err)
	}
	message = append([]byte{0, 0, 0, byte(len(message) >> 8), byte(len(message))}, message...)
	var out, packed bytes.Buffer
	packer := hpack.NewEncoder(&packed)
	framer := http2.NewFramer(&out, bufio.NewReader(conn))
	framer.SetMaxReadFrameSize(1 << 20)
	out.WriteString(http2.ClientPreface)
	if err := framer.WriteSettings(); err != nil {
		b.Fatal(err)
	}
	stream := uint32(1)
	return func(calls int) error {
		for range calls {
			packed.Reset()
			for _, field := range [][2]string{
				{":method", "POST"}, {":scheme", "http"}, {":path", onestopv1.SettlementService_CreateSettlement_FullMethodName},
				{":authority", "127.0.0.1"}, {"content-type", "application/grpc"}, {"te", "trailers"},
			} {
				_ = packer.WriteField(hpack.HeaderField{Name: field[0], Value: field[1]}) // into memory
			}
			_ = framer.WriteHeaders(http2.HeadersFrameParam{StreamID: stream, BlockFragment: packed.Bytes(), EndHeaders: true})
			_ = framer.WriteData(stream, true, message)
			stream += 2
		}
		if _, err := out.WriteTo(conn); err != nil {
			return err
		}
		for answers := 0; answers < calls; {
			frame, err := framer.ReadFrame()
			if err != nil {
				return err
			}
			if headers, is := frame.(*http2.HeadersFrame); is && headers.StreamEnded() {
				answers++
			}
		}
		return nil
	}
}

// crowdREST speaks HTTP/1.1 by hand, one call after the other on a connection
// that is kept.
func crowdREST(b *testing.B) sender {
	server := NewHTTPServer(NewREST(crowded(b)))
	conn := reached(b, server.Serve, func() { server.Close() })
	text := body(request())
	asked, err := http.NewRequest(http.MethodPost, "http://"+conn.RemoteAddr().String()+"/v1/settlements", nil)
	if err != nil {
		b.Fatal(err)
	}
	asked.Header.Set("Content-Type", "application/json")
	asked.Body, asked.ContentLength = io.NopCloser(bytes.NewReader([]byte(text))), int64(len(text))
	var written bytes.Buffer
	if err := asked.Write(&written); err != nil {
		b.Fatal(err)
	}
	answers := bufio.NewReader(conn)
	return func(calls int) error {
		for range calls {
			if _, err := conn.Write(written.Bytes()); err != nil {
				return err
			}
			answer, err := http.ReadResponse(answers, asked)
			if err != nil {
				return err
			}
			if _, err := io.Copy(io.Discard, answer.Body); err != nil {
				return err
			}
			if answer.StatusCode != http.StatusTooManyRequests {
				b.Fatal(answer.Status)
			}
		}
		return nil
	}
}
