-- +goose Up

-- The shapes in which settling hands rows over: all rows of a statement in one
-- parameter, an array of them. Their fields, in number, order and kind, are what
-- a gateway of this release sends; another shape is another type, so that
-- gateways of two releases can run beside each other.
CREATE TYPE settlement_row AS (
    no           bigint,
    beneficiary  text COLLATE "C",
    year         integer,
    sequence     bigint,
    opened_at    bigint,
    revision     bigint,
    epoch        bigint,
    lease_until  bigint,
    lease_over   bigint,
    next_at      bigint,
    discharged   integer,
    review       boolean,
    id           text COLLATE "C",
    tenant       text COLLATE "C",
    facility     text COLLATE "C",
    discharge    text COLLATE "C",
    state        text COLLATE "C",
    decision     text COLLATE "C",
    owner        text COLLATE "C",
    approval     text COLLATE "C",
    asked        bytea,
    moved        bytea,
    adjudication bytea,
    seal         bytea
);

-- A settlement as it is written over: "revision" and "epoch" are those seen.
CREATE TYPE settlement_move AS (
    no           bigint,
    revision     bigint,
    epoch        bigint,
    sequence     bigint,
    lease_until  bigint,
    lease_over   bigint,
    next_at      bigint,
    review       boolean,
    state        text COLLATE "C",
    decision     text COLLATE "C",
    owner        text COLLATE "C",
    moved        bytea,
    adjudication bytea,
    seal         bytea
);

CREATE TYPE discharge_key AS (
    tenant    text COLLATE "C",
    discharge text COLLATE "C"
);

CREATE TYPE request_row AS (
    settlement  bigint,
    tenant      text COLLATE "C",
    method      text COLLATE "C",
    request     text COLLATE "C",
    fingerprint text COLLATE "C"
);

-- The answer of a request key that the settlement must have.
CREATE TYPE answer_row AS (
    settlement bigint,
    tenant     text COLLATE "C",
    method     text COLLATE "C",
    request    text COLLATE "C",
    body       bytea
);

CREATE TYPE message_row AS (
    settlement bigint,
    id         text COLLATE "C"
);

CREATE TYPE accumulator_row AS (
    beneficiary           text COLLATE "C",
    year                  integer,
    sequence              bigint,
    used                  text COLLATE "C",
    deductible_met        bigint,
    critical_illness_base bigint,
    critical_illness_paid bigint,
    care_grants           bigint,
    holds                 bytea
);

CREATE TYPE attempt_row AS (
    settlement bigint,
    revision   bigint,
    line       integer,
    at         bigint,
    leg        integer,
    operation  text COLLATE "C",
    phase      text COLLATE "C",
    message    text COLLATE "C",
    result     text COLLATE "C",
    body       bytea
);

CREATE TYPE entry_row AS (
    settlement bigint,
    revision   bigint,
    line       integer,
    account    text COLLATE "C",
    debit      bigint,
    credit     bigint
);

CREATE TYPE event_row AS (
    settlement bigint,
    revision   bigint,
    line       integer,
    at         bigint,
    actor      text COLLATE "C",
    action     text COLLATE "C",
    reason     text COLLATE "C",
    state      text COLLATE "C",
    epoch      bigint,
    seal       bytea
);

-- An answer is a few kB, as a settlement is: it stays in one piece as long as it
-- fits a page, rather than being compressed from 2 kB on, which took longer than
-- writing it. The same of what is said to payers and heard from them.
ALTER TABLE answer SET (toast_tuple_target = 8160);
ALTER TABLE attempt SET (toast_tuple_target = 8160);
