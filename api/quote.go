package api

import (
	"github.com/onestop-gateway/onestop/api/words"
	onestopv1 "github.com/onestop-gateway/onestop/proto/onestop/v1"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// encodeQuote shows what a settlement would come to, what is held for it and
// what others hold.
func encodeQuote(quote *lifecycle.Quote) *onestopv1.QuoteSettlementResponse {
	out := &onestopv1.QuoteSettlementResponse{
		Message:     encodeText(words.Quoted(quote.Claim, &quote.Adjudication, quote.State)),
		PayerShares: encodePayerShares(quote.Legs), Bill: encodeBill(quote.Claim.Bill),
		Scheme: schemes.toWire(quote.Coverage.Scheme), Basic: quote.Coverage.Basic.String(),
		Adjudication: encodeAdjudication(&quote.Adjudication), HeldByOthers: encodeRooms(quote.Others),
	}
	if quote.ID != "" {
		out.Held = encodeHeld(quote)
	}
	return out
}

func encodeHeld(quote *lifecycle.Quote) *onestopv1.HeldQuote {
	return &onestopv1.HeldQuote{
		Id: string(quote.ID), State: quoteStates.toWire(quote.State), HoldUntilTime: encodeTime(quote.HeldUntil),
		SettlementId: string(quote.Settlement), DischargeId: string(quote.Discharge),
	}
}

// encodeQuoteSummary shows a row: what is held, by whom and for whom.
func encodeQuoteSummary(quote *lifecycle.Quote) *onestopv1.QuoteSummary {
	hold := quote.Hold()
	hold.Until = quote.HeldUntil
	return &onestopv1.QuoteSummary{
		Held: encodeHeld(quote), FacilityId: string(quote.Facility), PersonId: string(quote.Beneficiary.ID), Year: int32(quote.Year),
		Promised: hold.Promised.String(), Rooms: encodeRooms(settlement.Holds{hold}.Rooms()), CreateTime: encodeTime(quote.At),
	}
}

func encodeRooms(rooms []settlement.HeldRoom) []*onestopv1.HeldRoom {
	out := make([]*onestopv1.HeldRoom, len(rooms))
	for i, room := range rooms {
		out[i] = &onestopv1.HeldRoom{
			Bucket: string(room.Bucket), BucketText: encodeText(words.Bucket(room.Bucket)),
			Amount: room.Amount.String(), UntilTime: encodeTime(room.Until),
		}
	}
	return out
}
