-- +goose Up

-- The register of persons. What settling reads of a person stays one row of
-- "person", which is written with the changes that lead to it; "region" is for
-- listings and reviews.
ALTER TABLE person ADD COLUMN region TEXT NOT NULL DEFAULT '';

CREATE INDEX person_region ON person (region, id);

-- Everything recorded of a person, by its number in their history.
CREATE TABLE person_change (
    person   TEXT    NOT NULL,
    number   INTEGER NOT NULL CHECK (number > 0),
    document BLOB    NOT NULL,
    PRIMARY KEY (person, number)
) STRICT, WITHOUT ROWID;

-- Request keys of the register, with the rows that each became.
CREATE TABLE person_request (
    tenant   TEXT NOT NULL,
    request  TEXT NOT NULL,
    document BLOB NOT NULL,
    PRIMARY KEY (tenant, request)
) STRICT, WITHOUT ROWID;

-- Review runs with what they propose, and what a second person decided.
CREATE TABLE review (
    id       TEXT NOT NULL PRIMARY KEY,
    document BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE review_decision (
    review   TEXT    NOT NULL REFERENCES review (id),
    line     INTEGER NOT NULL,
    document BLOB    NOT NULL,
    PRIMARY KEY (review, line)
) STRICT, WITHOUT ROWID;

-- How far the import of a file, named by the digest of its content, has come.
CREATE TABLE import_progress (
    file     TEXT    NOT NULL,
    reached  INTEGER NOT NULL,
    document BLOB    NOT NULL,
    PRIMARY KEY (file, reached)
) STRICT, WITHOUT ROWID;

-- What is appended is never changed, whoever holds the file open.
-- +goose StatementBegin
CREATE TRIGGER person_change_kept BEFORE UPDATE ON person_change BEGIN SELECT RAISE(ABORT, 'person_change is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER person_change_stays BEFORE DELETE ON person_change BEGIN SELECT RAISE(ABORT, 'person_change is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER person_request_kept BEFORE UPDATE ON person_request BEGIN SELECT RAISE(ABORT, 'person_request is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER person_request_stays BEFORE DELETE ON person_request BEGIN SELECT RAISE(ABORT, 'person_request is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER review_kept BEFORE UPDATE ON review BEGIN SELECT RAISE(ABORT, 'review is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER review_stays BEFORE DELETE ON review BEGIN SELECT RAISE(ABORT, 'review is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER review_decision_kept BEFORE UPDATE ON review_decision BEGIN SELECT RAISE(ABORT, 'review_decision is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER review_decision_stays BEFORE DELETE ON review_decision BEGIN SELECT RAISE(ABORT, 'review_decision is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER import_progress_kept BEFORE UPDATE ON import_progress BEGIN SELECT RAISE(ABORT, 'import_progress is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER import_progress_stays BEFORE DELETE ON import_progress BEGIN SELECT RAISE(ABORT, 'import_progress is append-only'); END;
-- +goose StatementEnd
