package lifecycle_test

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/onestop-gateway/onestop/adapters/store/memory"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
)

// history is a store in which a bit of everything has happened.
func history(h *house) {
	h.settled(discharge(1, 0))
	h.settled(discharge(2, 0))
	h.settled(discharge(3, 1))
	h.reversed(h.settled(discharge(4, 1)).Settlement.ID, 4)
	h.script["settle A"] = answers("refused")
	h.settled(discharge(5, 2))
	h.script["settle A"] = answers("applied, answer lost")
	h.settled(discharge(6, 2))
}

// lines is a sorter in memory.
type lines [][]byte

func (l *lines) Add(line []byte) error {
	*l = append(*l, bytes.Clone(line))
	return nil
}

func (l *lines) Sorted(give func([]byte) error) error {
	slices.SortFunc(*l, bytes.Compare)
	for _, line := range *l {
		if err := give(line); err != nil {
			return err
		}
	}
	return nil
}

// unbooked is an auditor without payers' books.
func unbooked() *lifecycle.Auditor {
	return &lifecycle.Auditor{
		Policies: map[settlement.PolicyID]*settlement.Policy{"county": countyPolicy()}, Encode: encode,
		Now: time.Now().Add(48 * time.Hour), StuckAfter: 26 * time.Hour, Lines: &lines{},
	}
}

// auditor is one that was given the payer's own book.
func auditor(h *house) *lifecycle.Auditor {
	a := unbooked()
	give := a.Book("A")
	for message := range h.w.payers[0].held {
		if err := give(message, 1); err != nil {
			h.Fatal(err)
		}
	}
	for message := range h.w.payers[0].undone {
		if err := give(message, 0); err != nil {
			h.Fatal(err)
		}
	}
	return a
}

// verified is what the auditor says of an archive, by invariant.
func verified(t *testing.T, archive lifecycle.Archive, a *lifecycle.Auditor) (invariants []string, seen int) {
	t.Helper()
	seen, err := lifecycle.Verify(context.Background(), archive, a, func(f lifecycle.Finding) {
		invariants = append(invariants, f.Invariant)
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(invariants)
	return slices.Compact(invariants), seen
}

func TestASoundHistoryHasNoFindings(t *testing.T) {
	live(t, best("A"), func(h *house) {
		history(h)
		found, seen := verified(t, h.store, auditor(h))
		if len(found) != 0 || seen != 6 {
			t.Errorf("%d settlements, findings %v", seen, found)
		}
	})
}

// tampered is an archive in which one dossier was changed.
type tampered struct {
	*memory.Store
	dossier func(*lifecycle.Dossier)
}

func (a tampered) Dossiers(ctx context.Context, after lifecycle.Place, limit int) ([]lifecycle.Dossier, error) {
	found, err := a.Store.Dossiers(ctx, after, limit)
	for i := range found {
		a.dossier(&found[i])
	}
	return found, err
}

// TestEveryBreachIsFound tampers with one thing at a time.
func TestEveryBreachIsFound(t *testing.T) {
	on := func(discharge settlement.DischargeID, change func(*lifecycle.Dossier)) func(*lifecycle.Dossier) {
		return func(d *lifecycle.Dossier) {
			if d.Settlement.Discharge == discharge {
				change(d)
			}
		}
	}
	adjudicated := func(change func(*settlement.Adjudication)) func(*lifecycle.Dossier) {
		return on("D1", func(d *lifecycle.Dossier) {
			changed := *d.Settlement.Adjudication
			change(&changed)
			d.Settlement.Adjudication = &changed
		})
	}
	tests := []struct {
		name      string
		invariant string
		change    func(*lifecycle.Dossier)
	}{
		{"an entry of a fen too much", "I1", on("D1", func(d *lifecycle.Dossier) { d.Entries[0].Debit++ })},
		{"entries of a refused settlement", "I2", on("D5", func(d *lifecycle.Dossier) { d.Entries = []settlement.Entry{{Account: "x"}} })},
		{"entries gone", "I2", on("D1", func(d *lifecycle.Dossier) { d.Entries = nil })},
		{"counter-entries gone", "I2", on("D4", func(d *lifecycle.Dossier) { d.Entries = d.Entries[:len(d.Entries)/2] })},
		{"an adjustment without its entries", "I2", on("D1", func(d *lifecycle.Dossier) {
			d.Settlement.Adjustments = []settlement.Adjustment{{ID: "r/1", Payer: "A", From: d.Settlement.Borne("A"), To: 1}}
		})},
		{"an adjustment from another amount", "I2", on("D1", func(d *lifecycle.Dossier) {
			d.Settlement.Adjustments = []settlement.Adjustment{{ID: "r/1", Payer: "A", From: 1, To: 2}}
			d.Entries = append(slices.Clip(d.Entries), d.Settlement.AdjustingEntries(&d.Settlement.Adjustments[0])...)
		})},
		{"entries of an adjustment that the record has not", "I2", on("D1", func(d *lifecycle.Dossier) {
			d.Entries = append(slices.Clip(d.Entries), d.Settlement.AdjustingEntries(&settlement.Adjustment{Payer: "A", To: 1})...)
		})},
		{"benefit changed", "I3", adjudicated(func(a *settlement.Adjudication) { a.Benefit++ })},
		{"step of the working changed", "I3", adjudicated(func(a *settlement.Adjudication) {
			a.Trace = slices.Clone(a.Trace)
			a.Trace[0].Output++
		})},
		{"input changed", "I3", on("D1", func(d *lifecycle.Dossier) {
			d.Settlement.Used.Used = map[settlement.BucketID]settlement.Money{"total": 5_900_000}
		})},
		{"another policy version", "I14", on("D1", func(d *lifecycle.Dossier) { d.Settlement.Version = "county/9" })},
		{"payer does not hold what was settled", "I5", on("D1", func(d *lifecycle.Dossier) { d.Settlement.Legs[0].Message = "elsewhere" })},
		{"answer of another settlement", "I8", on("D2", func(d *lifecycle.Dossier) { d.Requests[0].Answer = []byte("settle other") })},
		{"answer gone", "I8", on("D2", func(d *lifecycle.Dossier) { d.Requests[0].Answer = nil })},
		{"aborted with a payer that pays", "I9", on("D5", func(d *lifecycle.Dossier) { d.Settlement.Legs[0].State = settlement.LegApplied })},
		{"request gone", "I10", on("D3", func(d *lifecycle.Dossier) { d.Requests = nil })},
		{"request of another tenant", "I10", on("D3", func(d *lifecycle.Dossier) { d.Requests[0].Key.Tenant = "another" })},
		{"committed twice", "I11", on("D1", func(d *lifecycle.Dossier) { d.Events = append(d.Events, lifecycle.Event{Action: "settle.commit"}) })},
		{"committed and ended", "I11", on("D1", func(d *lifecycle.Dossier) { d.Events = append(d.Events, lifecycle.Event{Action: "settle.end"}) })},
		{"audit trail gone", "I11", on("D1", func(d *lifecycle.Dossier) { d.Events = nil })},
		{"refused after doubt", "I11", on("D5", func(d *lifecycle.Dossier) { d.Settlement.Legs[0].Doubted = true })},
		{"sent without an intent", "I12", on("D1", func(d *lifecycle.Dossier) { d.Attempts = d.Attempts[1:] })},
		{"settle sent twice", "I12", on("D1", func(d *lifecycle.Dossier) { d.Attempts = append(d.Attempts, d.Attempts[0]) })},
		{"intent without the request", "I12", on("D1", func(d *lifecycle.Dossier) { d.Attempts[0].Body = nil })},
		{"posted to another year", "I14", on("D1", func(d *lifecycle.Dossier) { d.Settlement.Claim.Discharge = 20250101 })},
		{"open for days", "I16", on("D1", func(d *lifecycle.Dossier) { d.Settlement.State = settlement.StateSettling })},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			live(t, best("A"), func(h *house) {
				history(h)
				found, _ := verified(t, tampered{Store: h.store, dossier: tt.change}, auditor(h))
				if !slices.Contains(found, tt.invariant) {
					t.Errorf("found %v, want %s among them", found, tt.invariant)
				}
			})
		})
	}
}

func TestEveryBreachOfAnAccumulatorIsFound(t *testing.T) {
	b0 := func(row *lifecycle.AccumulatorRow) bool { return row.Key.Beneficiary == "b0" }
	tests := []struct {
		name   string
		change func(*lifecycle.AccumulatorRow) bool
	}{
		{"gone", func(row *lifecycle.AccumulatorRow) bool { return !b0(row) }},
		{"a fen too much", func(row *lifecycle.AccumulatorRow) bool {
			if b0(row) {
				row.Used = row.Used.Plus(settlement.Accumulator{Used: map[settlement.BucketID]settlement.Money{"total": 1}})
			}
			return true
		}},
		{"in another year", func(row *lifecycle.AccumulatorRow) bool {
			row.Key.Year++
			return true
		}},
		{"of nobody", func(row *lifecycle.AccumulatorRow) bool {
			row.Key.Beneficiary += "x"
			return true
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			live(t, best("A"), func(h *house) {
				history(h)
				archive := moved{h.store, tt.change}
				if found, _ := verified(t, archive, auditor(h)); !slices.Contains(found, "I3") {
					t.Errorf("found %v, want I3 among them", found)
				}
			})
		})
	}
}

// moved is an archive in which accumulators were changed or dropped.
type moved struct {
	*memory.Store
	change func(*lifecycle.AccumulatorRow) bool
}

func (a moved) Accumulators(ctx context.Context, after lifecycle.AccumulatorKey, limit int) ([]lifecycle.AccumulatorRow, error) {
	found, err := a.Store.Accumulators(ctx, after, limit)
	var kept []lifecycle.AccumulatorRow
	for _, row := range found {
		if a.change(&row) {
			kept = append(kept, row)
		}
	}
	return kept, err
}

// TestVerifyWalksInPieces: more settlements than are held at once.
func TestVerifyWalksInPieces(t *testing.T) {
	live(t, best("A"), func(h *house) {
		for n := range 1203 {
			h.settled(discharge(n, n%3))
		}
		var told []int
		seen, err := lifecycle.Verify(context.Background(), h.store, auditor(h), func(f lifecycle.Finding) { t.Error(f) }, func(n int) { told = append(told, n) })
		if err != nil || seen != 1203 || fmt.Sprint(told) != "[500 1000 1203]" {
			t.Errorf("saw %d, told %v, %v", seen, told, err)
		}
	})
}

func TestFindingsReadAsALine(t *testing.T) {
	f := lifecycle.Finding{Invariant: "I3", Object: "s1", Says: "differs"}
	if got := f.String(); !strings.HasPrefix(got, "I3 s1: ") {
		t.Error(got)
	}
}
