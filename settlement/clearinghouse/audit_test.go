package clearinghouse_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/clearing"
	"github.com/onestop-gateway/onestop/settlement/clearinghouse"
)

// altered is an archive in which something is not as it was written.
type altered struct {
	clearinghouse.Archive
	clearing func(*clearing.Clearing)
	position func(*clearing.Position)
	movement func(m *clearing.Movement, in []clearing.Number) []clearing.Number
	rows     int // more of clearing 1
}

func (a *altered) Clearings(ctx context.Context, query clearinghouse.Query) ([]clearing.Clearing, error) {
	found, err := a.Archive.Clearings(ctx, query)
	for i := range found {
		found[i].History = slices.Clone(found[i].History)
		if a.clearing != nil {
			a.clearing(&found[i])
		}
	}
	return found, err
}

func (a *altered) Positions(ctx context.Context, number clearing.Number) ([]clearing.Position, error) {
	found, err := a.Archive.Positions(ctx, number)
	for i := range found {
		if a.position != nil && number == 1 {
			a.position(&found[i])
		}
	}
	return found, err
}

func (a *altered) Ledger(ctx context.Context, each func(*clearing.Movement, []clearing.Number) error) error {
	return a.Archive.Ledger(ctx, func(m *clearing.Movement, in []clearing.Number) error {
		one, numbers := *m, slices.Clone(in)
		one.Entries = slices.Clone(m.Entries)
		if a.movement != nil {
			numbers = a.movement(&one, numbers)
		}
		return each(&one, numbers)
	})
}

func (a *altered) Rows(ctx context.Context) (map[clearing.Number]int, error) {
	rows, err := a.Archive.Rows(ctx)
	rows[1] += a.rows
	return rows, err
}

// audited is a world with July paid, August voided after it was frozen, and
// August again, in which all of that is.
func audited(t *testing.T) *world {
	w := newWorld(t)
	first := w.settles("1", time.Date(2012, 7, 3, 0, 0, 0, 0, time.UTC), 600_00)
	w.settles("2", time.Date(2012, 7, 4, 0, 0, 0, 0, time.UTC), 400_00)
	w.opens(july)
	w.takes(1, clearing.Cut, clearing.Proposed, clearing.Approved, clearing.Exported)
	pay := w.step(1, clearing.Paid)
	pay.Payment = &clearing.Payment{Facility: "H1", Bearer: "fund/rural/360827/2012", Amount: 999_00, Reference: "b", Day: 20120802}
	if _, err := w.Take(t.Context(), pay); err != nil {
		t.Fatal(err)
	}
	w.settles("3", time.Date(2012, 8, 3, 0, 0, 0, 0, time.UTC), 50_00)
	w.books(first, settlement.StateReversed, time.Date(2012, 8, 4, 0, 0, 0, 0, time.UTC), settlement.Counter([]settlement.Entry{
		{Account: "fund/rural/360827/2012", Debit: 600_00}, {Account: "facility/H1", Credit: 600_00},
	}))
	w.now = time.Date(2012, 9, 1, 0, 0, 0, 0, time.UTC)
	w.opens(august)
	w.takes(2, clearing.Cut, clearing.Voided)
	w.now = w.now.Add(time.Hour)
	w.opens(august)
	w.takes(3, clearing.Cut)
	w.settles("4", w.now, 1_00) // of September
	return w
}

func (w *world) audits(archive clearinghouse.Archive) (lines []string) {
	w.t.Helper()
	count, err := clearinghouse.Audit(w.t.Context(), archive, func(f clearinghouse.Finding) { lines = append(lines, f.String()) })
	if err != nil || count != 3 {
		w.t.Errorf("%d clearings, %v", count, err)
	}
	return lines
}

func TestAuditFindsNothingWhereNothingIsWrong(t *testing.T) {
	w := audited(t)
	if lines := w.audits(w.store); len(lines) > 0 {
		t.Error(lines)
	}
	w.takes(3, clearing.Voided) // what it held waits for the next
	if lines := w.audits(w.store); len(lines) > 0 {
		t.Error(lines)
	}
	none := newWorld(t)
	if count, err := clearinghouse.Audit(t.Context(), none.store, nil); count != 0 || err != nil {
		t.Error(count, err)
	}
}

// Every breach that is planted is named, with what it concerns.
func TestAuditNamesWhatIsPlanted(t *testing.T) {
	of := func(id settlement.SettlementID, change func(m *clearing.Movement, in []clearing.Number) []clearing.Number) func(*clearing.Movement, []clearing.Number) []clearing.Number {
		return func(m *clearing.Movement, in []clearing.Number) []clearing.Number {
			if m.Settlement != id || m.Revision > 2 {
				return in
			}
			return change(m, in)
		}
	}
	for name, c := range map[string]struct {
		altered
		want string
	}{
		"a position changed":     {altered{position: func(p *clearing.Position) { p.Settled++ }}, "C1 clearing 1: is kept as 1000.01 owed"},
		"a count changed":        {altered{position: func(p *clearing.Position) { p.Reversals++ }}, "C1 clearing 1: is kept as"},
		"a position to nobody":   {altered{position: func(p *clearing.Position) { p.Account = clearing.Bills }}, "C1 clearing 1: bills"},
		"other positions frozen": {altered{clearing: func(c *clearing.Clearing) { c.History[2].Digest = "x" }}, "C1 clearing 1: was frozen with other positions"},
		"an entry changed":       {altered{movement: of("s-2", func(m *clearing.Movement, in []clearing.Number) []clearing.Number { m.Entries[0].Debit--; return in })}, "C1 clearing 1: is kept as 1000.00 owed of 1000.00 billed, its entries sum to 999.99"},
		"a note of no entry":     {altered{rows: 1}, "C1 clearing 1: notes 3 movements, the ledger has 2"},
		"in two":                 {altered{movement: of("s-2", func(_ *clearing.Movement, in []clearing.Number) []clearing.Number { return append(in, 3) })}, "C2 s-2 revision 2: is in clearings [1 3]"},
		"in one never opened":    {altered{movement: of("s-2", func(_ *clearing.Movement, in []clearing.Number) []clearing.Number { return append(in, 9) })}, "C2 s-2 revision 2: is in clearing 9"},
		"booked after the period": {altered{movement: of("s-2", func(m *clearing.Movement, in []clearing.Number) []clearing.Number {
			m.Booked = m.Booked.AddDate(0, 1, 0)
			return in
		})}, "C3 s-2 revision 2: was booked on 2012-08-04"},
		"lost":                      {altered{movement: of("s-2", func(*clearing.Movement, []clearing.Number) []clearing.Number { return nil })}, "C4 s-2 revision 2: was booked on 2012-07-04"},
		"lost when it was given up": {altered{movement: of("s-3", func(*clearing.Movement, []clearing.Number) []clearing.Number { return []clearing.Number{2} })}, "C4 s-3 revision 2"},
		"approved by its maker":     {altered{clearing: func(c *clearing.Clearing) { c.History[min(4, len(c.History)-1)].By = c.History[0].By }}, "C5 clearing 1: line 5, approved"},
		"a line left out":           {altered{clearing: func(c *clearing.Clearing) { c.History = slices.Delete(c.History, 1, 2) }}, "C5 clearing 1: line 3, frozen"},
		"a history gone":            {altered{clearing: func(c *clearing.Clearing) { c.History = nil }}, "C5 clearing 1: has no history"},
		"paid to nobody": {altered{clearing: func(c *clearing.Clearing) {
			if last := &c.History[len(c.History)-1]; last.Payment != nil {
				last.Payment = &clearing.Payment{Facility: "H9", Bearer: "payer/a", Amount: 5, Reference: "r", Day: 20120802}
			}
		}}, "C5 clearing 1: payments of 0.05 are of no statement"},
	} {
		t.Run(name, func(t *testing.T) {
			w := audited(t)
			c.Archive = w.store
			lines := w.audits(&c.altered)
			if !slices.ContainsFunc(lines, func(line string) bool { return strings.HasPrefix(line, c.want) }) {
				t.Errorf("no %q in %q", c.want, lines)
			}
		})
	}
}
