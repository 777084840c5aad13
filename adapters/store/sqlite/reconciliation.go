package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"strings"

	"github.com/onestop-gateway/onestop/adapters/store"
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/reconcile"
	"github.com/onestop-gateway/onestop/settlement/reconciliation"
)

// BeginRun implements reconciliation.Store.
func (s *Store) BeginRun(ctx context.Context, run reconciliation.Kept) error {
	const asked = `SELECT EXISTS (SELECT 1 FROM reconciliation WHERE tenant = ? AND request = ?)`
	const begin = `INSERT INTO reconciliation (id, tenant, request, subject, attempt, share, payer, at, document, turn) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
	if err := store.SoundRun(&run); err != nil {
		return err
	}
	return s.committer.do(ctx, func(on *session) error {
		var taken bool
		err := on.row(background, asked, string(run.Key.Tenant), string(run.Key.Request)).Scan(&taken)
		if err == nil && taken {
			err = store.Taken("request_id", settlement.ReasonRequestInFlight)
		}
		if err != nil {
			return err
		}
		_, err = on.exec(background, begin, string(run.ID), string(run.Key.Tenant), string(run.Key.Request), run.Subject, int64(run.Attempt),
			string(run.Scope.Share), string(run.Scope.Payer), store.Micros(run.At), store.EncodeRun(&run), on.turn())
		if duplicate(err) {
			return store.Taken("subject", settlement.ReasonReconciliationRunning)
		}
		return err
	})
}

// KeepFindings implements reconciliation.Store.
func (s *Store) KeepFindings(ctx context.Context, findings []reconciliation.Finding, remarks []reconciliation.Remark) error {
	const keep = `INSERT INTO difference (run, line, share, payer, class, encounter, first_day, last_day, document, facility, seen_at, turn)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
	if err := store.SoundFindings(findings, remarks); err != nil {
		return err
	}
	return s.committer.do(ctx, func(on *session) error {
		for i := range findings {
			f := &findings[i]
			err := once(on, string(f.Run), keep, string(f.Run), int64(f.Line), string(f.Share), string(f.Payer), string(f.Class),
				string(f.Encounter), int64(f.Days.From), int64(f.Days.To), on.vault.Finding(f), string(f.Facility), store.Micros(f.SeenAt), on.turn())
			if err != nil {
				return err
			}
		}
		return addRemarks(on, remarks)
	})
}

// EndRun implements reconciliation.Store.
func (s *Store) EndRun(ctx context.Context, id reconciliation.RunID, end reconciliation.Ending, remarks []reconciliation.Remark) error {
	if err := store.SoundFindings(nil, remarks); err != nil {
		return err
	}
	return s.committer.do(ctx, func(on *session) error {
		err := once(on, string(id), `INSERT INTO reconciliation_end (run, document, turn) VALUES (?, ?, ?)`, string(id), store.EncodeEnding(&end), on.turn())
		if err != nil {
			return err
		}
		return addRemarks(on, remarks)
	})
}

// Remark implements reconciliation.Store.
func (s *Store) Remark(ctx context.Context, remarks []reconciliation.Remark) error {
	if err := store.SoundFindings(nil, remarks); err != nil {
		return err
	}
	return s.committer.do(ctx, func(on *session) error { return addRemarks(on, remarks) })
}

func addRemarks(on *session, remarks []reconciliation.Remark) error {
	const add = `INSERT INTO remark (run, line, number, act, document, turn) VALUES (?, ?, ?, ?, ?, ?)`
	for i := range remarks {
		r := &remarks[i]
		err := once(on, string(r.Run), add, string(r.Run), int64(r.Line), int64(r.Number), string(r.Act), on.vault.Remark(r), on.turn())
		if err != nil {
			return err
		}
	}
	return nil
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
	found, err := scanRun(s.vault, s.reader.row(ctx, keptRuns+` WHERE r.id = ?`, string(id)))
	if errors.Is(err, sql.ErrNoRows) {
		return found, store.NoRun(id)
	}
	return found, s.outcome(err)
}

// conditions are those of one query, with their arguments.
type conditions struct {
	texts []string
	args  []any
}

func (c *conditions) and(text string, args ...any) {
	c.texts, c.args = append(c.texts, text), append(c.args, args...)
}

// where is the clause; every query has a condition.
func (c *conditions) where() string { return " WHERE " + strings.Join(c.texts, " AND ") }

// KeptRuns implements reconciliation.Store.
func (s *Store) KeptRuns(ctx context.Context, query reconciliation.RunQuery) ([]reconciliation.Kept, error) {
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
		payers, err := json.Marshal(sight.Payers)
		if err != nil {
			return nil, store.Broken(err)
		}
		c.and("(r.share = ? AND ? OR r.share <> ? AND r.payer IN (SELECT value FROM json_each(?)))",
			string(reconcile.AssistanceShare), sight.Assistance, string(reconcile.AssistanceShare), string(payers))
	}
	if b := query.Before; b != nil {
		c.and("(r.at, r.id) < (?, ?)", store.Micros(b.At), string(b.ID))
	}
	rows, err := s.reader.query(ctx, keptRuns+c.where()+` ORDER BY r.at DESC, r.id DESC LIMIT ?`, append(c.args, int64(query.Limit))...)
	if err != nil {
		return nil, s.outcome(err)
	}
	defer rows.Close()
	var found []reconciliation.Kept
	for rows.Next() {
		run, err := scanRun(s.vault, rows)
		if err != nil {
			return nil, s.outcome(err)
		}
		found = append(found, run)
	}
	return found, s.outcome(rows.Err())
}

// lastAct is what was last said of a difference.
const lastAct = `coalesce((SELECT act FROM remark AS k WHERE k.run = d.run AND k.line = d.line ORDER BY k.number DESC LIMIT 1), '')`

// Findings implements reconciliation.Store. Histories are read after the
// differences: they only grow.
func (s *Store) Findings(ctx context.Context, query reconciliation.FindingQuery) ([]reconciliation.Finding, error) {
	c, err := findingConditions(&query)
	if err != nil {
		return nil, err
	}
	rows, err := s.reader.query(ctx, `SELECT d.run, d.line, d.document FROM difference AS d`+c.where()+` ORDER BY d.run, d.line LIMIT ?`, append(c.args, int64(query.Limit))...)
	if err != nil {
		return nil, s.outcome(err)
	}
	defer rows.Close()
	var found []reconciliation.Finding
	for rows.Next() {
		var id reconciliation.FindingID
		var document []byte
		err := rows.Scan(&id.Run, &id.Line, &document)
		if err != nil {
			return nil, s.outcome(err)
		}
		f, err := s.vault.ReadFinding(id.Run, id.Line, document)
		if err != nil {
			return nil, err
		}
		found = append(found, f)
	}
	if err := rows.Err(); err != nil {
		return nil, s.outcome(err)
	}
	return found, s.addRemarksOf(ctx, found)
}

func findingConditions(query *reconciliation.FindingQuery) (conditions, error) {
	c := conditions{texts: []string{"true"}}
	if query.Run != "" {
		c.and("d.run = ?", string(query.Run))
	}
	if query.Line != 0 {
		c.and("d.line = ?", int64(query.Line))
	}
	if query.Except != "" {
		c.and("d.run <> ?", string(query.Except))
	}
	if query.Share != "" {
		c.and("d.share = ? AND d.payer = ?", string(query.Share), string(query.Payer))
	}
	if query.Within.From != 0 {
		c.and("d.first_day >= ? AND d.last_day <= ?", int64(query.Within.From), int64(query.Within.To))
	}
	if query.Class != "" {
		c.and("d.class = ?", string(query.Class))
	}
	if a := query.After; a != nil {
		c.and("(d.run, d.line) > (?, ?)", string(a.Run), int64(a.Line))
	}
	if err := c.among("d.encounter", query.Encounters, query.Encounters == nil); err != nil {
		return c, err
	}
	if err := c.among("d.facility", query.Facilities, query.Facilities == nil); err != nil {
		return c, err
	}
	return c, c.among(lastAct, query.States, query.States == nil)
}

// among restricts what to a list; one that is not asked for restricts nothing.
func (c *conditions) among(what string, list any, all bool) error {
	if all {
		return nil
	}
	listed, err := json.Marshal(list)
	if err != nil {
		return store.Broken(err)
	}
	c.and(what+" IN (SELECT value FROM json_each(?))", string(listed))
	return nil
}

// addRemarksOf reads the histories of differences in one look.
func (s *Store) addRemarksOf(ctx context.Context, found []reconciliation.Finding) error {
	const text = `SELECT k.run, k.line, k.number, k.document FROM remark AS k JOIN json_each(?) AS w
		ON k.run = json_extract(w.value, '$[0]') AND k.line = json_extract(w.value, '$[1]') ORDER BY k.run, k.line, k.number`
	byID, wanted := make(map[reconciliation.FindingID]*reconciliation.Finding, len(found)), make([][2]any, len(found))
	for i := range found {
		byID[found[i].FindingID], wanted[i] = &found[i], [2]any{found[i].Run, found[i].Line}
	}
	return s.among(ctx, text, wanted, func(rows *sql.Rows) error {
		var id reconciliation.FindingID
		var number int
		var document []byte
		if err := rows.Scan(&id.Run, &id.Line, &number, &document); err != nil {
			return err
		}
		r, err := s.vault.ReadRemark(id.Run, id.Line, number, document)
		if err == nil {
			byID[r.FindingID].History = append(byID[r.FindingID].History, r)
		}
		return err
	})
}

// FindingCounts implements reconciliation.Store.
func (s *Store) FindingCounts(ctx context.Context) ([]reconciliation.FindingCount, error) {
	const text = `SELECT share, payer, class, act, count(*), min(since) FROM (
			SELECT d.share AS share, d.payer AS payer, d.class AS class, ` + lastAct + ` AS act,
				CASE WHEN d.seen_at > 0 THEN d.seen_at ELSE r.at END AS since
			FROM difference AS d JOIN reconciliation_end AS e ON e.run = d.run JOIN reconciliation AS r ON r.id = d.run
			WHERE NOT EXISTS (SELECT 1 FROM remark AS v WHERE v.run = d.run AND v.line = 0)
		) WHERE act NOT IN ('healed', 'again', 'settled') GROUP BY share, payer, class, act ORDER BY share, payer, class, act`
	rows, err := s.reader.query(ctx, text)
	if err != nil {
		return nil, s.outcome(err)
	}
	defer rows.Close()
	var counts []reconciliation.FindingCount
	for rows.Next() {
		var n reconciliation.FindingCount
		var since int64
		if err := rows.Scan(&n.Share, &n.Payer, &n.Class, &n.State, &n.Count, &since); err != nil {
			return nil, s.outcome(err)
		}
		n.Since = store.Time(since)
		counts = append(counts, n)
	}
	return counts, s.outcome(rows.Err())
}
