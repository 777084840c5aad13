-- +goose Up

-- What was proposed for two people to make so: a change of a person, a posting,
-- a file of persons.
CREATE TABLE correction (
    id       TEXT NOT NULL PRIMARY KEY,
    region   TEXT NOT NULL,
    document BLOB NOT NULL,
    turn     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What happened to them, by its line in the history, with the request that
-- asked for it. There are two lines at most.
CREATE TABLE correction_event (
    correction TEXT    NOT NULL REFERENCES correction (id),
    line       INTEGER NOT NULL CHECK (line > 0),
    act        TEXT    NOT NULL,
    actor      TEXT    NOT NULL,
    at         INTEGER NOT NULL,
    cause      TEXT    NOT NULL,
    became     TEXT    NOT NULL,
    tenant     TEXT    NOT NULL,
    request    TEXT    NOT NULL,
    turn       INTEGER NOT NULL,
    PRIMARY KEY (correction, line)
) STRICT, WITHOUT ROWID;

CREATE INDEX correction_region ON correction (region, id);
CREATE UNIQUE INDEX correction_turn ON correction (turn) WHERE turn > 0;
CREATE UNIQUE INDEX correction_event_turn ON correction_event (turn) WHERE turn > 0;
CREATE UNIQUE INDEX correction_event_request ON correction_event (tenant, request);

-- +goose StatementBegin
CREATE TRIGGER correction_kept BEFORE UPDATE ON correction BEGIN SELECT RAISE(ABORT, 'correction is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER correction_stays BEFORE DELETE ON correction BEGIN SELECT RAISE(ABORT, 'correction is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER correction_event_kept BEFORE UPDATE ON correction_event BEGIN SELECT RAISE(ABORT, 'correction_event is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER correction_event_stays BEFORE DELETE ON correction_event BEGIN SELECT RAISE(ABORT, 'correction_event is append-only'); END;
-- +goose StatementEnd
