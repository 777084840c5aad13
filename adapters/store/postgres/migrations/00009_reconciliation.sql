-- +goose Up

-- Runs of reconciliation, each as it was begun. A request begins one, and runs
-- of one subject follow one another.
CREATE TABLE reconciliation (
    id       text    NOT NULL COLLATE "C",
    tenant   text    NOT NULL COLLATE "C",
    request  text    NOT NULL COLLATE "C",
    subject  text    NOT NULL COLLATE "C",
    attempt  integer NOT NULL CHECK (attempt > 0),
    share    text    NOT NULL COLLATE "C",
    payer    text    NOT NULL COLLATE "C",
    at       bigint  NOT NULL,
    document bytea   NOT NULL,
    CONSTRAINT reconciliation_pkey PRIMARY KEY (id),
    CONSTRAINT reconciliation_request UNIQUE (tenant, request),
    CONSTRAINT reconciliation_subject UNIQUE (subject, attempt)
);

CREATE INDEX reconciliation_at ON reconciliation (at, id);
CREATE INDEX reconciliation_payer ON reconciliation (payer, share, at, id);

-- What they came to.
CREATE TABLE reconciliation_end (
    run      text    NOT NULL COLLATE "C" REFERENCES reconciliation (id),
    document bytea   NOT NULL,
    CONSTRAINT reconciliation_end_pkey PRIMARY KEY (run)
);

-- The differences they found, by their line in the run.
CREATE TABLE difference (
    run       text    NOT NULL COLLATE "C" REFERENCES reconciliation (id),
    line      integer NOT NULL CHECK (line > 0),
    share     text    NOT NULL COLLATE "C",
    payer     text    NOT NULL COLLATE "C",
    class     text    NOT NULL COLLATE "C",
    encounter text    NOT NULL COLLATE "C",
    first_day integer NOT NULL,
    last_day  integer NOT NULL,
    document  bytea   NOT NULL,
    CONSTRAINT difference_pkey PRIMARY KEY (run, line)
);

CREATE INDEX difference_encounter ON difference (encounter, payer, share, run, line);
CREATE INDEX difference_payer ON difference (payer, share, run, line);

-- What people and later runs made of a difference or, with line 0, of a run.
CREATE TABLE remark (
    run      text    NOT NULL COLLATE "C" REFERENCES reconciliation (id),
    line     integer NOT NULL CHECK (line >= 0),
    number   integer NOT NULL CHECK (number > 0),
    act      text    NOT NULL COLLATE "C",
    document bytea   NOT NULL,
    CONSTRAINT remark_pkey PRIMARY KEY (run, line, number)
);

CREATE TRIGGER reconciliation_kept BEFORE UPDATE OR DELETE ON reconciliation FOR EACH ROW EXECUTE FUNCTION kept();
CREATE TRIGGER reconciliation_whole BEFORE TRUNCATE ON reconciliation EXECUTE FUNCTION kept();
CREATE TRIGGER reconciliation_end_kept BEFORE UPDATE OR DELETE ON reconciliation_end FOR EACH ROW EXECUTE FUNCTION kept();
CREATE TRIGGER reconciliation_end_whole BEFORE TRUNCATE ON reconciliation_end EXECUTE FUNCTION kept();
CREATE TRIGGER difference_kept BEFORE UPDATE OR DELETE ON difference FOR EACH ROW EXECUTE FUNCTION kept();
CREATE TRIGGER difference_whole BEFORE TRUNCATE ON difference EXECUTE FUNCTION kept();
CREATE TRIGGER remark_kept BEFORE UPDATE OR DELETE ON remark FOR EACH ROW EXECUTE FUNCTION kept();
CREATE TRIGGER remark_whole BEFORE TRUNCATE ON remark EXECUTE FUNCTION kept();
