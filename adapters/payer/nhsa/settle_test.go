package nhsa

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/onestop-gateway/onestop/settlement"
)

// The input node of a settlement, to the byte.
func TestEncodeSettle(t *testing.T) {
	payer := newPayer(t, nil)
	total := callOf(settlement.OpSettle)
	total.BillStated = false
	anonymous := callOf(settlement.OpQuote)
	anonymous.Person = ""
	const head = `{"psn_no":"36082700000000000000000001","mdtrt_cert_type":"02",`
	const tail = `"medfee_sumamt":3000.00,"psn_setlway":"01","mdtrt_id":"E000001","acct_used_flag":"1","insutype":"390","mid_setl_flag":"0"`
	const parts = `,"fulamt_ownpay_amt":200.00,"overlmt_selfpay":99.95,"preselfpay_amt":100.05,"inscp_scp_amt":2600.00}`
	for _, test := range []struct {
		name string
		got  settleData
		want string
	}{
		{"parts stated", payer.encodeSettle(callOf(settlement.OpSettle)), head + `"mdtrt_cert_no":"36082719900101003X",` + tail + parts},
		{"only the total", payer.encodeSettle(total), head + `"mdtrt_cert_no":"36082719900101003X",` + tail + `}`},
		{"no identity number", payer.encodeSettle(anonymous), head + tail + parts},
	} {
		got, err := json.Marshal(test.got)
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != test.want {
			t.Errorf("%s:\n got %s\nwant %s", test.name, got, test.want)
		}
		var back settleData
		if err := json.Unmarshal(got, &back); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(test.got, back); diff != "" {
			t.Errorf("%s does not come back:\n%s", test.name, diff)
		}
	}
}

func TestReadSettlement(t *testing.T) {
	answer := newPayer(t, nil).read(callOf(settlement.OpSettle), []byte(settledAnswer))
	if answer.Result != settlement.ResultApplied || answer.Conflict != "" || answer.Cause != nil {
		t.Fatalf("%s, conflict %q, cause %v", answer.Result, answer.Conflict, answer.Cause)
	}
	if diff := cmp.Diff(settledPayment, answer.Payment); diff != "" {
		t.Errorf("payment (-want +got):\n%s", diff)
	}
}

// What provinces write differently and means the same.
func TestReadSettlementInOtherSpellings(t *testing.T) {
	inner := settledAnswer[strings.Index(settledAnswer, `{"setlinfo"`) : len(settledAnswer)-1]
	text, err := json.Marshal(inner)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name  string
		parts []string
	}{
		{"status as text", []string{`"infcode":0`, `"infcode":"0"`}},
		{"output as text", []string{inner, string(text)}},
		{"amounts as text", []string{`"hifp_pay":1400.00`, `"hifp_pay":"1400.00"`, `"medfee_sumamt":3000.00`, `"medfee_sumamt":"3000"`}},
		{"one decimal, and none", []string{`"hifp_pay":1400.00`, `"hifp_pay":1400`, `"overlmt_selfpay":99.95`, `"overlmt_selfpay":"99.95"`}},
		{"zero of either sign", []string{`"maf_pay":0`, `"maf_pay":-0.00`}},
		{"fields nobody knows", []string{`"balc":0`, `"balc":0,"othfund_pay":{"a":[1,2,{"b":null}]},"expContent":"{\"x\":1}"`}},
		{"no echo of the message", []string{`"medins_setl_id":"H36082700001201207011504050001"`, `"medins_setl_id":null`}},
		{"no echo at all", []string{`"medins_setl_id":"H36082700001201207011504050001",`, ``}},
		{"no assistance at all", []string{`"maf_pay":0,`, ``}},
		{"the hospital's part under its other name", []string{`"hosp_part_amt":50.00`, `"hosp_part_amt":null,"ownpay_hosp_part":50.00`}},
		{"both names of the hospital's part", []string{`"hosp_part_amt":50.00`, `"hosp_part_amt":50.00,"ownpay_hosp_part":1.00`}},
		{"details null", []string{`"setldetail":[`, `"setldetail":null,"rows":[`}},
		{"details empty", []string{`"setldetail":[`, `"setldetail":[],"rows":[`}},
		{"words beside a yes", []string{`"err_msg":null`, `"err_msg":"成功"`}},
		{"words of another type beside a yes", []string{`"err_msg":null`, `"err_msg":["成功"]`}},
	} {
		answer := newPayer(t, nil).read(callOf(settlement.OpSettle), []byte(edited(t, settledAnswer, test.parts...)))
		if answer.Result != settlement.ResultApplied || answer.Conflict != "" {
			t.Errorf("%s: %s, conflict %q, cause %v", test.name, answer.Result, answer.Conflict, answer.Cause)
		}
		if diff := cmp.Diff(settledPayment, answer.Payment); diff != "" {
			t.Errorf("%s: payment (-want +got):\n%s", test.name, diff)
		}
	}
}

// The payer pays, but contradicts what was asked.
func TestReadSettlementInConflict(t *testing.T) {
	assists := []string{`"maf_pay":0`, `"maf_pay":1.00`, `"hifp_pay":1400.00`, `"hifp_pay":1399.00`}
	moved := []string{`"fulamt_ownpay_amt":200.00`, `"fulamt_ownpay_amt":200.01`, `"inscp_scp_amt":2600.00`, `"inscp_scp_amt":2599.99`}
	for _, test := range []struct {
		name   string
		parts  []string
		total  settlement.Money // asked for
		stated bool
		want   settlement.Reason
	}{
		{"another total", nil, 3000_01, true, settlement.ReasonBillDiffers},
		{"another total, parts not stated", nil, 2999_99, false, settlement.ReasonBillDiffers},
		{"other parts", moved, 3000_00, true, settlement.ReasonBillDiffers},
		{"other parts, none stated", moved, 3000_00, false, ""},
		{"assistance", assists, 3000_00, true, settlement.ReasonPayerAssists},
		{"another total and assistance", assists, 3000_01, true, settlement.ReasonBillDiffers},
	} {
		call := callOf(settlement.OpSettle)
		call.Claim.Bill.Submitted, call.BillStated = test.total, test.stated
		answer := newPayer(t, nil).read(call, []byte(edited(t, settledAnswer, test.parts...)))
		if answer.Result != settlement.ResultApplied || answer.Conflict != test.want {
			t.Errorf("%s: %s, conflict %q, want %q", test.name, answer.Result, answer.Conflict, test.want)
		}
		if answer.Payment.Reference != "S000001" {
			t.Errorf("%s: reference %q: what is in conflict must be reversible", test.name, answer.Payment.Reference)
		}
	}
}

// A quote has no reference, and needs none.
func TestReadQuote(t *testing.T) {
	for _, reference := range []string{`"setl_id":null`, `"setl_id":""`} {
		body := edited(t, settledAnswer, `"setl_id":"S000001"`, reference)
		answer := newPayer(t, nil).read(callOf(settlement.OpQuote), []byte(body))
		want := settledPayment
		want.Reference = ""
		if answer.Result != settlement.ResultApplied {
			t.Fatalf("%s, cause %v", answer.Result, answer.Cause)
		}
		if diff := cmp.Diff(want, answer.Payment); diff != "" {
			t.Errorf("payment (-want +got):\n%s", diff)
		}
	}
}

// Any one byte of an answer may be damaged: what is then still applied without
// conflict says the same of money as before.
func TestDamagedByteNeverChangesMoney(t *testing.T) {
	payer, call := newPayer(t, nil), callOf(settlement.OpSettle)
	applied := 0
	for i := range len(settledAnswer) {
		for _, damage := range []byte{'0', '1', '9', '-', '.', ',', '"', '}', ' ', 'x', 0x00, 0xff} {
			body := []byte(settledAnswer)
			body[i] = damage
			answer := payer.read(call, body)
			if answer.Result != settlement.ResultApplied || answer.Conflict != "" {
				continue
			}
			applied++
			answer.Payment.Reference, answer.Payment.At = settledPayment.Reference, settledPayment.At
			if diff := cmp.Diff(settledPayment, answer.Payment); diff != "" {
				t.Fatalf("byte %d as %q (-was +is):\n%s", i, damage, diff)
			}
		}
	}
	if applied == 0 {
		t.Error("no damaged answer was applied: the test proves nothing")
	}
}
