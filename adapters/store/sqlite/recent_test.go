package sqlite

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/onestop-gateway/onestop/adapters/store"
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
			s, _ := chained(t, keys)
			s.recent = store.NewRecent()
			opened := storetest.Opening(5001)
			opened.Attempts = []lifecycle.Attempt{{Message: "m-1", Phase: lifecycle.PhaseSent}, {Leg: 3, Body: []byte{}}, {Body: []byte("说")}}
			must(t, s.Open(t.Context(), opened))
			must(t, storetest.Settle(t.Context(), s, 5002))
			if held := s.recent.Held(); held != 3 {
				t.Errorf("%d writes are held", held)
			}
			read := sealable(t, chainArchive{store: s})
			for _, way := range []string{"held", "read"} {
				// An empty value is read as one without bytes, which is sealed alike; NULL is not.
				if diff := cmp.Diff(read, sealable(t, s.Chain()), cmpopts.EquateEmpty()); diff != "" {
					t.Errorf("%s (-read +%s):\n%.3000s", way, way, diff)
				}
				if left := s.recent.Held(); left != 0 {
					t.Errorf("%d writes are held still", left)
				}
			}
		})
	}
}
