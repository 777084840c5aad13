-- +goose Up

-- Each return of this database to an earlier moment, and when everything that
-- payers remember beyond that moment had been taken up: 0 until then, and until
-- then no gateway serves.
CREATE TABLE restoration (
    begun_at bigint NOT NULL,
    done_at  bigint NOT NULL,
    CONSTRAINT restoration_pkey PRIMARY KEY (begun_at)
);
