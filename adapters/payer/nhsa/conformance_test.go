package nhsa

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/onestop-gateway/onestop/adapters/payer/payertest"
	"github.com/onestop-gateway/onestop/adapters/payer/sim"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// The invented person every test settles for.
const (
	insuredNumber  = "36082700000000000000000001"
	identityNumber = "36082719900101003X"
)

// script insures that person and gives the adapter a credential.
func script() sim.Script {
	return sim.Script{
		Credentials: map[string]string{"onestop": "测试令牌"},
		People: map[string]sim.Person{insuredNumber: {
			Name: "张测试", Certificate: identityNumber, Scheme: "390", Area: "360827",
			Ratio: "0.65", Deductible: "400.00", SelfFundedRatio: "0.05", FirstPayRatio: "0.03",
			CriticalAbove: "500.00", CriticalRatio: "0.6", HospitalDerate: "50.00", SpecialCare: "20.00",
			Commercial: "10.01", Balance: "30.00",
		}},
	}
}

// config is an adapter's for a payer at url.
func config(url string) Config {
	return Config{
		Code:                 "nhsa-360827",
		BaseURL:              url,
		Layout:               LayoutB,
		Account:              Account{AccessID: "onestop", Token: "测试令牌"},
		Operator:             Operator{ID: "onestop", Name: "网关", Type: "1"},
		Receiver:             "YBXT",
		Version:              "V1.0",
		Schemes:              map[settlement.Scheme]string{settlement.SchemeResident: "390", settlement.SchemeEmployee: "310", settlement.SchemeNCMS: "380"},
		CertificateType:      "02",
		PersonalAccount:      true,
		CallTimeout:          10 * time.Second,
		QuietPeriod:          time.Minute,
		InquireByEncounter:   true,
		NotFoundMarks:        []string{sim.MarkNotFound},
		AlreadyReversedMarks: []string{sim.MarkAlreadyReversed},
		Connections:          4,
	}
}

// common is what the calls of the suite share.
var common = lifecycle.Call{
	Facility: lifecycle.Facility{ID: "H36082700001", Name: "测试县人民医院", Region: "360827"},
	Region:   "360827",
	Insured:  insuredNumber,
	Person:   identityNumber,
	Scheme:   settlement.SchemeResident,
}

// simServer is a simulated payer as the suite wants one.
type simServer struct {
	t      *testing.T
	server *sim.Server
	script sim.Script
}

// numbers are the transactions behind an operation.
var numbers = map[settlement.Operation][]string{
	settlement.OpIdentify: {"1101"}, settlement.OpQuote: {"2303"}, settlement.OpSettle: {"2304"},
	settlement.OpInquire: {"5203"}, settlement.OpReverse: {"2305", "2601"},
}

var faults = map[payertest.Behaviour]sim.Fault{
	payertest.Answer: sim.OK, payertest.Refuse: sim.Refuse, payertest.SystemError: sim.SystemError,
	payertest.ServerError: sim.HTTPError, payertest.LostBefore: sim.LostBefore, payertest.LostAfter: sim.LostAfter,
	payertest.Slow: sim.Slow, payertest.TooSlow: sim.Slow, payertest.Duplicate: sim.Duplicate,
	payertest.Malformed: sim.Malformed, payertest.Reset: sim.Reset, payertest.Oversized: sim.Oversized,
	payertest.WrongSums: sim.WrongSums, payertest.OtherPerson: sim.OtherPerson, payertest.OtherMessage: sim.OtherMessage,
	payertest.OtherTotal: sim.OtherTotal, payertest.OtherParts: sim.OtherParts, payertest.Assists: sim.Assists,
	payertest.BadSignature: sim.BadSignature, payertest.NoSignature: sim.NoSignature,
	payertest.NotFound: sim.NotFound, payertest.AlreadyReversed: sim.AlreadyReversed, payertest.Idle: sim.Idle,
}

func (s *simServer) Script(operation settlement.Operation, behaviours ...payertest.Behaviour) {
	s.t.Helper()
	script := s.script
	for _, behaviour := range behaviours {
		fault, known := faults[behaviour]
		if !known {
			s.t.Fatalf("no fault for %q", behaviour)
		}
		delay := int64(20)
		if behaviour == payertest.TooSlow {
			delay = payertest.Lateness.Milliseconds()
		}
		for _, number := range numbers[operation] {
			script.Rules = append(script.Rules, sim.Rule{Transaction: number, Fault: fault, First: 1, DelayMillis: delay})
		}
	}
	if err := s.server.Play(script); err != nil {
		s.t.Fatal(err)
	}
}

func (s *simServer) Net(message settlement.MessageID) int {
	s.t.Helper()
	net, err := s.server.Net(string(message))
	if err != nil {
		s.t.Fatal(err)
	}
	return net
}

func (s *simServer) Arrivals(operation settlement.Operation) (arrivals int) {
	for _, number := range numbers[operation] {
		arrivals += s.server.Arrivals(number)
	}
	return arrivals
}

func (s *simServer) Arrive() {
	for s.server.UnderWay() > 0 {
		time.Sleep(10 * time.Millisecond)
	}
}

func (s *simServer) Stop() {
	s.t.Helper()
	if err := s.server.Close(); err != nil {
		s.t.Fatal(err)
	}
}

// start gives an adapter for a fresh simulated payer.
func start(t *testing.T, script sim.Script, change func(*Config)) (lifecycle.Payer, *simServer) {
	t.Helper()
	server, err := sim.Start(sim.Config{Book: filepath.Join(t.TempDir(), "book"), Script: script}, "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	settings := config(server.URL)
	change(&settings)
	payer, err := New(settings)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		payer.Close()
		server.Close() // may be closed already
	})
	return payer, &simServer{t, server, script}
}

func TestConformance(t *testing.T) {
	asText, inline, sealed := script(), script(), script()
	asText.AsText, sealed.AsText = true, true
	inline.Signing, sealed.Signing = inlineParty(), sealedParty()
	oneURL := func(c *Config) {
		c.Layout, c.ReversalConfirms = LayoutA, true
		c.BaseURL += "/mbs/fmi/fsi/api/callFsiService/callService"
	}
	for _, variant := range []struct {
		name          string
		script        sim.Script
		proof, signed bool
		change        func(*Config)
	}{
		{"a path for each transaction", script(), false, false, func(*Config) {}},
		{"one URL, amounts and output as text", asText, true, false, oneURL},
		{"signed", inline, false, true, func(c *Config) { c.Signing = signing(t, "inline") }},
		{"signed and encrypted, as text", sealed, true, true, func(c *Config) { oneURL(c); c.Signing = signing(t, "sealed") }},
	} {
		t.Run(variant.name, func(t *testing.T) {
			payertest.Run(t, payertest.Harness{
				Start: func(t *testing.T) (lifecycle.Payer, payertest.Server) {
					return start(t, variant.script, variant.change)
				},
				Call:          common,
				ReversalProof: variant.proof,
				Signed:        variant.signed,
			})
		})
	}
}
