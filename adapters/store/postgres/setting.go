package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/onestop-gateway/onestop/adapters/store"
)

// settings are what the promises of this package rest on, as a connection
// reports them.
type settings struct {
	version    int
	encoding   string
	recovering bool
	readOnly   string

	fsync       string
	fullPages   string
	synchronous string
	checksums   string
	standbys    string

	skew time.Duration // of the server's clock against ours
}

const (
	versionMin = 150000
	// skewMax is how far the clocks may be apart. Leases bear any difference,
	// but deadlines and message ids are in the gateway's own time.
	skewMax = 30 * time.Second
)

// ClockSetting is how a flaw names the difference of the clocks.
const ClockSetting = "the server's clock"

// assure judges a new connection that writes, so that the server that takes
// over from another is judged as well, and makes it ready. Internal: it cannot
// keep what this package promises.
func (c Config) assure(ctx context.Context, conn *pgx.Conn) error {
	found, err := readSettings(ctx, conn, c.clock)
	if err != nil {
		return err
	}
	err = found.check(c)
	if err != nil {
		return err
	}
	bind(conn.PgConn(), &link{skew: found.skew})
	return nil
}

func readSettings(ctx context.Context, conn *pgx.Conn, clock func() time.Time) (settings, error) {
	const text = `SELECT current_setting('server_version_num')::int, current_setting('server_encoding'),
		pg_is_in_recovery(), current_setting('transaction_read_only'),
		current_setting('fsync'), current_setting('full_page_writes'), current_setting('synchronous_commit'),
		current_setting('data_checksums'), current_setting('synchronous_standby_names'),
		(extract(epoch FROM clock_timestamp()) * 1000000)::bigint`
	var s settings
	var micros int64
	asked := clock()
	err := conn.QueryRow(ctx, text).Scan(&s.version, &s.encoding, &s.recovering, &s.readOnly,
		&s.fsync, &s.fullPages, &s.synchronous, &s.checksums, &s.standbys, &micros)
	if err != nil {
		return settings{}, fmt.Errorf("reading settings: %w", err)
	}
	// The server looked at its clock somewhere between the question and the
	// answer. To be on the safe side of a lease it did so at the beginning.
	s.skew = store.Time(micros).Sub(asked)
	return s, nil
}

// check refuses (Internal) settings that are wrong, naming each and what to do.
func (s settings) check(c Config) error {
	var wrong []error
	for _, flaw := range s.flaws(c) {
		wrong = append(wrong, errors.New(flaw.String()))
	}
	if len(wrong) == 0 {
		return nil
	}
	return store.Broken(errors.Join(wrong...))
}

// flaws are the settings that are wrong.
func (s settings) flaws(c Config) []store.Flaw {
	var wrong []store.Flaw
	want := func(right bool, name, value, remedy string) {
		if !right {
			wrong = append(wrong, store.Flaw{Setting: name, Value: value, Remedy: remedy})
		}
	}
	want(s.version >= versionMin, "server_version_num", fmt.Sprint(s.version), "use PostgreSQL 15 or later")
	want(s.encoding == "UTF8", "server_encoding", s.encoding, "create the database with ENCODING 'UTF8'")
	want(!s.recovering, "pg_is_in_recovery", fmt.Sprint(s.recovering), "connect to the primary, not to a standby")
	want(s.readOnly == "off", "transaction_read_only", s.readOnly, "let this role write: default_transaction_read_only = off")
	if !c.Dev {
		want(s.fsync == "on", "fsync", s.fsync, "set it on and restart")
		want(s.fullPages == "on", "full_page_writes", s.fullPages, "set it on and reload")
		want(s.synchronous == "on" || s.synchronous == "remote_apply", "synchronous_commit", s.synchronous,
			"set it on or remote_apply, for this role and database too")
		want(s.checksums == "on", "data_checksums", s.checksums, "stop the server, run pg_checksums --enable, start it")
		want(!c.HA || s.standbys != "", "synchronous_standby_names", "empty", "name the standbys that commits wait for")
		want(s.skew.Abs() <= skewMax, ClockSetting, s.skew.String()+" off ours", "set the clocks of both by NTP")
	}
	return wrong
}
