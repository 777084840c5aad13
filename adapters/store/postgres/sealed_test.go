package postgres

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/onestop-gateway/onestop/adapters/store"
	"github.com/onestop-gateway/onestop/adapters/store/postgres/pgtest"
	"github.com/onestop-gateway/onestop/adapters/store/sealing"
	"github.com/onestop-gateway/onestop/adapters/store/storetest"
	"github.com/onestop-gateway/onestop/settlement"
)

// tellingFiles counts what the files of a cluster, its log of writes included,
// tell of a crowd.
func tellingFiles(t *testing.T, c *pgtest.Cluster) (hits int) {
	t.Helper()
	c.Exec("postgres", "CHECKPOINT")
	err := filepath.WalkDir(c.Data(), func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		content, err := os.ReadFile(path)
		if os.IsNotExist(err) { // the server tidies up
			return nil
		}
		hits += storetest.Told(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return hits
}

// TestSealedFiles looks for 10,000 persons in the files of the server, WAL
// included; and in those of a plain store, to show that the search finds.
func TestSealedFiles(t *testing.T) {
	c := pgtest.Start(t)
	c.Exec("postgres", "CREATE DATABASE sealed", "CREATE DATABASE plain")
	storetest.Crowd(t, opened(t, c.DSN("sealed"), storetest.NewRingFile(t, sealing.AES).Use(t).Open(t)), 10_000)
	if hits := tellingFiles(t, c); hits > 0 {
		t.Errorf("%d hits", hits)
	}
	storetest.Crowd(t, opened(t, c.DSN("plain"), nil), 60)
	if hits := tellingFiles(t, c); hits < 240 {
		t.Errorf("%d hits in a plain store", hits)
	}
}

func TestTurning(t *testing.T) {
	dsn := fresh(t)
	storetest.Turning(t, func(t *testing.T, keys *sealing.Ring) storetest.Opened { return opened(t, dsn, keys) })
}

// TestSealedSwap exchanges the documents of two persons: neither is read.
func TestSealedSwap(t *testing.T) {
	dsn := fresh(t)
	o := opened(t, dsn, storetest.NewRingFile(t, sealing.AES).Use(t).Open(t))
	storetest.Crowd(t, o, 2)
	s := o.Store.(*Store)
	const swap = `UPDATE person SET document = other.document FROM person AS other WHERE other.id <> person.id`
	if _, err := s.writer.pool.Exec(t.Context(), swap); err != nil {
		t.Fatal(err)
	}
	for _, id := range []settlement.BeneficiaryID{"c-0", "c-1"} {
		_, err := s.Person(t.Context(), id)
		wants(t, err, settlement.KindInternal)
		if err != nil && !strings.Contains(err.Error(), "person.document") {
			t.Errorf("the error does not name the column: %v", err)
		}
	}
}

// rewrapping is a fresh store, served from by a gateway's role and encrypted anew
// by the owner.
func rewrapping(t *testing.T) storetest.Rewrapping {
	dsn := fresh(t)
	gateway := restricted(t, dsn)
	return storetest.Rewrapping{
		Open: func(t *testing.T, keys *sealing.Ring) storetest.Opened { return opened(t, gateway, keys) },
		Rewraps: func(t *testing.T, keys *sealing.Ring) store.Rewrappable {
			r, err := OpenRewrapper(t.Context(), Config{DSN: dsn, Keys: keys})
			must(t, err)
			t.Cleanup(func() { must(t, r.Shut()) })
			return r
		},
	}
}

func TestRewrap(t *testing.T) { storetest.Rewraps(t, rewrapping(t)) }

func TestRewrapUnreadable(t *testing.T) { storetest.RewrapsUnreadable(t, rewrapping(t)) }
