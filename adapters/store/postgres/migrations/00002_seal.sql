-- +goose Up

-- Each line of the audit trail says where the settlement stood after it and in
-- which epoch it was written, and carries a digest of itself and of the lines
-- before it; a settlement has that of its last line. Lines from before have
-- epoch 0 and no digest.
ALTER TABLE settlement ADD COLUMN seal bytea NOT NULL DEFAULT '';
ALTER TABLE event ADD COLUMN state text NOT NULL COLLATE "C" DEFAULT '';
ALTER TABLE event ADD COLUMN epoch bigint NOT NULL DEFAULT 0;
ALTER TABLE event ADD COLUMN seal bytea NOT NULL DEFAULT '';
