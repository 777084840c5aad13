-- +goose Up

-- Whose a difference is and since when it is known, for those who read their own
-- and for the age of the oldest. Both stand in the document, too; the columns are
-- how it is found, and are not sealed. Differences of before have neither.
ALTER TABLE difference ADD COLUMN facility TEXT NOT NULL DEFAULT '';
ALTER TABLE difference ADD COLUMN seen_at INTEGER NOT NULL DEFAULT 0;

DROP TRIGGER difference_kept;
-- +goose StatementBegin
CREATE TRIGGER difference_kept BEFORE UPDATE ON difference
    WHEN NOT (EXISTS (SELECT 1 FROM rewrapping)
        AND substr(NEW.document, 1, 5) IN (x'0050494901', x'0050494902') AND substr(NEW.document, 1, 9) <> substr(OLD.document, 1, 9)
        AND (NEW.run, NEW.line, NEW.share, NEW.payer, NEW.class, NEW.encounter, NEW.first_day, NEW.last_day, NEW.facility, NEW.seen_at, NEW.turn)
            IS (OLD.run, OLD.line, OLD.share, OLD.payer, OLD.class, OLD.encounter, OLD.first_day, OLD.last_day, OLD.facility, OLD.seen_at, OLD.turn))
    BEGIN SELECT RAISE(ABORT, 'difference is append-only'); END;
-- +goose StatementEnd
