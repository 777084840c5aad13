-- +goose Up

-- Approvals of assistance (审批表), each as it was submitted.
CREATE TABLE approval (
    number     TEXT    NOT NULL PRIMARY KEY,
    person     TEXT    NOT NULL,
    facility   TEXT    NOT NULL,
    valid_from INTEGER NOT NULL,
    valid_to   INTEGER NOT NULL,
    issuer     TEXT    NOT NULL,
    mode       TEXT    NOT NULL,
    class      TEXT    NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX approval_person ON approval (person, number);
CREATE INDEX approval_facility ON approval (facility, number);

-- What happened to them, by its line in the history, with the request that
-- asked for it.
CREATE TABLE approval_event (
    approval TEXT    NOT NULL REFERENCES approval (number),
    line     INTEGER NOT NULL CHECK (line > 0),
    act      TEXT    NOT NULL,
    actor    TEXT    NOT NULL,
    at       INTEGER NOT NULL,
    cause    TEXT    NOT NULL,
    tenant   TEXT    NOT NULL,
    request  TEXT    NOT NULL,
    PRIMARY KEY (approval, line)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX approval_event_request ON approval_event (tenant, request);

-- The approval a settlement names. One live settlement at most uses it: it is
-- free again when that is aborted or reversed.
ALTER TABLE settlement ADD COLUMN approval TEXT NOT NULL DEFAULT '';

CREATE UNIQUE INDEX settlement_approval ON settlement (approval)
    WHERE approval <> '' AND state NOT IN ('ABORTED', 'REVERSED');

-- +goose StatementBegin
CREATE TRIGGER settlement_approval_kept BEFORE UPDATE OF approval ON settlement BEGIN SELECT RAISE(ABORT, 'what was asked is kept'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER approval_kept BEFORE UPDATE ON approval BEGIN SELECT RAISE(ABORT, 'approval is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER approval_stays BEFORE DELETE ON approval BEGIN SELECT RAISE(ABORT, 'approval is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER approval_event_kept BEFORE UPDATE ON approval_event BEGIN SELECT RAISE(ABORT, 'approval_event is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER approval_event_stays BEFORE DELETE ON approval_event BEGIN SELECT RAISE(ABORT, 'approval_event is append-only'); END;
-- +goose StatementEnd
