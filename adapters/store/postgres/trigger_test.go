package postgres

import (
	"github.com/onestop-gateway/onestop/settlement"
	"github.com/onestop-gateway/onestop/settlement/lifecycle"
	"testing"
	"time"

	"github.com/onestop-gateway/onestop/settlement/approval"
	"github.com/onestop-gateway/onestop/settlement/clearance"
	"github.com/onestop-gateway/onestop/settlement/clearing"
	"github.com/onestop-gateway/onestop/settlement/clearinghouse"
	"github.com/onestop-gateway/onestop/settlement/fund"
	"github.com/onestop-gateway/onestop/settlement/reconciliation"
)

// The walls stand whoever is connected, the store's own role included.
func TestKeptRowsCannotBeChanged(t *testing.T) {
	s := openTest(t, Config{DSN: fresh(t)})
	for n := range int64(2) {
		settled(t, s, n)
	}
	must(t, s.Hold(t.Context(), lifecycle.AccumulatorKey{Beneficiary: "p", Year: 2012}, aQuote))
	must(t, s.Post(t.Context(), fund.Posting{ID: "g-1", Kind: fund.Budget, Amount: 1}, nil))
	must(t, s.Note(t.Context(), clearance.Note{Number: "A-1", Form: &approval.Form{Number: "A-1"}, Event: approval.Event{Line: 1}}))
	must(t, s.BeginRun(t.Context(), reconciliation.Kept{ID: "c-1", Attempt: 1}))
	line := reconciliation.FindingID{Run: "c-1", Line: 1}
	must(t, s.KeepFindings(t.Context(), []reconciliation.Finding{{FindingID: line}}, []reconciliation.Remark{{FindingID: line, Number: 1}}))
	must(t, s.EndRun(t.Context(), "c-1", reconciliation.Ending{}, nil))
	cleared(t, s)
	const kept, check = "23000", "23514"
	for text, code := range map[string]string{
		`UPDATE attempt SET body = ''`:                                 kept,
		`UPDATE attempt SET result = 'refused' WHERE phase = 'RESULT'`: kept,
		`DELETE FROM attempt`:                                          kept,
		`TRUNCATE attempt`:                                             kept,
		`UPDATE entry SET debit = debit + 1`:                           kept,
		`DELETE FROM entry WHERE line = 0`:                             kept,
		`TRUNCATE entry`:                                               kept,
		`UPDATE event SET actor = 'nobody'`:                            kept,
		`DELETE FROM event`:                                            kept,
		`TRUNCATE event`:                                               kept,
		`UPDATE answer SET body = '\x00'`:                              kept,
		`DELETE FROM answer`:                                           kept,
		`TRUNCATE answer`:                                              kept,
		`UPDATE request SET fingerprint = ''`:                          kept,
		`DELETE FROM request`:                                          kept,
		`TRUNCATE request`:                                             kept,
		`UPDATE message SET settlement = 2`:                            kept,
		`DELETE FROM message`:                                          kept,
		`TRUNCATE message`:                                             kept,
		`UPDATE posting SET amount = 0`:                                kept,
		`DELETE FROM posting`:                                          kept,
		`TRUNCATE posting`:                                             kept,
		`UPDATE posting_entry SET debit = debit + 1`:                   kept,
		`DELETE FROM posting_entry`:                                    kept,
		`TRUNCATE posting_entry`:                                       kept,
		`DELETE FROM settlement`:                                       kept,
		`TRUNCATE settlement`:                                          kept,
		`UPDATE settlement SET asked = ''`:                             kept,
		`UPDATE settlement SET year = 2013`:                            kept,
		`UPDATE settlement SET tenant = 'another'`:                     kept,
		`UPDATE settlement SET beneficiary = 'another'`:                kept,
		`UPDATE settlement SET decision = 'ABORT'`:                     kept,
		`UPDATE settlement SET decision = ''`:                          kept,
		`UPDATE settlement SET approval = 'A-1'`:                       kept,
		`UPDATE approval SET person = 'another'`:                       kept,
		`DELETE FROM approval`:                                         kept,
		`UPDATE approval_event SET act = 'approved'`:                   kept,
		`DELETE FROM approval_event`:                                   kept,
		`TRUNCATE approval_event`:                                      kept,
		`UPDATE reconciliation SET payer = ''`:                         kept,
		`DELETE FROM reconciliation`:                                   kept,
		`UPDATE reconciliation_end SET document = ''`:                  kept,
		`DELETE FROM reconciliation_end`:                               kept,
		`UPDATE difference SET class = ''`:                             kept,
		`DELETE FROM difference`:                                       kept,
		`UPDATE remark SET act = ''`:                                   kept,
		`DELETE FROM remark`:                                           kept,
		`TRUNCATE remark`:                                              kept,
		`UPDATE clearing SET pay_on = 0`:                               kept,
		`DELETE FROM clearing`:                                         kept,
		`UPDATE clearing_event SET act = 'voided'`:                     kept,
		`DELETE FROM clearing_event`:                                   kept,
		`TRUNCATE clearing_event`:                                      kept,
		`UPDATE clearing_movement SET clearing = 2`:                    kept,
		`DELETE FROM clearing_movement`:                                kept,
		`TRUNCATE clearing_movement`:                                   kept,
		`UPDATE clearing_position SET settled = settled + 1`:           kept,
		`DELETE FROM clearing_position`:                                kept, `TRUNCATE clearing_position`: kept,
		`UPDATE clearing_mark SET reached = 9`: kept, `DELETE FROM clearing_mark`: kept, `TRUNCATE clearing_mark`: kept,
		`UPDATE quote SET document = ''`:                                 kept,
		`DELETE FROM quote`:                                              kept,
		`TRUNCATE quote`:                                                 kept,
		`UPDATE quote_event SET until = 0`:                               kept,
		`DELETE FROM quote_event`:                                        kept,
		`TRUNCATE quote_event`:                                           kept,
		`UPDATE accumulator SET used = '{"total":-1}'`:                   check,
		`UPDATE accumulator SET used = '{"a":1,"b":-1}'`:                 check,
		`UPDATE accumulator SET deductible_met = -1`:                     check,
		`UPDATE accumulator SET critical_illness_base = -1`:              check,
		`UPDATE accumulator SET critical_illness_paid = -1`:              check,
		`UPDATE accumulator SET care_grants = -1`:                        check,
		`INSERT INTO answer (request, body) VALUES (99, '')`:             check,
		`UPDATE settlement SET sequence = 1 WHERE beneficiary = 'twice'`: codeUnique,
	} {
		t.Run(text, func(t *testing.T) {
			if code == codeUnique {
				twice(t, s)
			}
			_, err := s.writer.pool.Exec(t.Context(), text)
			if refusal := refusalOf(err); refusal == nil || refusal.Code != code {
				t.Errorf("%v, want a refusal with SQLSTATE %s", err, code)
			}
		})
	}
}

// cleared has a clearing with something in each of its tables.
func cleared(t *testing.T, s *Store) {
	t.Helper()
	must(t, s.Enter(t.Context(), clearinghouse.Note{Number: 1, Period: &settlement.Period{}, Event: clearing.Event{Line: 1}, Positions: []clearing.Position{{}}}))
	must(t, s.Cut(t.Context(), clearinghouse.Note{Number: 1, Event: clearing.Event{Line: 2}}, time.Now()))
}

// twice inserts two settlements of one person that have no number yet.
func twice(t *testing.T, s *Store) {
	t.Helper()
	_, err := s.writer.pool.Exec(t.Context(), `INSERT INTO settlement (no, beneficiary, year, sequence, opened_at, revision, epoch,
			lease_until, lease_over, next_at, discharged, review, id, tenant, facility, discharge, state, decision, owner, asked, moved)
		SELECT 900000 + n, 'twice', 2012, 0, n, 1, 1, 0, 0, 0, 20120701, false, 'twice' || n, 't', 'f', 'twice' || n, '', '', '', '', ''
		FROM generate_series(1, 2) AS n`)
	must(t, err)
}

// Moving what moves is what the triggers must leave alone.
func TestWhatMovesCanBeChanged(t *testing.T) {
	s := openTest(t, Config{DSN: fresh(t)})
	openedRecord(t, s, 1)
	for _, text := range []string{
		`UPDATE settlement SET decision = 'COMMIT', state = 'COMMITTED'`,
		`UPDATE settlement SET decision = 'COMMIT', state = 'REVERSING', review = true`,
	} {
		_, err := s.writer.pool.Exec(t.Context(), text)
		must(t, err)
	}
}

// aQuote holds something of p's year.
func aQuote(row lifecycle.YearRow) (lifecycle.HoldChange, error) {
	q := settlement.Quote{ID: "q-1", Tenant: "t", Request: "q", Beneficiary: settlement.Beneficiary{ID: "p"}, Year: 2012}
	return lifecycle.HoldChange{Quote: &q, Holds: settlement.Holds{q.Hold()}, Events: []settlement.QuoteEvent{{Quote: q.ID, Act: settlement.QuoteHold}}}, nil
}
