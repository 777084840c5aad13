-- +goose Up

-- Every row that the audit chain seals has its turn: one order over all of
-- these tables, given by the database to whoever appends. Rows from before have
-- none (0). A sequence that cached numbers would hand them out late.
CREATE SEQUENCE audit_turn CACHE 1;

-- What is told of the gateway itself and of what it refused. Refusals alike are
-- one row for a minute, with how many there were.
CREATE TABLE audit (
    turn     bigint NOT NULL DEFAULT nextval('audit_turn'),
    at       bigint NOT NULL,
    times    bigint NOT NULL CHECK (times > 0),
    actor    text   NOT NULL COLLATE "C",
    action   text   NOT NULL COLLATE "C",
    reason   text   NOT NULL COLLATE "C",
    object   text   NOT NULL COLLATE "C",
    instance text   NOT NULL COLLATE "C",
    CONSTRAINT audit_pkey PRIMARY KEY (turn)
);

-- The chain: each block seals the rows whose turns are above the one before and
-- up to its own, and the block before. "leaves" are eight bytes of the digest of
-- each row, so that a row that is wrong can be named; the first has none.
CREATE TABLE audit_block (
    height  bigint  NOT NULL,
    until   bigint  NOT NULL,
    members bigint  NOT NULL,
    at      bigint  NOT NULL,
    form    integer NOT NULL,
    hash    text    NOT NULL COLLATE "C",
    leaves  bytea,
    digest  bytea   NOT NULL,
    seal    bytea   NOT NULL,
    CONSTRAINT audit_block_pkey PRIMARY KEY (height)
);

ALTER TABLE event ADD COLUMN turn bigint NOT NULL DEFAULT 0;
ALTER TABLE event ALTER COLUMN turn SET DEFAULT nextval('audit_turn');
ALTER TABLE posting ADD COLUMN turn bigint NOT NULL DEFAULT 0;
ALTER TABLE posting ALTER COLUMN turn SET DEFAULT nextval('audit_turn');
ALTER TABLE posting_entry ADD COLUMN turn bigint NOT NULL DEFAULT 0;
ALTER TABLE posting_entry ALTER COLUMN turn SET DEFAULT nextval('audit_turn');
ALTER TABLE quote ADD COLUMN turn bigint NOT NULL DEFAULT 0;
ALTER TABLE quote ALTER COLUMN turn SET DEFAULT nextval('audit_turn');
ALTER TABLE quote_event ADD COLUMN turn bigint NOT NULL DEFAULT 0;
ALTER TABLE quote_event ALTER COLUMN turn SET DEFAULT nextval('audit_turn');
ALTER TABLE approval ADD COLUMN turn bigint NOT NULL DEFAULT 0;
ALTER TABLE approval ALTER COLUMN turn SET DEFAULT nextval('audit_turn');
ALTER TABLE approval_event ADD COLUMN turn bigint NOT NULL DEFAULT 0;
ALTER TABLE approval_event ALTER COLUMN turn SET DEFAULT nextval('audit_turn');
ALTER TABLE person_change ADD COLUMN turn bigint NOT NULL DEFAULT 0;
ALTER TABLE person_change ALTER COLUMN turn SET DEFAULT nextval('audit_turn');
ALTER TABLE person_request ADD COLUMN turn bigint NOT NULL DEFAULT 0;
ALTER TABLE person_request ALTER COLUMN turn SET DEFAULT nextval('audit_turn');
ALTER TABLE review ADD COLUMN turn bigint NOT NULL DEFAULT 0;
ALTER TABLE review ALTER COLUMN turn SET DEFAULT nextval('audit_turn');
ALTER TABLE review_decision ADD COLUMN turn bigint NOT NULL DEFAULT 0;
ALTER TABLE review_decision ALTER COLUMN turn SET DEFAULT nextval('audit_turn');
ALTER TABLE import_progress ADD COLUMN turn bigint NOT NULL DEFAULT 0;
ALTER TABLE import_progress ALTER COLUMN turn SET DEFAULT nextval('audit_turn');
ALTER TABLE reconciliation ADD COLUMN turn bigint NOT NULL DEFAULT 0;
ALTER TABLE reconciliation ALTER COLUMN turn SET DEFAULT nextval('audit_turn');
ALTER TABLE reconciliation_end ADD COLUMN turn bigint NOT NULL DEFAULT 0;
ALTER TABLE reconciliation_end ALTER COLUMN turn SET DEFAULT nextval('audit_turn');
ALTER TABLE difference ADD COLUMN turn bigint NOT NULL DEFAULT 0;
ALTER TABLE difference ALTER COLUMN turn SET DEFAULT nextval('audit_turn');
ALTER TABLE remark ADD COLUMN turn bigint NOT NULL DEFAULT 0;
ALTER TABLE remark ALTER COLUMN turn SET DEFAULT nextval('audit_turn');
ALTER TABLE clearing ADD COLUMN turn bigint NOT NULL DEFAULT 0;
ALTER TABLE clearing ALTER COLUMN turn SET DEFAULT nextval('audit_turn');
ALTER TABLE clearing_event ADD COLUMN turn bigint NOT NULL DEFAULT 0;
ALTER TABLE clearing_event ALTER COLUMN turn SET DEFAULT nextval('audit_turn');
ALTER TABLE clearing_position ADD COLUMN turn bigint NOT NULL DEFAULT 0;
ALTER TABLE clearing_position ALTER COLUMN turn SET DEFAULT nextval('audit_turn');

CREATE TRIGGER audit_kept BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION kept();
CREATE TRIGGER audit_whole BEFORE TRUNCATE ON audit EXECUTE FUNCTION kept();
CREATE TRIGGER audit_block_kept BEFORE UPDATE OR DELETE ON audit_block FOR EACH ROW EXECUTE FUNCTION kept();
CREATE TRIGGER audit_block_whole BEFORE TRUNCATE ON audit_block EXECUTE FUNCTION kept();
