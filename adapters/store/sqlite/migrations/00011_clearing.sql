-- +goose Up

-- Clearings (清算): periods for which it is said what payers and funds owe.
CREATE TABLE clearing (
    number      INTEGER NOT NULL,
    period_from INTEGER NOT NULL,
    period_to   INTEGER NOT NULL,
    pay_on      INTEGER NOT NULL,
    PRIMARY KEY (number)
) STRICT, WITHOUT ROWID;

-- What happened to them, by its line in the history, with the request that
-- asked for it; what a line does not say is empty.
CREATE TABLE clearing_event (
    clearing  INTEGER NOT NULL REFERENCES clearing (number),
    at        INTEGER NOT NULL,
    amount    INTEGER NOT NULL,
    line      INTEGER NOT NULL CHECK (line > 0),
    day       INTEGER NOT NULL,
    act       TEXT    NOT NULL,
    actor     TEXT    NOT NULL,
    cause     TEXT    NOT NULL,
    digest    TEXT    NOT NULL,
    facility  TEXT    NOT NULL,
    bearer    TEXT    NOT NULL,
    reference TEXT    NOT NULL,
    tenant    TEXT    NOT NULL,
    request   TEXT    NOT NULL,
    PRIMARY KEY (clearing, line)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX clearing_event_request ON clearing_event (tenant, request) WHERE request <> '';

-- Which entries of the ledger are in a clearing: all that the write of a
-- revision booked for a settlement. Those of a clearing that was voided do not
-- count.
CREATE TABLE clearing_movement (
    settlement INTEGER NOT NULL,
    revision   INTEGER NOT NULL,
    clearing   INTEGER NOT NULL,
    PRIMARY KEY (settlement, revision, clearing)
) STRICT, WITHOUT ROWID;

CREATE INDEX clearing_movement_of ON clearing_movement (clearing, settlement, revision);

-- What they come to, by payee and account.
CREATE TABLE clearing_position (
    clearing    INTEGER NOT NULL,
    settled     INTEGER NOT NULL,
    reversed    INTEGER NOT NULL,
    days        INTEGER NOT NULL,
    settlements INTEGER NOT NULL,
    reversals   INTEGER NOT NULL,
    facility    TEXT    NOT NULL,
    account     TEXT    NOT NULL,
    PRIMARY KEY (clearing, facility, account)
) STRICT, WITHOUT ROWID;

-- +goose StatementBegin
CREATE TRIGGER clearing_kept BEFORE UPDATE ON clearing BEGIN SELECT RAISE(ABORT, 'clearing is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER clearing_stays BEFORE DELETE ON clearing BEGIN SELECT RAISE(ABORT, 'clearing is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER clearing_event_kept BEFORE UPDATE ON clearing_event BEGIN SELECT RAISE(ABORT, 'clearing_event is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER clearing_event_stays BEFORE DELETE ON clearing_event BEGIN SELECT RAISE(ABORT, 'clearing_event is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER clearing_movement_kept BEFORE UPDATE ON clearing_movement BEGIN SELECT RAISE(ABORT, 'clearing_movement is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER clearing_movement_stays BEFORE DELETE ON clearing_movement BEGIN SELECT RAISE(ABORT, 'clearing_movement is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER clearing_position_kept BEFORE UPDATE ON clearing_position BEGIN SELECT RAISE(ABORT, 'clearing_position is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER clearing_position_stays BEFORE DELETE ON clearing_position BEGIN SELECT RAISE(ABORT, 'clearing_position is append-only'); END;
-- +goose StatementEnd
