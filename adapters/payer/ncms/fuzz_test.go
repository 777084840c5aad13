package ncms

import (
	"encoding/xml"
	"errors"
	"testing"

	"github.com/onestop-gateway/onestop/settlement"
)

// FuzzParse: what is read as XML is XML for the standard library too, within
// the bounds; nothing panics.
func FuzzParse(f *testing.F) {
	f.Add([]byte(soap("request", ticketAnswer)))
	f.Add([]byte(ticketAnswer))
	f.Add([]byte(pipeAnswer))
	for _, bad := range badEnvelopes() {
		if len(bad.body) < 10_000 {
			f.Add([]byte(bad.body))
		}
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		root, err := parse(text)
		if err != nil {
			var known *breach
			if !errors.As(err, &known) {
				t.Fatalf("error %v", err)
			}
			return
		}
		var other struct {
			XMLName xml.Name
		}
		if err := xml.Unmarshal(text, &other); err != nil || other.XMLName.Local != root.name {
			t.Fatalf("read as %q, by the library as %q, %v", root.name, other.XMLName.Local, err)
		}
		if depth(root) > depthMax {
			t.Fatalf("%d deep", depth(root))
		}
	})
}

func depth(n node) int {
	deepest := 0
	for _, child := range n.children {
		deepest = max(deepest, depth(child))
	}
	return deepest + 1
}

// FuzzAnswer: whatever an answer holds, it is never believed beyond its sums,
// and a payment never exceeds the bill it is on.
func FuzzAnswer(f *testing.F) {
	f.Add(ticketAnswer, false)
	f.Add(rows(ticketRecord, other), false)
	f.Add(pipeAnswer, true)
	for _, bad := range badEdits {
		f.Add(bad.new, false)
	}
	for _, bad := range badPipes {
		f.Add(bad.new, true)
	}
	payers := map[bool]*Payer{}
	for piped, shape := range map[bool]Shape{false: Ticket, true: Pipe} {
		payer, err := New(config("http://payer.invalid", shape))
		if err != nil {
			f.Fatal(err)
		}
		payers[piped] = payer
	}
	f.Fuzz(func(t *testing.T, text string, piped bool) {
		operation := map[bool]string{false: ticketOperation, true: pipeOperation}[piped]
		for _, asked := range []settlement.Operation{settlement.OpSettle, settlement.OpQuote, settlement.OpInquire, settlement.OpReverse, settlement.OpIdentify} {
			call := callOf(asked)
			answer, _ := payers[piped].read(call, []byte(soap(operation, text)))
			p := answer.Payment
			if p.Paid()+p.PersonalAccount > p.Bill.Submitted || !p.Bill.Balanced() || min(p.Basic, p.CriticalIllness, p.PersonalAccount, p.Bill.Eligible) < 0 {
				t.Fatalf("payment %+v", p)
			}
			if (answer.Result == settlement.ResultInDoubt) != (answer.Cause != nil) || answer.Result == settlement.ResultUnsent {
				t.Fatalf("%s with cause %v", answer.Result, answer.Cause)
			}
		}
	})
}
