-- +goose Up

-- What was encrypted may be encrypted anew, under another key, and nothing else
-- of what is kept may change. Whoever does that has a row in this table
-- meanwhile, and takes it away before the commit: nobody else ever sees one.
CREATE TABLE rewrapping (key TEXT NOT NULL PRIMARY KEY) STRICT, WITHOUT ROWID;

DROP TRIGGER attempt_kept;
-- +goose StatementBegin
CREATE TRIGGER attempt_kept BEFORE UPDATE ON attempt
    WHEN NOT (EXISTS (SELECT 1 FROM rewrapping)
        AND substr(NEW.body, 1, 5) IN (x'0050494901', x'0050494902') AND substr(NEW.body, 1, 9) <> substr(OLD.body, 1, 9)
        AND (NEW.no, NEW.settlement, NEW.revision, NEW.line, NEW.leg, NEW.operation, NEW.phase, NEW.message, NEW.at, NEW.result) IS (OLD.no, OLD.settlement, OLD.revision, OLD.line, OLD.leg, OLD.operation, OLD.phase, OLD.message, OLD.at, OLD.result))
    BEGIN SELECT RAISE(ABORT, 'attempt is append-only'); END;
-- +goose StatementEnd
DROP TRIGGER answer_kept;
-- +goose StatementBegin
CREATE TRIGGER answer_kept BEFORE UPDATE ON answer
    WHEN NOT (EXISTS (SELECT 1 FROM rewrapping)
        AND substr(NEW.body, 1, 5) IN (x'0050494901', x'0050494902') AND substr(NEW.body, 1, 9) <> substr(OLD.body, 1, 9)
        AND NEW.request IS OLD.request)
    BEGIN SELECT RAISE(ABORT, 'answer is append-only'); END;
-- +goose StatementEnd
DROP TRIGGER person_change_kept;
-- +goose StatementBegin
CREATE TRIGGER person_change_kept BEFORE UPDATE ON person_change
    WHEN NOT (EXISTS (SELECT 1 FROM rewrapping)
        AND substr(NEW.document, 1, 5) IN (x'0050494901', x'0050494902') AND substr(NEW.document, 1, 9) <> substr(OLD.document, 1, 9)
        AND (NEW.person, NEW.number, NEW.turn) IS (OLD.person, OLD.number, OLD.turn))
    BEGIN SELECT RAISE(ABORT, 'person_change is append-only'); END;
-- +goose StatementEnd
DROP TRIGGER review_kept;
-- +goose StatementBegin
CREATE TRIGGER review_kept BEFORE UPDATE ON review
    WHEN NOT (EXISTS (SELECT 1 FROM rewrapping)
        AND substr(NEW.document, 1, 5) IN (x'0050494901', x'0050494902') AND substr(NEW.document, 1, 9) <> substr(OLD.document, 1, 9)
        AND (NEW.id, NEW.turn) IS (OLD.id, OLD.turn))
    BEGIN SELECT RAISE(ABORT, 'review is append-only'); END;
-- +goose StatementEnd
DROP TRIGGER quote_kept;
-- +goose StatementBegin
CREATE TRIGGER quote_kept BEFORE UPDATE ON quote
    WHEN NOT (EXISTS (SELECT 1 FROM rewrapping)
        AND substr(NEW.document, 1, 5) IN (x'0050494901', x'0050494902') AND substr(NEW.document, 1, 9) <> substr(OLD.document, 1, 9)
        AND (NEW.id, NEW.tenant, NEW.request, NEW.turn) IS (OLD.id, OLD.tenant, OLD.request, OLD.turn))
    BEGIN SELECT RAISE(ABORT, 'quote is append-only'); END;
-- +goose StatementEnd
DROP TRIGGER notice_kept;
-- +goose StatementBegin
CREATE TRIGGER notice_kept BEFORE UPDATE ON notice
    WHEN NOT (EXISTS (SELECT 1 FROM rewrapping)
        AND substr(NEW.document, 1, 5) IN (x'0050494901', x'0050494902') AND substr(NEW.document, 1, 9) <> substr(OLD.document, 1, 9)
        AND (NEW.id, NEW.tenant, NEW.request, NEW.facility, NEW.person, NEW.at) IS (OLD.id, OLD.tenant, OLD.request, OLD.facility, OLD.person, OLD.at))
    BEGIN SELECT RAISE(ABORT, 'notice is append-only'); END;
-- +goose StatementEnd
DROP TRIGGER difference_kept;
-- +goose StatementBegin
CREATE TRIGGER difference_kept BEFORE UPDATE ON difference
    WHEN NOT (EXISTS (SELECT 1 FROM rewrapping)
        AND substr(NEW.document, 1, 5) IN (x'0050494901', x'0050494902') AND substr(NEW.document, 1, 9) <> substr(OLD.document, 1, 9)
        AND (NEW.run, NEW.line, NEW.share, NEW.payer, NEW.class, NEW.encounter, NEW.first_day, NEW.last_day, NEW.turn) IS (OLD.run, OLD.line, OLD.share, OLD.payer, OLD.class, OLD.encounter, OLD.first_day, OLD.last_day, OLD.turn))
    BEGIN SELECT RAISE(ABORT, 'difference is append-only'); END;
-- +goose StatementEnd
DROP TRIGGER remark_kept;
-- +goose StatementBegin
CREATE TRIGGER remark_kept BEFORE UPDATE ON remark
    WHEN NOT (EXISTS (SELECT 1 FROM rewrapping)
        AND substr(NEW.document, 1, 5) IN (x'0050494901', x'0050494902') AND substr(NEW.document, 1, 9) <> substr(OLD.document, 1, 9)
        AND (NEW.run, NEW.line, NEW.number, NEW.act, NEW.turn) IS (OLD.run, OLD.line, OLD.number, OLD.act, OLD.turn))
    BEGIN SELECT RAISE(ABORT, 'remark is append-only'); END;
-- +goose StatementEnd

DROP TRIGGER settlement_asked;
-- +goose StatementBegin
CREATE TRIGGER settlement_asked BEFORE UPDATE OF id, tenant, facility, discharge, discharged, beneficiary, year, opened_at
    ON settlement BEGIN SELECT RAISE(ABORT, 'what was asked is kept'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER settlement_asked_anew BEFORE UPDATE OF asked ON settlement
    WHEN NOT (EXISTS (SELECT 1 FROM rewrapping)
        AND (NEW.asked IS OLD.asked OR substr(NEW.asked, 1, 5) IN (x'0050494901', x'0050494902') AND substr(NEW.asked, 1, 9) <> substr(OLD.asked, 1, 9)))
    BEGIN SELECT RAISE(ABORT, 'what was asked is kept'); END;
-- +goose StatementEnd
