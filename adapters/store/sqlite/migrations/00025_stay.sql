-- +goose Up

-- Stays before their discharge: who asked for which, and whether a payer still
-- owes an answer about one.
CREATE TABLE stay (
    id          TEXT    NOT NULL PRIMARY KEY,
    tenant      TEXT    NOT NULL,
    request     TEXT    NOT NULL,
    facility    TEXT    NOT NULL,
    person      TEXT    NOT NULL,
    at          INTEGER NOT NULL,
    outstanding INTEGER NOT NULL CHECK (outstanding IN (0, 1))
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX stay_request ON stay (tenant, request);
CREATE INDEX stay_at ON stay (at, id);
CREATE INDEX stay_person ON stay (person, at, id);
CREATE INDEX stay_facility ON stay (facility, at, id);
CREATE INDEX stay_outstanding ON stay (at, id) WHERE outstanding = 1;

-- What was asked, sent and heard of them, line by line.
CREATE TABLE stay_event (
    stay     TEXT    NOT NULL REFERENCES stay (id),
    no       INTEGER NOT NULL CHECK (no > 0),
    at       INTEGER NOT NULL,
    actor    TEXT    NOT NULL,
    act      TEXT    NOT NULL,
    document BLOB    NOT NULL,
    turn     INTEGER NOT NULL,
    PRIMARY KEY (stay, no)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX stay_event_turn ON stay_event (turn) WHERE turn > 0;

-- +goose StatementBegin
CREATE TRIGGER stay_event_kept BEFORE UPDATE ON stay_event
    WHEN NOT (EXISTS (SELECT 1 FROM rewrapping)
        AND substr(NEW.document, 1, 5) IN (x'0050494901', x'0050494902') AND substr(NEW.document, 1, 9) <> substr(OLD.document, 1, 9)
        AND (NEW.stay, NEW.no, NEW.at, NEW.actor, NEW.act, NEW.turn) IS (OLD.stay, OLD.no, OLD.at, OLD.actor, OLD.act, OLD.turn))
    BEGIN SELECT RAISE(ABORT, 'stay_event is append-only'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER stay_event_stays BEFORE DELETE ON stay_event BEGIN SELECT RAISE(ABORT, 'stay_event is append-only'); END;
-- +goose StatementEnd
