-- +goose NO TRANSACTION
-- +goose Up

-- Rows are sealed by their turn. Built beside running gateways: settling does
-- not wait for it. One that was broken off before left an index that is not used.
DROP INDEX IF EXISTS event_turn;
CREATE UNIQUE INDEX CONCURRENTLY event_turn ON event (turn) WHERE turn > 0;
DROP INDEX IF EXISTS posting_turn;
CREATE UNIQUE INDEX CONCURRENTLY posting_turn ON posting (turn) WHERE turn > 0;
DROP INDEX IF EXISTS posting_entry_turn;
CREATE UNIQUE INDEX CONCURRENTLY posting_entry_turn ON posting_entry (turn) WHERE turn > 0;
DROP INDEX IF EXISTS quote_turn;
CREATE UNIQUE INDEX CONCURRENTLY quote_turn ON quote (turn) WHERE turn > 0;
DROP INDEX IF EXISTS quote_event_turn;
CREATE UNIQUE INDEX CONCURRENTLY quote_event_turn ON quote_event (turn) WHERE turn > 0;
DROP INDEX IF EXISTS approval_turn;
CREATE UNIQUE INDEX CONCURRENTLY approval_turn ON approval (turn) WHERE turn > 0;
DROP INDEX IF EXISTS approval_event_turn;
CREATE UNIQUE INDEX CONCURRENTLY approval_event_turn ON approval_event (turn) WHERE turn > 0;
DROP INDEX IF EXISTS person_change_turn;
CREATE UNIQUE INDEX CONCURRENTLY person_change_turn ON person_change (turn) WHERE turn > 0;
DROP INDEX IF EXISTS person_request_turn;
CREATE UNIQUE INDEX CONCURRENTLY person_request_turn ON person_request (turn) WHERE turn > 0;
DROP INDEX IF EXISTS review_turn;
CREATE UNIQUE INDEX CONCURRENTLY review_turn ON review (turn) WHERE turn > 0;
DROP INDEX IF EXISTS review_decision_turn;
CREATE UNIQUE INDEX CONCURRENTLY review_decision_turn ON review_decision (turn) WHERE turn > 0;
DROP INDEX IF EXISTS import_progress_turn;
CREATE UNIQUE INDEX CONCURRENTLY import_progress_turn ON import_progress (turn) WHERE turn > 0;
DROP INDEX IF EXISTS reconciliation_turn;
CREATE UNIQUE INDEX CONCURRENTLY reconciliation_turn ON reconciliation (turn) WHERE turn > 0;
DROP INDEX IF EXISTS reconciliation_end_turn;
CREATE UNIQUE INDEX CONCURRENTLY reconciliation_end_turn ON reconciliation_end (turn) WHERE turn > 0;
DROP INDEX IF EXISTS difference_turn;
CREATE UNIQUE INDEX CONCURRENTLY difference_turn ON difference (turn) WHERE turn > 0;
DROP INDEX IF EXISTS remark_turn;
CREATE UNIQUE INDEX CONCURRENTLY remark_turn ON remark (turn) WHERE turn > 0;
DROP INDEX IF EXISTS clearing_turn;
CREATE UNIQUE INDEX CONCURRENTLY clearing_turn ON clearing (turn) WHERE turn > 0;
DROP INDEX IF EXISTS clearing_event_turn;
CREATE UNIQUE INDEX CONCURRENTLY clearing_event_turn ON clearing_event (turn) WHERE turn > 0;
DROP INDEX IF EXISTS clearing_position_turn;
CREATE UNIQUE INDEX CONCURRENTLY clearing_position_turn ON clearing_position (turn) WHERE turn > 0;
