-- +goose Up

-- What another process than the gateway that serves from this file tells of
-- itself for the audit trail. The gateway gives turns, so it takes these over
-- before each block, in the order they were written.
CREATE TABLE audit_waiting (
    no       INTEGER PRIMARY KEY AUTOINCREMENT,
    at       INTEGER NOT NULL,
    times    INTEGER NOT NULL CHECK (times > 0),
    actor    TEXT    NOT NULL,
    action   TEXT    NOT NULL,
    reason   TEXT    NOT NULL,
    object   TEXT    NOT NULL,
    instance TEXT    NOT NULL
) STRICT;

-- +goose StatementBegin
CREATE TRIGGER audit_waiting_kept BEFORE UPDATE ON audit_waiting BEGIN SELECT RAISE(ABORT, 'audit_waiting is append-only'); END;
-- +goose StatementEnd
