package api

import (
	"context"
	"testing"

	"google.golang.org/grpc"

	onestopv1 "github.com/onestop-gateway/onestop/proto/onestop/v1"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// What this room itself costs a settlement, beside the lifecycle: the chain,
// and the final answer encoded.
func BenchmarkChain(b *testing.B) {
	config := Config{Settlements: newFake()}
	chain := config.chain()
	info := &grpc.UnaryServerInfo{FullMethod: onestopv1.SettlementService_CreateSettlement_FullMethodName}
	next := func(context.Context, any) (any, error) { return &onestopv1.Settlement{}, nil }
	ctx, in := withVisit(context.Background(), &visit{transport: "rest"}), request()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := chain(ctx, in, info, next); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEncode(b *testing.B) {
	s := committed()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Encode(lifecycle.MethodSettle, s); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkReadJSON(b *testing.B) {
	text := []byte(body(request()))
	b.ReportAllocs()
	for b.Loop() {
		if err := (jsonForm{}).Unmarshal(text, &onestopv1.CreateSettlementRequest{}); err != nil {
			b.Fatal(err)
		}
	}
}
