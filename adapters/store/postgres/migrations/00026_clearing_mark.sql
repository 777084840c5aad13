-- +goose Up

-- How far each cut of a clearing came: every write of the ledger whose turn is
-- this or lower is in a clearing that stood when it was cut. The next cut looks
-- at what is above, and at what was voided since. Below zero: it looks at all.
-- Some stores have the table already, by a number that was too low for others.
CREATE TABLE IF NOT EXISTS clearing_mark (
    clearing bigint NOT NULL REFERENCES clearing (number),
    reached  bigint NOT NULL,
    CONSTRAINT clearing_mark_pkey PRIMARY KEY (clearing)
);

CREATE OR REPLACE TRIGGER clearing_mark_kept BEFORE UPDATE OR DELETE ON clearing_mark FOR EACH ROW EXECUTE FUNCTION kept();
CREATE OR REPLACE TRIGGER clearing_mark_whole BEFORE TRUNCATE ON clearing_mark EXECUTE FUNCTION kept();
