-- +goose Up

-- Admission notices (提前介入), each as it was answered.
CREATE TABLE notice (
    id       text   NOT NULL COLLATE "C",
    tenant   text   NOT NULL COLLATE "C",
    request  text   NOT NULL COLLATE "C",
    facility text   NOT NULL COLLATE "C",
    person   text   NOT NULL COLLATE "C",
    at       bigint NOT NULL,
    document bytea  NOT NULL,
    CONSTRAINT notice_pkey PRIMARY KEY (id)
);

CREATE UNIQUE INDEX notice_request ON notice (tenant, request);
CREATE INDEX notice_at ON notice (at, id);
CREATE INDEX notice_person ON notice (person, at, id);
CREATE INDEX notice_facility ON notice (facility, at, id);

CREATE TRIGGER notice_kept BEFORE UPDATE OR DELETE ON notice FOR EACH ROW EXECUTE FUNCTION kept();
CREATE TRIGGER notice_whole BEFORE TRUNCATE ON notice EXECUTE FUNCTION kept();

-- The settlements that stood on other ground after an import of a file.
CREATE TABLE import_touch (
    file       text NOT NULL COLLATE "C",
    settlement text NOT NULL COLLATE "C",
    CONSTRAINT import_touch_pkey PRIMARY KEY (file, settlement)
);

CREATE TRIGGER import_touch_kept BEFORE UPDATE OR DELETE ON import_touch FOR EACH ROW EXECUTE FUNCTION kept();
CREATE TRIGGER import_touch_whole BEFORE TRUNCATE ON import_touch EXECUTE FUNCTION kept();

-- Which quotes hold now, without a walk over all there ever were.
CREATE INDEX quote_event_until ON quote_event (until, quote);
