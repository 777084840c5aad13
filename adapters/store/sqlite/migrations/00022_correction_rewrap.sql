-- +goose Up

-- What was proposed of a person is encrypted, too, and may be encrypted anew.
DROP TRIGGER correction_kept;
-- +goose StatementBegin
CREATE TRIGGER correction_kept BEFORE UPDATE ON correction
    WHEN NOT (EXISTS (SELECT 1 FROM rewrapping)
        AND substr(NEW.document, 1, 5) IN (x'0050494901', x'0050494902') AND substr(NEW.document, 1, 9) <> substr(OLD.document, 1, 9)
        AND (NEW.id, NEW.region, NEW.turn) IS (OLD.id, OLD.region, OLD.turn))
    BEGIN SELECT RAISE(ABORT, 'correction is append-only'); END;
-- +goose StatementEnd
