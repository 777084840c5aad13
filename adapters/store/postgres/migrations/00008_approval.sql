-- +goose Up

-- Approvals of assistance (审批表), each as it was submitted.
CREATE TABLE approval (
    number     text    NOT NULL COLLATE "C",
    person     text    NOT NULL COLLATE "C",
    facility   text    NOT NULL COLLATE "C",
    valid_from integer NOT NULL,
    valid_to   integer NOT NULL,
    issuer     text    NOT NULL COLLATE "C",
    mode       text    NOT NULL COLLATE "C",
    class      text    NOT NULL COLLATE "C",
    CONSTRAINT approval_pkey PRIMARY KEY (number)
);

CREATE INDEX approval_person ON approval (person, number);
CREATE INDEX approval_facility ON approval (facility, number);

-- What happened to them, by its line in the history, with the request that
-- asked for it.
CREATE TABLE approval_event (
    approval text    NOT NULL COLLATE "C" REFERENCES approval (number),
    line     integer NOT NULL CHECK (line > 0),
    act      text    NOT NULL COLLATE "C",
    actor    text    NOT NULL COLLATE "C",
    at       bigint  NOT NULL,
    cause    text    NOT NULL COLLATE "C",
    tenant   text    NOT NULL COLLATE "C",
    request  text    NOT NULL COLLATE "C",
    CONSTRAINT approval_event_pkey PRIMARY KEY (approval, line),
    CONSTRAINT approval_event_request UNIQUE (tenant, request)
);

-- The approval a settlement names. One live settlement at most uses it: it is
-- free again when that is aborted or reversed.
ALTER TABLE settlement ADD COLUMN approval text NOT NULL COLLATE "C" DEFAULT '';

CREATE UNIQUE INDEX settlement_approval ON settlement (approval)
    WHERE approval <> '' AND state NOT IN ('ABORTED', 'REVERSED');

CREATE TRIGGER settlement_approval_kept BEFORE UPDATE OF approval ON settlement FOR EACH ROW EXECUTE FUNCTION kept();
CREATE TRIGGER approval_kept BEFORE UPDATE OR DELETE ON approval FOR EACH ROW EXECUTE FUNCTION kept();
CREATE TRIGGER approval_event_kept BEFORE UPDATE OR DELETE ON approval_event FOR EACH ROW EXECUTE FUNCTION kept();
CREATE TRIGGER approval_whole BEFORE TRUNCATE ON approval EXECUTE FUNCTION kept();
CREATE TRIGGER approval_event_whole BEFORE TRUNCATE ON approval_event EXECUTE FUNCTION kept();
