package ncms

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/onestop-gateway/onestop/settlement"
)

// rows is an answer with a row for each record.
func rows(records ...string) string {
	return `<result><state>true</state><data><detail>` + strings.Join(records, `</detail><detail>`) + `</detail></data></result>`
}

// other is a record of the stay under another message.
var other = strings.Replace(strings.Replace(ticketRecord, message, "OTHER", 1), "S000001", "S000009", 1)

func TestInquiries(t *testing.T) {
	undone := strings.Replace(ticketRecord, "<isCancel>0", "<isCancel>1", 1)
	for _, test := range []struct {
		name, text string
		byStay     bool // without the payer's reference
		want       settlement.Result
	}{
		{"ours", rows(ticketRecord), false, settlement.ResultApplied},
		{"ours beside another", rows(other, ticketRecord), true, settlement.ResultApplied},
		{"ours, undone", rows(undone), false, settlement.ResultReversed},
		{"ours undone, whose amounts are gone", rows(`<inpId>E000001</inpId><hisRedeemCode>` + message + `</hisRedeemCode><memberNo>360827010001</memberNo><isCancel>1</isCancel>`), true, settlement.ResultReversed},
		{"nothing", `<result><state>true</state><data/></result>`, true, settlement.ResultNotFound},
		{"nothing at all", `<result><state>true</state></result>`, true, settlement.ResultNotFound},
		{"only another", rows(other), true, settlement.ResultNotFound},
		{"another under our reference", rows(other), false, settlement.ResultInDoubt},
		{"two of ours", rows(ticketRecord, ticketRecord), true, settlement.ResultInDoubt},
		{"ours undone and ours anew", rows(undone, ticketRecord), true, settlement.ResultInDoubt},
		{"one that names no message", rows(strings.Replace(ticketRecord, message, "", 1)), true, settlement.ResultInDoubt},
		{"ours of another stay", rows(strings.Replace(ticketRecord, "E000001", "E000002", 1)), true, settlement.ResultInDoubt},
		{"ours undone of another person", rows(strings.Replace(undone, "360827010001", "360827010002", 1)), true, settlement.ResultInDoubt},
		{"ours without a reference", rows(strings.Replace(ticketRecord, "S000001", "", 1)), true, settlement.ResultInDoubt},
		{"another whose sums do not hold", rows(strings.Replace(other, "1068.0000", "1.00", 1), ticketRecord), true, settlement.ResultInDoubt},
	} {
		call := callOf(settlement.OpInquire)
		if test.byStay {
			call.Reference = ""
		}
		answer := heard(newPayer(t, Ticket, nil), call, test.text)
		if test.want != settlement.ResultApplied {
			checkUnpaid(t, test.name, answer, test.want)
			continue
		}
		if diff := cmp.Diff(settledPayment(), answer.Payment); answer.Result != test.want || diff != "" {
			t.Errorf("%s: %s, %v\n%s", test.name, answer.Result, answer.Cause, diff)
		}
	}
}

func TestReversals(t *testing.T) {
	named := `<inpId>E000001</inpId><redeemId>S000001</redeemId><hisRedeemCode>` + message + `</hisRedeemCode><memberNo>360827010001</memberNo>`
	for _, test := range []struct {
		name, data      string
		silent, certain settlement.Result // of payers whose bare yes is no proof, and is
	}{
		{"it names what it undid", named, settlement.ResultReversed, settlement.ResultReversed},
		{"silent", "", settlement.ResultAccepted, settlement.ResultReversed},
		{"it names another", strings.Replace(named, message, "OTHER", 1), settlement.ResultInDoubt, settlement.ResultInDoubt},
		{"it names another stay", strings.Replace(named, "E000001", "E000002", 1), settlement.ResultInDoubt, settlement.ResultInDoubt},
		{"it names another person", strings.Replace(named, "360827010001", "360827010002", 1), settlement.ResultInDoubt, settlement.ResultInDoubt},
		{"it names nobody", strings.Replace(named, "360827010001", "", 1), settlement.ResultReversed, settlement.ResultReversed},
		{"it names no stay", strings.Replace(named, "E000001", "", 1), settlement.ResultReversed, settlement.ResultReversed},
		{"it names no message", strings.Replace(named, message, "", 1), settlement.ResultInDoubt, settlement.ResultInDoubt},
		{"it names something else", "<ok>1</ok>", settlement.ResultAccepted, settlement.ResultReversed},
		{"it is a text", "ok", settlement.ResultInDoubt, settlement.ResultInDoubt},
	} {
		for confirms, want := range map[bool]settlement.Result{false: test.silent, true: test.certain} {
			payer := newPayer(t, Ticket, func(c *Config) { c.ReversalConfirms = confirms })
			text := `<result><state>true</state><data>` + test.data + `</data></result>`
			checkUnpaid(t, test.name, heard(payer, callOf(settlement.OpReverse), text), want)
		}
	}
}

func TestPeople(t *testing.T) {
	member := func(number, certificate, status string) string {
		return `<memberId>` + number + `</memberId><name>张测试</name><idCard>` + certificate + `</idCard><areaCode>360827</areaCode><status>` + status + `</status>`
	}
	mine := member(insuredNumber, strings.ToLower(identityNumber), "1")
	for _, test := range []struct {
		name, text string
		want       settlement.Result
		scheme     settlement.Scheme
	}{
		{"alone", rows(mine), settlement.ResultApplied, settlement.SchemeNCMS},
		{"among the family", rows(member("360827010002", "360827199001010048", "1"), mine), settlement.ResultApplied, settlement.SchemeNCMS},
		{"no longer a member", rows(member(insuredNumber, identityNumber, "0")), settlement.ResultApplied, settlement.SchemeNone},
		{"not in the family", rows(member("360827010002", "360827199001010048", "1")), settlement.ResultRefused, ""},
		{"nobody", `<result><state>true</state><data/></result>`, settlement.ResultRefused, ""},
		{"twice", rows(mine, mine), settlement.ResultInDoubt, ""},
		{"without a number", rows(member("", identityNumber, "1")), settlement.ResultInDoubt, ""},
	} {
		answer := heard(newPayer(t, Ticket, nil), callOf(settlement.OpIdentify), test.text)
		if test.want != settlement.ResultApplied {
			checkUnpaid(t, test.name, answer, test.want)
			continue
		}
		if got := answer.Insured; answer.Result != test.want || got.Scheme != test.scheme || got.Number != insuredNumber {
			t.Errorf("%s: %s, scheme %q, %v", test.name, answer.Result, got.Scheme, answer.Cause)
		}
	}
}

func TestPeopleOverThePipe(t *testing.T) {
	member := `<person><D504_02>360827010001</D504_02><D504_03>张测试</D504_03><D504_05>` + identityNumber + `</D504_05><areaCode>360827</areaCode><state>1</state></person>`
	for name, test := range map[string]struct {
		body string
		want settlement.Result
	}{
		"a member":         {member, settlement.ResultApplied},
		"nobody":           {"", settlement.ResultRefused},
		"without a number": {strings.Replace(member, "360827010001", "", 1), settlement.ResultInDoubt},
		"two numbers":      {strings.Replace(member, "<D504_03>", "<D504_02>1</D504_02><D504_03>", 1), settlement.ResultInDoubt},
	} {
		text := `<response><head><stateCode>0000000</stateCode></head><body>` + test.body + `</body></response>`
		answer, _ := newPayer(t, Pipe, nil).read(callOf(settlement.OpIdentify), []byte(soap("nh_pipe", text)))
		if answer.Result != test.want || (test.want == settlement.ResultApplied) != (answer.Insured.Number == insuredNumber) {
			t.Errorf("%s: %s, %v", name, answer.Result, answer.Cause)
		}
	}
}
