package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"sync/atomic"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"github.com/onestop-gateway/onestop/loadtest/measure"
	onestopv1 "github.com/onestop-gateway/onestop/proto/onestop/v1"
	"github.com/onestop-gateway/onestop/settlement"
)

// essence is what has to be right of an answer, over either transport.
type essence struct {
	RequestID    string `json:"request_id"`
	DischargeID  string `json:"discharge_id"`
	State        string `json:"state"`
	Adjudication struct {
		Benefit     string `json:"benefit"`
		PatientPays string `json:"patient_pays"`
		CapLimited  bool   `json:"cap_limited"`
	} `json:"adjudication"`
}

// examiner checks every answer and counts what is no right one.
type examiner struct {
	capped  atomic.Int64 // right, with a benefit that the year's cap has cut
	turned  atomic.Int64 // rejects
	advised atomic.Int64 // rejects that said when to come again

	mu       sync.Mutex
	examples []string // of wrong answers and failures, few
}

// examplesMost bounds what is shown of what went wrong.
const examplesMost = 5

// judge says whether an answer is the one its claim must get.
func (e *examiner) judge(c *claim, a *essence) measure.Outcome {
	benefit, bad := settlement.ParseMoney(a.Adjudication.Benefit)
	patientPays, worse := settlement.ParseMoney(a.Adjudication.PatientPays)
	switch {
	case a.RequestID != c.request.GetRequestId() || a.DischargeID != c.request.GetDischargeId():
		return e.note(measure.Wrong, "the answer is another request's")
	case a.State != onestopv1.State_STATE_SETTLED.String():
		return e.note(measure.Failed, "not settled: "+a.State)
	case errors.Join(bad, worse) != nil || benefit+patientPays+c.pooled != c.submitted:
		return e.note(measure.Wrong, fmt.Sprintf("shares do not add up: payer %s, benefit %q, patient %q of %s",
			c.pooled, a.Adjudication.Benefit, a.Adjudication.PatientPays, c.submitted))
	case benefit == c.benefit:
		return measure.Right
	case benefit < c.benefit && a.Adjudication.CapLimited:
		e.capped.Add(1)
		return measure.Right
	}
	return e.note(measure.Wrong, fmt.Sprintf("benefit %s instead of %s", benefit, c.benefit))
}

// note keeps an example of what went wrong.
func (e *examiner) note(how measure.Outcome, example string) measure.Outcome {
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.examples) < examplesMost {
		e.examples = append(e.examples, example)
	}
	return how
}

// rejected counts being turned away, and whether it was said when to come again.
func (e *examiner) rejected(advised bool) measure.Outcome {
	e.turned.Add(1)
	if advised {
		e.advised.Add(1)
	}
	return measure.Rejected
}

// caller settles a claim over one transport and examines the answer.
type caller interface {
	settle(ctx context.Context, worker int, c *claim) measure.Outcome
	close() error
}

// perConnection is how many clients share a connection of gRPC, which carries
// many calls at once.
const perConnection = 16

// callerGRPC settles over gRPC.
type callerGRPC struct {
	*examiner
	wires []*wire
}

func newCallerGRPC(ctx context.Context, address string, workers int, e *examiner) (*callerGRPC, error) {
	c := &callerGRPC{examiner: e}
	for range (workers + perConnection - 1) / perConnection {
		one, err := newWire(ctx, address, onestopv1.SettlementService_CreateSettlement_FullMethodName)
		if err != nil {
			return nil, errors.Join(err, c.close())
		}
		c.wires = append(c.wires, one)
	}
	return c, nil
}

func (c *callerGRPC) close() error {
	var problems []error
	for _, one := range c.wires {
		problems = append(problems, one.close())
	}
	return errors.Join(problems...)
}

func (c *callerGRPC) settle(ctx context.Context, worker int, asked *claim) measure.Outcome {
	request, err := proto.Marshal(asked.request)
	if err != nil {
		return c.note(measure.Failed, err.Error())
	}
	told := c.wires[worker/perConnection].call(ctx, request)
	switch {
	case told.err != nil:
		return c.note(measure.Failed, told.err.Error())
	case told.code == codes.ResourceExhausted:
		return c.rejected(advises(told.details))
	case told.code != codes.OK:
		return c.note(measure.Failed, told.code.String()+": "+told.message)
	}
	var heard essence
	text, err := told.only()
	if err := errors.Join(err, readFields(text, heard.settlementField)); err != nil {
		return c.note(measure.Wrong, err.Error())
	}
	return c.judge(asked, &heard)
}

// callerREST settles over REST.
type callerREST struct {
	*examiner
	url    string
	client *http.Client
}

func newCallerREST(address string, workers int, e *examiner) *callerREST {
	transport := &http.Transport{MaxIdleConnsPerHost: workers, MaxIdleConns: workers, DisableCompression: true}
	return &callerREST{examiner: e, url: "http://" + address + "/v1/settlements", client: &http.Client{Transport: transport}}
}

func (c *callerREST) close() error {
	c.client.CloseIdleConnections()
	return nil
}

func (c *callerREST) settle(ctx context.Context, _ int, asked *claim) measure.Outcome {
	body, err := protojson.MarshalOptions{UseProtoNames: true}.Marshal(asked.request)
	if err != nil {
		return c.note(measure.Failed, err.Error())
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url, bytes.NewReader(body))
	if err != nil {
		return c.note(measure.Failed, err.Error())
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := c.client.Do(request)
	if err != nil {
		return c.note(measure.Failed, "no answer over REST: "+err.Error())
	}
	defer response.Body.Close()
	text, err := io.ReadAll(io.LimitReader(response.Body, answerMax))
	if err != nil {
		return c.note(measure.Failed, "half an answer over REST: "+err.Error())
	}
	switch response.StatusCode {
	case http.StatusOK:
		var a essence
		if err := json.Unmarshal(text, &a); err != nil {
			return c.note(measure.Wrong, "not JSON: "+err.Error())
		}
		return c.judge(asked, &a)
	case http.StatusTooManyRequests:
		return c.rejected(response.Header.Get("Retry-After") != "")
	}
	return c.note(measure.Failed, response.Status)
}
