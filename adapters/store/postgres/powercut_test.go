package postgres

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/onestop-gateway/onestop/adapters/store/forgetful"
	"github.com/onestop-gateway/onestop/adapters/store/postgres/pgtest"
	"github.com/onestop-gateway/onestop/adapters/store/storetest"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// A power cut is played with a server whose data lie on a disk that forgets
// what was not synced. When the power fails the server is killed, and what the
// disk still has is started on an ordinary one.

const (
	cutsVariable = "ONESTOP_POWER_CUTS" // how many cuts the test makes
	cutsUsual    = 6
	cutsControl  = 20   // of the control, at most
	cutAtMost    = 3000 // changes until the power fails: past several checkpoints
	writersOfCut = 8
	cutWithin    = time.Minute
)

// TestPowerCut: whatever was answered is there after the power failed at any
// write, sync or naming of the server's, with what was not synced lost in any
// way; and what was not answered is there whole or not at all.
func TestPowerCut(t *testing.T) {
	needsDisk(t)
	base := pgtest.Make(t, "max_wal_size=2MB", "min_wal_size=2MB")
	answered, made := 0, cuts(t)
	for n := range made {
		ok := t.Run(fmt.Sprint(n), func(t *testing.T) {
			left := cut(t, base, Config{}, n)
			answered += len(left.closed)
			s := openTest(t, Config{DSN: left.cluster.DSN("postgres")})
			if lost := left.lost(t, s); lost != 0 {
				t.Errorf("%d of %d answered settlements lost", lost, len(left.closed))
			}
			checkWhole(t, left.cluster.DSN("postgres"))
			must(t, storetest.Settle(t.Context(), s, 1<<40)) // it takes further ones
			shutTest(t, s)
			left.cluster.Check("postgres")
		})
		if !ok {
			return
		}
	}
	t.Logf("%d settlements answered before %d cuts, all of them there", answered, made)
	if answered < 100 {
		t.Errorf("only %d answers before the cuts: the test proves little", answered)
	}
}

// TestPowerCutSees: the same cuts lose answered settlements where a commit does
// not wait for its sync. Otherwise TestPowerCut would be blind.
func TestPowerCutSees(t *testing.T) {
	needsDisk(t)
	base := pgtest.Make(t, "max_wal_size=2MB", "min_wal_size=2MB", "synchronous_commit=off")
	answered, lost := 0, 0
	for n := 0; n < cutsControl && lost == 0; n++ {
		ok := t.Run(fmt.Sprint(n), func(t *testing.T) {
			left := cut(t, base, Config{Dev: true}, n)
			answered += len(left.closed)
			s := openTest(t, Config{DSN: left.cluster.DSN("postgres"), Dev: true})
			lost = left.lost(t, s)
			shutTest(t, s)
		})
		if !ok {
			return
		}
	}
	t.Logf("%d of %d answered settlements lost", lost, answered)
	if lost == 0 {
		t.Errorf("none of %d answered settlements was lost in %d cuts", answered, cutsControl)
	}
}

// needsDisk skips a test where there is no FUSE, unless cuts are asked for.
func needsDisk(t *testing.T) {
	t.Helper()
	disk, err := forgetful.Mount(t.TempDir())
	if err != nil && os.Getenv(cutsVariable) == "" {
		t.Skip("FUSE is not to be had here: ", err)
	}
	must(t, err)
	must(t, disk.Unmount())
}

// cuts is how many cuts are made.
func cuts(t *testing.T) int {
	t.Helper()
	text := os.Getenv(cutsVariable)
	if text == "" {
		return cutsUsual
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatalf("%s: %v", cutsVariable, err)
	}
	return n
}

// remains is what a cut leaves: what was answered before, and a cluster that
// has started on what the disk has.
type remains struct {
	closed  []int64
	cluster *pgtest.Cluster
}

// cut lets a store work on a copy of base until the power fails; n is the seed
// of where, and of what is lost.
func cut(t *testing.T, base *pgtest.Cluster, config Config, n int) remains {
	t.Helper()
	c := base.Empty(t)
	disk, err := forgetful.Mount(c.Data())
	must(t, err)
	t.Cleanup(func() {
		c.Kill()
		_ = disk.Unmount() // done already but where the test was given up
	})
	must(t, disk.Fill(base.Data()))
	disk.NamesFollow()
	c.Restart()
	chance := rand.New(rand.NewPCG(uint64(n), 7))
	most := cutAtMost
	if n%5 == 4 { // while the tables are made
		most = 600
	}
	disk.CutAt(1 + chance.IntN(most))
	config.DSN = c.DSN("postgres")
	closed := working(t, config, disk.Dead(), c.Kill)
	must(t, disk.Unmount())

	left := remains{closed, base.Empty(t)}
	losses := []forgetful.Loss{forgetful.Everything, forgetful.Tail, forgetful.Scattered}
	must(t, disk.Survive(left.cluster.Data(), losses[n%len(losses)], chance))
	left.cluster.Adopt()
	left.cluster.Restart()
	return left
}

// working settles by many callers, so that they share commits, until the power
// fails; then it has the server killed and gives what was answered.
func working(t *testing.T, config Config, dead <-chan struct{}, kill func()) (closed []int64) {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), cutWithin)
	defer stop()
	over := make(chan struct{})
	var lock sync.Mutex
	go func() {
		defer close(over)
		s, err := Open(ctx, config)
		if err != nil {
			return // the power failed on the way
		}
		defer s.Shut()
		var writers sync.WaitGroup
		for writer := range int64(writersOfCut) {
			writers.Go(func() {
				for n := writer; storetest.Settle(ctx, s, n) == nil; n += writersOfCut {
					lock.Lock()
					closed = append(closed, n)
					lock.Unlock()
				}
			})
		}
		writers.Wait()
	}()
	select {
	case <-dead:
	case <-ctx.Done():
		t.Error("the power did not fail in time")
	}
	kill()
	<-over
	return closed
}

// lost counts what was answered and is not there as it was answered.
func (r remains) lost(t *testing.T, s *Store) (lost int) {
	t.Helper()
	for _, n := range r.closed {
		want := storetest.Opening(n)
		found, err := s.Settlement(t.Context(), want.Settlement.ID)
		if settlement.KindOf(err) == settlement.KindNotFound {
			lost++
			continue
		}
		must(t, err)
		request, err := s.Request(t.Context(), want.Request.Key)
		must(t, err)
		if found.State != settlement.StateCommitted || request.Settlement != found.ID || request.Answer == nil {
			lost++
		}
	}
	return lost
}

// checkWhole: every settlement that is there has all that was written with it,
// and the accumulators what was closed.
func checkWhole(t *testing.T, dsn string) {
	t.Helper()
	archive := openArchive(t, dsn)
	var after lifecycle.Place
	standing := settlement.Money(0)
	for {
		dossiers, err := archive.Dossiers(t.Context(), after, 500)
		must(t, err)
		for i := range dossiers {
			if dossiers[i].Settlement.State == settlement.StateCommitted {
				standing++ // a fen each
			}
			whole(t, &dossiers[i])
		}
		if len(dossiers) == 0 {
			break
		}
		after = dossiers[len(dossiers)-1].Place()
	}
	years, err := archive.Accumulators(t.Context(), lifecycle.AccumulatorKey{}, 2000)
	must(t, err)
	for _, year := range years {
		standing -= year.Used.Used["total"]
	}
	if standing != 0 {
		t.Errorf("the accumulators lack %s of what was closed", standing)
	}
}

// whole compares how much there is of a settlement with how much is written.
func whole(t *testing.T, d *lifecycle.Dossier) {
	t.Helper()
	number := d.Settlement.ID[len(d.Settlement.ID)-16:]
	n, err := strconv.ParseInt(string(number), 16, 64)
	must(t, err)
	opening := storetest.Opening(n)
	attempts, entries, events, answered := len(opening.Attempts), 0, len(opening.Events), false
	if d.Settlement.State == settlement.StateCommitted {
		closing, err := storetest.Closing(opening.Settlement)(lifecycle.Ground{})
		must(t, err)
		attempts, entries, events, answered = attempts+len(closing.Attempts), len(closing.Entries), events+len(closing.Events), true
	}
	got := fmt.Sprint(len(d.Attempts), len(d.Entries), len(d.Events), len(d.Requests), len(d.Requests) == 1 && d.Requests[0].Answer != nil)
	if want := fmt.Sprint(attempts, entries, events, 1, answered); got != want {
		t.Errorf("%s is there in part: %s, want %s", d.Settlement.ID, got, want)
	}
}
