-- +goose Up

-- What was raised for a fund and what enrolment subsidies cost. What is wrong is
-- put right by another posting.
CREATE TABLE posting (
    no       INTEGER PRIMARY KEY,
    id       TEXT    NOT NULL UNIQUE,
    request  TEXT    NOT NULL UNIQUE,
    region   TEXT    NOT NULL,
    fund     TEXT    NOT NULL,
    year     INTEGER NOT NULL,
    kind     TEXT    NOT NULL,
    level    TEXT    NOT NULL,
    amount   INTEGER NOT NULL,
    persons  INTEGER NOT NULL,
    document TEXT    NOT NULL,
    day      INTEGER NOT NULL,
    actor    TEXT    NOT NULL,
    at       INTEGER NOT NULL
) STRICT;

CREATE INDEX posting_fund ON posting (region, year, fund, no);

-- A posting in the ledger, in double entry.
CREATE TABLE posting_entry (
    posting INTEGER NOT NULL,
    line    INTEGER NOT NULL,
    account TEXT    NOT NULL,
    debit   INTEGER NOT NULL,
    credit  INTEGER NOT NULL,
    PRIMARY KEY (posting, line)
) STRICT, WITHOUT ROWID;

-- What settlements drew on a fund is summed without reading their rows.
CREATE INDEX entry_fund ON entry (account, settlement, debit, credit)
    WHERE account >= 'fund/' AND account < 'fund0';

-- +goose StatementBegin
CREATE TRIGGER posting_kept BEFORE UPDATE ON posting BEGIN SELECT RAISE(ABORT, 'posting is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER posting_stays BEFORE DELETE ON posting BEGIN SELECT RAISE(ABORT, 'posting is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER posting_entry_kept BEFORE UPDATE ON posting_entry BEGIN SELECT RAISE(ABORT, 'posting_entry is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER posting_entry_stays BEFORE DELETE ON posting_entry BEGIN SELECT RAISE(ABORT, 'posting_entry is append-only'); END;
-- +goose StatementEnd
