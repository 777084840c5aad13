-- +goose Up

-- Runs of reconciliation, each as it was begun. A request begins one, and runs
-- of one subject follow one another.
CREATE TABLE reconciliation (
    id       TEXT    NOT NULL,
    tenant   TEXT    NOT NULL,
    request  TEXT    NOT NULL,
    subject  TEXT    NOT NULL,
    attempt  INTEGER NOT NULL CHECK (attempt > 0),
    share    TEXT    NOT NULL,
    payer    TEXT    NOT NULL,
    at       INTEGER NOT NULL,
    document BLOB    NOT NULL,
    PRIMARY KEY (id)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX reconciliation_request ON reconciliation (tenant, request);
CREATE UNIQUE INDEX reconciliation_subject ON reconciliation (subject, attempt);

CREATE INDEX reconciliation_at ON reconciliation (at, id);
CREATE INDEX reconciliation_payer ON reconciliation (payer, share, at, id);

-- What they came to.
CREATE TABLE reconciliation_end (
    run      TEXT    NOT NULL REFERENCES reconciliation (id),
    document BLOB    NOT NULL,
    PRIMARY KEY (run)
) STRICT, WITHOUT ROWID;

-- The differences they found, by their line in the run.
CREATE TABLE difference (
    run       TEXT    NOT NULL REFERENCES reconciliation (id),
    line      INTEGER NOT NULL CHECK (line > 0),
    share     TEXT    NOT NULL,
    payer     TEXT    NOT NULL,
    class     TEXT    NOT NULL,
    encounter TEXT    NOT NULL,
    first_day INTEGER NOT NULL,
    last_day  INTEGER NOT NULL,
    document  BLOB    NOT NULL,
    PRIMARY KEY (run, line)
) STRICT, WITHOUT ROWID;

CREATE INDEX difference_encounter ON difference (encounter, payer, share, run, line);
CREATE INDEX difference_payer ON difference (payer, share, run, line);

-- What people and later runs made of a difference or, with line 0, of a run.
CREATE TABLE remark (
    run      TEXT    NOT NULL REFERENCES reconciliation (id),
    line     INTEGER NOT NULL CHECK (line >= 0),
    number   INTEGER NOT NULL CHECK (number > 0),
    act      TEXT    NOT NULL,
    document BLOB    NOT NULL,
    PRIMARY KEY (run, line, number)
) STRICT, WITHOUT ROWID;

-- +goose StatementBegin
CREATE TRIGGER reconciliation_kept BEFORE UPDATE ON reconciliation BEGIN SELECT RAISE(ABORT, 'reconciliation is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER reconciliation_stays BEFORE DELETE ON reconciliation BEGIN SELECT RAISE(ABORT, 'reconciliation is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER reconciliation_end_kept BEFORE UPDATE ON reconciliation_end BEGIN SELECT RAISE(ABORT, 'reconciliation_end is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER reconciliation_end_stays BEFORE DELETE ON reconciliation_end BEGIN SELECT RAISE(ABORT, 'reconciliation_end is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER difference_kept BEFORE UPDATE ON difference BEGIN SELECT RAISE(ABORT, 'difference is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER difference_stays BEFORE DELETE ON difference BEGIN SELECT RAISE(ABORT, 'difference is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER remark_kept BEFORE UPDATE ON remark BEGIN SELECT RAISE(ABORT, 'remark is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER remark_stays BEFORE DELETE ON remark BEGIN SELECT RAISE(ABORT, 'remark is append-only'); END;
-- +goose StatementEnd
