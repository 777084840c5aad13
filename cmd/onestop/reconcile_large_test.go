package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/onestop-gateway/onestop/adapters/payer/statement"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/reconcile"
	"github.com/onestop-gateway/onestop/settlement/reconciliation"
)

const (
	listVariable = "ONESTOP_RECONCILE_ROWS" // how many the large list has
	listUsual    = 20_000
	listRoom     = 128 << 20 // bytes of memory that reconciling may take, whatever the size
	listUnlike   = 1000      // one row in so many is not as the store has it
)

// endless are books of so many settlements, made as they are read.
type endless int

func (e endless) Opened(_ context.Context, _, _ time.Time, each func(*settlement.Settlement) error) error {
	at := time.Date(2026, 7, 10, 4, 0, 0, 0, time.UTC)
	for n := range int(e) {
		s := settlement.Settlement{
			ID: settlement.SettlementID(fmt.Sprintf("%016x", n)), Facility: "H36082700001", Insured: settlement.Private(fmt.Sprintf("P%09d", n)),
			OpenedAt: at, State: settlement.StateCommitted, Decision: settlement.Commit,
			Legs: []settlement.Leg{{Payer: "A", State: settlement.LegApplied, Message: settlement.MessageID(fmt.Sprintf("H36082700001%018d", n)), Payment: settlement.Payment{
				Reference: fmt.Sprintf("S%012d", n), Encounter: settlement.EncounterID(fmt.Sprintf("E%012d", n)), At: at,
				Bill: settlement.Bill{Submitted: settlement.Money(1_000_00 + n)}, Basic: settlement.Money(600_00 + n),
			}}},
		}
		if err := each(&s); err != nil {
			return err
		}
	}
	return nil
}

// TestReconcileTakesLittleMemory has a list of many rows, in another order than
// the store's, compared with as many settlements, and measures the peak.
func TestReconcileTakesLittleMemory(t *testing.T) {
	rows := listUsual
	if text := os.Getenv(listVariable); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			t.Fatalf("%s: %v", listVariable, err)
		}
		rows = n
	}
	path := filepath.Join(t.TempDir(), "list.txt")
	large(t, path, rows)
	debug.FreeOSMemory()
	if err := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0o600); err != nil { // the peak begins anew
		t.Skip("the peak of memory cannot be measured here: ", err)
	}
	before, start := resident(t), time.Now()
	file, list, err := openList(path, statement.Upload)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	command := reconcileCommand()
	var out bytes.Buffer
	command.SetOut(&out)
	command.SetErr(io.Discard)
	command.SetContext(t.Context())
	day := settlement.NewDate(2026, 7, 10)
	run := &reconciliation.Run{
		Scope: reconcile.Scope{Share: reconcile.InsuranceShare, Payer: "A", Period: settlement.Period{From: day, To: day}},
		Books: endless(rows), List: list,
	}
	err = reconciled(command, run, false)
	took, peak := time.Since(start), resident(t)
	want := fmt.Sprintf("\n%d rows theirs, %d ours, 0 bad; %d equal, %d differ, amount_differs %[4]d;", rows, rows, rows-rows/listUnlike, rows/listUnlike)
	if exitedWith(err) != exitFailed || !strings.Contains(out.String(), want) {
		t.Errorf("%v: %s", err, out.String()[max(0, out.Len()-500):])
	}
	t.Logf("%d rows and as many settlements in %s: %d MB resident at the peak, %d MB before", rows, took.Round(100*time.Millisecond), peak>>20, before>>20)
	if peak-before > listRoom {
		t.Errorf("reconciling took %d MB of memory", (peak-before)>>20)
	}
}

// large writes a list that begins with the last row, one in listUnlike a fen
// off.
func large(t *testing.T, path string, rows int) {
	t.Helper()
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	out := bufio.NewWriter(file)
	for n := rows - 1; n >= 0; n-- {
		fund := settlement.Money(600_00 + n)
		if n%listUnlike == 0 {
			fund++
		}
		fmt.Fprintf(out, "S%012d\tE%012d\tP%09d\t%s\t%s\tnull\t0\n", n, n, n, settlement.Money(1_000_00+n), fund)
	}
	if err := out.Flush(); err != nil {
		t.Fatal(err)
	}
}
