package nhsa

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/onestop-gateway/onestop/adapters/payer/sim"
	"github.com/onestop-gateway/onestop/adapters/signature/reference"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
	"github.com/onestop-gateway/onestop/settlement/reconcile"
)

// accounts are a payer on a socket and what we hold of it.
type accounts struct {
	t      *testing.T
	payer  *Payer
	server *simServer
	lines  []reconcile.Line
	source *Source
	scope  reconcile.Scope
}

func newAccounts(t *testing.T, change func(*Config)) *accounts {
	t.Helper()
	started, server := start(t, script(), change)
	payer := started.(*Payer)
	clock := func() time.Time { return at }
	facilities := map[settlement.FacilityID]lifecycle.Facility{common.Facility.ID: common.Facility}
	return &accounts{
		t: t, payer: payer, server: server, source: &Source{Payer: payer, Facilities: facilities, Now: clock},
		scope: reconcile.Scope{Share: reconcile.InsuranceShare, Payer: payer.Code(), Period: settlement.Period{From: 20120701, To: 20120701},
			States: reconcile.StatesFacility | reconcile.StatesInsurance | reconcile.StatesClearing | reconcile.StatesBill | reconcile.StatesFund | reconcile.StatesAccount},
	}
}

// settle settles the nth stay with the payer and gives our line of it.
func (a *accounts) settle(n int) reconcile.Line {
	a.t.Helper()
	call := callOf(settlement.OpSettle)
	call.Message, call.Encounter = settlement.MessageID(fmt.Sprintf("H360827000012012070115%08d", n)), settlement.EncounterID(fmt.Sprintf("E%06d", n))
	call.BillStated = false
	answer := a.send(call)
	line := reconcile.Line{
		Encounter: call.Encounter, Reference: answer.Payment.Reference, Message: call.Message, Person: call.Insured, Facility: call.Facility.ID,
		Insurance: call.Scheme, Clearing: settlement.Inpatient, Day: settlement.DayOf(answer.Payment.At), At: answer.Payment.At,
		Settlement: settlement.SettlementID(call.Encounter),
		Amounts: reconcile.Amounts{
			reconcile.Bill: answer.Payment.Bill.Submitted, reconcile.Fund: answer.Payment.Paid() - 50_00, reconcile.Account: answer.Payment.PersonalAccount,
		},
	}
	a.lines = append(a.lines, line)
	return line
}

// reverse reverses a line with the payer.
func (a *accounts) reverse(l reconcile.Line) {
	a.t.Helper()
	call := callOf(settlement.OpReverse)
	call.Encounter, call.Original, call.Reference = l.Encounter, l.Message, l.Reference
	call.Message = l.Message[:len(l.Message)-8] + "9" + l.Message[len(l.Message)-7:]
	a.send(call)
}

func (a *accounts) send(call lifecycle.Call) lifecycle.PayerAnswer {
	a.t.Helper()
	wire, err := a.payer.Prepare(call)
	if err != nil {
		a.t.Fatal(err)
	}
	answer := a.payer.Send(a.t.Context(), wire)
	if answer.Result != settlement.ResultApplied && answer.Result != settlement.ResultReversed {
		a.t.Fatalf("%s: %v", answer.Result, answer.Cause)
	}
	return answer
}

// totals are ours, as a desk adds them up.
func (a *accounts) totals() []reconcile.Compared {
	totals := reconcile.NewTotals(a.scope)
	for _, l := range a.lines {
		totals.Add(reconcile.Ours, l)
	}
	return totals.Groups()
}

func (a *accounts) hold(give func(reconcile.Line) error) error {
	for _, l := range a.lines {
		if err := give(l); err != nil {
			return err
		}
	}
	return nil
}

// reconcile asks for totals and, where they differ, for details, and compares.
func (a *accounts) reconcile() ([]string, error) {
	a.t.Helper()
	differ, err := a.source.Totals(a.t.Context(), a.scope, a.totals())
	if err != nil || len(differ) == 0 {
		return nil, err
	}
	list, err := a.source.Details(a.t.Context(), a.scope, differ, a.hold)
	if err != nil {
		return nil, err
	}
	defer list.Close()
	byEncounter := map[settlement.EncounterID][]reconcile.Line{}
	err = list.Each(func(l reconcile.Line) error {
		byEncounter[l.Encounter] = append(byEncounter[l.Encounter], l)
		return nil
	}, func(p *settlement.Problem) error { return p })
	if err != nil {
		return nil, err
	}
	scope := a.scope
	scope.States, scope.Partial = list.States(), list.Partial()
	return a.compared(scope, byEncounter)
}

// compared are the differences of what was listed and what we hold.
func (a *accounts) compared(scope reconcile.Scope, theirs map[settlement.EncounterID][]reconcile.Line) (said []string, err error) {
	c := reconcile.NewComparison(scope, func(d *reconcile.Difference) error {
		said = append(said, fmt.Sprintf("%s %s %s", d.Encounter, d.Class, d.Cause))
		return nil
	})
	for n := range 1000 { // in the order of encounters
		encounter := settlement.EncounterID(fmt.Sprintf("E%06d", n))
		for _, l := range theirs[encounter] {
			err = errors.Join(err, c.Take(reconcile.Theirs, l))
		}
		for _, l := range a.lines {
			if l.Encounter == encounter {
				err = errors.Join(err, c.Take(reconcile.Ours, l))
			}
		}
	}
	_, ended := c.End()
	return said, errors.Join(err, ended)
}

// Every way in which a payer's accounts and ours differ is found over the wire,
// and nothing else is.
func TestSource(t *testing.T) {
	tests := []struct {
		name string
		play func(*accounts)
		want []string
	}{
		{"both empty", func(*accounts) {}, nil},
		{"equal", func(a *accounts) { a.settle(1); a.settle(2) }, nil},
		{"amount differs", func(a *accounts) { a.settle(1); a.settle(2); a.lines[1].Amounts[reconcile.Fund]++ }, []string{"E000002 amount_differs rounding"}},
		{"payer only", func(a *accounts) { a.settle(1); a.settle(2); a.lines = a.lines[:1] }, []string{"E000002 payer_only lost_answer"}},
		{"payer only, and we hold nothing at all", func(a *accounts) { a.settle(1); a.lines = nil }, []string{"E000001 payer_only lost_answer"}},
		{"ours only", func(a *accounts) {
			l := a.settle(1)
			l.Encounter, l.Reference, l.Message = "E000002", "S999999999999", "H36082700001201207011500000002"
			a.lines = append(a.lines, l)
		}, []string{"E000002 ours_only unexplained"}},
		{"reversed on both sides", func(a *accounts) { a.reverse(a.settle(1)); a.lines[0].Status = reconcile.Reversed; a.settle(2) }, nil},
		{"reversed by the payer alone", func(a *accounts) { a.reverse(a.settle(1)); a.settle(2) }, []string{"E000001 status_differs one_sided_reversal"}},
		{"reversed by us alone", func(a *accounts) { a.settle(1); a.lines[0].Status = reconcile.Reversed; a.settle(2) }, []string{"E000001 status_differs one_sided_reversal"}},
		{"given up by us", func(a *accounts) { a.settle(1); a.lines[0].Status = reconcile.Aborted }, []string{"E000001 payer_only lost_answer"}},
		{"401 rows", func(a *accounts) {
			for n := range 401 {
				a.settle(n)
			}
			a.lines[400].Amounts[reconcile.Bill] += 5_00
		}, []string{"E000400 amount_differs unexplained"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			a := newAccounts(t, func(*Config) {})
			test.play(a)
			said, err := a.reconcile()
			if diff := cmp.Diff(test.want, said); err != nil || diff != "" {
				t.Errorf("%v\n%s", err, diff)
			}
			if details := a.server.server.Arrivals("3202"); (details > 0) != (len(test.want) > 0) {
				t.Errorf("details were asked for %d times", details)
			}
		})
	}
}

// A question that goes wrong says how, whichever it is, and may be asked again.
func TestSourceFaults(t *testing.T) {
	tests := []struct {
		fault sim.Fault
		want  settlement.Kind
	}{
		{sim.LostBefore, settlement.KindInDoubt},
		{sim.LostAfter, settlement.KindInDoubt},
		{sim.Malformed, settlement.KindInDoubt},
		{sim.Reset, settlement.KindInDoubt},
		{sim.Oversized, settlement.KindInDoubt},
		{sim.HTTPError, settlement.KindInDoubt},
		{sim.SystemError, settlement.KindInDoubt},
		{sim.Refuse, settlement.KindRefused},
	}
	for _, number := range []string{"3201", "9101", "3202", "9102"} {
		for _, test := range tests {
			t.Run(number+" "+string(test.fault), func(t *testing.T) {
				a := newAccounts(t, func(*Config) {})
				a.settle(1)
				a.lines = nil
				faulty := a.server.script
				faulty.Rules = []sim.Rule{{Transaction: number, Fault: test.fault, First: 1}}
				if err := a.server.server.Play(faulty); err != nil {
					t.Fatal(err)
				}
				if said, err := a.reconcile(); settlement.KindOf(err) != test.want || said != nil {
					t.Errorf("%v, %v", said, err)
				}
				if said, err := a.reconcile(); err != nil || len(said) != 1 {
					t.Errorf("again: %v, %v", said, err)
				}
			})
		}
	}
}

// A payer that is not there was sent nothing.
func TestSourceUnsent(t *testing.T) {
	a := newAccounts(t, func(*Config) {})
	if err := a.server.server.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := a.reconcile(); settlement.KindOf(err) != settlement.KindUnavailable {
		t.Error(err)
	}
}

// Signed and encrypted, the questions are the same; an envelope with another's
// signature, or none, is no answer.
func TestSourceSigned(t *testing.T) {
	for profile, party := range map[string]*reference.Party{"inline": inlineParty(), "sealed": sealedParty()} {
		a := newAccounts(t, func(c *Config) { c.Signing = signing(t, profile) })
		signed := a.server.script
		signed.Signing = party
		for _, number := range []string{"3201", "9101", "3202"} {
			signed.Rules = append(signed.Rules, sim.Rule{Transaction: number, Fault: sim.BadSignature, First: 1}, sim.Rule{Transaction: number, Fault: sim.NoSignature, First: 1})
		}
		if err := a.server.server.Play(signed); err != nil {
			t.Fatal(err)
		}
		a.settle(1)
		a.lines = nil
		for range 6 {
			if said, err := a.reconcile(); settlement.KindOf(err) != settlement.KindInDoubt {
				t.Errorf("%s: %v, %v", profile, said, err)
			}
		}
		if said, err := a.reconcile(); err != nil || len(said) != 1 {
			t.Errorf("%s: %v, %v", profile, said, err)
		}
	}
}

// What the payer could not be asked about is named before anything is sent.
func TestSourceRefuses(t *testing.T) {
	group := reconcile.Group{Facility: common.Facility.ID, Insurance: common.Scheme, Clearing: settlement.Inpatient}
	for field, change := range map[string]func(*reconcile.Scope, *reconcile.Group){
		"scheme":      func(s *reconcile.Scope, _ *reconcile.Group) { s.Insurance = common.Scheme },
		"mode":        func(_ *reconcile.Scope, g *reconcile.Group) { g.Clearing = "daycare" },
		"facility_id": func(_ *reconcile.Scope, g *reconcile.Group) { g.Facility = "H9" },
	} {
		a := newAccounts(t, func(*Config) {})
		scope, asked := a.scope, group
		change(&scope, &asked)
		_, err := a.source.Totals(t.Context(), scope, []reconcile.Compared{{Group: asked}})
		if got := fieldOf(t, err); got != field || a.server.server.Arrivals("3201") > 0 {
			t.Errorf("%q, want %q; %d sent", got, field, a.server.server.Arrivals("3201"))
		}
	}
}
