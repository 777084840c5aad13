package postgres

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/onestop-gateway/onestop/adapters/store/sealing"
	"github.com/onestop-gateway/onestop/adapters/store/storetest"
	"github.com/onestop-gateway/onestop/settlement/chain"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// sealable are all rows that the chain seals, as an archive gives them.
func sealable(t *testing.T, of chain.Archive) []chain.Row {
	t.Helper()
	rows, _, err := of.Rows(t.Context(), 0, 1<<40, 10_000)
	must(t, err)
	return rows
}

// What is held of a write is, to the byte, what would be read back of it, encrypted
// or not; once taken it is read.
func TestWhatIsHeldIsWhatWouldBeRead(t *testing.T) {
	for name, keys := range map[string]*sealing.Ring{"plain": nil, "sealed": storetest.NewRingFile(t, sealing.AES).Use(t).Open(t)} {
		t.Run(name, func(t *testing.T) {
			s := chained(t, keys)
			opened := storetest.Opening(5001)
			opened.Attempts = []lifecycle.Attempt{{Message: "m-1", Phase: lifecycle.PhaseSent}, {Leg: 3, Body: []byte{}}, {Body: []byte("说")}}
			must(t, s.Open(t.Context(), opened))
			held := s.committer.recent.Held()
			if held < 13 {
				t.Errorf("%d writes are held", held)
			}
			read := sealable(t, chainArchive{vault: s.vault, on: s.reads})
			if diff := cmp.Diff(read, sealable(t, s.Chain())); diff != "" {
				t.Errorf("read and held (-read +held):\n%.3000s", diff)
			}
			if left := s.committer.recent.Held(); left != 0 {
				t.Errorf("%d of %d writes are held still", left, held)
			}
			if diff := cmp.Diff(read, sealable(t, s.Chain())); diff != "" {
				t.Errorf("read twice:\n%.3000s", diff)
			}
		})
	}
}

// A row that is altered before it is sealed is found: the seal is of what was
// written.
func TestRowsAlteredBeforeTheyAreSealedAreFound(t *testing.T) {
	s := openTest(t, Config{DSN: fresh(t)})
	settled(t, s, 1)
	_, err := s.reads.Exec(t.Context(), `SET session_replication_role = replica; UPDATE entry SET debit = debit + 1 WHERE line = 0`)
	must(t, err)
	sealer := chain.Sealer{Store: s.Chain(), Hash: chain.SHA256(), Now: time.Now}
	_, err = sealer.Seal(t.Context())
	must(t, err)
	_, breaches := storetest.Proves(t, chainArchive{vault: s.vault, on: s.reads}, nil)
	if len(breaches) == 0 {
		t.Error("nothing was found")
	}
}

// Nothing is held of a commit that may not have been.
func TestNothingIsHeldInDoubt(t *testing.T) {
	s := openTest(t, Config{DSN: fresh(t), Fault: func(stage Stage) error {
		return fmt.Errorf("%w at %s", errStruck, stage)
	}})
	if err := s.Open(t.Context(), storetest.Opening(1)); !errors.Is(err, errStruck) {
		t.Errorf("opened: %v", err)
	}
	if held := s.committer.recent.Held(); held != 0 {
		t.Errorf("%d writes are held", held)
	}
}
