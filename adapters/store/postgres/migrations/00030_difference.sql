-- +goose Up

-- Whose a difference is and since when it is known, for those who read their own
-- and for the age of the oldest. Both stand in the document, too; the columns are
-- how it is found, and are not sealed. Differences of before have neither.
ALTER TABLE difference ADD COLUMN facility text NOT NULL DEFAULT '';
ALTER TABLE difference ADD COLUMN seen_at bigint NOT NULL DEFAULT 0;
