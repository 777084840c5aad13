package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/onestop-gateway/onestop/adapters/store/postgres/pgtest"
)

// TestTwoGatewaysRunADayOnce: of two gateways on one PostgreSQL and one inbox
// that start at the same time, one runs each day.
func TestTwoGatewaysRunADayOnce(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a database cluster")
	}
	const days = 12
	dsn := pgtest.Start(t).DSN("postgres")
	one, c := signedTown(t)
	c.Store.SQLite, c.Store.Postgres = "", dsn
	c.Reconciliation.Inbox = filepath.Join(one.folder, "inbox")
	folder := filepath.Join(c.Reconciliation.Inbox, "nhsa-demo")
	at, day := lastDue()
	if err := os.MkdirAll(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	for n := range days {
		path, old := filepath.Join(folder, day.String()+".3202-upload"), time.Now().Add(-time.Hour)
		writeFile(t, path, fmt.Sprintf("S%d\tE%d\tP9\t1.00\t1.00\tnull\t0", n, n), 0o600)
		if err := os.Chtimes(path, old, old); err != nil {
			t.Fatal(err)
		}
		if n < days-1 {
			day = day.Previous()
		}
	}
	c.Reconciliation.Daily = []dailyConfig{{Region: "360827", At: at, Since: day.String()}}
	other := &stage{folder: one.folder, payers: one.payers, base: "the register is filled by the first"}
	second := c
	second.Instance = 1
	one.serve(t, c)
	defer one.stop()
	other.serve(t, second)
	defer other.stop()
	runs := func() (list string, done int) {
		list, _ = one.reconciles("list", "--payer", "nhsa-demo")
		return list, strings.Count(list, "platform_upload  done")
	}
	for end := time.Now().Add(patience); ; time.Sleep(50 * time.Millisecond) {
		if _, done := runs(); done >= days {
			break
		}
		if time.Now().After(end) {
			list, _ := runs()
			t.Fatalf("not all days were compared:\n%s", list)
		}
	}
	time.Sleep(time.Second) // for whoever would run one again
	list, done := runs()
	if done != days || strings.Count(list, "\n") != days+1 {
		t.Errorf("%d runs of %d days:\n%s", strings.Count(list, "\n")-1, days, list)
	}
}
