-- +goose Up

-- Each return of this file to an earlier moment, and when everything that
-- payers remember beyond that moment had been taken up: 0 until then, and until
-- then no gateway serves. A backup is written with a line that is not done.
CREATE TABLE restoration (
    begun_at INTEGER NOT NULL PRIMARY KEY,
    done_at  INTEGER NOT NULL
) STRICT;
