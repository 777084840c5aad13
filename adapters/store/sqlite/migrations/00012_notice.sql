-- +goose Up

-- Admission notices (提前介入), each as it was answered.
CREATE TABLE notice (
    id       TEXT    NOT NULL PRIMARY KEY,
    tenant   TEXT    NOT NULL,
    request  TEXT    NOT NULL,
    facility TEXT    NOT NULL,
    person   TEXT    NOT NULL,
    at       INTEGER NOT NULL,
    document BLOB    NOT NULL
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX notice_request ON notice (tenant, request);
CREATE INDEX notice_at ON notice (at, id);
CREATE INDEX notice_person ON notice (person, at, id);
CREATE INDEX notice_facility ON notice (facility, at, id);

-- +goose StatementBegin
CREATE TRIGGER notice_kept BEFORE UPDATE ON notice BEGIN SELECT RAISE(ABORT, 'notice is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER notice_stays BEFORE DELETE ON notice BEGIN SELECT RAISE(ABORT, 'notice is append-only'); END;
-- +goose StatementEnd

-- The settlements that stood on other ground after an import of a file.
CREATE TABLE import_touch (
    file       TEXT NOT NULL,
    settlement TEXT NOT NULL,
    PRIMARY KEY (file, settlement)
) STRICT, WITHOUT ROWID;

-- +goose StatementBegin
CREATE TRIGGER import_touch_kept BEFORE UPDATE ON import_touch BEGIN SELECT RAISE(ABORT, 'import_touch is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER import_touch_stays BEFORE DELETE ON import_touch BEGIN SELECT RAISE(ABORT, 'import_touch is append-only'); END;
-- +goose StatementEnd

-- Which quotes hold now, without a walk over all there ever were.
CREATE INDEX quote_event_until ON quote_event (until, quote);
