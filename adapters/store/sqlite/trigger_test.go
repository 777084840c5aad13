package sqlite

import (
	"database/sql"
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
	sqlite3 "modernc.org/sqlite/lib"
)

// The walls stand whoever holds the file open, the store's own writer included.
func TestKeptRowsCannotBeChanged(t *testing.T) {
	path := fresh(t)
	s := openTest(t, Config{Path: path})
	for n := range int64(2) {
		if err := openClose(t, s, n); err != nil {
			t.Fatal(err)
		}
	}
	must(t, s.Hold(t.Context(), lifecycle.AccumulatorKey{Beneficiary: "p", Year: 2012}, aQuote))
	if err := s.Post(t.Context(), fund.Posting{ID: "g-1", Kind: fund.Budget, Amount: 1}, nil); err != nil {
		t.Fatal(err)
	}
	must(t, s.Note(t.Context(), clearance.Note{Number: "A-1", Form: &approval.Form{Number: "A-1"}, Event: approval.Event{Line: 1}}))
	must(t, s.BeginRun(t.Context(), reconciliation.Kept{ID: "c-1", Attempt: 1}))
	line := reconciliation.FindingID{Run: "c-1", Line: 1}
	must(t, s.KeepFindings(t.Context(), []reconciliation.Finding{{FindingID: line}}, []reconciliation.Remark{{FindingID: line, Number: 1}}))
	must(t, s.EndRun(t.Context(), "c-1", reconciliation.Ending{}, nil))
	must(t, s.Enter(t.Context(), clearinghouse.Note{Number: 1, Period: &settlement.Period{}, Event: clearing.Event{Line: 1}, Positions: []clearing.Position{{}}}))
	must(t, s.Cut(t.Context(), clearinghouse.Note{Number: 1, Event: clearing.Event{Line: 2}}, time.Now()))
	shutTest(t, s)
	db, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, text := range []string{
		`UPDATE clearing SET pay_on = 0`,
		`DELETE FROM clearing`,
		`UPDATE clearing_event SET act = 'voided'`,
		`DELETE FROM clearing_event`,
		`UPDATE clearing_movement SET clearing = 2`,
		`DELETE FROM clearing_movement`,
		`UPDATE clearing_position SET settled = settled + 1`,
		`DELETE FROM clearing_position`,
		`UPDATE clearing_mark SET reached = 9`, `DELETE FROM clearing_mark`,
		`UPDATE attempt SET body = x''`,
		`UPDATE attempt SET result = 'refused' WHERE phase = 'RESULT'`,
		`DELETE FROM attempt`,
		`UPDATE entry SET debit = debit + 1`,
		`DELETE FROM entry WHERE line = 0`,
		`UPDATE event SET actor = 'nobody'`,
		`DELETE FROM event`,
		`UPDATE answer SET body = x'00'`,
		`DELETE FROM answer`,
		`UPDATE request SET fingerprint = ''`,
		`DELETE FROM request`,
		`UPDATE message SET settlement = 2`,
		`DELETE FROM message`,
		`UPDATE posting SET amount = 0`,
		`DELETE FROM posting`,
		`UPDATE posting_entry SET debit = debit + 1`,
		`DELETE FROM posting_entry`,
		`DELETE FROM settlement`,
		`UPDATE settlement SET asked = x''`,
		`UPDATE settlement SET year = 2013`,
		`UPDATE settlement SET tenant = 'another'`,
		`UPDATE settlement SET beneficiary = 'another'`,
		`UPDATE settlement SET decision = 'ABORT'`,
		`UPDATE settlement SET decision = ''`,
		`UPDATE settlement SET approval = 'A-1'`,
		`UPDATE approval SET person = 'another'`,
		`DELETE FROM approval`,
		`UPDATE approval_event SET act = 'approved'`,
		`DELETE FROM approval_event`,
		`UPDATE reconciliation SET payer = ''`,
		`DELETE FROM reconciliation`,
		`UPDATE reconciliation_end SET document = x''`,
		`DELETE FROM reconciliation_end`,
		`UPDATE difference SET class = ''`,
		`DELETE FROM difference`,
		`UPDATE remark SET act = ''`,
		`DELETE FROM remark`,
		`UPDATE quote SET document = x''`,
		`DELETE FROM quote`,
		`UPDATE quote_event SET until = 0`,
		`DELETE FROM quote_event`,
	} {
		t.Run(text, func(t *testing.T) {
			_, err := db.ExecContext(t.Context(), text)
			if code(err) != sqlite3.SQLITE_CONSTRAINT_TRIGGER {
				t.Errorf("%v, want a refusal", err)
			}
		})
	}
	for _, text := range []string{
		`UPDATE accumulator SET used = '{"total":-1}'`,
		`UPDATE accumulator SET used = '{"a":1,"b":-1}'`,
		`UPDATE accumulator SET deductible_met = -1`,
		`UPDATE accumulator SET critical_illness_base = -1`,
		`UPDATE accumulator SET critical_illness_paid = -1`,
		`UPDATE accumulator SET care_grants = -1`,
	} {
		t.Run(text, func(t *testing.T) {
			_, err := db.ExecContext(t.Context(), text)
			if code(err) != sqlite3.SQLITE_CONSTRAINT_CHECK {
				t.Errorf("%v, want a refusal", err)
			}
		})
	}
}

// Moving what moves is what the triggers must leave alone.
func TestWhatMovesCanBeChanged(t *testing.T) {
	path := fresh(t)
	s := openTest(t, Config{Path: path})
	openRecord(t, s, benchmarked(1))
	shutTest(t, s)
	for _, text := range []string{
		`UPDATE settlement SET decision = 'COMMIT', state = 'COMMITTED'`,
		`UPDATE settlement SET decision = 'COMMIT', state = 'REVERSING', review = 1`,
	} {
		alter(t, path, text)
	}
}

// aQuote holds something of p's year.
func aQuote(row lifecycle.YearRow) (lifecycle.HoldChange, error) {
	q := settlement.Quote{ID: "q-1", Tenant: "t", Request: "q", Beneficiary: settlement.Beneficiary{ID: "p"}, Year: 2012}
	return lifecycle.HoldChange{Quote: &q, Holds: settlement.Holds{q.Hold()}, Events: []settlement.QuoteEvent{{Quote: q.ID, Act: settlement.QuoteHold}}}, nil
}
