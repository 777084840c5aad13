package postgres

import (
	"errors"
	"testing"

	"github.com/onestop-gateway/onestop/adapters/store/sealing"
	"github.com/onestop-gateway/onestop/adapters/store/storetest"
)

// The whole suite runs as the role that gateways connect as.
func TestStore(t *testing.T) {
	storetest.Run(t, func(t *testing.T) storetest.Opened {
		return opened(t, restricted(t, fresh(t)), nil)
	})
}

// TestStoreSealed runs the suite with keys: what is kept is encrypted, and
// nobody who asks the store can tell.
func TestStoreSealed(t *testing.T) {
	storetest.Run(t, func(t *testing.T) storetest.Opened {
		return opened(t, restricted(t, fresh(t)), storetest.NewRingFile(t, sealing.AES).Use(t).Open(t))
	})
}

var errStruck = errors.New("struck by the test")

// opened is the store of dsn as the suite wants it.
func opened(t *testing.T, dsn string, keys *sealing.Ring) storetest.Opened {
	var strike Stage // the next commit, and no other
	s := openTest(t, Config{DSN: dsn, Keys: keys, Fault: func(stage Stage) error {
		if stage != strike {
			return nil
		}
		strike = ""
		return errStruck
	}})
	return storetest.Opened{
		Store: s, Quotes: s, Notices: s, Stays: s, Registry: s, Register: s, Journal: s, Treasury: s, Desk: s, Press: s, Council: s, Reconciliations: s, House: s, Chain: s.Chain(),
		Reopen: func(t *testing.T) storetest.Opened {
			shutTest(t, s)
			return opened(t, dsn, keys)
		},
		Doubt: func(applied bool) {
			strike = StageCommit
			if applied {
				strike = StageCommitted
			}
		},
	}
}
