-- +goose Up

-- Policy files that were put forward, byte for byte, with their worked cases.
CREATE TABLE publication (
    id     TEXT NOT NULL PRIMARY KEY,
    policy TEXT NOT NULL,
    text   BLOB NOT NULL,
    cases  BLOB NOT NULL,
    digest TEXT NOT NULL,
    turn   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What happened to them, by its line in the history, with the request that
-- asked for it. What is approved is an edition of its policy, counted from 1;
-- the rest is none.
CREATE TABLE publication_event (
    publication TEXT    NOT NULL REFERENCES publication (id),
    line        INTEGER NOT NULL CHECK (line > 0),
    act         TEXT    NOT NULL,
    actor       TEXT    NOT NULL,
    at          INTEGER NOT NULL,
    cause       TEXT    NOT NULL,
    policy      TEXT    NOT NULL,
    edition     INTEGER NOT NULL CHECK (edition >= 0),
    tenant      TEXT    NOT NULL,
    request     TEXT    NOT NULL,
    turn        INTEGER NOT NULL,
    PRIMARY KEY (publication, line)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX publication_turn ON publication (turn) WHERE turn > 0;
CREATE UNIQUE INDEX publication_event_turn ON publication_event (turn) WHERE turn > 0;
CREATE UNIQUE INDEX publication_event_request ON publication_event (tenant, request);
CREATE UNIQUE INDEX publication_edition ON publication_event (policy, edition) WHERE edition > 0;

-- +goose StatementBegin
CREATE TRIGGER publication_kept BEFORE UPDATE ON publication BEGIN SELECT RAISE(ABORT, 'publication is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER publication_stays BEFORE DELETE ON publication BEGIN SELECT RAISE(ABORT, 'publication is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER publication_event_kept BEFORE UPDATE ON publication_event BEGIN SELECT RAISE(ABORT, 'publication_event is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER publication_event_stays BEFORE DELETE ON publication_event BEGIN SELECT RAISE(ABORT, 'publication_event is append-only'); END;
-- +goose StatementEnd
