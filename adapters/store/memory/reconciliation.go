package memory

import (
	"cmp"
	"context"
	"slices"

	"github.com/onestop-gateway/onestop/adapters/store"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/reconciliation"
)

// comparisons is what is kept of reconciliation.
type comparisons struct {
	runs     map[reconciliation.RunID]reconciliation.Kept
	findings map[reconciliation.FindingID]reconciliation.Finding // with their histories
}

func newComparisons() comparisons {
	return comparisons{runs: map[reconciliation.RunID]reconciliation.Kept{}, findings: map[reconciliation.FindingID]reconciliation.Finding{}}
}

// BeginRun implements reconciliation.Store.
func (m *Store) BeginRun(ctx context.Context, run reconciliation.Kept) error {
	if err := store.SoundRun(&run); err != nil {
		return err
	}
	return m.write(ctx, "begin", func() error {
		for _, other := range m.runs {
			switch {
			case other.Key == run.Key:
				return store.Taken("request_id", settlement.ReasonRequestInFlight)
			case other.Subject == run.Subject && other.Attempt == run.Attempt, other.ID == run.ID:
				return store.Taken("subject", settlement.ReasonReconciliationRunning)
			}
		}
		m.runs[run.ID] = run
		return nil
	})
}

// KeepFindings implements reconciliation.Store.
func (m *Store) KeepFindings(ctx context.Context, findings []reconciliation.Finding, remarks []reconciliation.Remark) error {
	if err := store.SoundFindings(findings, remarks); err != nil {
		return err
	}
	return m.write(ctx, "keep", func() error {
		for i := range findings {
			if _, found := m.findings[findings[i].FindingID]; found {
				return store.Abandoned(string(findings[i].Run))
			}
		}
		for i := range findings {
			m.findings[findings[i].FindingID] = findings[i]
		}
		return m.remarked(remarks)
	})
}

// EndRun implements reconciliation.Store.
func (m *Store) EndRun(ctx context.Context, id reconciliation.RunID, end reconciliation.Ending, remarks []reconciliation.Remark) error {
	if err := store.SoundFindings(nil, remarks); err != nil {
		return err
	}
	return m.write(ctx, "end", func() error {
		if m.runs[id].End != nil {
			return store.Abandoned(string(id))
		}
		if err := m.remarked(remarks); err != nil {
			return err
		}
		run := m.runs[id]
		run.End = &end
		m.runs[id] = run
		return nil
	})
}

// Remark implements reconciliation.Store.
func (m *Store) Remark(ctx context.Context, remarks []reconciliation.Remark) error {
	if err := store.SoundFindings(nil, remarks); err != nil {
		return err
	}
	return m.write(ctx, "remark", func() error { return m.remarked(remarks) })
}

// remarked appends all of remarks or none.
func (m *Store) remarked(remarks []reconciliation.Remark) error {
	for i := range remarks {
		r := &remarks[i]
		there := len(m.findings[r.FindingID].History)
		if r.Line == 0 && m.runs[r.Run].Void != nil {
			there = 1
		}
		if r.Number <= there {
			return store.Abandoned(string(r.Run))
		}
	}
	for _, r := range remarks {
		if r.Line == 0 {
			run := m.runs[r.Run]
			run.Void = &r
			m.runs[r.Run] = run
			continue
		}
		f := m.findings[r.FindingID]
		f.History = append(slices.Clip(f.History), r)
		m.findings[r.FindingID] = f
	}
	return nil
}

// KeptRun implements reconciliation.Store.
func (m *Store) KeptRun(ctx context.Context, id reconciliation.RunID) (reconciliation.Kept, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	run, found := m.runs[id]
	if !found {
		return run, store.NoRun(id)
	}
	return run, store.GivenUp(ctx)
}

// KeptRuns implements reconciliation.Store.
func (m *Store) KeptRuns(ctx context.Context, query reconciliation.RunQuery) ([]reconciliation.Kept, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	newest := func(a, b reconciliation.RunMark) int { return cmp.Or(b.At.Compare(a.At), cmp.Compare(b.ID, a.ID)) }
	var found []reconciliation.Kept
	for _, run := range m.runs {
		if (query.Key.Request == "" || query.Key == run.Key) && (query.Subject == "" || query.Subject == run.Subject) &&
			(query.Share == "" || query.Share == run.Scope.Share) && (query.Payer == "" || query.Payer == run.Scope.Payer) && query.Sight.Covers(&run.Scope) &&
			(query.Before == nil || newest(*query.Before, reconciliation.RunMark{At: run.At, ID: run.ID}) < 0) {
			found = append(found, run)
		}
	}
	slices.SortFunc(found, func(a, b reconciliation.Kept) int {
		return newest(reconciliation.RunMark{At: a.At, ID: a.ID}, reconciliation.RunMark{At: b.At, ID: b.ID})
	})
	return found[:min(len(found), query.Limit)], store.GivenUp(ctx)
}

// Findings implements reconciliation.Store.
func (m *Store) Findings(ctx context.Context, query reconciliation.FindingQuery) ([]reconciliation.Finding, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	inOrder := func(a, b reconciliation.FindingID) int {
		return cmp.Or(cmp.Compare(a.Run, b.Run), cmp.Compare(a.Line, b.Line))
	}
	var found []reconciliation.Finding
	for id, f := range m.findings {
		if selects(&query, &f) && (query.After == nil || inOrder(*query.After, id) < 0) {
			found = append(found, f)
		}
	}
	slices.SortFunc(found, func(a, b reconciliation.Finding) int { return inOrder(a.FindingID, b.FindingID) })
	return found[:min(len(found), query.Limit)], store.GivenUp(ctx)
}

// selects reports whether a query is for a difference, wherever it is listed.
func selects(query *reconciliation.FindingQuery, f *reconciliation.Finding) bool {
	switch {
	case query.Run != "" && query.Run != f.Run, query.Line != 0 && query.Line != f.Line, query.Except != "" && query.Except == f.Run:
		return false
	case query.Share != "" && (query.Share != f.Share || query.Payer != f.Payer), query.Class != "" && query.Class != f.Class:
		return false
	case query.Within.From != 0 && (f.Days.From < query.Within.From || f.Days.To > query.Within.To):
		return false
	case query.Facilities != nil && !slices.Contains(query.Facilities, f.Facility):
		return false
	case query.Encounters != nil && !slices.Contains(query.Encounters, f.Encounter):
		return false
	}
	return query.States == nil || slices.Contains(query.States, f.State())
}

// FindingCounts implements reconciliation.Store.
func (m *Store) FindingCounts(ctx context.Context) ([]reconciliation.FindingCount, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	counted := map[reconciliation.FindingCount]reconciliation.FindingCount{}
	for id, f := range m.findings {
		run := m.runs[id.Run]
		if run.End != nil && run.Void == nil && !f.State().Closed() {
			key := reconciliation.FindingCount{Share: f.Share, Payer: f.Payer, Class: f.Class, State: f.State()}
			count := counted[key]
			if count.Count++; count.Since.IsZero() || f.SeenAt.Before(count.Since) {
				count.Since = f.SeenAt
			}
			counted[key] = count
		}
	}
	var counts []reconciliation.FindingCount
	for count, of := range counted {
		count.Count, count.Since = of.Count, of.Since
		counts = append(counts, count)
	}
	slices.SortFunc(counts, func(a, b reconciliation.FindingCount) int {
		return cmp.Or(cmp.Compare(a.Share, b.Share), cmp.Compare(a.Payer, b.Payer), cmp.Compare(a.Class, b.Class), cmp.Compare(a.State, b.State))
	})
	return counts, store.GivenUp(ctx)
}
