package postgres

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/onestop-gateway/onestop/adapters/store/storetest"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/eligibility"
	"github.com/onestop-gateway/onestop/settlement/registry"
)

// known is an invented person with a certificate of its own; the store does
// not look into it.
func known(n int) settlement.Person {
	text := fmt.Sprint("c-", n)
	return settlement.Person{Beneficiary: settlement.Beneficiary{ID: settlement.BeneficiaryID(text)}, Certificate: settlement.Private(text), Name: "张测试"}
}

// gathered lets look-ups wait for each other and then reads them together.
func gathered(t *testing.T, s *Store, asks ...func()) {
	t.Helper()
	s.lookup.mu.Lock()
	s.lookup.busy = true // as if somebody were being read
	s.lookup.mu.Unlock()
	var asking sync.WaitGroup
	for _, ask := range asks {
		asking.Go(ask)
	}
	for waiting := 0; waiting < len(asks); {
		time.Sleep(time.Millisecond)
		s.lookup.mu.Lock()
		waiting = len(s.lookup.waiting)
		s.lookup.mu.Unlock()
	}
	s.lookWhileAsked()
	asking.Wait()
}

// Each who waits gets their own answer: of the same person, of another, of
// nobody, and of what no column can hold; more than are read at once; and one
// who gave up meanwhile keeps nobody.
func TestWhoAsksTogetherIsReadTogether(t *testing.T) {
	s := openTest(t, Config{DSN: fresh(t)})
	const persons = lookupMost + 10
	for n := range persons {
		must(t, s.Keep(t.Context(), kept(known(n))))
	}
	var asks []func()
	for n := range persons + 5 {
		asks = append(asks, func() {
			number := n % (persons + 2) // a few twice, two unknown
			found, err := s.PersonByCertificate(t.Context(), known(number).Certificate)
			switch {
			case number >= persons && settlement.KindOf(err) == settlement.KindNotFound:
			case number >= persons || err != nil || found.ID != known(number).ID:
				t.Errorf("of %d came %q, %v", number, found.ID, err)
			}
		})
	}
	asks = append(asks, func() {
		if _, err := s.PersonByCertificate(t.Context(), "c-1\x00"); settlement.KindOf(err) != settlement.KindNotFound {
			t.Errorf("of what is no text: %v", err)
		}
	}, func() {
		ctx, cancel := context.WithTimeout(t.Context(), time.Microsecond)
		defer cancel()
		if _, err := s.PersonByCertificate(ctx, "c-1"); err == nil {
			t.Error("one who gave up was answered")
		}
	})
	gathered(t, s, asks...)
	if s.lookup.busy || len(s.lookup.waiting) != 0 {
		t.Error("somebody is said to be read still")
	}
}

// A change that was answered is seen by whoever asks after it, however many
// others are asking.
func TestLookUpsSeeWhatWasAnswered(t *testing.T) {
	s := openTest(t, Config{DSN: fresh(t)})
	person := known(1)
	must(t, s.Keep(t.Context(), kept(person)))
	done := make(chan struct{})
	var others sync.WaitGroup
	for range 8 {
		others.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				if _, err := s.PersonByCertificate(t.Context(), person.Certificate); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	for n := 1; n < 50; n++ {
		person.Name = settlement.Private(fmt.Sprint("张测试", n))
		change := registry.Change{Number: n + 1, Action: registry.Registered, By: "clerk-1", Facts: storetest.FactsOf(person)}
		must(t, s.Keep(t.Context(), eligibility.Batch{Writes: []eligibility.Write{{Person: person, Changes: []registry.Change{change}, Seen: n}}}))
		found, err := s.PersonByCertificate(t.Context(), person.Certificate)
		if err != nil || found.Name != person.Name {
			t.Fatalf("change %d is not seen: %v, %v", n, found.Name.Reveal(), err)
		}
	}
	close(done)
	others.Wait()
}

// A store that is shut says so to those who wait.
func TestLookUpsEndWithTheStore(t *testing.T) {
	s := openTest(t, Config{DSN: fresh(t)})
	shutTest(t, s)
	ask := func() {
		if _, err := s.PersonByCertificate(t.Context(), "c-1"); settlement.KindOf(err) != settlement.KindUnavailable {
			t.Errorf("%v", err)
		}
	}
	gathered(t, s, ask, ask)
	ask()
}

// The look-up that every settlement waits for is planned a few times on a
// connection, and then no more.
func TestLookUpsAreNotPlannedAnew(t *testing.T) {
	s := openTest(t, Config{DSN: fresh(t), Readers: 1})
	must(t, s.Keep(t.Context(), kept(known(1))))
	const looks = 20
	for range looks {
		_, err := s.PersonByCertificate(t.Context(), known(1).Certificate)
		must(t, err)
	}
	var planned, kept int
	must(t, s.reads.QueryRow(t.Context(), `SELECT custom_plans, generic_plans FROM pg_prepared_statements
		WHERE statement LIKE 'SELECT certificate, id, document%'`).Scan(&planned, &kept))
	if planned > looks/2 || planned+kept != looks {
		t.Errorf("%d of %d look-ups were planned anew, %d were not", planned, looks, kept)
	}
}
