-- +goose Up

-- Whose a held quote is: row-level security shows it by these where an engine
-- has it. Both stand in the document, too, and are not sealed. Quotes of before
-- have neither.
ALTER TABLE quote ADD COLUMN facility TEXT NOT NULL DEFAULT '';
ALTER TABLE quote ADD COLUMN region TEXT NOT NULL DEFAULT '';

DROP TRIGGER quote_kept;
-- +goose StatementBegin
CREATE TRIGGER quote_kept BEFORE UPDATE ON quote
    WHEN NOT (EXISTS (SELECT 1 FROM rewrapping)
        AND substr(NEW.document, 1, 5) IN (x'0050494901', x'0050494902') AND substr(NEW.document, 1, 9) <> substr(OLD.document, 1, 9)
        AND (NEW.id, NEW.tenant, NEW.request, NEW.facility, NEW.region, NEW.turn) IS (OLD.id, OLD.tenant, OLD.request, OLD.facility, OLD.region, OLD.turn))
    BEGIN SELECT RAISE(ABORT, 'quote is append-only'); END;
-- +goose StatementEnd
