package api

import (
	"cmp"
	"context"
	"math/big"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	onestopv1 "github.com/onestop-gateway/onestop/proto/onestop/v1"
	"github.com/onestop-gateway/onestop/settlement"
)

// Whatever bytes come over gRPC, the request is refused as the caller's
// mistake, with the field it is in, or it is understood: the amounts are what
// was written, and the same request may be sent over REST.
func FuzzBinaryRequest(f *testing.F) {
	text, err := proto.Marshal(request())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add(text[:len(text)/2])
	f.Add(append(text[:len(text):len(text)], 0x0a, 0x03, 'H', '3', '6')) // a field twice
	f.Add([]byte{0xfa, 0xff, 0xff, 0x7f, 0x00})                          // one nobody knows
	f.Fuzz(func(t *testing.T, text []byte) {
		in := &onestopv1.CreateSettlementRequest{}
		if proto.Unmarshal(text, in) != nil {
			return
		}
		_, err := shaped(t.Context(), in, nil, func(ctx context.Context, _ any) (any, error) {
			return nil, understood(ctx, t, in)
		})
		if err == nil {
			return
		}
		told := toldBy(t, faultOf(err))
		if told.GetCode() != int32(codes.InvalidArgument) || told.field() == "" {
			t.Fatalf("%v is told as %v", in, told)
		}
	})
}

// understood reads a request of the contract's shape.
func understood(ctx context.Context, t *testing.T, in *onestopv1.CreateSettlementRequest) error {
	t.Helper()
	ask, err := decodeAsk(ctx, in)
	if err != nil {
		return err
	}
	if settlement.CheckIdentityNumber(ask.Person) != nil {
		t.Fatal("a person without a sound identity number is understood")
	}
	for i, share := range in.GetOtherShares() {
		sameAmount(t, share.GetAmount(), ask.Others[i].Amount)
	}
	if bill := in.GetBill(); bill != nil {
		sameAmount(t, bill.GetSubmitted(), ask.Claim.Bill.Submitted)
		sameAmount(t, cmp.Or(bill.GetEligible(), "0"), ask.Claim.Bill.Eligible) // parts may be left to the payer
	}
	in.ProtoReflect().SetUnknown(nil) // JSON has no place for them
	again := &onestopv1.CreateSettlementRequest{}
	if err := (jsonForm{}).Unmarshal([]byte(body(in)), again); err != nil || body(again) != body(in) {
		t.Fatalf("%v says over REST %v: %v", in, again, err)
	}
	return nil
}

// sameAmount reads an amount a second way.
func sameAmount(t *testing.T, text string, amount settlement.Money) {
	t.Helper()
	yuan, ok := new(big.Rat).SetString(text)
	if !ok || yuan.Cmp(big.NewRat(int64(amount), 100)) != 0 {
		t.Fatalf("%q is understood as %s", text, amount)
	}
}
