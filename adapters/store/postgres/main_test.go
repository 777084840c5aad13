package postgres

import (
	"context"
	"fmt"
	"os"
	"sync"
	"testing"

	"github.com/onestop-gateway/onestop/adapters/store/postgres/pgtest"
	"go.uber.org/goleak"
)

// TestMain ends what tests share. A store that was shut leaves no goroutine
// behind, in any test.
func TestMain(m *testing.M) {
	code := m.Run()
	shared.end()
	stallable.end()
	err := goleak.Find()
	if code == 0 && err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

// commons is a cluster that tests share, with databases for them.
type commons struct {
	once    sync.Once
	cluster *pgtest.Cluster
	ended   []func()

	lock sync.Mutex // over what follows
	free []string   // databases in which nothing is kept (any more)
	made int
}

// shared is for tests that do not hurt the cluster; stallable is for those that
// make its commits wait.
var shared, stallable commons

// keeper is a test that lasts as long as the program: what is started for it
// ends with shared.end.
type keeper struct {
	testing.TB
	ended *[]func()
}

func (k keeper) Cleanup(end func()) { *k.ended = append(*k.ended, end) }

const blank = "blank"

// in is the shared cluster, with a database in which the tables are made and
// nothing is kept.
func (c *commons) in(t testing.TB) *pgtest.Cluster {
	t.Helper()
	c.once.Do(func() {
		cluster := pgtest.Start(keeper{t, &c.ended})
		cluster.Exec("postgres", "CREATE DATABASE "+blank)
		s, err := Open(context.Background(), Config{DSN: cluster.DSN(blank)})
		if err != nil {
			t.Fatal(err)
		}
		shutTest(t, s)
		c.cluster = cluster
	})
	if c.cluster == nil {
		t.Skip("there is no cluster to share; the test that asked first says why")
	}
	return c.cluster
}

func (c *commons) end() {
	for i := len(c.ended) - 1; i >= 0; i-- {
		c.ended[i]()
	}
}

// fresh is the DSN of a database of the test's own, in which nothing is kept.
// Emptying one is much quicker than making another.
func fresh(t testing.TB) string { return shared.fresh(t) }

// emptied deletes the rows of every table but the record of migrations.
const emptied = `DO $$ DECLARE name text; BEGIN
	FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'goose_db_version' LOOP
		EXECUTE 'DELETE FROM ' || quote_ident(name);
	END LOOP;
END $$`

func (c *commons) fresh(t testing.TB) string {
	t.Helper()
	cluster := c.in(t)
	name := c.take(t)
	t.Cleanup(func() {
		cluster.Exec(name, "SET session_replication_role = replica", emptied) // no trigger fires
		c.lock.Lock()
		defer c.lock.Unlock()
		c.free = append(c.free, name)
	})
	return cluster.DSN(name)
}

func (c *commons) take(t testing.TB) string {
	t.Helper()
	c.lock.Lock()
	defer c.lock.Unlock()
	if last := len(c.free) - 1; last >= 0 {
		name := c.free[last]
		c.free = c.free[:last]
		return name
	}
	c.made++
	name := fmt.Sprintf("case_%d", c.made)
	c.cluster.Exec("postgres", "CREATE DATABASE "+name+" TEMPLATE "+blank)
	return name
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
