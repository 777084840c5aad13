package payertest

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// fakeServer is the payer's side of a Fake.
type fakeServer struct{ fake *Fake }

func (s fakeServer) Script(operation settlement.Operation, behaviours ...Behaviour) {
	s.fake.SetTemper(Scripted(map[settlement.Operation][]Behaviour{operation: behaviours}))
}

func (s fakeServer) Net(message settlement.MessageID) int { return s.fake.Net(message) }

func (s fakeServer) Arrivals(operation settlement.Operation) (arrivals int) {
	for _, call := range s.fake.Calls() {
		if call.Operation == operation {
			arrivals++
		}
	}
	return arrivals
}

func (s fakeServer) Arrive() { s.fake.Arrive() }

func (s fakeServer) Stop() {
	s.fake.SetTemper(func(lifecycle.Call, int) Behaviour { return Unsent })
}

// common is what the calls of these tests share.
var common = lifecycle.Call{
	Facility: lifecycle.Facility{ID: "H36082700001", Name: "测试医院", Region: "360827"},
	Region:   "360827",
	Insured:  "36082700000000000000000001",
	Person:   "360827199001010010",
	Scheme:   settlement.SchemeResident,
}

func newFake(t *testing.T, temper Temper) *Fake {
	t.Helper()
	ratio, err := settlement.ParseRatio("0.65")
	if err != nil {
		t.Fatal(err)
	}
	return NewFake(FakeConfig{
		Code: "fake",
		Terms: settlement.Terms{
			Traits: settlement.Traits{InquireByEncounter: true}, CallTimeout: 5 * time.Second, QuietPeriod: time.Minute,
		},
		Temper: temper,
		Ratio:  ratio,
		People: map[settlement.Private]lifecycle.Insured{
			common.Person: {Number: common.Insured, Name: "张测试", Region: common.Region, Scheme: common.Scheme},
		},
	})
}

func TestFakePassesTheSuite(t *testing.T) {
	for _, proof := range []bool{false, true} {
		Run(t, Harness{
			Start: func(t *testing.T) (lifecycle.Payer, Server) {
				fake := newFake(t, nil)
				fake.config.ReversalProof = proof
				return fake, fakeServer{fake}
			},
			Call:          common,
			ReversalProof: proof,
		})
	}
}

// send prepares and sends a call to fake.
func send(t *testing.T, fake *Fake, call lifecycle.Call) lifecycle.PayerAnswer {
	t.Helper()
	wire, err := fake.Prepare(call)
	if err != nil {
		t.Fatal(err)
	}
	return fake.Send(context.Background(), wire)
}

func settleCall(message settlement.MessageID) lifecycle.Call {
	call := common
	call.Operation, call.Message, call.Encounter = settlement.OpSettle, message, "E1"
	call.Claim.Bill = settlement.Bill{Submitted: 1000_00, Eligible: 900_00, SelfFunded: 100_00}
	call.BillStated = true
	return call
}

func TestFakePaysItsRatioOfTheEligibleAmount(t *testing.T) {
	fake := newFake(t, nil)
	stated := send(t, fake, settleCall("m1")).Payment
	if stated.Basic != 585_00 {
		t.Errorf("basic %s, want 585.00", stated.Basic)
	}
	call := settleCall("m2")
	call.BillStated = false
	if unstated := send(t, fake, call).Payment; unstated.Basic != 650_00 || unstated.Bill.Eligible != 1000_00 {
		t.Errorf("basic %s of %s, want 650.00 of 1000.00", unstated.Basic, unstated.Bill.Eligible)
	}
}

// The worst case of late delivery: reversed before it arrived, and booked then.
func TestFakeBooksWhatArrivesAfterItsReversal(t *testing.T) {
	fake := newFake(t, Scripted(map[settlement.Operation][]Behaviour{settlement.OpSettle: {TooSlow}}))
	call := settleCall("m1")
	if answer := send(t, fake, call); answer.Result != settlement.ResultInDoubt {
		t.Fatalf("result %q", answer.Result)
	}
	reversal := call
	reversal.Operation, reversal.Message, reversal.Original = settlement.OpReverse, "m2", "m1"
	if answer := send(t, fake, reversal); answer.Result != settlement.ResultNotFound {
		t.Fatalf("reversal before arrival: %q", answer.Result)
	}
	if fake.Net("m1") != 0 {
		t.Error("booked before it arrived")
	}
	if arrived := fake.Arrive(); arrived != 1 || fake.Net("m1") != 1 {
		t.Errorf("%d arrived, net %d", arrived, fake.Net("m1"))
	}
	if arrived := fake.Arrive(); arrived != 0 || fake.Net("m1") != 1 {
		t.Errorf("arrived a second time: %d, net %d", arrived, fake.Net("m1"))
	}
	reversal.Message = "m3"
	if answer := send(t, fake, reversal); answer.Result != settlement.ResultAccepted || fake.Net("m1") != 0 {
		t.Errorf("reversal after arrival: %q, net %d", answer.Result, fake.Net("m1"))
	}
}

// A caller that sends twice must be found out: the book shows it.
func TestFakeBooksAMessageSentTwiceTwice(t *testing.T) {
	fake := newFake(t, nil)
	send(t, fake, settleCall("m1"))
	send(t, fake, settleCall("m1"))
	if fake.Net("m1") != 2 || len(fake.Book()) != 2 {
		t.Errorf("net %d, %d holdings", fake.Net("m1"), len(fake.Book()))
	}
}

func TestDrawnDependsOnSeedAndMessageOnly(t *testing.T) {
	weights := map[Behaviour]int{Answer: 50, LostAfter: 25, Refuse: 25}
	drawn := func(seed uint64, order []int) map[int]Behaviour {
		temper, got := Drawn(seed, weights, 0), map[int]Behaviour{}
		for _, i := range order {
			got[i] = temper(settleCall(settlement.MessageID(rune('a'+i))), 1)
		}
		return got
	}
	forward := drawn(7, []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15})
	backward := drawn(7, []int{15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0})
	if diff := cmp.Diff(forward, backward); diff != "" {
		t.Errorf("the order of calls matters:\n%s", diff)
	}
	if cmp.Equal(forward, drawn(8, []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15})) {
		t.Error("the seed does not matter")
	}
}

func TestDrawnKeepsToItsWeightsAndHeals(t *testing.T) {
	temper := Drawn(1, map[Behaviour]int{Answer: 90, LostBefore: 10, Refuse: 0}, 2)
	counts := map[Behaviour]int{}
	for i := range 5000 {
		counts[temper(settleCall(settlement.MessageID(time.Duration(i).String())), 1)]++
	}
	if counts[LostBefore] < 400 || counts[LostBefore] > 600 || counts[Refuse] != 0 {
		t.Errorf("drawn %v of 90:10:0", counts)
	}
	for i := range 100 {
		if got := temper(settleCall(settlement.MessageID(time.Duration(i).String())), 3); got != Answer {
			t.Fatalf("the third call of a message is %q", got)
		}
	}
}
