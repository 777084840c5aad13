-- +goose Up

-- The holds of live quotes on a person's year, in a document; most years have
-- none. They stand in the row that is locked and read to settle anyway.
ALTER TABLE accumulator ADD COLUMN holds bytea;

-- Quotes that hold, each as it was given.
CREATE TABLE quote (
    id       text  NOT NULL COLLATE "C",
    tenant   text  NOT NULL COLLATE "C",
    request  text  NOT NULL COLLATE "C",
    document bytea NOT NULL,
    CONSTRAINT quote_pkey PRIMARY KEY (id),
    CONSTRAINT quote_request UNIQUE (tenant, request)
);

-- What became of them.
CREATE TABLE quote_event (
    no         bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    at         bigint NOT NULL,
    until      bigint NOT NULL,
    quote      text   NOT NULL COLLATE "C",
    actor      text   NOT NULL COLLATE "C",
    act        text   NOT NULL COLLATE "C",
    settlement text   NOT NULL COLLATE "C",
    CONSTRAINT quote_event_pkey PRIMARY KEY (quote, no)
);

CREATE TRIGGER quote_kept BEFORE UPDATE OR DELETE ON quote FOR EACH ROW EXECUTE FUNCTION kept();
CREATE TRIGGER quote_event_kept BEFORE UPDATE OR DELETE ON quote_event FOR EACH ROW EXECUTE FUNCTION kept();
CREATE TRIGGER quote_whole BEFORE TRUNCATE ON quote EXECUTE FUNCTION kept();
CREATE TRIGGER quote_event_whole BEFORE TRUNCATE ON quote_event EXECUTE FUNCTION kept();
