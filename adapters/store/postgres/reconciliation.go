package postgres

import (
	"context"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/onestop-gateway/onestop/adapters/store"
	"github.com/onestop-gateway/onestop/settlement/reconcile"
	"github.com/onestop-gateway/onestop/settlement/reconciliation"
)

// BeginRun implements reconciliation.Store. What is there already meets a
// constraint; interpret says which.
func (s *Store) BeginRun(ctx context.Context, run reconciliation.Kept) error {
	const begin = `INSERT INTO reconciliation (id, tenant, request, subject, attempt, share, payer, at, document) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`
	if err := store.SoundRun(&run); err != nil {
		return err
	}
	return s.errand(ctx, func(*session) (*pgx.Batch, error) {
		queued := begun()
		queued.Queue(begin, string(run.ID), string(run.Key.Tenant), string(run.Key.Request), run.Subject, int32(run.Attempt),
			string(run.Scope.Share), string(run.Scope.Payer), store.Micros(run.At), store.EncodeRun(&run))
		return queued, nil
	})
}

// KeepFindings implements reconciliation.Store.
func (s *Store) KeepFindings(ctx context.Context, findings []reconciliation.Finding, remarks []reconciliation.Remark) error {
	const keep = `INSERT INTO difference (run, line, share, payer, class, encounter, first_day, last_day, document, facility, seen_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`
	if err := store.SoundFindings(findings, remarks); err != nil {
		return err
	}
	return s.errand(ctx, func(*session) (*pgx.Batch, error) {
		queued := begun()
		for i := range findings {
			f := &findings[i]
			queued.Queue(keep, string(f.Run), int32(f.Line), string(f.Share), string(f.Payer), string(f.Class),
				string(f.Encounter), int32(f.Days.From), int32(f.Days.To), s.vault.Finding(f), string(f.Facility), store.Micros(f.SeenAt))
		}
		queueRemarks(s.vault, queued, remarks)
		return queued, nil
	})
}

// EndRun implements reconciliation.Store.
func (s *Store) EndRun(ctx context.Context, id reconciliation.RunID, end reconciliation.Ending, remarks []reconciliation.Remark) error {
	if err := store.SoundFindings(nil, remarks); err != nil {
		return err
	}
	return s.errand(ctx, func(*session) (*pgx.Batch, error) {
		queued := begun()
		queued.Queue(`INSERT INTO reconciliation_end (run, document) VALUES ($1, $2)`, string(id), store.EncodeEnding(&end))
		queueRemarks(s.vault, queued, remarks)
		return queued, nil
	})
}

// Remark implements reconciliation.Store.
func (s *Store) Remark(ctx context.Context, remarks []reconciliation.Remark) error {
	if err := store.SoundFindings(nil, remarks); err != nil {
		return err
	}
	return s.errand(ctx, func(*session) (*pgx.Batch, error) {
		queued := begun()
		queueRemarks(s.vault, queued, remarks)
		return queued, nil
	})
}

func queueRemarks(vault store.Vault, queued *pgx.Batch, remarks []reconciliation.Remark) {
	const add = `INSERT INTO remark (run, line, number, act, document) VALUES ($1, $2, $3, $4, $5)`
	for i := range remarks {
		r := &remarks[i]
		queued.Queue(add, string(r.Run), int32(r.Line), int32(r.Number), string(r.Act), vault.Remark(r))
	}
}

// keptRuns are runs with their ends and why they count no more.
const keptRuns = `SELECT r.document, e.document, v.document FROM reconciliation AS r
	LEFT JOIN reconciliation_end AS e ON e.run = r.id
	LEFT JOIN remark AS v ON v.run = r.id AND v.line = 0 AND v.number = 1`

func scanRun(vault store.Vault, row scanner) (reconciliation.Kept, error) {
	var begun, end, void []byte
	if err := row.Scan(&begun, &end, &void); err != nil {
		return reconciliation.Kept{}, err
	}
	return vault.ReadKept(begun, end, void)
}

// KeptRun implements reconciliation.Store.
func (s *Store) KeptRun(ctx context.Context, id reconciliation.RunID) (reconciliation.Kept, error) {
	found, err := scanRun(s.vault, s.reads.QueryRow(ctx, keptRuns+` WHERE r.id = $1`, string(id)))
	if absent(err) {
		return found, store.NoRun(id)
	}
	return found, s.outcome(err)
}

// conditions are those of one query, with their arguments: each ? stands for
// the next of them.
type conditions struct {
	texts []string
	args  []any
}

func (c *conditions) and(text string, args ...any) {
	for _, arg := range args {
		c.args = append(c.args, arg)
		text = strings.Replace(text, "?", "$"+strconv.Itoa(len(c.args)), 1)
	}
	c.texts = append(c.texts, text)
}

// where is the clause; every query has a condition.
func (c *conditions) where() string { return " WHERE " + strings.Join(c.texts, " AND ") }

// limited ends a query.
func (c *conditions) limited(order string, limit int) string {
	c.args = append(c.args, int64(limit))
	return " ORDER BY " + order + " LIMIT $" + strconv.Itoa(len(c.args))
}

// KeptRuns implements reconciliation.Store.
func (s *Store) KeptRuns(ctx context.Context, query reconciliation.RunQuery) ([]reconciliation.Kept, error) {
	found, err := readRuns(ctx, s.reads, s.vault, query)
	return found, s.outcome(err)
}

func readRuns(ctx context.Context, from asker, vault store.Vault, query reconciliation.RunQuery) ([]reconciliation.Kept, error) {
	c := conditions{texts: []string{"true"}}
	if query.Key.Request != "" {
		c.and("r.tenant = ? AND r.request = ?", string(query.Key.Tenant), string(query.Key.Request))
	}
	if query.Subject != "" {
		c.and("r.subject = ?", query.Subject)
	}
	if query.Share != "" {
		c.and("r.share = ?", string(query.Share))
	}
	if query.Payer != "" {
		c.and("r.payer = ?", string(query.Payer))
	}
	if sight := query.Sight; sight != nil {
		c.and("(r.share = ? AND ? OR r.share <> ? AND r.payer = ANY (?::text[]))",
			string(reconcile.AssistanceShare), sight.Assistance, string(reconcile.AssistanceShare), texts(sight.Payers))
	}
	if b := query.Before; b != nil {
		c.and("(r.at, r.id) < (?, ?)", store.Micros(b.At), string(b.ID))
	}
	rows, err := from.Query(ctx, keptRuns+c.where()+c.limited("r.at DESC, r.id DESC", query.Limit), c.args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (reconciliation.Kept, error) { return scanRun(vault, row) })
}

// lastAct is what was last said of a difference.
const lastAct = `coalesce((SELECT act FROM remark AS k WHERE k.run = d.run AND k.line = d.line ORDER BY k.number DESC LIMIT 1), '')`

// Findings implements reconciliation.Store. Histories are read after the
// differences: they only grow.
func (s *Store) Findings(ctx context.Context, query reconciliation.FindingQuery) ([]reconciliation.Finding, error) {
	found, err := readFindings(ctx, s.reads, s.vault, query)
	return found, s.outcome(err)
}

func readFindings(ctx context.Context, from asker, vault store.Vault, query reconciliation.FindingQuery) ([]reconciliation.Finding, error) {
	c := findingConditions(&query)
	text := `SELECT d.run, d.line, d.document FROM difference AS d` + c.where() + c.limited("d.run, d.line", query.Limit)
	rows, err := from.Query(ctx, text, c.args...)
	if err != nil {
		return nil, err
	}
	found, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (reconciliation.Finding, error) {
		var id reconciliation.FindingID
		var document []byte
		if err := row.Scan(&id.Run, &id.Line, &document); err != nil {
			return reconciliation.Finding{}, err
		}
		return vault.ReadFinding(id.Run, id.Line, document)
	})
	if err != nil {
		return nil, err
	}
	return found, addRemarksOf(ctx, from, vault, found)
}

func findingConditions(query *reconciliation.FindingQuery) conditions {
	c := conditions{texts: []string{"true"}}
	if query.Run != "" {
		c.and("d.run = ?", string(query.Run))
	}
	if query.Line != 0 {
		c.and("d.line = ?", int32(query.Line))
	}
	if query.Except != "" {
		c.and("d.run <> ?", string(query.Except))
	}
	if query.Share != "" {
		c.and("d.share = ? AND d.payer = ?", string(query.Share), string(query.Payer))
	}
	if query.Within.From != 0 {
		c.and("d.first_day >= ? AND d.last_day <= ?", int32(query.Within.From), int32(query.Within.To))
	}
	if query.Class != "" {
		c.and("d.class = ?", string(query.Class))
	}
	if a := query.After; a != nil {
		c.and("(d.run, d.line) > (?, ?)", string(a.Run), int32(a.Line))
	}
	if query.Encounters != nil {
		c.and("d.encounter = ANY (?::text[])", texts(query.Encounters))
	}
	if query.Facilities != nil {
		c.and("d.facility = ANY (?::text[])", texts(query.Facilities))
	}
	if query.States != nil {
		c.and(lastAct+" = ANY (?::text[])", texts(query.States))
	}
	return c
}

// addRemarksOf reads the histories of differences in one look.
func addRemarksOf(ctx context.Context, from asker, vault store.Vault, found []reconciliation.Finding) error {
	const text = `SELECT k.run, k.line, k.number, k.document FROM remark AS k JOIN unnest($1::text[], $2::integer[]) AS w (run, line)
		ON k.run = w.run AND k.line = w.line ORDER BY k.run, k.line, k.number`
	byID := make(map[reconciliation.FindingID]*reconciliation.Finding, len(found))
	runs, lines := make([]string, len(found)), make([]int32, len(found))
	for i := range found {
		byID[found[i].FindingID], runs[i], lines[i] = &found[i], string(found[i].Run), int32(found[i].Line)
	}
	rows, err := from.Query(ctx, text, runs, lines)
	if err != nil {
		return err
	}
	var id reconciliation.FindingID
	var number int
	var document []byte
	_, err = pgx.ForEachRow(rows, []any{&id.Run, &id.Line, &number, &document}, func() error {
		r, err := vault.ReadRemark(id.Run, id.Line, number, document)
		if err == nil {
			byID[r.FindingID].History = append(byID[r.FindingID].History, r)
		}
		return err
	})
	return err
}

// FindingCounts implements reconciliation.Store.
func (s *Store) FindingCounts(ctx context.Context) ([]reconciliation.FindingCount, error) {
	const text = `SELECT share, payer, class, act, count(*), min(since) FROM (
			SELECT d.share AS share, d.payer AS payer, d.class AS class, ` + lastAct + ` AS act,
				CASE WHEN d.seen_at > 0 THEN d.seen_at ELSE r.at END AS since
			FROM difference AS d JOIN reconciliation_end AS e ON e.run = d.run JOIN reconciliation AS r ON r.id = d.run
			WHERE NOT EXISTS (SELECT 1 FROM remark AS v WHERE v.run = d.run AND v.line = 0)
		) AS standing WHERE act NOT IN ('healed', 'again', 'settled') GROUP BY share, payer, class, act ORDER BY share, payer, class, act`
	rows, err := s.reads.Query(ctx, text)
	if err != nil {
		return nil, s.outcome(err)
	}
	counts, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (n reconciliation.FindingCount, err error) {
		var since int64
		err = row.Scan(&n.Share, &n.Payer, &n.Class, &n.State, &n.Count, &since)
		n.Since = store.Time(since)
		return n, err
	})
	return counts, s.outcome(err)
}
