package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"
	"time"
)

const (
	storedVariable = "ONESTOP_STORED_ROWS" // how many the large upload has
	storedUsual    = 20_000
	storedUnlike   = 100 // one row in so many is of the period that is compared
)

// TestAStoredRunTakesLittleMemory sends a large list in pieces to a gateway,
// which compares it, keeps what differs and answers; it runs in this process,
// whose peak of memory is measured.
func TestAStoredRunTakesLittleMemory(t *testing.T) {
	rows := storedUsual
	if text := os.Getenv(storedVariable); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			t.Fatalf("%s: %v", storedVariable, err)
		}
		rows = n
	}
	s := staged(t)
	path := filepath.Join(t.TempDir(), "list.csv")
	dated(t, path, rows)
	debug.FreeOSMemory()
	if err := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0o600); err != nil { // the peak begins anew
		t.Skip("the peak of memory cannot be measured here: ", err)
	}
	before, start := resident(t), time.Now()
	out, _ := s.reconciles("run", path, "--form", "csv", "--payer", "nhsa-demo", "--from", "2026-07-10", "--to", "2026-07-10", "--operator", "li")
	named := runNamed.FindStringSubmatch(out)
	if named == nil {
		t.Fatal(out)
	}
	for end := time.Now().Add(20 * time.Minute); named[2] == "running" && time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		out, _ = s.reconciles("show", named[1])
		named = runNamed.FindStringSubmatch(out)
	}
	took, peak := time.Since(start), resident(t)
	if want := fmt.Sprintf("%d rows theirs, 0 ours, 0 bad; 0 equal, %d differ, payer_only %[2]d", rows, rows/storedUnlike); !strings.Contains(out, want) {
		t.Errorf("%s, want %s", out[:min(len(out), 2000)], want)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d rows (%d MB), %d differences kept, in %s: %d MB resident at the peak, %d MB before",
		rows, info.Size()>>20, rows/storedUnlike, took.Round(100*time.Millisecond), peak>>20, before>>20)
	if peak-before > listRoom {
		t.Errorf("a stored run took %d MB of memory", (peak-before)>>20)
	}
}

// dated writes a list in which one row in storedUnlike is of 10 July, and the
// others are of the days around it.
func dated(t *testing.T, path string, rows int) {
	t.Helper()
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var text strings.Builder
	text.WriteString("setl_id,mdtrt_id,psn_no,medfee_sumamt,fund_pay_sumamt,setl_time\n")
	for n := rows - 1; n >= 0; n-- {
		day := []string{"2026-07-08", "2026-07-12"}[n%2]
		if n%storedUnlike == 0 {
			day = "2026-07-10"
		}
		fmt.Fprintf(&text, "S%012d,E%012d,P%09d,100.00,60.00,%s 09:00:00\n", n, n, n, day)
		if n%1000 > 0 {
			continue
		}
		if _, err := file.WriteString(text.String()); err != nil {
			t.Fatal(err)
		}
		text.Reset()
	}
}
