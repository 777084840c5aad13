-- +goose Up

-- What a list of stays shows, and what asking payers again goes by, so that
-- neither reads what was sent and heard. Sealed as what it is made of is. A stay
-- that has none yet, or one of fewer events than it has, is read from its events.
ALTER TABLE stay ADD COLUMN summary BLOB;
