-- +goose Up

-- What was raised for a fund and what enrolment subsidies cost. What is wrong is
-- put right by another posting.
CREATE TABLE posting (
    no       bigint  NOT NULL GENERATED ALWAYS AS IDENTITY,
    year     integer NOT NULL,
    day      integer NOT NULL,
    persons  integer NOT NULL,
    amount   bigint  NOT NULL,
    at       bigint  NOT NULL,
    id       text    NOT NULL COLLATE "C",
    request  text    NOT NULL COLLATE "C",
    region   text    NOT NULL COLLATE "C",
    fund     text    NOT NULL COLLATE "C",
    kind     text    NOT NULL COLLATE "C",
    level    text    NOT NULL COLLATE "C",
    document text    NOT NULL COLLATE "C",
    actor    text    NOT NULL COLLATE "C",
    CONSTRAINT posting_pkey PRIMARY KEY (no),
    CONSTRAINT posting_id UNIQUE (id),
    CONSTRAINT posting_request UNIQUE (request)
);

CREATE INDEX posting_fund ON posting (region, year, fund, no);

-- A posting in the ledger, in double entry.
CREATE TABLE posting_entry (
    posting bigint  NOT NULL,
    debit   bigint  NOT NULL,
    credit  bigint  NOT NULL,
    line    integer NOT NULL,
    account text    NOT NULL COLLATE "C",
    CONSTRAINT posting_entry_pkey PRIMARY KEY (posting, line)
);

CREATE TRIGGER posting_kept BEFORE UPDATE OR DELETE ON posting FOR EACH ROW EXECUTE FUNCTION kept();
CREATE TRIGGER posting_whole BEFORE TRUNCATE ON posting EXECUTE FUNCTION kept();
CREATE TRIGGER posting_entry_kept BEFORE UPDATE OR DELETE ON posting_entry FOR EACH ROW EXECUTE FUNCTION kept();
CREATE TRIGGER posting_entry_whole BEFORE TRUNCATE ON posting_entry EXECUTE FUNCTION kept();
