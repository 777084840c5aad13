-- +goose Up

-- Stays before their discharge: who asked for which, and whether a payer still
-- owes an answer about one.
CREATE TABLE stay (
    id          text    NOT NULL COLLATE "C",
    tenant      text    NOT NULL COLLATE "C",
    request     text    NOT NULL COLLATE "C",
    facility    text    NOT NULL COLLATE "C",
    person      text    NOT NULL COLLATE "C",
    at          bigint  NOT NULL,
    outstanding boolean NOT NULL,
    CONSTRAINT stay_pkey PRIMARY KEY (id),
    CONSTRAINT stay_request UNIQUE (tenant, request)
);

CREATE INDEX stay_at ON stay (at, id);
CREATE INDEX stay_person ON stay (person, at, id);
CREATE INDEX stay_facility ON stay (facility, at, id);
CREATE INDEX stay_outstanding ON stay (at, id) WHERE outstanding;

-- What was asked, sent and heard of them, line by line.
CREATE TABLE stay_event (
    stay     text    NOT NULL COLLATE "C" REFERENCES stay (id),
    no       integer NOT NULL CHECK (no > 0),
    at       bigint  NOT NULL,
    actor    text    NOT NULL COLLATE "C",
    act      text    NOT NULL COLLATE "C",
    document bytea   NOT NULL,
    turn     bigint  NOT NULL DEFAULT nextval('audit_turn'),
    CONSTRAINT stay_event_pkey PRIMARY KEY (stay, no)
);

CREATE UNIQUE INDEX stay_event_turn ON stay_event (turn) WHERE turn > 0;

CREATE TRIGGER stay_event_kept BEFORE UPDATE OR DELETE ON stay_event FOR EACH ROW EXECUTE FUNCTION kept('document');
CREATE TRIGGER stay_event_whole BEFORE TRUNCATE ON stay_event EXECUTE FUNCTION kept();
