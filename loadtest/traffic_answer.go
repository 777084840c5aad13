package main

import (
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	onestopv1 "github.com/onestop-gateway/onestop/proto/onestop/v1"
)

// standing is how a request key stands after an answer.
type standing int

const (
	standingOpen     standing = iota // ask again with the same key
	standingFinal                    // settled, not settled or reversed, for ever
	standingPeople                   // in the attention queue: people's turn
	standingDeclined                 // nothing is kept under this key; another may be tried
	standingWrong                    // an answer that a sound request must not get
)

// standing judges one answer by the contract's table of idempotency.
func (s *said) standing() standing {
	switch s.Status {
	case codes.OK.String():
		return s.standingOK()
	case codes.AlreadyExists.String(), codes.FailedPrecondition.String():
		return standingDeclined
	case statusNone, codes.Unavailable.String(), codes.Aborted.String(), codes.ResourceExhausted.String(),
		codes.DeadlineExceeded.String(), codes.Canceled.String(), codes.Internal.String():
		return standingOpen
	}
	return standingWrong
}

// standingOK judges a settlement by its state: in gRPC nothing else tells a
// final answer from one in progress.
func (s *said) standingOK() standing {
	switch s.State {
	case onestopv1.State_STATE_SETTLED.String(), onestopv1.State_STATE_NOT_SETTLED.String(), onestopv1.State_STATE_REVERSED.String():
		return standingFinal
	case onestopv1.State_STATE_NEEDS_ATTENTION.String():
		return standingPeople
	case onestopv1.State_STATE_PROCESSING.String(), onestopv1.State_STATE_REVERSING.String():
		return standingOpen
	}
	return standingWrong
}

// acknowledged reports whether the cashier was told that money is settled or
// that it is reversed.
func (s *said) acknowledged() bool {
	return s.standing() == standingFinal && s.State != onestopv1.State_STATE_NOT_SETTLED.String()
}

// understood is an answer that is a settlement.
func understood(transport string, raw []byte) said {
	heard := said{Status: codes.OK.String(), Transport: transport, Raw: raw}
	settlement, err := heard.settlement()
	if err != nil {
		return said{Status: codes.Unknown.String(), Reason: "not a settlement of the contract", Raw: raw}
	}
	heard.State, heard.ID, heard.Refused = settlement.GetState().String(), settlement.GetId(), settlement.GetReversal().GetRefused()
	return heard
}

// settlement is the answer as the contract's message.
func (s *said) settlement() (*onestopv1.Settlement, error) {
	out := &onestopv1.Settlement{}
	if s.Transport == transportGRPC {
		return out, proto.Unmarshal(s.Raw, out)
	}
	return out, protojson.Unmarshal(s.Raw, out)
}
