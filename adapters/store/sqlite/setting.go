package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"

	"github.com/onestop-gateway/onestop/adapters/store"
)

// settings are what the promise of durability rests on, as a connection
// reports them.
type settings struct {
	journal     string
	synchronous int
	foreignKeys int
	version     string
}

const (
	synchronousFull = 2
	// versionMin has the repair of a fault that could damage a file when its
	// write-ahead log was reset.
	versionMin = "3.51.3"
)

// assure refuses (Internal) a database whose connections cannot keep what
// this package promises.
func assure(ctx context.Context, db *sql.DB) error {
	var s settings
	const text = `SELECT journal_mode, synchronous, foreign_keys, sqlite_version()
		FROM pragma_journal_mode, pragma_synchronous, pragma_foreign_keys`
	err := db.QueryRowContext(ctx, text).Scan(&s.journal, &s.synchronous, &s.foreignKeys, &s.version)
	if err != nil {
		return fmt.Errorf("reading settings: %w", interpret(err))
	}
	return s.check()
}

func (s settings) check() error {
	var broken error
	switch {
	case s.journal != "wal":
		broken = fmt.Errorf("journal_mode is %s, not wal", s.journal)
	case s.synchronous != synchronousFull:
		broken = fmt.Errorf("synchronous is %d, not %d", s.synchronous, synchronousFull)
	case s.foreignKeys != 1:
		broken = fmt.Errorf("foreign_keys is %d, not 1", s.foreignKeys)
	case !atLeast(s.version, versionMin):
		broken = fmt.Errorf("sqlite is %s, older than %s", s.version, versionMin)
	default:
		return nil
	}
	return store.Broken(broken)
}

// atLeast compares dotted versions number by number; what is not a number
// counts as zero.
func atLeast(version, floor string) bool {
	have, want := strings.Split(version, "."), strings.Split(floor, ".")
	for i := range want {
		var h int
		if i < len(have) {
			h, _ = strconv.Atoi(have[i])
		}
		w, _ := strconv.Atoi(want[i])
		if h != w {
			return h > w
		}
	}
	return true
}
