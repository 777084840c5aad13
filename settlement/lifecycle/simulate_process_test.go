package lifecycle_test

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// machine runs one gateway, again and again. Its clock outlives a process.
type machine struct {
	*simulation
	no      int
	skew    time.Duration // its clock against the world's
	process *process      // nil while it is down
	upAt    time.Duration // when it starts again
	looked  time.Duration // when recovery looked last
	every   time.Duration // how long it waits until it looks again
	frozen  time.Duration // until then nothing of it runs
}

// process is one life of a gateway.
type process struct {
	machine *machine
	gateway *lifecycle.Lifecycle
	dead    bool
	looking bool
	calls   map[int]*call // of clients, not yet answered
}

func (p *process) String() string { return fmt.Sprintf("g%d", p.machine.no) }

// leaseMargin is what a gateway keeps between the end of a call and of its
// lease.
const leaseMargin = 5 * time.Second

// lease is how long a record is a gateway's own. What was sent under it has
// left by the end of it, so that much less than the quiet period is left for
// what is late; clocks that disagree take their part, too.
const (
	lease = 30 * time.Second
	// holdWithin is the longest a quote holds: longer than most simulations.
	holdWithin = time.Hour
	quiet      = 2 * time.Minute
	lateness   = quiet - lease - leaseMargin
)

func (m *machine) owner() string { return fmt.Sprintf("gateway-%d", m.no) }

func (m *machine) clock() time.Time { return m.instant().Add(m.skew) }

// boot starts a process on the machine, its memory empty.
func (m *machine) boot() {
	p := &process{machine: m, calls: map[int]*call{}}
	payers := map[settlement.PayerCode]lifecycle.Payer{}
	for _, b := range m.world.payers {
		payers[b.code] = &line{book: b, process: p}
	}
	door := &door{Store: m.store, process: p}
	var err error
	p.gateway, err = lifecycle.New(lifecycle.Config{
		Store: door, Quotes: door, Registry: m.store, Approvals: m.store, Journal: m.store, Encode: encode, Now: m.clock, NewID: m.witness.newID,
		Directory: lifecycle.Directory{
			Policies:   map[settlement.PolicyID]*settlement.Policy{"county": countyPolicy()},
			Regions:    map[settlement.RegionID]lifecycle.Region{county: {ID: county, Policy: "county", Payers: simulatedSchemes}},
			Facilities: map[settlement.FacilityID]lifecycle.Facility{hospital: {ID: hospital, Name: "县医院", Region: county, Designated: true}},
			Payers:     payers,
		},
		Instance: m.no, Owner: m.owner(),
		AnswerWithin: m.plan.answerWithin, DecideWithin: 10 * time.Minute, HoldWithin: holdWithin, Lease: lease, InFlightMax: m.plan.room,
		Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		panic(err)
	}
	m.process, m.every = p, 0
	m.log("** g%d starts, its clock %s off", m.no, m.skew)
}

// crash ends the process at once. Its clients hear nothing any more.
func (m *machine) crash() {
	m.log("** g%d dies", m.no)
	p := m.process
	p.dead, m.process, m.frozen = true, nil, 0
	m.upAt = m.now() + time.Duration(m.dice.IntN(20))*time.Second*time.Duration(m.dice.IntN(2))
	for _, id := range slices.Sorted(maps.Keys(p.calls)) {
		m.clients.lost(p.calls[id])
	}
}

// tend starts what is due on a machine: the process itself, or a look of its
// recovery, of which there is one at a time. It reports whether it did.
func (m *machine) tend() bool {
	p := m.process
	switch {
	case p == nil && m.upAt <= m.now():
		m.boot()
	case p != nil && m.next() <= m.now():
		m.looked, m.every = m.now(), time.Duration(500+m.dice.IntN(5_000))*time.Millisecond
		p.looking = true
		go func() {
			defer func() { p.looking = false }()
			p.gateway.Recover(context.Background())
		}()
	default:
		return false
	}
	return true
}

// next is when something is bound to happen on the machine: it comes up again,
// or recovery looks. Once faults have stopped, a look before anything is due
// would find nothing and is left out.
func (m *machine) next() time.Duration {
	switch {
	case m.process == nil:
		return m.upAt
	case m.process.looking:
		return forever
	case m.calm:
		return max(m.looked+time.Second, m.witness.due())
	}
	return max(m.looked+m.every, m.frozen)
}

// strike hits one machine: it dies, stands still, or has its clock set.
func (s *simulation) strike() {
	m := s.machines[s.dice.IntN(len(s.machines))]
	if m.process == nil {
		return
	}
	switch s.dice.IntN(3) {
	case 0:
		s.count["crash"]++
		m.crash()
	case 1: // stopped as a whole, for longer or shorter than its leases
		s.count["freeze"]++
		m.frozen = s.now() + s.spell()
		s.log("** g%d stands still until %s", m.no, m.frozen)
	default:
		m.setClock()
	}
}

// hang is for how long a goroutine hangs over a write or a call, while the
// others go on: mostly not at all.
func (s *simulation) hang() time.Duration {
	if !s.chance(s.plan.hangIn) {
		return 0
	}
	s.count["hang"]++
	return s.spell()
}

func (s *simulation) spell() time.Duration {
	return time.Duration(1+s.dice.IntN(90_000)) * time.Millisecond
}

// setClock steps a machine's clock to anywhere in its reach.
func (m *machine) setClock() {
	reach := m.plan.clocks.reach()
	if reach == 0 {
		return
	}
	m.count["clock"]++
	m.skew = time.Duration(m.dice.Int64N(int64(2*reach))) - reach
	m.log("** the clock of g%d is set %s off", m.no, m.skew)
}
