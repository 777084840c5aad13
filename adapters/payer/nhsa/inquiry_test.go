package nhsa

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/onestop-gateway/onestop/settlement"
)

// foundAnswer is what an inquiry finds of settledAnswer.
var foundAnswer = strings.Replace(settledAnswer, `"clr_way":null`, `"clr_way":null,"refd_setl_flag":"0"`, 1)

// record is the settlement inside foundAnswer, details is the rest.
func foundParts() (record, details string) {
	start := strings.Index(foundAnswer, `{"mdtrt_id"`)
	end := strings.Index(foundAnswer, `,"setldetail"`)
	return foundAnswer[start:end], foundAnswer[end:]
}

func TestInquiryData(t *testing.T) {
	call := callOf(settlement.OpInquire)
	checkText(t, encodeInquiry(call), `{"psn_no":"36082700000000000000000001","setl_id":"S000001","mdtrt_id":"E000001"}`)
	call.Reference = ""
	checkText(t, encodeInquiry(call), `{"psn_no":"36082700000000000000000001","mdtrt_id":"E000001"}`)
}

func TestReadInquiryFindsThePayment(t *testing.T) {
	record, details := foundParts()
	another := strings.Replace(record, "150405000", "150405999", 1)
	for name, body := range map[string]string{
		"one record":                         foundAnswer,
		"a list of one":                      `{"infcode":0,"output":{"setlinfo":[` + record + `]` + details,
		"a list with another":                `{"infcode":0,"output":{"setlinfo":[` + another + `,` + record + `]}}`,
		"a list whose details are another's": `{"infcode":0,"output":{"setlinfo":[` + another + `,` + record + `],"setldetail":[{"fund_payamt":1}]}}`,
		"no flag":                            strings.Replace(foundAnswer, `,"refd_setl_flag":"0"`, ``, 1),
		"a flag as a number":                 strings.Replace(foundAnswer, `"refd_setl_flag":"0"`, `"refd_setl_flag":0`, 1),
	} {
		for _, reference := range []string{"", "S000001"} {
			call := callOf(settlement.OpInquire)
			call.Reference = reference
			answer := newPayer(t, nil).read(call, []byte(body))
			if answer.Result != settlement.ResultApplied || answer.Conflict != "" {
				t.Errorf("%s: %s, conflict %q, cause %v", name, answer.Result, answer.Conflict, answer.Cause)
			}
			if diff := cmp.Diff(settledPayment, answer.Payment); diff != "" {
				t.Errorf("%s (-want +got):\n%s", name, diff)
			}
		}
	}
}

func TestReadInquiry(t *testing.T) {
	record, _ := foundParts()
	another := strings.Replace(record, "150405000", "150405999", 1)
	nameless := strings.Replace(record, `"medins_setl_id":"H36082700001201207011504050001"`, `"medins_setl_id":null`, 1)
	reversed := strings.Replace(record, `"refd_setl_flag":"0"`, `"refd_setl_flag":"1"`, 1)
	for _, test := range []struct {
		name, setlinfo           string
		byEncounter, byReference settlement.Result
	}{
		{"nothing", `null`, settlement.ResultNotFound, settlement.ResultNotFound},
		{"an empty object", `{}`, settlement.ResultNotFound, settlement.ResultNotFound},
		{"an empty list", `[]`, settlement.ResultNotFound, settlement.ResultNotFound},
		{"reversed", reversed, settlement.ResultReversed, settlement.ResultReversed},
		{"reversed, in a list", `[` + another + `,` + reversed + `]`, settlement.ResultReversed, settlement.ResultReversed},
		{"reversed, flag as a number", strings.Replace(reversed, `"refd_setl_flag":"1"`, `"refd_setl_flag":1`, 1), settlement.ResultReversed, settlement.ResultReversed},
		{"reversed, amounts negated", strings.Replace(reversed, `"medfee_sumamt":3000.00`, `"medfee_sumamt":-3000.00`, 1), settlement.ResultReversed, settlement.ResultReversed},
		{"reversed, of another person", strings.Replace(reversed, insuredNumber, "1", 1), settlement.ResultInDoubt, settlement.ResultInDoubt},
		{"reversed, of another encounter", strings.Replace(reversed, "E000001", "E2", 1), settlement.ResultInDoubt, settlement.ResultInDoubt},
		{"another message's", another, settlement.ResultInDoubt, settlement.ResultInDoubt},
		{"a list of others'", `[` + another + `]`, settlement.ResultNotFound, settlement.ResultInDoubt},
		{"one that names no message", nameless, settlement.ResultInDoubt, settlement.ResultInDoubt},
		{"ours beside one that names none", `[` + nameless + `,` + record + `]`, settlement.ResultInDoubt, settlement.ResultInDoubt},
		{"ours twice", `[` + record + `,` + record + `]`, settlement.ResultInDoubt, settlement.ResultInDoubt},
		{"ours standing and reversed", `[` + record + `,` + reversed + `]`, settlement.ResultInDoubt, settlement.ResultInDoubt},
		{"a list of text", `["S000001"]`, settlement.ResultInDoubt, settlement.ResultInDoubt},
		{"text", `"S000001"`, settlement.ResultInDoubt, settlement.ResultInDoubt},
		{"a flag that is neither", strings.Replace(record, `"refd_setl_flag":"0"`, `"refd_setl_flag":"2"`, 1), settlement.ResultInDoubt, settlement.ResultInDoubt},
		{"a flag true", strings.Replace(record, `"refd_setl_flag":"0"`, `"refd_setl_flag":true`, 1), settlement.ResultInDoubt, settlement.ResultInDoubt},
		{"no reference", strings.Replace(record, `"setl_id":"S000001"`, `"setl_id":null`, 1), settlement.ResultInDoubt, settlement.ResultInDoubt},
		{"sums that do not hold", strings.Replace(record, `"hifp_pay":1400.00`, `"hifp_pay":1400.01`, 1), settlement.ResultInDoubt, settlement.ResultInDoubt},
		{"another person", strings.Replace(record, insuredNumber, "1", 1), settlement.ResultInDoubt, settlement.ResultInDoubt},
	} {
		body := []byte(`{"infcode":0,"output":{"setlinfo":` + test.setlinfo + `}}`)
		call := callOf(settlement.OpInquire)
		checkUnpaid(t, test.name+", by reference", newPayer(t, nil).read(call, body), test.byReference)
		call.Reference = ""
		checkUnpaid(t, test.name+", by encounter", newPayer(t, nil).read(call, body), test.byEncounter)
	}
	for _, body := range []string{`{"infcode":0}`, `{"infcode":0,"output":null}`, `{"infcode":0,"output":{}}`} {
		checkUnpaid(t, body, newPayer(t, nil).read(callOf(settlement.OpInquire), []byte(body)), settlement.ResultNotFound)
	}
}

// What the payer holds may contradict what was asked; it is there all the same.
func TestReadInquiryInConflict(t *testing.T) {
	call := callOf(settlement.OpInquire)
	call.Claim.Bill.Submitted++
	answer := newPayer(t, nil).read(call, []byte(foundAnswer))
	if answer.Result != settlement.ResultApplied || answer.Conflict != settlement.ReasonBillDiffers {
		t.Errorf("%s, conflict %q", answer.Result, answer.Conflict)
	}
}
