package treasury_test

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/onestop-gateway/onestop/adapters/store/memory"
	"github.com/onestop-gateway/onestop/adapters/store/sqlite"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/report"
	"github.com/onestop-gateway/onestop/settlement/treasury"
)

// readers is how many connections a store usually reads through.
const readers = 4

// As many lists at once as the store has readers leave those who settle theirs.
func TestListsAtOnceLeaveReaders(t *testing.T) {
	store, err := sqlite.Open(t.Context(), sqlite.Config{Path: filepath.Join(t.TempDir(), "onestop.db"), Readers: readers})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Shut()
	settled(t, store, 1, "p1", 300)
	settled(t, store, 2, "p2", 300) // a person's lines are given when the next begins
	office := treasury.New(treasury.Config{Store: store})

	errs, reading, enough := make(chan error, readers), make(chan struct{}, 2*readers), make(chan struct{})
	for range readers {
		go func() {
			errs <- office.Disclose(t.Context(), rural.Region, rural.Year, func(report.Disclosure) error {
				reading <- struct{}{}
				<-enough
				return nil
			})
		}()
	}
	<-reading
	for range readers - 1 { // the others have a moment to begin, too
		select {
		case <-reading:
		case <-time.After(50 * time.Millisecond):
		}
	}
	hurried, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	if _, err := store.Person(hurried, "p1"); settlement.KindOf(err) != settlement.KindNotFound {
		t.Errorf("who settles reads beside the lists: %v", err)
	}
	close(enough)
	for range readers {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
}

// slow is a store whose walks take a minute each.
type slow struct{ *memory.Store }

func (s slow) Assisted(ctx context.Context, region settlement.RegionID, year int, each func(treasury.Drawn) error) error {
	time.Sleep(time.Minute)
	return s.Store.Assisted(ctx, region, year, each)
}

// Who loses patience before its turn is told so, and the turn goes on.
func TestAWalkIsWaitedForWithinTheCallersTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := memory.New()
		office := treasury.New(treasury.Config{Store: slow{store}, Now: time.Now})
		report := func(patience time.Duration) <-chan error {
			err := make(chan error, 1)
			go func() {
				ctx, cancel := context.WithTimeout(context.Background(), patience)
				defer cancel()
				_, failed := office.Report(ctx, rural.Region, rural.Year)
				err <- failed
			}()
			synctest.Wait()
			return err
		}
		begun := time.Now()
		first, hurried, patient := report(time.Hour), report(time.Second), report(time.Hour)
		if err := <-hurried; !errors.Is(err, context.DeadlineExceeded) || time.Since(begun) != time.Second {
			t.Errorf("who waits a second is told %v after %s", err, time.Since(begun))
		}
		if err := errors.Join(<-first, <-patient); err != nil || time.Since(begun) != 2*time.Minute {
			t.Errorf("%v after %s", err, time.Since(begun))
		}
	})
}
