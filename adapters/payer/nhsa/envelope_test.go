package nhsa

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// The whole request of a settlement, to the byte: what the journal keeps is
// what a payer's engineers are shown.
func TestPreparedRequest(t *testing.T) {
	payer := newPayer(t, func(c *Config) { c.SignType = "MOCK" })
	call := callOf(settlement.OpReverse)
	call.Facility.Name = "<测试>&医院"
	wire, err := payer.Prepare(call)
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"infno":"2305","msgid":"H36082700001201207011504050002","mdtrtarea_admvs":"360827",` +
		`"insuplc_admdvs":"360827","recer_sys_code":"YBXT","dev_no":"","dev_safe_info":"","cainfo":"","signtype":"MOCK",` +
		`"infver":"V1.0","opter_type":"1","opter":"onestop","opter_name":"网关","inf_time":"2012-07-01 15:04:05",` +
		`"fixmedins_code":"H36082700001","fixmedins_name":"<测试>&医院","sign_no":"",` +
		`"input":{"data":{"mdtrt_id":"E000001","setl_id":"S000001","psn_no":"36082700000000000000000001"}}}`
	if string(wire.Body) != want {
		t.Errorf("got  %s\nwant %s", wire.Body, want)
	}
	if diff := cmp.Diff(call, wire.Call); diff != "" {
		t.Errorf("call:\n%s", diff)
	}
}

func TestRequestRoundTrip(t *testing.T) {
	payer := newPayer(t, nil)
	for operation, empty := range map[settlement.Operation]any{
		settlement.OpIdentify: &personQuery{}, settlement.OpQuote: &settleData{}, settlement.OpSettle: &settleData{},
		settlement.OpReverse: &cancelData{}, settlement.OpInquire: &inquiryData{},
	} {
		call := callOf(operation)
		want := payer.envelope(call, payer.config.Account, payer.data(call))
		text, err := want.encode()
		if err != nil {
			t.Fatal(err)
		}
		got := request{Input: input{Data: empty}}
		decoder := json.NewDecoder(bytes.NewReader(text))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(&got); err != nil {
			t.Fatal(err)
		}
		again, err := got.encode()
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(text, again) {
			t.Errorf("%s:\nfirst %s\nagain %s", operation, text, again)
		}
		if bytes.Contains(text, []byte("***")) {
			t.Errorf("%s: a private field went out masked: %s", operation, text)
		}
	}
}

func TestDecodeReply(t *testing.T) {
	for _, test := range []struct {
		name, body, status, words string
		output                    bool
	}{
		{"a yes", `{"infcode":0,"output":{"a":1}}`, "0", "", true},
		{"a textual yes", `{"infcode":"0","output":"{\"a\":1}"}`, "0", "", true},
		{"a yes without content", `{"infcode":0,"output":null}`, "0", "", false},
		{"a yes with an empty text", `{"infcode":0,"output":""}`, "0", "", false},
		{"a no", `{"infcode":-2,"err_msg":"不","output":null}`, "-2", "不", false},
		{"a no with content", `{"infcode":-2,"err_msg":"不","output":{"a":1}}`, "-2", "不", false},
		{"a no with content of no form", `{"infcode":-2,"err_msg":"不","output":"失败"}`, "-2", "不", false},
	} {
		got, err := decodeReply([]byte(test.body))
		if err != nil || got.Status != test.status || got.Words != test.words || got.Output.empty() == test.output {
			t.Errorf("%s: %+v, %v", test.name, got, err)
		}
	}
	for _, bad := range []string{
		`{"infcode":0,"output":"x"}`, `{"infcode":0,"output":"[1]"}`, `{"infcode":0,"output":"{\"a\":1,\"a\":1}"}`,
		`{"infcode":0,"output":"{} {}"}`, `{"infcode":0,"output":[1]}`, `{"infcode":0,"output":1}`, `{"infcode":0,"output":true}`,
		`{"infcode":[0]}`, `{"infcode":{}}`, `{"infcode":-2,"err_msg":1}`, `{"infcode":-1,"err_msg":[]}`, `[]`, `"{}"`,
	} {
		if got, err := decodeReply([]byte(bad)); err == nil {
			t.Errorf("%s was taken for %+v", bad, got)
		}
	}
}

// FuzzEnvelope: whatever comes back, an answer is applied only with sums that
// hold for the very call, refused only on a clear no, and otherwise in doubt.
func FuzzEnvelope(f *testing.F) {
	for i, seed := range []string{
		settledAnswer, cancelledAnswer, foundAnswer, personAnswer,
		`{"infcode":-2,"err_msg":"[R404] x"}`, `{"infcode":"-1"}`, `{"infcode":0,"output":"{}"}`, `{`, `[]`, "\xef\xbb\xbf{}",
	} {
		f.Add([]byte(seed), uint8(i))
	}
	operations := []settlement.Operation{
		settlement.OpSettle, settlement.OpReverse, settlement.OpInquire, settlement.OpIdentify, settlement.OpQuote,
	}
	payer, err := New(config("http://payer.invalid"))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, body []byte, choice uint8) {
		call := callOf(operations[int(choice)%len(operations)])
		answer := payer.read(call, body)
		switch answer.Result {
		case settlement.ResultApplied:
			checkApplied(t, call, answer)
		case settlement.ResultRefused:
			if reply, err := decodeReply(body); err != nil || reply.Status != statusRefused {
				t.Fatalf("refused without a clear no: %v", err)
			}
		case settlement.ResultInDoubt:
			if answer.Cause == nil {
				t.Fatal("in doubt without a cause")
			}
		case settlement.ResultReversed, settlement.ResultNotFound:
			if call.Operation != settlement.OpReverse && call.Operation != settlement.OpInquire {
				t.Fatalf("%s to a %s", answer.Result, call.Operation)
			}
		default:
			t.Fatalf("result %q", answer.Result)
		}
	})
}

func checkApplied(t *testing.T, call lifecycle.Call, answer lifecycle.PayerAnswer) {
	t.Helper()
	if call.Operation == settlement.OpIdentify {
		if answer.Insured.Number == "" {
			t.Fatal("identified nobody")
		}
		return
	}
	payment := answer.Payment
	sum := payment.Basic + payment.CriticalIllness + payment.Assistance + payment.PersonalAccount
	for _, share := range payment.Others {
		sum += share.Amount
	}
	if !payment.Bill.Balanced() || sum > payment.Bill.Submitted || payment.Encounter != call.Encounter {
		t.Fatalf("applied %+v", payment)
	}
	if answer.Conflict == "" && payment.Bill != call.Claim.Bill {
		t.Fatal("another bill without a conflict")
	}
	if call.Operation != settlement.OpQuote && payment.Reference == "" {
		t.Fatal("applied without a reference")
	}
}
