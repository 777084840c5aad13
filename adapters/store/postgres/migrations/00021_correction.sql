-- +goose Up

-- What was proposed for two people to make so: a change of a person, a posting,
-- a file of persons.
CREATE TABLE correction (
    id       text   NOT NULL COLLATE "C",
    region   text   NOT NULL COLLATE "C",
    document bytea  NOT NULL,
    turn     bigint NOT NULL DEFAULT nextval('audit_turn'),
    CONSTRAINT correction_pkey PRIMARY KEY (id)
);

-- What happened to them, by its line in the history, with the request that
-- asked for it. There are two lines at most.
CREATE TABLE correction_event (
    correction text    NOT NULL COLLATE "C" REFERENCES correction (id),
    line       integer NOT NULL CHECK (line > 0),
    act        text    NOT NULL COLLATE "C",
    actor      text    NOT NULL COLLATE "C",
    at         bigint  NOT NULL,
    cause      text    NOT NULL COLLATE "C",
    became     text    NOT NULL COLLATE "C",
    tenant     text    NOT NULL COLLATE "C",
    request    text    NOT NULL COLLATE "C",
    turn       bigint  NOT NULL DEFAULT nextval('audit_turn'),
    CONSTRAINT correction_event_pkey PRIMARY KEY (correction, line),
    CONSTRAINT correction_event_request UNIQUE (tenant, request)
);

CREATE INDEX correction_region ON correction (region, id);
CREATE UNIQUE INDEX correction_turn ON correction (turn) WHERE turn > 0;
CREATE UNIQUE INDEX correction_event_turn ON correction_event (turn) WHERE turn > 0;

CREATE TRIGGER correction_kept BEFORE UPDATE OR DELETE ON correction FOR EACH ROW EXECUTE FUNCTION kept();
CREATE TRIGGER correction_event_kept BEFORE UPDATE OR DELETE ON correction_event FOR EACH ROW EXECUTE FUNCTION kept();
CREATE TRIGGER correction_whole BEFORE TRUNCATE ON correction EXECUTE FUNCTION kept();
CREATE TRIGGER correction_event_whole BEFORE TRUNCATE ON correction_event EXECUTE FUNCTION kept();
