package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/google/uuid"

	"github.com/onestop-gateway/onestop/adapters/store"
	"github.com/onestop-gateway/onestop/api"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// filler fills a store to size with settlements that the lifecycle itself makes:
// the policy engine, the payer's adapter, the ledger, the seals and the answers
// are the product's. Only the store, which takes rows in bulk, and the payer,
// who is asked once for each kind of bill, are not.
type filler struct {
	people    *people
	recorder  *recorder
	lifecycle *lifecycle.Lifecycle
	chance    *rand.Rand
	wants     size
	heard     map[billed]heard // what payers were really asked

	made   int64             // settlements so far
	now    time.Time         // of the settlement that is being made
	left   time.Time         // of the day after the discharge
	person settlement.Person // whom it is for
	model  int               // whom they are like
}

// size is how much a store shall have.
type size struct {
	settlements, persons int64
	open                 int64     // of the settlements, the last ones: opened by a gateway that died
	first, last          time.Time // of those that are closed
	died                 time.Time // when the others were opened
}

// bulk is how many settlements share a transaction, and are in memory at once.
const bulk = 5000

// newFiller makes a filler with the policies, payers, regions and facilities of
// a gateway. keep, if any, takes the settlements in place of rows.
func newFiller(ctx context.Context, g *gateway, w size, like func(*settlement.Person) bool, keep lifecycle.Store) (*filler, error) {
	f := &filler{wants: w, recorder: &recorder{Store: g.store}, heard: map[billed]heard{}, now: w.first.Add(-time.Hour)}
	source := rand.NewChaCha8([32]byte{1})
	f.chance = rand.New(source)
	var err error
	if f.people, err = newPeople(ctx, g.store.register, like); err != nil {
		return nil, err
	}
	config := g.lifecycle.Config
	config.Directory.Payers = map[settlement.PayerCode]lifecycle.Payer{}
	for code, payer := range g.lifecycle.Directory.Payers {
		config.Directory.Payers[code] = &echo{Payer: payer, filler: f}
	}
	config.Store, config.Registry, config.Encode, config.Observer, config.Gate = f.recorder, f, api.Encode, nil, nil
	if keep != nil {
		config.Store = keep
	}
	config.Now = func() time.Time { return f.now }
	config.NewID = func() settlement.SettlementID {
		id := uuid.Must(uuid.NewRandomFromReader(source))
		return settlement.SettlementID(id.String())
	}
	f.lifecycle, err = lifecycle.New(config)
	return f, err
}

// fill fills the store, which nobody else is using, behind what it has. tell is
// told how far it has come.
func (f *filler) fill(ctx context.Context, to store.Movable, tell func(settlements int64)) error {
	var err error
	if f.recorder.turn, err = lastTurn(ctx, to); err != nil {
		return err
	}
	bulks := make(chan rowsOf, 1)
	failed := make(chan error, 1)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		defer close(bulks)
		failed <- f.make(ctx, bulks)
	}()
	done := int64(0)
	for rows := range bulks {
		if err := rows.fill(ctx, to); err != nil {
			return err
		}
		done += int64(len(rows["settlement"]))
		tell(done)
	}
	return <-failed
}

// make gives bulk after bulk.
func (f *filler) make(ctx context.Context, bulks chan<- rowsOf) error {
	for w := f.wants; f.made < w.settlements; {
		f.recorder.begin()
		from, to := f.made, min(f.made+bulk, w.settlements)
		least, most := w.share(from), w.share(to)
		for f.made < to {
			if err := f.settle(ctx, least+1+f.made%max(1, most-least)); err != nil {
				return err
			}
		}
		for n := least; n < most; n++ {
			f.people.rows(n+1, f.recorder)
		}
		rows, err := f.recorder.end()
		if err != nil {
			return err
		}
		select {
		case bulks <- rows:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// share is how many persons there are with so many settlements: those of one
// bulk are in no other.
func (w *size) share(settlements int64) int64 { return settlements * w.persons / w.settlements }

// moment is when settlement n is made, and when its person leaves hospital, or a
// day after: those that stay open are of days as the others are, but of the last
// moments, for nothing is open for long while a gateway lives.
func (w *size) moment(n int64) (made, left time.Time) {
	closed := w.settlements - w.open
	left = w.first.Add(w.last.Sub(w.first) / time.Duration(closed) * time.Duration(min(n, closed))).Truncate(time.Microsecond)
	if n > closed {
		return w.died.Add(time.Duration(n-closed) * time.Millisecond).Truncate(time.Microsecond), left
	}
	return left, left
}

// bills are so many amounts that a bill may have.
const bills = 64

// settle settles the next discharge, for a person.
func (f *filler) settle(ctx context.Context, person int64) error {
	f.made++
	w := &f.wants
	f.person, f.model = f.people.person(person), f.people.model(person)
	f.now, f.left = w.moment(f.made)
	f.recorder.cut = f.made > w.settlements-w.open
	answer, err := f.lifecycle.Settle(ctx, f.ask())
	switch {
	case f.recorder.cut && errors.Is(err, errCut):
	case err != nil:
		return fmt.Errorf("settlement %d: %w", f.made, err)
	case answer.Settlement.State != settlement.StateCommitted:
		return fmt.Errorf("settlement %d is %s: %s", f.made, answer.Settlement.State, answer.Settlement.Reason)
	}
	return nil
}

// ask is a discharge of the day before, from a facility of the person's region,
// with a bill so small that no cap of a year is met.
func (f *filler) ask() lifecycle.Ask {
	eligible := settlement.Money(100_00 + f.chance.Int64N(bills)*3_17)
	facility := settlement.FacilityID("H" + string(f.person.Region) + "00001")
	return lifecycle.Ask{
		Tenant: settlement.TenantID(facility), Actor: "cashier-7", Request: settlement.RequestID(fmt.Sprintf("fill-%012d", f.made)),
		Facility: facility, Discharge: settlement.DischargeID(fmt.Sprintf("F%012d", f.made)),
		Encounter: settlement.EncounterID(fmt.Sprintf("E-F%012d", f.made)), Person: f.person.Certificate, Name: f.person.Name, BillStated: true,
		Claim: settlement.Claim{
			Mode: settlement.Inpatient, Admission: settlement.DayOf(f.left.AddDate(0, 0, -8)), Discharge: settlement.DayOf(f.left.AddDate(0, 0, -1)),
			Bill: settlement.Bill{Submitted: eligible + 20_00, SelfFunded: 20_00, Eligible: eligible},
		},
	}
}
