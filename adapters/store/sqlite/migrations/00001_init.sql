-- +goose Up

-- One row per settlement. "no" is the short key by which the journals refer to
-- it; it grows with time, so what is appended together lies together. Columns
-- are only what is searched, ordered or fenced by; the rest is in documents.
-- Times are microseconds since 1970, days are yyyymmdd, amounts are fen.
CREATE TABLE settlement (
    no           INTEGER PRIMARY KEY,
    id           TEXT    NOT NULL UNIQUE,
    tenant       TEXT    NOT NULL,
    facility     TEXT    NOT NULL,
    discharge    TEXT    NOT NULL,
    discharged   INTEGER NOT NULL,
    beneficiary  TEXT    NOT NULL,
    year         INTEGER NOT NULL,
    opened_at    INTEGER NOT NULL,
    asked        BLOB    NOT NULL,
    state        TEXT    NOT NULL,
    decision     TEXT    NOT NULL,
    moved        BLOB    NOT NULL,
    adjudication BLOB,
    sequence     INTEGER NOT NULL,
    review       INTEGER NOT NULL,
    revision     INTEGER NOT NULL,
    epoch        INTEGER NOT NULL,
    owner        TEXT    NOT NULL,
    lease_until  INTEGER NOT NULL,
    next_at      INTEGER NOT NULL
) STRICT;

-- One live settlement per discharge of a tenant: those aborted or reversed are
-- told apart by their own number, the live one has none. It also finds every
-- settlement of a discharge.
CREATE UNIQUE INDEX settlement_discharge ON settlement
    (discharge, tenant, CASE WHEN state IN ('ABORTED', 'REVERSED') THEN no ELSE 0 END);

-- What still moves, by when it is due and no longer leased. Small whatever the
-- history.
CREATE INDEX settlement_open ON settlement (max(next_at, lease_until + 1))
    WHERE state NOT IN ('COMMITTED', 'ABORTED', 'REVERSED');

-- Listings. One by facility alone walks settlement_opened.
CREATE INDEX settlement_opened ON settlement (opened_at);
CREATE INDEX settlement_tenant ON settlement (tenant, opened_at);
CREATE INDEX settlement_beneficiary ON settlement (beneficiary, year, id);
CREATE INDEX settlement_review ON settlement (opened_at) WHERE review = 1;

-- Request keys, and the final answer of each once it is known.
CREATE TABLE request (
    no          INTEGER PRIMARY KEY,
    tenant      TEXT    NOT NULL,
    method      TEXT    NOT NULL,
    request     TEXT    NOT NULL,
    settlement  INTEGER NOT NULL REFERENCES settlement (no),
    fingerprint TEXT    NOT NULL,
    UNIQUE (tenant, method, request)
) STRICT;

-- What was asked about one settlement, for the auditor.
CREATE INDEX request_settlement ON request (settlement);

CREATE TABLE answer (
    request INTEGER PRIMARY KEY REFERENCES request (no),
    body    BLOB NOT NULL CHECK (length(body) > 0)
) STRICT;

-- Message ids given out, each to one settlement for ever.
CREATE TABLE message (
    id         TEXT    NOT NULL PRIMARY KEY,
    settlement INTEGER NOT NULL REFERENCES settlement (no)
) STRICT, WITHOUT ROWID;

-- What one person has used in one year. The checks are the last wall: nothing
-- used is ever below zero. "used" is an object of fen by bucket.
CREATE TABLE accumulator (
    beneficiary           TEXT    NOT NULL,
    year                  INTEGER NOT NULL,
    sequence              INTEGER NOT NULL,
    used                  TEXT    NOT NULL CHECK (instr(used, '":-') = 0),
    deductible_met        INTEGER NOT NULL CHECK (deductible_met >= 0),
    critical_illness_base INTEGER NOT NULL CHECK (critical_illness_base >= 0),
    critical_illness_paid INTEGER NOT NULL CHECK (critical_illness_paid >= 0),
    care_grants           INTEGER NOT NULL CHECK (care_grants >= 0),
    PRIMARY KEY (beneficiary, year)
) STRICT, WITHOUT ROWID;

-- The journals. A row is named by its settlement, the revision whose write
-- appended it and its place in that write.
CREATE TABLE attempt (
    no         INTEGER PRIMARY KEY,
    settlement INTEGER NOT NULL REFERENCES settlement (no),
    revision   INTEGER NOT NULL,
    line       INTEGER NOT NULL,
    leg        INTEGER NOT NULL,
    operation  TEXT    NOT NULL,
    phase      TEXT    NOT NULL,
    message    TEXT    NOT NULL,
    at         INTEGER NOT NULL,
    result     TEXT    NOT NULL,
    body       BLOB,
    UNIQUE (settlement, revision, line)
) STRICT;

CREATE TABLE entry (
    settlement INTEGER NOT NULL REFERENCES settlement (no),
    revision   INTEGER NOT NULL,
    line       INTEGER NOT NULL,
    account    TEXT    NOT NULL,
    debit      INTEGER NOT NULL,
    credit     INTEGER NOT NULL,
    PRIMARY KEY (settlement, revision, line)
) STRICT, WITHOUT ROWID;

CREATE TABLE event (
    settlement INTEGER NOT NULL REFERENCES settlement (no),
    revision   INTEGER NOT NULL,
    line       INTEGER NOT NULL,
    at         INTEGER NOT NULL,
    actor      TEXT    NOT NULL,
    action     TEXT    NOT NULL,
    reason     TEXT    NOT NULL,
    PRIMARY KEY (settlement, revision, line)
) STRICT, WITHOUT ROWID;

-- The registry. An identity number belongs to one pseudonym.
CREATE TABLE person (
    id          TEXT NOT NULL PRIMARY KEY,
    certificate TEXT NOT NULL,
    document    BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX person_certificate ON person (certificate) WHERE certificate <> '';

-- What is appended is never changed, whoever holds the file open.
-- +goose StatementBegin
CREATE TRIGGER attempt_kept BEFORE UPDATE ON attempt BEGIN SELECT RAISE(ABORT, 'attempt is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER attempt_stays BEFORE DELETE ON attempt BEGIN SELECT RAISE(ABORT, 'attempt is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER entry_kept BEFORE UPDATE ON entry BEGIN SELECT RAISE(ABORT, 'entry is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER entry_stays BEFORE DELETE ON entry BEGIN SELECT RAISE(ABORT, 'entry is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER event_kept BEFORE UPDATE ON event BEGIN SELECT RAISE(ABORT, 'event is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER event_stays BEFORE DELETE ON event BEGIN SELECT RAISE(ABORT, 'event is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER answer_kept BEFORE UPDATE ON answer BEGIN SELECT RAISE(ABORT, 'answer is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER answer_stays BEFORE DELETE ON answer BEGIN SELECT RAISE(ABORT, 'answer is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER request_kept BEFORE UPDATE ON request BEGIN SELECT RAISE(ABORT, 'request is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER request_stays BEFORE DELETE ON request BEGIN SELECT RAISE(ABORT, 'request is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER message_kept BEFORE UPDATE ON message BEGIN SELECT RAISE(ABORT, 'message is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER message_stays BEFORE DELETE ON message BEGIN SELECT RAISE(ABORT, 'message is append-only'); END;
-- +goose StatementEnd

-- A settlement is never deleted, what was asked never changes, and a decision
-- never flips.
-- +goose StatementBegin
CREATE TRIGGER settlement_stays BEFORE DELETE ON settlement BEGIN SELECT RAISE(ABORT, 'settlement is kept'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER settlement_asked BEFORE UPDATE OF id, tenant, facility, discharge, discharged, beneficiary, year, opened_at, asked
    ON settlement BEGIN SELECT RAISE(ABORT, 'what was asked is kept'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER settlement_decision BEFORE UPDATE OF decision ON settlement
    WHEN OLD.decision <> '' AND NEW.decision <> OLD.decision
    BEGIN SELECT RAISE(ABORT, 'a decision never flips'); END;
-- +goose StatementEnd
