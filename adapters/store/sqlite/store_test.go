package sqlite

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/onestop-gateway/onestop/adapters/store/sealing"
	"github.com/onestop-gateway/onestop/adapters/store/storetest"
	"go.uber.org/goleak"
)

// A store that was shut leaves no goroutine behind, in any test.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestStore(t *testing.T) {
	storetest.Run(t, func(t *testing.T) storetest.Opened {
		return opened(t, fresh(t), nil)
	})
}

// TestStoreSealed runs the suite with keys: what is kept is encrypted, and
// nobody who asks the store can tell.
func TestStoreSealed(t *testing.T) {
	storetest.Run(t, func(t *testing.T) storetest.Opened {
		return opened(t, fresh(t), storetest.NewRingFile(t, sealing.AES).Use(t).Open(t))
	})
}

var errStruck = errors.New("struck by the test")

// opened is the store at path as the suite wants it.
func opened(t *testing.T, path string, keys *sealing.Ring) storetest.Opened {
	var strike Stage // the next commit, and no other
	s := openTest(t, Config{Path: path, Keys: keys, Fault: func(stage Stage) error {
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
			return opened(t, path, keys)
		},
		Second: func(t *testing.T) error {
			_, err := Open(t.Context(), Config{Path: path})
			return err
		},
		Doubt: func(applied bool) {
			strike = StageCommit
			if applied {
				strike = StageCommitted
			}
		},
	}
}

// blank is a store in which nothing is kept yet. A case begins with a copy of
// it, which is quicker than making the tables anew.
var blank = sync.OnceValues(func() ([]byte, error) {
	folder, err := os.MkdirTemp("", "onestop-blank")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "onestop.db")
	s, err := Open(context.Background(), Config{Path: path})
	if err != nil {
		return nil, err
	}
	err = s.Shut()
	if err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})

// fresh is the path of a blank store of the test's own.
func fresh(t testing.TB) string {
	t.Helper()
	content, err := blank()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "onestop.db")
	err = os.WriteFile(path, content, fileMode)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func openTest(t testing.TB, config Config) *Store {
	t.Helper()
	s, err := Open(context.Background(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { shutTest(t, s) })
	return s
}

func shutTest(t testing.TB, s *Store) {
	t.Helper()
	err := s.Shut()
	if err != nil {
		t.Error(err)
	}
}
