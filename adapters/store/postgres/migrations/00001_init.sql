-- +goose Up

-- Texts are compared byte by byte (COLLATE "C"), whatever the database's own
-- order. Times are microseconds since 1970, days are yyyymmdd, amounts are fen.
--
-- There are no foreign keys: each costs a look-up and a lock per row, and none
-- could break. What refers to a settlement is written in the transaction that
-- holds its row, and no row is ever deleted.

-- The short keys of settlements are drawn in blocks, by each connection for
-- itself. Those lost with a connection leave gaps, which mean nothing.
CREATE SEQUENCE settlement_no INCREMENT BY 1024;

-- One row per settlement. "no" is the short key by which the journals refer to
-- it; it grows with time, so what is appended together lies together. Columns
-- are only what is searched, ordered or fenced by; the rest is in documents.
-- "lease_until" is in the owner's time, "lease_over" the same moment in the
-- time of the database.
CREATE TABLE settlement (
    no           bigint  NOT NULL,
    beneficiary  text    NOT NULL COLLATE "C",
    year         integer NOT NULL,
    sequence     bigint  NOT NULL,
    opened_at    bigint  NOT NULL,
    revision     bigint  NOT NULL,
    epoch        bigint  NOT NULL,
    lease_until  bigint  NOT NULL,
    lease_over   bigint  NOT NULL,
    next_at      bigint  NOT NULL,
    discharged   integer NOT NULL,
    review       boolean NOT NULL,
    id           text    NOT NULL COLLATE "C",
    tenant       text    NOT NULL COLLATE "C",
    facility     text    NOT NULL COLLATE "C",
    discharge    text    NOT NULL COLLATE "C",
    state        text    NOT NULL COLLATE "C",
    decision     text    NOT NULL COLLATE "C",
    owner        text    NOT NULL COLLATE "C",
    asked        bytea   NOT NULL,
    moved        bytea   NOT NULL,
    adjudication bytea,
    CONSTRAINT settlement_pkey PRIMARY KEY (no),
    CONSTRAINT settlement_id_key UNIQUE (id)
)
-- A row is read and written whole: it stays in one piece as long as it fits a
-- page, rather than being compressed and split from 2 kB on.
WITH (toast_tuple_target = 8160, autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);

-- One live settlement per discharge of a tenant: those aborted or reversed are
-- told apart by their own number, the live one has none. It also finds every
-- settlement of a discharge.
CREATE UNIQUE INDEX settlement_discharge ON settlement
    (discharge, tenant, (CASE WHEN state IN ('ABORTED', 'REVERSED') THEN no ELSE 0 END));

-- A number is given once to a person, in whatever year; those without one are
-- told apart by their own. It also finds every settlement of a person.
CREATE UNIQUE INDEX settlement_sequence ON settlement
    (beneficiary, (CASE WHEN sequence > 0 THEN sequence ELSE -no END));

-- What still moves, by when it is due and no longer leased. Small whatever the
-- history.
CREATE INDEX settlement_open ON settlement ((greatest(next_at, lease_until + 1)))
    WHERE state NOT IN ('COMMITTED', 'ABORTED', 'REVERSED');

-- Listings. One by facility alone walks settlement_opened.
CREATE INDEX settlement_opened ON settlement (opened_at);
CREATE INDEX settlement_tenant ON settlement (tenant, opened_at);
CREATE INDEX settlement_review ON settlement (opened_at) WHERE review;

-- Request keys, and the final answer of each once it is known.
CREATE TABLE request (
    no          bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    settlement  bigint NOT NULL,
    tenant      text   NOT NULL COLLATE "C",
    method      text   NOT NULL COLLATE "C",
    request     text   NOT NULL COLLATE "C",
    fingerprint text   NOT NULL COLLATE "C",
    CONSTRAINT request_pkey PRIMARY KEY (settlement, no),
    CONSTRAINT request_key UNIQUE (tenant, method, request)
);

CREATE TABLE answer (
    request bigint NOT NULL,
    body    bytea  NOT NULL CHECK (length(body) > 0),
    CONSTRAINT answer_pkey PRIMARY KEY (request)
);

-- Message ids given out, each to one settlement for ever.
CREATE TABLE message (
    settlement bigint NOT NULL,
    id         text   NOT NULL COLLATE "C",
    CONSTRAINT message_pkey PRIMARY KEY (id)
);

-- What one person has used in one year. The checks are the last wall: nothing
-- used is ever below zero. "used" is an object of fen by bucket. Room is kept
-- in each page, so that a changed row stays beside its index.
CREATE TABLE accumulator (
    beneficiary           text    NOT NULL COLLATE "C",
    year                  integer NOT NULL,
    sequence              bigint  NOT NULL,
    deductible_met        bigint  NOT NULL CHECK (deductible_met >= 0),
    critical_illness_base bigint  NOT NULL CHECK (critical_illness_base >= 0),
    critical_illness_paid bigint  NOT NULL CHECK (critical_illness_paid >= 0),
    care_grants           bigint  NOT NULL CHECK (care_grants >= 0),
    used                  text    NOT NULL COLLATE "C" CHECK (strpos(used, '":-') = 0),
    CONSTRAINT accumulator_pkey PRIMARY KEY (beneficiary, year)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02);

-- The journals. A row is named by its settlement, the revision whose write
-- appended it and its place in that write.
CREATE TABLE attempt (
    settlement bigint  NOT NULL,
    revision   bigint  NOT NULL,
    at         bigint  NOT NULL,
    line       integer NOT NULL,
    leg        integer NOT NULL,
    operation  text    NOT NULL COLLATE "C",
    phase      text    NOT NULL COLLATE "C",
    message    text    NOT NULL COLLATE "C",
    result     text    NOT NULL COLLATE "C",
    body       bytea,
    CONSTRAINT attempt_pkey PRIMARY KEY (settlement, revision, line)
);

CREATE TABLE entry (
    settlement bigint  NOT NULL,
    revision   bigint  NOT NULL,
    debit      bigint  NOT NULL,
    credit     bigint  NOT NULL,
    line       integer NOT NULL,
    account    text    NOT NULL COLLATE "C",
    CONSTRAINT entry_pkey PRIMARY KEY (settlement, revision, line)
);

CREATE TABLE event (
    settlement bigint  NOT NULL,
    revision   bigint  NOT NULL,
    at         bigint  NOT NULL,
    line       integer NOT NULL,
    actor      text    NOT NULL COLLATE "C",
    action     text    NOT NULL COLLATE "C",
    reason     text    NOT NULL COLLATE "C",
    CONSTRAINT event_pkey PRIMARY KEY (settlement, revision, line)
);

-- The registry. An identity number belongs to one pseudonym.
CREATE TABLE person (
    id          text  NOT NULL COLLATE "C",
    certificate text  NOT NULL COLLATE "C",
    document    bytea NOT NULL,
    CONSTRAINT person_pkey PRIMARY KEY (id)
);

CREATE UNIQUE INDEX person_certificate ON person (certificate) WHERE certificate <> '';

-- What is appended is never changed, whoever is connected. The constraint that
-- the refusal names is how the store knows it.
-- +goose StatementBegin
CREATE FUNCTION kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation',
        MESSAGE = TG_TABLE_NAME || ' is kept as it was written', TABLE = TG_TABLE_NAME, CONSTRAINT = TG_NAME;
END $$;
-- +goose StatementEnd

CREATE TRIGGER attempt_kept BEFORE UPDATE OR DELETE ON attempt FOR EACH ROW EXECUTE FUNCTION kept();
CREATE TRIGGER entry_kept BEFORE UPDATE OR DELETE ON entry FOR EACH ROW EXECUTE FUNCTION kept();
CREATE TRIGGER event_kept BEFORE UPDATE OR DELETE ON event FOR EACH ROW EXECUTE FUNCTION kept();
CREATE TRIGGER answer_kept BEFORE UPDATE OR DELETE ON answer FOR EACH ROW EXECUTE FUNCTION kept();
CREATE TRIGGER request_kept BEFORE UPDATE OR DELETE ON request FOR EACH ROW EXECUTE FUNCTION kept();
CREATE TRIGGER message_kept BEFORE UPDATE OR DELETE ON message FOR EACH ROW EXECUTE FUNCTION kept();

-- A settlement is never deleted, what was asked never changes, and a decision
-- never flips.
CREATE TRIGGER settlement_stays BEFORE DELETE ON settlement FOR EACH ROW EXECUTE FUNCTION kept();
CREATE TRIGGER settlement_asked
    BEFORE UPDATE OF no, id, tenant, facility, discharge, discharged, beneficiary, year, opened_at, asked
    ON settlement FOR EACH ROW EXECUTE FUNCTION kept();
CREATE TRIGGER settlement_decision BEFORE UPDATE OF decision ON settlement FOR EACH ROW
    WHEN (OLD.decision <> '' AND NEW.decision <> OLD.decision) EXECUTE FUNCTION kept();

-- Emptying a table asks no row.
CREATE TRIGGER attempt_whole BEFORE TRUNCATE ON attempt EXECUTE FUNCTION kept();
CREATE TRIGGER entry_whole BEFORE TRUNCATE ON entry EXECUTE FUNCTION kept();
CREATE TRIGGER event_whole BEFORE TRUNCATE ON event EXECUTE FUNCTION kept();
CREATE TRIGGER answer_whole BEFORE TRUNCATE ON answer EXECUTE FUNCTION kept();
CREATE TRIGGER request_whole BEFORE TRUNCATE ON request EXECUTE FUNCTION kept();
CREATE TRIGGER message_whole BEFORE TRUNCATE ON message EXECUTE FUNCTION kept();
CREATE TRIGGER settlement_whole BEFORE TRUNCATE ON settlement EXECUTE FUNCTION kept();
