package ncms

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/onestop-gateway/onestop/adapters/payer/payertest"
	"github.com/onestop-gateway/onestop/adapters/payer/sim"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// sent prepares and sends a call of its own stay.
func sent(t *testing.T, payer *Payer, call lifecycle.Call) lifecycle.PayerAnswer {
	t.Helper()
	wire, err := payer.Prepare(call)
	if err != nil {
		t.Fatal(err)
	}
	return payer.Send(context.Background(), wire)
}

// numbered is the fixed settlement under a message and in a stay of its own.
func numbered(last string) lifecycle.Call {
	call := callOf(settlement.OpSettle)
	call.Message = settlement.MessageID(strings.TrimSuffix(message, "1") + last)
	call.Encounter = settlement.EncounterID("E00000" + last)
	return call
}

func TestOneTicketServesManyCalls(t *testing.T) {
	payer, server := start(t, Ticket, nil)
	answers := make(chan lifecycle.PayerAnswer)
	for i := range 8 {
		go func() { answers <- sent(t, payer, numbered(string(rune('1'+i)))) }()
	}
	for range 8 {
		if answer := <-answers; answer.Result != settlement.ResultApplied {
			t.Errorf("%s, %v", answer.Result, answer.Cause)
		}
	}
	if logins := server.server.Arrivals("S02"); logins != 1 {
		t.Errorf("%d tickets were asked for", logins)
	}
}

func TestATicketIsRenewedBeforeItRunsOut(t *testing.T) {
	payer, server := start(t, Ticket, func(c *Config) { c.TicketLife = time.Nanosecond })
	for i := range 3 {
		if answer := sent(t, payer, numbered(string(rune('1'+i)))); answer.Result != settlement.ResultApplied {
			t.Errorf("%s, %v", answer.Result, answer.Cause)
		}
	}
	if logins := server.server.Arrivals("S02"); logins != 3 {
		t.Errorf("%d tickets were asked for", logins)
	}
}

// A settle whose ticket the payer has forgotten is a clear no and is not sent
// again by itself; the next call comes with a new ticket.
func TestAForgottenTicketNeverSendsASettleTwice(t *testing.T) {
	payer, server := start(t, Ticket, nil)
	script := server.script
	script.Rules = []sim.Rule{{Transaction: "S14", Fault: sim.ExpiredTicket, First: 1}}
	server.play(script)
	checkUnpaid(t, "the first", sent(t, payer, numbered("1")), settlement.ResultRefused)
	if arrivals, net := server.Arrivals(settlement.OpSettle), server.Net(numbered("1").Message); arrivals != 1 || net != 0 {
		t.Errorf("%d settles arrived, %d are held", arrivals, net)
	}
	if answer := sent(t, payer, numbered("2")); answer.Result != settlement.ResultApplied {
		t.Errorf("%s, %v", answer.Result, answer.Cause)
	}
	if logins := server.server.Arrivals("S02"); logins != 2 {
		t.Errorf("%d tickets were asked for", logins)
	}
}

// A reversal whose ticket is turned away proves nothing, is not sent again by
// itself, and is done when it is tried again.
func TestAForgottenTicketLeavesAReversalOpen(t *testing.T) {
	payer, server := start(t, Ticket, nil)
	settled := sent(t, payer, numbered("1"))
	script := server.script
	script.Rules = []sim.Rule{{Transaction: "S15", Fault: sim.ExpiredTicket, First: 1}}
	server.play(script)
	call := callOf(settlement.OpReverse)
	call.Reference = settled.Payment.Reference
	checkUnpaid(t, "the first", sent(t, payer, call), settlement.ResultInDoubt)
	if arrivals, net := server.Arrivals(settlement.OpReverse), server.Net(message); arrivals != 1 || net != 1 {
		t.Errorf("%d reversals arrived, %d are held", arrivals, net)
	}
	checkUnpaid(t, "the second", sent(t, payer, call), settlement.ResultReversed)
	if net := server.Net(message); net != 0 {
		t.Errorf("%d are held", net)
	}
}

// Without a ticket nothing of a settlement leaves, whatever becomes of the
// log-in.
func TestNoTicketNoCall(t *testing.T) {
	for _, fault := range []sim.Fault{
		sim.Refuse, sim.SystemError, sim.HTTPError, sim.LostBefore, sim.LostAfter, sim.Malformed, sim.Reset, sim.Oversized,
	} {
		payer, server := start(t, Ticket, nil)
		script := server.script
		script.Rules = []sim.Rule{{Transaction: "S02", Fault: fault, First: 1}}
		server.play(script)
		checkUnpaid(t, string(fault), sent(t, payer, numbered("1")), settlement.ResultUnsent)
		if arrivals := server.Arrivals(settlement.OpSettle); arrivals != 0 {
			t.Errorf("%s: %d settles arrived", fault, arrivals)
		}
		if answer := sent(t, payer, numbered("1")); answer.Result != settlement.ResultApplied {
			t.Errorf("%s: afterwards %s, %v", fault, answer.Result, answer.Cause)
		}
	}
}

// A log-in answered with anything but a ticket sends nothing.
func TestLogInsThatGiveNoTicket(t *testing.T) {
	for name, text := range map[string]string{
		"an empty ticket": "<result><state>true</state><data><billCode/></data></result>",
		"no data":         "<result><state>true</state></result>",
		"two tickets":     "<result><state>true</state><data><billCode>1</billCode><billCode>2</billCode></data></result>",
		"a no":            "<result><state>false</state><message>[P403] 密码错误</message></result>",
		"no answer":       "",
	} {
		arrived := 0
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			arrived++
			io.WriteString(w, soap("request", text))
		}))
		payer := newPayer(t, Ticket, func(c *Config) { c.URL = server.URL })
		checkUnpaid(t, name, sent(t, payer, numbered("1")), settlement.ResultUnsent)
		payer.Close()
		server.Close()
		if arrived != 1 {
			t.Errorf("%s: %d requests", name, arrived)
		}
	}
}

func TestAWrongPasswordIsUnsent(t *testing.T) {
	payer, server := start(t, Ticket, func(c *Config) { c.Password = "falsch" })
	answer := sent(t, payer, numbered("1"))
	checkUnpaid(t, "wrong password", answer, settlement.ResultUnsent)
	if server.Arrivals(settlement.OpSettle) != 0 || answer.Cause == nil || strings.Contains(answer.Cause.Error(), "falsch") {
		t.Errorf("cause %v", answer.Cause)
	}
}

// Whoever waits for another's log-in waits no longer than their own time.
func TestWaitingForATicketEnds(t *testing.T) {
	payer, server := start(t, Ticket, nil)
	script := server.script
	script.Rules = []sim.Rule{{Transaction: "S02", Fault: sim.Slow, First: 1, DelayMillis: payertest.Lateness.Milliseconds()}}
	server.play(script)
	first := make(chan lifecycle.PayerAnswer)
	go func() { first <- sent(t, payer, numbered("1")) }()
	for server.server.Arrivals("S02") == 0 {
		time.Sleep(time.Millisecond)
	}
	wire, err := payer.Prepare(numbered("2"))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	checkUnpaid(t, "the second", payer.Send(ctx, wire), settlement.ResultUnsent)
	if answer := <-first; answer.Result != settlement.ResultApplied {
		t.Errorf("the first: %s, %v", answer.Result, answer.Cause)
	}
}

// The hospital's own system admits (S04) and uploads its charges (S10); the
// gateway settles the stay by the number it was given.
func TestSettlesWhatTheHospitalUploaded(t *testing.T) {
	payer, server := start(t, Ticket, nil)
	asked := func(operation, body, field string) string {
		ticket, err := payer.credential(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		_, text, err := payer.post(t.Context(), payer.wire.seal(request(operation, "<body>"+body+"</body>"), ticket))
		if err != nil {
			t.Fatal(err)
		}
		reply, err := payer.wire.open(text)
		if err != nil || !reply.yes {
			t.Fatalf("%s: %s, %v", operation, reply.words, err)
		}
		return open("data", reply.content).text(field)
	}
	stay := asked("S04", "<memberId>"+insuredNumber+"</memberId><inpatientNo>Z1</inpatientNo>", "inpId")
	asked("S10", "<inpId>"+stay+"</inpId><detail><hisDetailCode>r1</hisDetailCode><totalCost>1200.0000</totalCost></detail>", "inpId")
	call := numbered("1")
	call.Encounter, call.BillStated, call.Claim.Bill = settlement.EncounterID(stay), false, settlement.Bill{Submitted: 1200_00}
	answer := sent(t, payer, call)
	// (1,200.00 - 400.00) x 0.65 is 520.00.
	if answer.Result != settlement.ResultApplied || answer.Payment.Basic != 520_00 || answer.Conflict != "" || server.Net(call.Message) != 1 {
		t.Errorf("%s, %+v, %v", answer.Result, answer.Payment, answer.Cause)
	}
}

// Neither password nor ticket stands in what is journalled.
func TestCredentialsAreNotJournalled(t *testing.T) {
	for _, shape := range []Shape{Ticket, Pipe} {
		payer := newPayer(t, shape, nil)
		wire, err := payer.Prepare(callOf(settlement.OpSettle))
		if err != nil {
			t.Fatal(err)
		}
		sealed := payer.wire.seal(wire.Body, "秘<&>密")
		if bytes.Contains(wire.Body, []byte("测试密码")) || !bytes.Contains(sealed, []byte("秘&amp;lt;&amp;amp;&amp;gt;密")) {
			t.Errorf("%s: journalled %s\nsent %s", shape, wire.Body, sealed)
		}
	}
}
