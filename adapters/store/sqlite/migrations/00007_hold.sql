-- +goose Up

-- The holds of live quotes on a person's year, in a document; most years have
-- none. They stand in the row that is locked and read to settle anyway.
ALTER TABLE accumulator ADD COLUMN holds BLOB;

-- Quotes that hold, each as it was given.
CREATE TABLE quote (
    id       TEXT NOT NULL PRIMARY KEY,
    tenant   TEXT NOT NULL,
    request  TEXT NOT NULL,
    document BLOB NOT NULL,
    UNIQUE (tenant, request)
) STRICT;

-- What became of them.
CREATE TABLE quote_event (
    no         INTEGER PRIMARY KEY,
    quote      TEXT    NOT NULL REFERENCES quote (id),
    at         INTEGER NOT NULL,
    actor      TEXT    NOT NULL,
    act        TEXT    NOT NULL,
    until      INTEGER NOT NULL,
    settlement TEXT    NOT NULL
) STRICT;

CREATE INDEX quote_event_quote ON quote_event (quote, no);

-- +goose StatementBegin
CREATE TRIGGER quote_kept BEFORE UPDATE ON quote BEGIN SELECT RAISE(ABORT, 'quote is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER quote_stays BEFORE DELETE ON quote BEGIN SELECT RAISE(ABORT, 'quote is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER quote_event_kept BEFORE UPDATE ON quote_event BEGIN SELECT RAISE(ABORT, 'quote_event is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER quote_event_stays BEFORE DELETE ON quote_event BEGIN SELECT RAISE(ABORT, 'quote_event is append-only'); END;
-- +goose StatementEnd
