package ncms

import (
	"path/filepath"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/onestop-gateway/onestop/adapters/payer/payertest"
	"github.com/onestop-gateway/onestop/adapters/payer/sim"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// The invented person every test settles for.
const (
	insuredNumber  = "360827010001"
	identityNumber = "36082719900101003X"
)

// script insures that person, knows the bill of every stay, and gives the
// adapter a credential.
func script() sim.Script {
	return sim.Script{
		Credentials: map[string]string{"onestop": "测试密码"},
		People: map[string]sim.Person{insuredNumber: {
			Name: "张测试", Certificate: identityNumber, Scheme: "ncms", Area: "360827",
			Ratio: "0.65", Deductible: "400.00", CriticalAbove: "500.00", CriticalRatio: "0.6",
			HospitalDerate: "50.00", SpecialCare: "20.00", Commercial: "10.01", Balance: "30.00",
		}},
		AnyStay: &sim.Stay{
			Person: insuredNumber, Total: "3000.00", SelfFunded: "200.00", FirstSelfPay: "100.05", OverLimit: "99.95", Eligible: "2600.00",
		},
	}
}

// config is an adapter's for a payer at url that speaks shape.
func config(url string, shape Shape) Config {
	return Config{
		Code: "ncms-360827", URL: url, Shape: shape, User: "onestop", Password: "测试密码", Target: "360827", RedeemType: "21",
		Schemes: []settlement.Scheme{settlement.SchemeNCMS}, TicketLife: time.Hour,
		CallTimeout: 10 * time.Second, QuietPeriod: time.Minute, InquireByEncounter: true,
		RefusedMarks:  []string{"P400", "P402", "P404", "P405", "P406", "P407", "P408", "P500"},
		NotFoundMarks: []string{sim.MarkNotFound}, AlreadyReversedMarks: []string{sim.MarkAlreadyReversed},
		TicketMarks: []string{sim.MarkTicket}, Connections: 4,
	}
}

// common is what the calls of the suite share.
var common = lifecycle.Call{
	Facility: lifecycle.Facility{ID: "H36082700001", Name: "测试县人民医院", Region: "360827"},
	Region:   "360827", Insured: insuredNumber, Person: identityNumber, Scheme: settlement.SchemeNCMS,
}

// simServer is a simulated payer as the suite wants one.
type simServer struct {
	t      *testing.T
	server *sim.Server
	script sim.Script
	shape  Shape
}

var faults = map[payertest.Behaviour]sim.Fault{
	payertest.Answer: sim.OK, payertest.Refuse: sim.Refuse, payertest.SystemError: sim.SystemError,
	payertest.ServerError: sim.HTTPError, payertest.LostBefore: sim.LostBefore, payertest.LostAfter: sim.LostAfter,
	payertest.Slow: sim.Slow, payertest.TooSlow: sim.Slow, payertest.Duplicate: sim.Duplicate,
	payertest.Malformed: sim.Malformed, payertest.Reset: sim.Reset, payertest.Oversized: sim.Oversized,
	payertest.WrongSums: sim.WrongSums, payertest.OtherPerson: sim.OtherPerson, payertest.OtherMessage: sim.OtherMessage,
	payertest.OtherTotal: sim.OtherTotal, payertest.OtherParts: sim.OtherParts, payertest.Assists: sim.Assists,
	payertest.NotFound: sim.NotFound, payertest.AlreadyReversed: sim.AlreadyReversed, payertest.Idle: sim.Idle,
}

// number is the transaction of an operation.
func (s *simServer) number(operation settlement.Operation) string {
	if s.shape == Pipe {
		return pipeFunctions[operation]
	}
	return ticketOperations[operation]
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
		script.Rules = append(script.Rules, sim.Rule{Transaction: s.number(operation), Fault: fault, First: 1, DelayMillis: delay})
	}
	s.play(script)
}

func (s *simServer) play(script sim.Script) {
	s.t.Helper()
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

func (s *simServer) Arrivals(operation settlement.Operation) int {
	return s.server.Arrivals(s.number(operation))
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

// addresses are where a simulated payer is spoken to.
var addresses = map[Shape]string{Ticket: "/hisinterface/services/request", Pipe: "/nh/services/pipe"}

// start gives an adapter for a fresh simulated payer.
func start(t *testing.T, shape Shape, change func(*Config)) (*Payer, *simServer) {
	t.Helper()
	server, err := sim.Start(sim.Config{
		Book: filepath.Join(t.TempDir(), "book"), Script: script(), Protocol: sim.Protocol(shape),
	}, "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	settings := config(server.URL+addresses[shape], shape)
	if change != nil {
		change(&settings)
	}
	payer, err := New(settings)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		payer.Close()
		server.Close() // may be closed already
	})
	return payer, &simServer{t, server, script(), shape}
}

func TestConformance(t *testing.T) {
	for _, shape := range []Shape{Ticket, Pipe} {
		for name, proof := range map[string]bool{"silent reversals prove nothing": false, "a yes is proof": true} {
			t.Run(string(shape)+"/"+name, func(t *testing.T) {
				payertest.Run(t, payertest.Harness{
					Start: func(t *testing.T) (lifecycle.Payer, payertest.Server) {
						return start(t, shape, func(c *Config) { c.ReversalConfirms = proof })
					},
					Call:          common,
					ReversalProof: proof,
				})
			})
		}
	}
}
