-- +goose Up

-- Policy files that were put forward, byte for byte, with their worked cases.
CREATE TABLE publication (
    id     text  NOT NULL COLLATE "C",
    policy text  NOT NULL COLLATE "C",
    text   bytea NOT NULL,
    cases  bytea NOT NULL,
    digest text  NOT NULL COLLATE "C",
    turn   bigint NOT NULL DEFAULT nextval('audit_turn'),
    CONSTRAINT publication_pkey PRIMARY KEY (id)
);

-- What happened to them, by its line in the history, with the request that
-- asked for it. What is approved is an edition of its policy, counted from 1;
-- the rest is none.
CREATE TABLE publication_event (
    publication text    NOT NULL COLLATE "C" REFERENCES publication (id),
    line        integer NOT NULL CHECK (line > 0),
    act         text    NOT NULL COLLATE "C",
    actor       text    NOT NULL COLLATE "C",
    at          bigint  NOT NULL,
    cause       text    NOT NULL COLLATE "C",
    policy      text    NOT NULL COLLATE "C",
    edition     integer NOT NULL CHECK (edition >= 0),
    tenant      text    NOT NULL COLLATE "C",
    request     text    NOT NULL COLLATE "C",
    turn        bigint  NOT NULL DEFAULT nextval('audit_turn'),
    CONSTRAINT publication_event_pkey PRIMARY KEY (publication, line),
    CONSTRAINT publication_event_request UNIQUE (tenant, request)
);

CREATE UNIQUE INDEX publication_turn ON publication (turn) WHERE turn > 0;
CREATE UNIQUE INDEX publication_event_turn ON publication_event (turn) WHERE turn > 0;
CREATE UNIQUE INDEX publication_edition ON publication_event (policy, edition) WHERE edition > 0;

CREATE TRIGGER publication_kept BEFORE UPDATE OR DELETE ON publication FOR EACH ROW EXECUTE FUNCTION kept();
CREATE TRIGGER publication_event_kept BEFORE UPDATE OR DELETE ON publication_event FOR EACH ROW EXECUTE FUNCTION kept();
CREATE TRIGGER publication_whole BEFORE TRUNCATE ON publication EXECUTE FUNCTION kept();
CREATE TRIGGER publication_event_whole BEFORE TRUNCATE ON publication_event EXECUTE FUNCTION kept();
