package sqlite

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/onestop-gateway/onestop/adapters/store"
	"github.com/onestop-gateway/onestop/adapters/store/sealing"
	"github.com/onestop-gateway/onestop/adapters/store/storetest"
	"github.com/onestop-gateway/onestop/settlement"
)

// tellingFiles counts what the files of a store, its log included, tell of a
// crowd.
func tellingFiles(t *testing.T, path string) (hits int) {
	t.Helper()
	files, err := filepath.Glob(path + "*")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		hits += storetest.Told(content)
	}
	return hits
}

// TestSealedFiles looks for 10,000 persons in the files, while the store is
// open, when it is shut, and in a backup.
func TestSealedFiles(t *testing.T) {
	path := fresh(t)
	s := opened(t, path, storetest.NewRingFile(t, sealing.AES).Use(t).Open(t))
	storetest.Crowd(t, s, 10_000)
	open := tellingFiles(t, path)
	copied := filepath.Join(t.TempDir(), "copy.db")
	if err := Backup(t.Context(), path, copied); err != nil {
		t.Fatal(err)
	}
	shutTest(t, s.Store.(*Store))
	if shut, backup := tellingFiles(t, path), tellingFiles(t, copied); open+shut+backup > 0 {
		t.Errorf("%d hits while open, %d when shut, %d in the backup", open, shut, backup)
	}
}

// TestPlainFiles shows that the search finds what there is.
func TestPlainFiles(t *testing.T) {
	path := fresh(t)
	storetest.Crowd(t, opened(t, path, nil), 60)
	if hits := tellingFiles(t, path); hits < 240 {
		t.Errorf("%d hits", hits)
	}
}

func TestTurning(t *testing.T) {
	path := fresh(t)
	storetest.Turning(t, func(t *testing.T, keys *sealing.Ring) storetest.Opened { return opened(t, path, keys) })
}

// TestSealedSwap exchanges the documents of two persons: neither is read.
func TestSealedSwap(t *testing.T) {
	path, keys := fresh(t), storetest.NewRingFile(t, sealing.AES).Use(t).Open(t)
	o := opened(t, path, keys)
	storetest.Crowd(t, o, 2)
	s := o.Store.(*Store)
	const swap = `UPDATE person SET document = (SELECT document FROM person AS other WHERE other.id <> person.id)`
	shutTest(t, s)
	db, err := connect(path, "", 1)
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.Exec(swap)
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	s = openTest(t, Config{Path: path, Keys: keys})
	for _, id := range []settlement.BeneficiaryID{"c-0", "c-1"} {
		if _, err := s.Person(t.Context(), id); settlement.KindOf(err) != settlement.KindInternal {
			t.Errorf("person %s: %v", id, err)
		}
	}
}

// rewrapping is a fresh store, to be served from and encrypted anew.
func rewrapping(t *testing.T) (storetest.Rewrapping, string) {
	path := fresh(t)
	var serves *Store
	return storetest.Rewrapping{
		Open: func(t *testing.T, keys *sealing.Ring) storetest.Opened {
			if serves != nil {
				shutTest(t, serves)
			}
			o := opened(t, path, keys)
			serves = o.Store.(*Store)
			return o
		},
		Rewraps: func(t *testing.T, keys *sealing.Ring) store.Rewrappable {
			r, err := OpenRewrapper(t.Context(), Config{Path: path, Keys: keys})
			must(t, err)
			t.Cleanup(func() { must(t, r.Shut()) })
			return r
		},
	}, path
}

// What stood in the clear is in no page of a copy made afterwards.
func TestRewrap(t *testing.T) {
	w, path := rewrapping(t)
	storetest.Rewraps(t, w)
	copied := filepath.Join(t.TempDir(), "copy.db")
	must(t, Backup(t.Context(), path, copied))
	if hits := tellingFiles(t, copied); hits > 0 {
		t.Errorf("%d hits of what was in the clear before", hits)
	}
}

func TestRewrapUnreadable(t *testing.T) {
	w, _ := rewrapping(t)
	storetest.RewrapsUnreadable(t, w)
}
