-- +goose Up

-- How far each cut of a clearing came: every write of the ledger whose turn is
-- this or lower is in a clearing that stood when it was cut. The next cut looks
-- at what is above, and at what was voided since. Below zero: it looks at all.
-- Some stores have the table already, by a number that was too low for others.
CREATE TABLE IF NOT EXISTS clearing_mark (
    clearing INTEGER NOT NULL REFERENCES clearing (number),
    reached  INTEGER NOT NULL,
    PRIMARY KEY (clearing)
) STRICT, WITHOUT ROWID;

-- +goose StatementBegin
CREATE TRIGGER IF NOT EXISTS clearing_mark_kept BEFORE UPDATE ON clearing_mark BEGIN SELECT RAISE(ABORT, 'clearing_mark is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER IF NOT EXISTS clearing_mark_stays BEFORE DELETE ON clearing_mark BEGIN SELECT RAISE(ABORT, 'clearing_mark is append-only'); END;
-- +goose StatementEnd
