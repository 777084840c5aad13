-- +goose Up

-- Whose a held quote is: row-level security shows it by these. Both stand in the
-- document, too, and are not sealed. Quotes of before have neither.
ALTER TABLE quote ADD COLUMN facility text NOT NULL DEFAULT '' COLLATE "C";
ALTER TABLE quote ADD COLUMN region text NOT NULL DEFAULT '' COLLATE "C";
