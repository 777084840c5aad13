package main

import (
	"context"
	"math/rand/v2"
	"net"
	"sync"
	"testing"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/grpc/tap"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/onestop-gateway/onestop/loadtest/measure"
)

// refusing is the address of a server that refuses every call unread.
func refusing(t testing.TB) string {
	t.Helper()
	says, err := status.New(codes.ResourceExhausted, "busy").WithDetails(
		&errdetails.ErrorInfo{Reason: "OVERLOADED", Domain: "onestop", Metadata: map[string]string{"fixed_by": "nobody"}},
		&errdetails.LocalizedMessage{Locale: "en-US", Message: "The gateway is busy and took nothing on."}, &errdetails.RetryInfo{RetryDelay: durationpb.New(1)},
	)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := grpc.NewServer(grpc.InTapHandle(func(context.Context, *tap.Info) (context.Context, error) { return nil, says.Err() }))
	var serving sync.WaitGroup
	serving.Go(func() { _ = server.Serve(listener) }) // until it is stopped
	t.Cleanup(func() {
		server.Stop()
		serving.Wait()
	})
	return listener.Addr().String()
}

// What a refused call costs this program, beside a server that does nothing but
// refuse: the claim made, the call, the answer judged.
func BenchmarkRefused(b *testing.B) {
	people, err := newCrowd(2000)
	if err != nil {
		b.Fatal(err)
	}
	const workers = perConnection
	called, err := newCallerGRPC(b.Context(), refusing(b), workers, &examiner{})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	var work sync.WaitGroup
	for worker := range workers {
		stream := &claims{chance: rand.New(rand.NewPCG(1, uint64(worker))), prefix: "bench-", choose: spread(people.people)}
		work.Go(func() {
			for range b.N / workers {
				if how := called.settle(b.Context(), worker, stream.next()); how != measure.Rejected {
					b.Errorf("outcome %d", how)
				}
			}
		})
	}
	work.Wait()
	if err := called.close(); err != nil {
		b.Fatal(err)
	}
}
