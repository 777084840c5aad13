package postgres

import (
	"net"
	"strings"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
)

func TestInsertionNamesEveryColumnOnce(t *testing.T) {
	got := insertion("entry", "settlement bigint", "line integer", "account text")
	want := "INSERT INTO entry (settlement, line, account) SELECT settlement, line, account" +
		" FROM unnest($1::bigint[], $2::integer[], $3::text[]) AS u (settlement, line, account)"
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// Nothing that is in a transaction goes back into the pool.
func TestUnfinishedTransactionIsNotReused(t *testing.T) {
	s := openTest(t, Config{DSN: fresh(t)})
	pid := func() uint32 {
		on, err := s.writer.begin(t.Context())
		must(t, err)
		defer on.release()
		must(t, on.trip(begun(), tripWithin))
		return on.conn.Conn().PgConn().PID()
	}
	if first, second := pid(), pid(); first == second {
		t.Error("a connection was used again inside its transaction")
	}
}

// The driver cannot cancel what runs on a connection that writes.
func TestWritingConnectionForgetsItsKey(t *testing.T) {
	s := openTest(t, Config{DSN: fresh(t)})
	on, err := s.writer.begin(t.Context())
	must(t, err)
	defer on.release()
	if key := string(on.conn.Conn().PgConn().SecretKey()); key == "" || strings.Trim(key, "\x00") != "" {
		t.Errorf("the key is %q", key)
	}
}

// Only a warning counts, and only on a connection that writes.
func TestNoticesAreTold(t *testing.T) {
	s := openTest(t, Config{DSN: fresh(t)})
	on, err := s.writer.begin(t.Context())
	must(t, err)
	defer on.release()
	for _, c := range []struct {
		text   string
		warned bool
	}{
		{`DO $$ BEGIN RAISE NOTICE 'of no account'; END $$`, false},
		{`DO $$ BEGIN RAISE WARNING 'look here'; END $$`, true},
	} {
		on.link.warning = nil
		_, err = on.conn.Exec(t.Context(), c.text)
		must(t, err)
		if warned := on.link.warning != nil; warned != c.warned {
			t.Errorf("%s: warned is %v", c.text, warned)
		}
	}
	noticed(&pgconn.PgConn{}, &pgconn.Notice{SeverityUnlocalized: "WARNING"}) // of a connection that reads: nobody's
}

// An answer of COMMIT is believed only word by word.
func TestCommitIsDoubted(t *testing.T) {
	warning := &pgconn.Notice{Code: "01000", Routine: "SyncRepWaitForLSN"}
	for name, c := range map[string]struct {
		tag     string
		warning *pgconn.Notice
		doubted bool
	}{
		"a plain success":        {"COMMIT", nil, false},
		"one with a warning":     {"COMMIT", warning, true},
		"rolled back after all":  {"ROLLBACK", nil, true},
		"no answer but no error": {"", nil, true},
	} {
		if doubted := doubt(pgconn.NewCommandTag(c.tag), c.warning) != nil; doubted != c.doubted {
			t.Errorf("%s: doubted is %v", name, doubted)
		}
	}
}

// A peer that is gone without a word is noticed by the kernel.
func TestSilenceIsBounded(t *testing.T) {
	s := openTest(t, Config{DSN: fresh(t)})
	on, err := s.writer.begin(t.Context())
	must(t, err)
	defer on.release()
	tcp, ok := on.conn.Conn().PgConn().Conn().(*net.TCPConn)
	if !ok {
		t.Fatalf("a connection over %T", on.conn.Conn().PgConn().Conn())
	}
	raw, err := tcp.SyscallConn()
	must(t, err)
	option := func(level, name int) (value int) {
		must(t, raw.Control(func(fd uintptr) {
			value, err = syscall.GetsockoptInt(int(fd), level, name)
			must(t, err)
		}))
		return value
	}
	if got := option(syscall.IPPROTO_TCP, tcpUserTimeout); got != int(silentFor.Milliseconds()) {
		t.Errorf("unacknowledged data is waited for %d ms", got)
	}
	if option(syscall.SOL_SOCKET, syscall.SO_KEEPALIVE) == 0 {
		t.Error("an idle connection is not kept alive")
	}
}

// Unix sockets have no such options and need none.
func TestUnixSocketsAreLeftAlone(t *testing.T) {
	must(t, giveUpOnSilence("unix", "", nil))
}
