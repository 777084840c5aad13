-- +goose Up

-- Clearings (清算): periods for which it is said what payers and funds owe.
CREATE TABLE clearing (
    number      bigint  NOT NULL,
    period_from integer NOT NULL,
    period_to   integer NOT NULL,
    pay_on      integer NOT NULL,
    CONSTRAINT clearing_pkey PRIMARY KEY (number)
);

-- What happened to them, by its line in the history, with the request that
-- asked for it; what a line does not say is empty.
CREATE TABLE clearing_event (
    clearing  bigint  NOT NULL REFERENCES clearing (number),
    at        bigint  NOT NULL,
    amount    bigint  NOT NULL,
    line      integer NOT NULL CHECK (line > 0),
    day       integer NOT NULL,
    act       text    NOT NULL COLLATE "C",
    actor     text    NOT NULL COLLATE "C",
    cause     text    NOT NULL COLLATE "C",
    digest    text    NOT NULL COLLATE "C",
    facility  text    NOT NULL COLLATE "C",
    bearer    text    NOT NULL COLLATE "C",
    reference text    NOT NULL COLLATE "C",
    tenant    text    NOT NULL COLLATE "C",
    request   text    NOT NULL COLLATE "C",
    CONSTRAINT clearing_event_pkey PRIMARY KEY (clearing, line)
);

CREATE UNIQUE INDEX clearing_event_request ON clearing_event (tenant, request) WHERE request <> '';

-- Which entries of the ledger are in a clearing: all that the write of a
-- revision booked for a settlement. Those of a clearing that was voided do not
-- count.
CREATE TABLE clearing_movement (
    settlement bigint NOT NULL,
    revision   bigint NOT NULL,
    clearing   bigint NOT NULL,
    CONSTRAINT clearing_movement_pkey PRIMARY KEY (settlement, revision, clearing)
);

CREATE INDEX clearing_movement_of ON clearing_movement (clearing, settlement, revision);

-- What they come to, by payee and account.
CREATE TABLE clearing_position (
    clearing    bigint  NOT NULL,
    settled     bigint  NOT NULL,
    reversed    bigint  NOT NULL,
    days        bigint  NOT NULL,
    settlements integer NOT NULL,
    reversals   integer NOT NULL,
    facility    text    NOT NULL COLLATE "C",
    account     text    NOT NULL COLLATE "C",
    CONSTRAINT clearing_position_pkey PRIMARY KEY (clearing, facility, account)
);

CREATE TRIGGER clearing_kept BEFORE UPDATE OR DELETE ON clearing FOR EACH ROW EXECUTE FUNCTION kept();
CREATE TRIGGER clearing_event_kept BEFORE UPDATE OR DELETE ON clearing_event FOR EACH ROW EXECUTE FUNCTION kept();
CREATE TRIGGER clearing_movement_kept BEFORE UPDATE OR DELETE ON clearing_movement FOR EACH ROW EXECUTE FUNCTION kept();
CREATE TRIGGER clearing_position_kept BEFORE UPDATE OR DELETE ON clearing_position FOR EACH ROW EXECUTE FUNCTION kept();
CREATE TRIGGER clearing_whole BEFORE TRUNCATE ON clearing EXECUTE FUNCTION kept();
CREATE TRIGGER clearing_event_whole BEFORE TRUNCATE ON clearing_event EXECUTE FUNCTION kept();
CREATE TRIGGER clearing_movement_whole BEFORE TRUNCATE ON clearing_movement EXECUTE FUNCTION kept();
CREATE TRIGGER clearing_position_whole BEFORE TRUNCATE ON clearing_position EXECUTE FUNCTION kept();
