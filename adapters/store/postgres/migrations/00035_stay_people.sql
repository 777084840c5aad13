-- +goose Up

-- Stays that people are to look into: a row that its payer refuses each time, or
-- a proposal that waits for another person.
ALTER TABLE stay ADD COLUMN for_people boolean NOT NULL DEFAULT false;
CREATE INDEX stay_people ON stay (at, id) WHERE for_people;
