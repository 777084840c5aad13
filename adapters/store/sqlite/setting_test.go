package sqlite

import (
	"testing"

	"github.com/onestop-gateway/onestop/settlement"
)

func TestSettings(t *testing.T) {
	sound := settings{"wal", 2, 1, "3.51.3"}
	for _, c := range []struct {
		name string
		vary func(s *settings)
		want bool
	}{
		{"sound", func(*settings) {}, true},
		{"a later library", func(s *settings) { s.version = "3.53.0" }, true},
		{"no write-ahead log", func(s *settings) { s.journal = "delete" }, false},
		{"in memory", func(s *settings) { s.journal = "memory" }, false},
		{"commits not synced", func(s *settings) { s.synchronous = 1 }, false},
		{"no foreign keys", func(s *settings) { s.foreignKeys = 0 }, false},
		{"an earlier library", func(s *settings) { s.version = "3.51.2" }, false},
		{"a much earlier library", func(s *settings) { s.version = "3.40.1" }, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := sound
			c.vary(&s)
			err := s.check()
			if (err == nil) != c.want || err != nil && settlement.KindOf(err) != settlement.KindInternal {
				t.Errorf("%+v: %v", s, err)
			}
		})
	}
}

func TestAtLeast(t *testing.T) {
	for _, c := range []struct {
		version, floor string
		want           bool
	}{
		{"3.51.3", "3.51.3", true},
		{"3.51.4", "3.51.3", true},
		{"3.51.10", "3.51.3", true},
		{"3.100.0", "3.51.3", true},
		{"4.0.0", "3.51.3", true},
		{"3.51.3.1", "3.51.3", true},
		{"3.51", "3.51.3", false},
		{"3.9.9", "3.51.3", false},
		{"2.99.99", "3.51.3", false},
		{"", "3.51.3", false},
		{"x.y.z", "3.51.3", false},
	} {
		if got := atLeast(c.version, c.floor); got != c.want {
			t.Errorf("%q against %q: %v", c.version, c.floor, got)
		}
	}
}

// Every connection has the settings, not only the first of a pool.
func TestEveryConnectionIsSound(t *testing.T) {
	s := openTest(t, Config{Path: fresh(t), Readers: 3})
	for range 3 {
		conn, err := s.reads.Conn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		var queryOnly, foreignKeys, synchronous int
		err = conn.QueryRowContext(t.Context(), `SELECT query_only, foreign_keys, synchronous
			FROM pragma_query_only, pragma_foreign_keys, pragma_synchronous`).Scan(&queryOnly, &foreignKeys, &synchronous)
		if err != nil || queryOnly != 1 || foreignKeys != 1 || synchronous != synchronousFull {
			t.Errorf("query_only %d, foreign_keys %d, synchronous %d, %v", queryOnly, foreignKeys, synchronous, err)
		}
	}
}
