-- +goose Up

-- Stays that people are to look into: a row that its payer refuses each time, or
-- a proposal that waits for another person.
ALTER TABLE stay ADD COLUMN for_people INTEGER NOT NULL DEFAULT 0 CHECK (for_people IN (0, 1));
CREATE INDEX stay_people ON stay (at, id) WHERE for_people = 1;
