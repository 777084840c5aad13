package postgres

import (
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/onestop-gateway/onestop/adapters/store/postgres/pgtest"
	"github.com/onestop-gateway/onestop/adapters/store/storetest"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

const (
	roundsUsual = 2
	roundsName  = "ONESTOP_FAILOVER_ROUNDS" // of the environment: more rounds
	failCallers = 16
)

func rounds(t *testing.T) int {
	t.Helper()
	text := os.Getenv(roundsName)
	if text == "" {
		return roundsUsual
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		t.Fatalf("%s=%s is no number of rounds", roundsName, text)
	}
	return n
}

// The primary is killed under load, its synchronous standby takes over, and
// what callers were told is true there. Then the next standby is made, and so
// on; the store stays open through all of it.
func TestFailoverLosesNothing(t *testing.T) {
	primary := pgtest.Start(t)
	s := openTest(t, Config{DSN: primary.DSN("postgres")}) // makes the tables
	shutTest(t, s)
	standby := primary.NewStandby(t)
	primary.Synchronous()
	for round := range rounds(t) {
		s := openTest(t, Config{DSN: pgtest.DSN("postgres", primary, standby)})
		l := startLoad(t, s, failCallers, int64(round)*1_000_000)
		l.grows(200)
		l.longest()
		killed := time.Now()
		primary.Kill()
		standby.Promote()
		promoted := time.Since(killed)
		// Its commits would wait for a standby that it has not got: here they
		// go on alone, where Patroni would have another one ready.
		standby.Asynchronous()
		l.grows(200)
		outage := l.longest()
		l.end()
		t.Logf("round %d: nothing was done for %v, of which promoting took %v", round+1, outage, promoted)
		l.verify(s)
		shutTest(t, s)
		primary, standby = standby, standby.NewStandby(t)
		primary.Synchronous()
	}
}

// A standby is no store, for reading neither: what it knows may be old.
func TestR09StandbyIsRefused(t *testing.T) {
	primary := pgtest.Start(t)
	s := openTest(t, Config{DSN: primary.DSN("postgres")})
	standby := primary.NewStandby(t)
	_, err := Open(t.Context(), Config{DSN: standby.DSN("postgres")})
	wants(t, err, settlement.KindUnavailable)
	both := openTest(t, Config{DSN: pgtest.DSN("postgres", standby, primary)})
	done := settled(t, both, 1)
	found, err := s.Settlement(t.Context(), done.ID)
	must(t, err)
	if found.State != settlement.StateCommitted {
		t.Errorf("the primary has it as %s", found.State)
	}
	// An archive is what an auditor reads: it may be a standby's.
	// It stays at the moment it was opened, so a standby that is behind is opened again.
	eventually(t, "the standby to follow", func() bool {
		archive, err := OpenArchive(t.Context(), Config{DSN: standby.DSN("postgres")})
		must(t, err)
		defer archive.Shut()
		dossiers, err := archive.Dossiers(t.Context(), lifecycle.Place{}, 10)
		must(t, err)
		return len(dossiers) == 1 && len(dossiers[0].Entries) == 4
	})
}

// A primary that goes down in an orderly way and comes back needs no
// promotion: the store waits and goes on.
func TestRestartIsSurvived(t *testing.T) {
	cluster := pgtest.Start(t)
	s := openTest(t, Config{DSN: cluster.DSN("postgres")})
	settled(t, s, 1)
	cluster.Stop()
	// The connection is found broken only when all is sent, COMMIT included;
	// from then on there is none.
	wants(t, s.Open(t.Context(), storetest.Opening(2)), settlement.KindInDoubt)
	wants(t, s.Open(t.Context(), storetest.Opening(2)), settlement.KindUnavailable)
	_, err := s.Settlement(t.Context(), storetest.Opening(1).Settlement.ID)
	wants(t, err, settlement.KindUnavailable)
	cluster.Restart()
	settled(t, s, 2)
	settled(t, s, 3)
}
