package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

const (
	largeVariable = "ONESTOP_VERIFY_SETTLEMENTS" // how many the large store has
	largeUsual    = 3000
	largeCallers  = 60
	largeRoom     = 128 << 20 // bytes of memory that verifying may take, whatever the size
)

// generous pays two thirds of every bill and writes its own book into a file.
type generous struct {
	lock sync.Mutex
	book *bufio.Writer
}

func (*generous) Code() settlement.PayerCode { return "nhsa-demo" }

func (*generous) Terms() settlement.Terms {
	return settlement.Terms{CallTimeout: 3 * time.Second, QuietPeriod: 6 * time.Second}
}

func (*generous) Prepare(call lifecycle.Call) (lifecycle.Wire, error) {
	return lifecycle.Wire{Call: call, Body: []byte(strings.Repeat("2304", 200))}, nil
}

func (g *generous) Send(_ context.Context, wire lifecycle.Wire) lifecycle.PayerAnswer {
	g.lock.Lock()
	defer g.lock.Unlock()
	line := struct {
		Message settlement.MessageID `json:"message"`
		Net     int                  `json:"net"`
	}{wire.Call.Message, 1}
	err := json.NewEncoder(g.book).Encode(line)
	bill := wire.Call.Claim.Bill
	payment := settlement.Payment{Encounter: wire.Call.Encounter, Bill: bill, Basic: bill.Eligible / 3 * 2}
	return lifecycle.PayerAnswer{Result: settlement.ResultApplied, Payment: payment, Body: wire.Body, Cause: err}
}

// TestVerifyTakesLittleMemory fills a store, one settlement for each line of
// the payer's book, and measures what verifying both takes at its peak.
func TestVerifyTakesLittleMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("fills a store")
	}
	settlements := largeUsual
	if text := os.Getenv(largeVariable); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			t.Fatalf("%s: %v", largeVariable, err)
		}
		settlements = n
	}
	folder := t.TempDir()
	book := filepath.Join(folder, "book.jsonl")
	store := filled(t, folder, book, settlements)
	debug.FreeOSMemory()
	if err := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0o600); err != nil { // the peak begins anew
		t.Skip("the peak of memory cannot be measured here: ", err)
	}
	before, start := resident(t), time.Now()
	out, err := verifying(store, "nhsa-demo="+book)
	took, peak := time.Since(start), resident(t)
	if want := fmt.Sprintf("%d settlements, 0 findings\n", settlements); err != nil || out != want {
		t.Errorf("%v\n%s", err, out[:min(len(out), 2000)])
	}
	t.Logf("%d settlements and as many lines of a book in %s: %d MB resident at the peak, %d MB before", settlements, took.Round(time.Second), peak>>20, before>>20)
	if peak-before > largeRoom {
		t.Errorf("verifying took %d MB of memory", (peak-before)>>20)
	}
}

// resident is the most memory this process has held since the peak began, bytes.
func resident(t *testing.T) int64 {
	t.Helper()
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), "VmHWM:")
	var kilobytes int64
	if _, err := fmt.Sscan(rest, &kilobytes); err != nil {
		t.Fatal(err)
	}
	return kilobytes << 10
}

// filled is a store with many settlements, made by the gateway itself.
func filled(t *testing.T, folder, book string, settlements int) (store string) {
	t.Helper()
	file, err := os.Create(book)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	d := &demo{out: io.Discard, log: slog.New(slog.DiscardHandler)}
	g, err := d.stage(t.Context(), verifyCommand(), folder, func(string) string { return "http://127.0.0.1:1" })
	if err != nil {
		t.Fatal(err)
	}
	payer := &generous{book: bufio.NewWriter(file)}
	g.lifecycle.Directory.Payers[payer.Code()] = payer
	var callers sync.WaitGroup
	var next atomic.Int64
	for range min(largeCallers, g.config.Payers[0].Connections) { // as many as one payer is given
		callers.Go(func() {
			for n := next.Add(1); n <= int64(settlements) && !t.Failed(); n = next.Add(1) {
				answer, err := g.lifecycle.Settle(t.Context(), nthStay(n))
				if err != nil || answer.Settlement.State != settlement.StateCommitted {
					t.Errorf("settling %d: %s, %v", n, answer.Settlement.State, err)
				}
			}
		})
	}
	callers.Wait()
	if err := payer.book.Flush(); err != nil {
		t.Fatal(err)
	}
	g.close()
	return filepath.Join(folder, "onestop.db")
}

// nthStay is the nth discharge of a person without a cap.
func nthStay(n int64) lifecycle.Ask {
	return lifecycle.Ask{
		Tenant: "H36082700001", Actor: "cashier-7", Request: settlement.RequestID(fmt.Sprintf("large-%010d", n)),
		Facility: "H36082700001", Discharge: settlement.DischargeID(fmt.Sprintf("L%010d", n)), Encounter: settlement.EncounterID(fmt.Sprintf("E-L%010d", n)),
		Person: "360827194103120018", BillStated: true,
		Claim: settlement.Claim{
			Mode: settlement.Inpatient, Admission: settlement.NewDate(2026, 2, 1), Discharge: settlement.NewDate(2026, 3, 2),
			Bill: settlement.Bill{Submitted: 18_640_00, SelfFunded: 320_00, FirstSelfPay: 210_00, OverLimit: 110_00, Eligible: 18_000_00},
		},
	}
}
