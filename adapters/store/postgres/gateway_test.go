package postgres

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/onestop-gateway/onestop/adapters/store/storetest"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// Several gateways have a store open on the same database. Each test has two.
func gateways(t *testing.T) (a, b *Store) {
	dsn := fresh(t)
	return openTest(t, Config{DSN: dsn}), openTest(t, Config{DSN: dsn})
}

func TestGatewaysClaimApart(t *testing.T) {
	a, b := gateways(t)
	const rows = 60
	for n := range int64(rows) {
		openedRecord(t, a, n)
	}
	var lock sync.Mutex
	var all []settlement.SettlementID
	var group sync.WaitGroup
	for i, s := range []*Store{a, b, a, b} {
		group.Go(func() {
			for range rows {
				claimed, err := s.Claim(t.Context(), lifecycle.Claim{Owner: string(rune('a' + i)), Now: time.Now(), Lease: time.Minute, Limit: 7})
				if err != nil {
					t.Error(err)
				}
				lock.Lock()
				for _, one := range claimed {
					all = append(all, one.ID)
				}
				lock.Unlock()
			}
		})
	}
	group.Wait()
	slices.Sort(all)
	if distinct := len(slices.Compact(slices.Clone(all))); len(all) != rows || distinct != rows {
		t.Errorf("%d claimed, %d of them distinct, of %d", len(all), distinct, rows)
	}
}

// The one who was overtaken is shut out by the epoch, whatever it does.
func TestOvertakenGatewayIsShutOut(t *testing.T) {
	a, b := gateways(t)
	mine := openedRecord(t, a, 1)
	claimed, err := b.Claim(t.Context(), lifecycle.Claim{Owner: "b", Now: time.Now(), Lease: time.Minute, Limit: 1})
	must(t, err)
	if len(claimed) != 1 || claimed[0].Epoch != mine.Epoch+1 {
		t.Fatalf("claimed %v", claimed)
	}
	wants(t, a.Advance(t.Context(), lifecycle.Change{Settlement: mine}), settlement.KindConflict)
	mine.Revision = claimed[0].Revision // even a guess does not help
	wants(t, a.Advance(t.Context(), lifecycle.Change{Settlement: mine}), settlement.KindConflict)
	wants(t, closes(a, mine, storetest.Closing(mine))(t.Context()), settlement.KindConflict)
	must(t, closes(b, claimed[0], storetest.Closing(claimed[0]))(t.Context()))
}

// A row that another gateway is writing is passed by rather than waited for.
func TestClaimWaitsForNobody(t *testing.T) {
	a, b := gateways(t)
	first, second := openedRecord(t, a, 1), openedRecord(t, a, 2)
	a.committer.glimpses.forget(first.ID) // decided under lock
	locked := make(chan struct{})
	release := make(chan struct{})
	outcome := make(chan error)
	go func() {
		outcome <- closes(a, first, func(ground lifecycle.Ground) (lifecycle.Change, error) {
			close(locked)
			<-release
			return storetest.Closing(first)(ground)
		})(context.Background())
	}()
	<-locked
	claimed, err := b.Claim(t.Context(), lifecycle.Claim{Owner: "b", Now: time.Now(), Lease: time.Minute, Limit: 9})
	close(release)
	must(t, err)
	must(t, <-outcome)
	if len(claimed) != 1 || claimed[0].ID != second.ID {
		t.Errorf("claimed %v", claimed)
	}
}

// leased is a settlement that is its owner's for some time yet, by the clock of
// whoever opens it.
func leased(n int64, now time.Time, lease time.Duration) lifecycle.Change {
	change := storetest.Opening(n)
	change.Settlement.Owner, change.Settlement.LeaseUntil = "a", now.Add(lease)
	return change
}

// A lease is measured by the database's clock: a gateway whose own is ahead
// takes nothing before its time, and one whose own is behind loses nothing.
func TestLeasesGoByTheClockOfTheDatabase(t *testing.T) {
	const off, lease = 20 * time.Second, 10 * time.Second
	dsn := fresh(t)
	behind := func() time.Time { return time.Now().Add(-off) }
	slow := openTest(t, Config{DSN: dsn, clock: behind})
	right := openTest(t, Config{DSN: dsn})
	must(t, slow.Open(t.Context(), leased(1, behind(), lease)))
	must(t, right.Open(t.Context(), leased(2, time.Now(), lease)))
	for name, now := range map[string]time.Time{"right": time.Now(), "ahead": time.Now().Add(off)} {
		claimed, err := right.Claim(t.Context(), lifecycle.Claim{Owner: "b", Now: now, Lease: lease, Limit: 9})
		must(t, err)
		if len(claimed) != 0 {
			t.Errorf("a clock that is %s takes %d before their time", name, len(claimed))
		}
	}
	must(t, slow.Open(t.Context(), leased(3, behind(), -time.Second))) // over by any clock
	claimed, err := right.Claim(t.Context(), lifecycle.Claim{Owner: "b", Now: time.Now(), Lease: lease, Limit: 9})
	must(t, err)
	if len(claimed) != 1 || claimed[0].ID != storetest.Opening(3).Settlement.ID {
		t.Errorf("claimed %v", claimed)
	}
}

// One gateway is overtaken between its look and its write, of a person of whom
// there was nothing to lock: a constraint notices, and it decides again. It
// makes no difference whether it was alone or had company.
func TestOvertakenDecisionIsMadeAgain(t *testing.T) {
	for name, c := range map[string]struct {
		year  int // of the overtaking settlement; the other's is 2012
		alone bool
	}{
		"over the same year, alone":      {2012, true},
		"over another year, alone":       {2013, true},
		"over the same year, in a batch": {2012, false},
		"over another year, in a batch":  {2013, false},
	} {
		t.Run(name, func(t *testing.T) {
			a, b := gateways(t)
			mine, theirs := storetest.Opening(1), storetest.Opening(2)
			theirs.Settlement.Beneficiary, theirs.Settlement.Year = mine.Settlement.Beneficiary, c.year
			for _, change := range []*lifecycle.Change{&mine, &theirs} {
				must(t, b.Open(t.Context(), *change))
				change.Settlement.Revision = 1
			}
			var found []int64 // the number at each decision
			works := []func(context.Context) error{closes(a, mine.Settlement, func(ground lifecycle.Ground) (lifecycle.Change, error) {
				if len(found) == 0 {
					must(t, closes(b, theirs.Settlement, storetest.Closing(theirs.Settlement))(t.Context()))
				}
				found = append(found, ground.Sequence)
				return storetest.Closing(mine.Settlement)(ground)
			})}
			if !c.alone {
				works = append(works, opens(a, 3))
			}
			for _, err := range queued(t, a, works...) {
				must(t, err)
			}
			if !slices.Equal(found, []int64{1, 2}) {
				t.Errorf("decided on numbers %v", found)
			}
			for _, one := range []settlement.Settlement{mine.Settlement, theirs.Settlement} {
				used, err := a.Accumulator(t.Context(), keyOf(&one))
				must(t, err)
				if want := settlement.Money(2 - min(c.year-2012, 1)); used.Used["total"] != want {
					t.Errorf("used %d in %d, want %d", used.Used["total"], one.Year, want)
				}
			}
		})
	}
}

// Many settle the same few persons through both gateways: caps are sums, and
// numbers are given once.
func TestGatewaysShareAPersonsCap(t *testing.T) {
	a, b := gateways(t)
	const persons, each = 3, 40
	var group sync.WaitGroup
	for n := range int64(persons * each) {
		s := []*Store{a, b}[n%2]
		group.Go(func() {
			change := storetest.Opening(n)
			change.Settlement.Beneficiary.ID = settlement.BeneficiaryID(rune('A' + n%persons))
			err := s.Open(t.Context(), change)
			if err != nil {
				t.Error(err)
				return
			}
			change.Settlement.Revision = 1
			err = closes(s, change.Settlement, storetest.Closing(change.Settlement))(t.Context())
			if err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	for i := range persons {
		used, err := a.Accumulator(t.Context(), lifecycle.AccumulatorKey{Beneficiary: settlement.BeneficiaryID(rune('A' + i)), Year: 2012})
		must(t, err)
		if used.Used["total"] != each {
			t.Errorf("person %d has used %d of %d", i, used.Used["total"], each)
		}
	}
	(&load{t: t}).addsUp(a)
}

// The same requests reach both gateways at once, in opposite orders: each is
// opened once, and nobody is left waiting for another.
func TestGatewaysOpenADischargeOnce(t *testing.T) {
	a, b := gateways(t)
	const discharges = 40
	var group sync.WaitGroup
	var lock sync.Mutex
	opened := map[int64]int{}
	for i := range int64(discharges) {
		for _, one := range []struct {
			s *Store
			n int64
		}{{a, i}, {b, discharges - 1 - i}} {
			group.Go(func() {
				err := one.s.Open(t.Context(), storetest.Opening(one.n))
				if err != nil && settlement.KindOf(err) != settlement.KindExists {
					t.Errorf("number %d: %v", one.n, err)
				}
				lock.Lock()
				defer lock.Unlock()
				if err == nil {
					opened[one.n]++
				}
			})
		}
	}
	group.Wait()
	for n := range int64(discharges) {
		if opened[n] != 1 {
			t.Errorf("number %d was opened %d times", n, opened[n])
		}
	}
}

// What one gateway has locked for long is, to the other, a server that is busy:
// only those who want it wait for it, and not for ever.
func TestLockedPersonHoldsUpOnlyItsOwn(t *testing.T) {
	a, b := gateways(t)
	person := settled(t, a, 1).Beneficiary // who has an accumulator
	change := storetest.Opening(2)
	change.Settlement.Beneficiary = person
	must(t, a.Open(t.Context(), change))
	held, free := change.Settlement, openedRecord(t, a, 3)
	held.Revision = 1
	conn, err := a.reads.Acquire(t.Context())
	must(t, err)
	defer conn.Release()
	tx, err := conn.Begin(t.Context())
	must(t, err)
	_, err = tx.Exec(t.Context(), `SELECT FROM accumulator WHERE beneficiary = $1 FOR UPDATE`, string(person.ID))
	must(t, err)
	errs := queued(t, b, closes(b, held, storetest.Closing(held)), closes(b, free, storetest.Closing(free)))
	wants(t, errs[0], settlement.KindUnavailable)
	must(t, errs[1])
	must(t, tx.Rollback(t.Context()))
	must(t, closes(b, held, storetest.Closing(held))(t.Context()))
}
