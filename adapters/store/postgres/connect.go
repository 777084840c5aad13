package postgres

import (
	"context"
	"fmt"
	"maps"
	"net"
	"runtime"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/onestop-gateway/onestop/adapters/store"
)

const (
	connectWithin = 2 * time.Second // to one host; then the next is tried
	pingWithin    = time.Second     // a connection idle for a second is asked whether it lives
	lifetime      = 5 * time.Minute // after which a connection is made anew, and judged anew
	healthEvery   = 5 * time.Second

	// silentFor bounds how long a host may leave what was sent without an
	// acknowledgement, as one does whose power was cut.
	silentFor = 5 * time.Second
)

// nameUsual is how sessions are called that the DSN does not name.
const nameUsual = "onestop"

// role is what a pool of connections is for.
type role struct {
	writes   bool
	anywhere bool // a server that the DSN allows will do, even one that takes no writes
	settings map[string]string
	taken    func(ctx context.Context, conn *pgx.Conn) (bool, error) // asked of each connection that is taken; nil: none is
}

// planning makes every plan one of index look-ups. A plan made while a table
// was empty would otherwise read all of it for every row wanted, and go on
// doing so while the table grows. Statements are written so that there is no
// choice: they look rows up by arrays or by scalar subqueries, and join, if at
// all, with what they were given. A plan is never worth compiling.
var planning = map[string]string{
	"enable_seqscan": "off", "enable_nestloop": "off", "enable_mergejoin": "off", "jit": "off",
}

// writing is the role of the two connections that write. With arrays as
// parameters the server would plan every execution anew, at several times the
// cost of the execution: a generic plan does.
var writing = role{
	writes: true,
	settings: map[string]string{
		"plan_cache_mode":                     "force_generic_plan",
		"statement_timeout":                   milliseconds(5 * time.Second), // which does not bound a commit
		"lock_timeout":                        milliseconds(2 * time.Second),
		"idle_in_transaction_session_timeout": milliseconds(15 * time.Second),
	},
}

// writersMax has room for connections that are still being closed: the
// committer and one errand use two.
const writersMax = 8

var reading = role{
	settings: map[string]string{"statement_timeout": milliseconds(10 * time.Second)},
}

var archiving = role{
	anywhere: true,
	settings: map[string]string{
		"statement_timeout":                   milliseconds(time.Minute),
		"idle_in_transaction_session_timeout": "0", // its one transaction waits while the auditor works
	},
}

func milliseconds(d time.Duration) string { return fmt.Sprint(d.Milliseconds()) }

// connect makes the pool of a role. Nothing is connected yet.
func connect(ctx context.Context, config Config, r role) (*pgxpool.Pool, error) {
	made, err := pgxpool.ParseConfig(config.DSN)
	if err != nil {
		return nil, store.Broken(fmt.Errorf("reading DSN: %w", err))
	}
	made.MinConns, made.MinIdleConns = 0, 0
	made.MaxConns = int32(config.Readers)
	if r.writes {
		made.MaxConns, made.AfterConnect = writersMax, config.assure
	}
	made.MaxConnLifetime, made.MaxConnLifetimeJitter = lifetime, lifetime/10
	made.HealthCheckPeriod, made.PingTimeout = healthEvery, pingWithin
	made.PrepareConn = r.taken
	if !r.anywhere {
		made.ConnConfig.ValidateConnect = pgconn.ValidateConnectTargetSessionAttrsReadWrite
	}
	complete(made.ConnConfig)
	if config.Name != "" {
		made.ConnConfig.RuntimeParams["application_name"] = config.Name
	}
	maps.Copy(made.ConnConfig.RuntimeParams, planning)
	maps.Copy(made.ConnConfig.RuntimeParams, r.settings)
	made.ConnConfig.OnNotice = noticed
	return pgxpool.NewWithConfig(ctx, made)
}

// complete sets what every connection has, those that migrate included.
func complete(config *pgx.ConnConfig) {
	if config.ConnectTimeout <= 0 {
		config.ConnectTimeout = connectWithin
	}
	config.DialFunc = (&net.Dialer{
		Timeout:         config.ConnectTimeout,
		KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: 5 * time.Second, Interval: 2 * time.Second, Count: 3},
		Control:         giveUpOnSilence,
	}).DialContext
	config.RuntimeParams["client_encoding"] = "UTF8"
	if config.RuntimeParams["application_name"] == "" {
		config.RuntimeParams["application_name"] = nameUsual
	}
}

// tcpUserTimeout is the option of that name on Linux (RFC 5482), which the
// syscall package does not name.
const tcpUserTimeout = 0x12

// giveUpOnSilence ends a TCP connection whose peer acknowledges nothing; other
// systems than Linux have only the keep-alive, which takes a little longer.
func giveUpOnSilence(network, _ string, raw syscall.RawConn) error {
	if runtime.GOOS != "linux" || !strings.HasPrefix(network, "tcp") {
		return nil
	}
	var failure error
	err := raw.Control(func(fd uintptr) {
		failure = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, tcpUserTimeout, int(silentFor.Milliseconds()))
	})
	if err != nil {
		return err
	}
	return failure
}

// reach makes sure that a pool can be used. Unavailable: it cannot now.
func reach(ctx context.Context, pool *pgxpool.Pool) error {
	conn, err := pool.Acquire(ctx)
	if store.Known(err) {
		return err
	}
	if err != nil {
		return store.Unavailable(err)
	}
	conn.Release()
	return nil
}
