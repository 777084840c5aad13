-- +goose Up

-- The register of persons. What settling reads of a person stays one row of
-- "person", which is written with the changes that lead to it; "region" is for
-- listings and reviews.
ALTER TABLE person ADD COLUMN region text NOT NULL COLLATE "C" DEFAULT '';

CREATE INDEX person_region ON person (region, id);

-- Everything recorded of a person, by its number in their history.
CREATE TABLE person_change (
    person   text    NOT NULL COLLATE "C",
    number   integer NOT NULL CHECK (number > 0),
    document bytea   NOT NULL,
    CONSTRAINT person_change_pkey PRIMARY KEY (person, number)
);

-- Request keys of the register, with the rows that each became.
CREATE TABLE person_request (
    tenant   text  NOT NULL COLLATE "C",
    request  text  NOT NULL COLLATE "C",
    document bytea NOT NULL,
    CONSTRAINT person_request_pkey PRIMARY KEY (tenant, request)
);

-- Review runs with what they propose, and what a second person decided.
CREATE TABLE review (
    id       text  NOT NULL COLLATE "C",
    document bytea NOT NULL,
    CONSTRAINT review_pkey PRIMARY KEY (id)
);

CREATE TABLE review_decision (
    review   text    NOT NULL COLLATE "C" REFERENCES review (id),
    line     integer NOT NULL,
    document bytea   NOT NULL,
    CONSTRAINT review_decision_pkey PRIMARY KEY (review, line)
);

-- How far the import of a file, named by the digest of its content, has come.
CREATE TABLE import_progress (
    file     text   NOT NULL COLLATE "C",
    reached  bigint NOT NULL,
    document bytea  NOT NULL,
    CONSTRAINT import_progress_pkey PRIMARY KEY (file, reached)
);

-- What is appended is never changed, whoever is connected.
CREATE TRIGGER person_change_kept BEFORE UPDATE OR DELETE ON person_change FOR EACH ROW EXECUTE FUNCTION kept();
CREATE TRIGGER person_request_kept BEFORE UPDATE OR DELETE ON person_request FOR EACH ROW EXECUTE FUNCTION kept();
CREATE TRIGGER review_kept BEFORE UPDATE OR DELETE ON review FOR EACH ROW EXECUTE FUNCTION kept();
CREATE TRIGGER review_decision_kept BEFORE UPDATE OR DELETE ON review_decision FOR EACH ROW EXECUTE FUNCTION kept();
CREATE TRIGGER import_progress_kept BEFORE UPDATE OR DELETE ON import_progress FOR EACH ROW EXECUTE FUNCTION kept();

-- Emptying a table asks no row.
CREATE TRIGGER person_change_whole BEFORE TRUNCATE ON person_change EXECUTE FUNCTION kept();
CREATE TRIGGER person_request_whole BEFORE TRUNCATE ON person_request EXECUTE FUNCTION kept();
CREATE TRIGGER review_whole BEFORE TRUNCATE ON review EXECUTE FUNCTION kept();
CREATE TRIGGER review_decision_whole BEFORE TRUNCATE ON review_decision EXECUTE FUNCTION kept();
CREATE TRIGGER import_progress_whole BEFORE TRUNCATE ON import_progress EXECUTE FUNCTION kept();
