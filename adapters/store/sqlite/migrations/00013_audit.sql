-- +goose Up

-- Every row that the audit chain seals has its turn: one order over all of
-- these tables, given by the one who writes. Rows from before have none (0).

-- What is told of the gateway itself and of what it refused. Refusals alike are
-- one row for a minute, with how many there were.
CREATE TABLE audit (
    turn     INTEGER PRIMARY KEY,
    at       INTEGER NOT NULL,
    times    INTEGER NOT NULL CHECK (times > 0),
    actor    TEXT    NOT NULL,
    action   TEXT    NOT NULL,
    reason   TEXT    NOT NULL,
    object   TEXT    NOT NULL,
    instance TEXT    NOT NULL
) STRICT;

-- The chain: each block seals the rows whose turns are above the one before and
-- up to its own, and the block before. "leaves" are eight bytes of the digest of
-- each row, so that a row that is wrong can be named; the first has none.
CREATE TABLE audit_block (
    height  INTEGER PRIMARY KEY,
    until   INTEGER NOT NULL,
    members INTEGER NOT NULL,
    at      INTEGER NOT NULL,
    form    INTEGER NOT NULL,
    hash    TEXT    NOT NULL,
    leaves  BLOB,
    digest  BLOB    NOT NULL,
    seal    BLOB    NOT NULL
) STRICT;

ALTER TABLE event ADD COLUMN turn INTEGER NOT NULL DEFAULT 0;
CREATE UNIQUE INDEX event_turn ON event (turn) WHERE turn > 0;
ALTER TABLE posting ADD COLUMN turn INTEGER NOT NULL DEFAULT 0;
CREATE UNIQUE INDEX posting_turn ON posting (turn) WHERE turn > 0;
ALTER TABLE posting_entry ADD COLUMN turn INTEGER NOT NULL DEFAULT 0;
CREATE UNIQUE INDEX posting_entry_turn ON posting_entry (turn) WHERE turn > 0;
ALTER TABLE quote ADD COLUMN turn INTEGER NOT NULL DEFAULT 0;
CREATE UNIQUE INDEX quote_turn ON quote (turn) WHERE turn > 0;
ALTER TABLE quote_event ADD COLUMN turn INTEGER NOT NULL DEFAULT 0;
CREATE UNIQUE INDEX quote_event_turn ON quote_event (turn) WHERE turn > 0;
ALTER TABLE approval ADD COLUMN turn INTEGER NOT NULL DEFAULT 0;
CREATE UNIQUE INDEX approval_turn ON approval (turn) WHERE turn > 0;
ALTER TABLE approval_event ADD COLUMN turn INTEGER NOT NULL DEFAULT 0;
CREATE UNIQUE INDEX approval_event_turn ON approval_event (turn) WHERE turn > 0;
ALTER TABLE person_change ADD COLUMN turn INTEGER NOT NULL DEFAULT 0;
CREATE UNIQUE INDEX person_change_turn ON person_change (turn) WHERE turn > 0;
ALTER TABLE person_request ADD COLUMN turn INTEGER NOT NULL DEFAULT 0;
CREATE UNIQUE INDEX person_request_turn ON person_request (turn) WHERE turn > 0;
ALTER TABLE review ADD COLUMN turn INTEGER NOT NULL DEFAULT 0;
CREATE UNIQUE INDEX review_turn ON review (turn) WHERE turn > 0;
ALTER TABLE review_decision ADD COLUMN turn INTEGER NOT NULL DEFAULT 0;
CREATE UNIQUE INDEX review_decision_turn ON review_decision (turn) WHERE turn > 0;
ALTER TABLE import_progress ADD COLUMN turn INTEGER NOT NULL DEFAULT 0;
CREATE UNIQUE INDEX import_progress_turn ON import_progress (turn) WHERE turn > 0;
ALTER TABLE reconciliation ADD COLUMN turn INTEGER NOT NULL DEFAULT 0;
CREATE UNIQUE INDEX reconciliation_turn ON reconciliation (turn) WHERE turn > 0;
ALTER TABLE reconciliation_end ADD COLUMN turn INTEGER NOT NULL DEFAULT 0;
CREATE UNIQUE INDEX reconciliation_end_turn ON reconciliation_end (turn) WHERE turn > 0;
ALTER TABLE difference ADD COLUMN turn INTEGER NOT NULL DEFAULT 0;
CREATE UNIQUE INDEX difference_turn ON difference (turn) WHERE turn > 0;
ALTER TABLE remark ADD COLUMN turn INTEGER NOT NULL DEFAULT 0;
CREATE UNIQUE INDEX remark_turn ON remark (turn) WHERE turn > 0;
ALTER TABLE clearing ADD COLUMN turn INTEGER NOT NULL DEFAULT 0;
CREATE UNIQUE INDEX clearing_turn ON clearing (turn) WHERE turn > 0;
ALTER TABLE clearing_event ADD COLUMN turn INTEGER NOT NULL DEFAULT 0;
CREATE UNIQUE INDEX clearing_event_turn ON clearing_event (turn) WHERE turn > 0;
ALTER TABLE clearing_position ADD COLUMN turn INTEGER NOT NULL DEFAULT 0;
CREATE UNIQUE INDEX clearing_position_turn ON clearing_position (turn) WHERE turn > 0;

-- +goose StatementBegin
CREATE TRIGGER audit_kept BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_stays BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_block_kept BEFORE UPDATE ON audit_block BEGIN SELECT RAISE(ABORT, 'audit_block is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_block_stays BEFORE DELETE ON audit_block BEGIN SELECT RAISE(ABORT, 'audit_block is append-only'); END;
-- +goose StatementEnd
