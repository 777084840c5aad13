package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	onestopv1 "github.com/onestop-gateway/onestop/proto/onestop/v1"
)

// The two transports of the contract.
const (
	transportREST = "rest"
	transportGRPC = "grpc"
)

// metadataID is where an error names the settlement it is about.
const metadataID = "settlement_id"

// statusNone is the status of a call nobody answered.
const statusNone = "none"

// answerMax bounds what is read of an answer, bytes.
const answerMax = 1 << 20

// door is one gateway as its callers reach it.
type door struct {
	base string // of REST, as in "http://127.0.0.1:8080"
	rest *http.Client
	grpc *grpc.ClientConn
}

// openDoor prepares to call a gateway, which need not be there yet.
func openDoor(restAddress, grpcAddress string) (*door, error) {
	// A gateway that was killed is called again soon, not in a minute.
	soon := backoff.Config{BaseDelay: 50 * time.Millisecond, Multiplier: 1.5, Jitter: 0.2, MaxDelay: 500 * time.Millisecond}
	conn, err := grpc.NewClient("passthrough:///"+grpcAddress,
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithConnectParams(grpc.ConnectParams{Backoff: soon, MinConnectTimeout: time.Second}))
	if err != nil {
		return nil, fmt.Errorf("opening a connection: %w", err)
	}
	rest := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 256}}
	return &door{base: "http://" + restAddress, rest: rest, grpc: conn}, nil
}

func (d *door) close() error {
	d.rest.CloseIdleConnections()
	return d.grpc.Close()
}

// asks sends a request once over a transport and says what came back.
func (d *door) asks(ctx context.Context, transport string, a *ask) said {
	heard := said{Status: statusNone}
	if transport == transportGRPC {
		heard = d.asksGRPC(ctx, a)
	} else if a.Verb == verbReverse {
		heard = d.overREST(ctx, http.MethodPost, "/v1/settlements/"+a.Of+":reverse", a.Body)
	} else {
		heard = d.overREST(ctx, http.MethodPost, "/v1/settlements", a.Body)
	}
	heard.Key, heard.Transport, heard.At = a.Key, transport, time.Now()
	return heard
}

// asksGRPC sends the request that REST sends as JSON as the message it means.
func (d *door) asksGRPC(ctx context.Context, a *ask) said {
	method, in := onestopv1.SettlementService_CreateSettlement_FullMethodName, proto.Message(&onestopv1.CreateSettlementRequest{})
	reverse := &onestopv1.ReverseSettlementRequest{}
	if a.Verb == verbReverse {
		method, in = onestopv1.SettlementService_ReverseSettlement_FullMethodName, reverse
	}
	if err := protojson.Unmarshal(a.Body, in); err != nil {
		return said{Status: codes.InvalidArgument.String(), Reason: err.Error()}
	}
	reverse.Id = a.Of // REST has it in the path, not in the body
	return d.overGRPC(ctx, method, in)
}

// reads gets a settlement over a transport.
func (d *door) reads(ctx context.Context, transport, id string) said {
	if transport == transportREST {
		heard := d.overREST(ctx, http.MethodGet, "/v1/settlements/"+id, nil)
		heard.Transport = transport
		return heard
	}
	heard := d.overGRPC(ctx, onestopv1.SettlementService_GetSettlement_FullMethodName, &onestopv1.GetSettlementRequest{Id: id})
	heard.Transport = transport
	return heard
}

// overREST makes one HTTP call. What is cut off on the way is no answer.
func (d *door) overREST(ctx context.Context, method, path string, body []byte) said {
	request, err := http.NewRequestWithContext(ctx, method, d.base+path, bytes.NewReader(body))
	if err != nil {
		return said{Status: codes.InvalidArgument.String(), Reason: err.Error()}
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := d.rest.Do(request)
	if err != nil {
		return said{Status: statusNone}
	}
	defer response.Body.Close()
	text, err := io.ReadAll(io.LimitReader(response.Body, answerMax))
	if err != nil {
		return said{Status: statusNone}
	}
	if response.StatusCode == http.StatusOK || response.StatusCode == http.StatusAccepted {
		return understood(transportREST, text)
	}
	return refusedREST(text)
}

// refusedREST reads an error as REST shows it: google.rpc.Status.
func refusedREST(text []byte) said {
	var told struct {
		Code    uint32 `json:"code"`
		Details []struct {
			Reason   string            `json:"reason"`
			Metadata map[string]string `json:"metadata"`
		} `json:"details"`
	}
	if json.Unmarshal(text, &told) != nil || told.Code == 0 {
		return said{Status: codes.Unknown.String(), Reason: "not an error of the contract"}
	}
	heard := said{Status: codes.Code(told.Code).String()}
	for _, detail := range told.Details {
		if detail.Reason != "" && heard.Reason == "" {
			heard.Reason, heard.ID = detail.Reason, detail.Metadata[metadataID]
		}
	}
	return heard
}

// overGRPC makes one call. An error without a reason of the contract was made on
// this side of the wire: nobody answered.
func (d *door) overGRPC(ctx context.Context, method string, in proto.Message) said {
	var out frame
	err := d.grpc.Invoke(ctx, method, in, &out, grpc.ForceCodec(frames{}))
	if err == nil {
		return understood(transportGRPC, out.bytes)
	}
	told := status.Convert(err)
	heard := said{Status: told.Code().String()}
	for _, detail := range told.Details() {
		if info, ok := detail.(*errdetails.ErrorInfo); ok {
			heard.Reason, heard.ID = info.GetReason(), info.GetMetadata()[metadataID]
		}
	}
	if heard.Reason == "" { // not from the gateway: nobody answered
		heard.Status = statusNone
	}
	return heard
}

// frame is an answer whose bytes are kept as they came.
type frame struct{ bytes []byte }

// frames is the codec of gRPC's own messages that keeps answers as bytes.
type frames struct{}

var errFrame = errors.New("not a message of this codec")

// Name implements encoding.Codec.
func (frames) Name() string { return "proto" }

// Marshal implements encoding.Codec.
func (frames) Marshal(v any) ([]byte, error) {
	message, ok := v.(proto.Message)
	if !ok {
		return nil, errFrame
	}
	return proto.Marshal(message)
}

// Unmarshal implements encoding.Codec.
func (frames) Unmarshal(data []byte, v any) error {
	into, ok := v.(*frame)
	if !ok {
		return errFrame
	}
	into.bytes = bytes.Clone(data)
	return nil
}
